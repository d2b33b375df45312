"""Runs a row of the tables: reads under a time limit, and looks at how it ended."""

from __future__ import annotations

import contextlib
import gzip
import json
import logging
import random
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dask
import dask.bag
import pytest

from faults.table import Fault

LIMIT = 60  # seconds, of which a row takes one or two
FILES = 3
RECORDS = 1500
KINDS = {"gzip": "json.gz", "members": "json.gz", "plain": "json"}


def lines(file: int) -> list[str]:
    """Records that do not deflate well, so that a file is long enough to be cut."""
    some = random.Random(file)
    return [
        json.dumps({"n": number, "kind": f"k{number % 7}", "sha": f"{some.getrandbits(256):064x}"})
        for number in range(RECORDS)
    ]


def content(kind: str, file: int) -> bytes:
    """A file of one of the kinds."""
    text = "".join(line + "\n" for line in lines(file)).encode()
    if kind == "plain":
        return text
    size = 20_000 if kind == "members" else len(text)
    parts = range(0, len(text), size)
    return b"".join(gzip.compress(text[start : start + size], mtime=0) for start in parts)


WAYS: dict[str, Callable[[Any, str, Any], Any]] = {
    "text": lambda db, url, options: db.read_text(url, storage_options=options),
    "records": lambda db, url, options: (
        db.read_text(url, storage_options=options)
        .map(json.loads)
        .map(lambda e: (e["kind"], e["n"] % 10))
        .frequencies(sort=True)
    ),
    "in Python": lambda db, url, options: (
        db.read_text(url, storage_options=options).map(json.loads).map(lambda e: hash(str(e)))
    ),
}


@dataclass
class End:
    """How a row ended: an answer or an exception, and all that was said."""

    answer: Any = None
    error: Exception | None = None
    said: list[str] = field(default_factory=list)

    @property
    def message(self) -> str:
        """What a user is told: the exception with its notes."""
        assert self.error is not None
        notes = getattr(self.error, "__notes__", [])
        return "\n".join([f"{type(self.error).__name__}: {self.error}", *notes])


def run(job: Callable[[], Any], scheduler: str | None = "sync") -> End:
    """Run a job; one that has not ended within the limit fails the test."""
    end = End()

    def body() -> None:
        with noted(end), contextlib.ExitStack() as stack:
            if scheduler is not None:
                stack.enter_context(dask.config.set(scheduler=scheduler))
            try:
                result = job()
                end.said += [repr(result), str(getattr(result, "name", ""))]
                if isinstance(result, dask.bag.Bag):
                    end.said.append(repr(list(result.dask)))
                    end.answer = result.compute()
                else:
                    end.answer = result
            except Exception as error:  # noqa: BLE001 (any is an end of the row)
                end.error = error
                end.said += ["".join(traceback.format_exception(error)), repr(error)]

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    thread.join(LIMIT)
    if thread.is_alive():
        pytest.fail(f"it has not ended after {LIMIT} seconds")
    return end


@contextlib.contextmanager
def noted(end: End) -> Iterator[None]:
    """Take down each warning and each line of a log."""
    taken = Taken(end.said)
    root = logging.getLogger()
    level = root.level
    root.addHandler(taken)
    root.setLevel(logging.DEBUG)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
        end.said += [str(warning.message) for warning in caught]
    finally:
        root.removeHandler(taken)
        root.setLevel(level)


class Taken(logging.Handler):
    """Keeps what is logged."""

    def __init__(self, said: list[str]) -> None:
        super().__init__()
        self.said = said

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


def check(fault: Fault, end: End, expected: Any, address: str, secrets: tuple[str, ...]) -> None:
    """Hold an end against what the table allows, and against what may not be said."""
    if end.error is None:
        assert fault.right, f"an error was due and an answer came: {end.answer!r:.300}"
        assert end.answer == expected
    else:
        if fault.right:
            raise AssertionError(f"the answer was due, and this came: {end.message}") from end.error
        assert isinstance(end.error, fault.errors), end.message
        assert address in end.message, f"the address is not told: {end.message}"
        told = end.message.lower()
        assert any(word in told for word in fault.says), f"the cause is not told: {end.message}"
    for secret in secrets:
        for text in end.said:
            assert secret not in text, f"a secret was told: {text}"


def written(folder: Path, kind: str) -> list[Path]:
    """Write the files of a kind into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{file}.{KINDS[kind]}" for file in range(FILES)]
    for file, path in enumerate(paths):
        path.write_bytes(content(kind, file))
    return paths
