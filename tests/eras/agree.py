"""The one check of this folder: files that are hard to read against dask.bag on what they hold."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dask
import dask.bag
from bad_lines.agree import Pipeline, Reject, listened
from bad_lines.test_bad_lines import PIPELINES
from conformance.check import Check
from conformance.difference import difference
from satchel.run.documents import pieces

import satchel as db

__all__ = ["PIPELINES", "Files", "agree", "before_damage", "lines_of", "records", "written"]


@dataclass(frozen=True)
class Files:
    """Files, the same with each of their documents on a line of its own, and what is left over."""

    path: str
    clean: str
    rejects: tuple[Reject, ...]
    damaged: int = 0


def lines_of(text: bytes) -> Iterator[bytes]:
    """Lines as a text file has them, letter by letter, with what ends them."""
    line = b""
    for at in range(len(text)):
        letter = text[at : at + 1]
        line += letter
        if letter == b"\n" or (letter == b"\r" and text[at + 1 : at + 2] != b"\n"):
            yield line
            line = b""
    if line:
        yield line


def before_damage(packed: bytes) -> tuple[list[bytes], bool]:
    """The whole lines before the damage of a gzip file, by Python's own reader."""
    found: list[bytes] = []
    try:
        with gzip.open(__import__("io").BytesIO(packed)) as stream:
            for line in stream:
                found.append(line)  # noqa: PERF401 - those before an error count.
    except (EOFError, OSError, zlib.error):
        return found, True
    return found, False


def written(folder: Path, contents: Mapping[str, bytes], many: bool = True) -> Files:
    """Write files as they are, and the documents that plain Python finds in them, a line each.

    Args:
        folder: where to.
        contents: by name; what is named ``.gz`` is packed already.
        many: whether a line may be several documents.
    """
    rejects: list[Reject] = []
    broken = 0
    for part in ("all", "clean"):
        (folder / part).mkdir()
    for name, content in sorted(contents.items()):
        path, kept, offset = folder / "all" / name, [], 0
        lines, damaged = before_damage(content) if name.endswith(".gz") else ([content], False)
        broken += damaged
        number = 0
        for number, line in enumerate(lines_of(b"".join(lines)), start=1):
            found = [(piece.start, piece.text) for piece in pieces(line)] if many else [(0, line)]
            for start, text in found:
                try:
                    json.loads(text.decode())
                    kept.append(text.rstrip(b"\r\n"))
                except (ValueError, RecursionError) as error:
                    said = f"{type(error).__name__}: {error}"
                    rejects.append((str(path), number, offset + start, text, said))
            offset += len(line)
        path.write_bytes(content)
        clean = b"".join(line + b"\n" for line in kept)
        (folder / "clean" / f"{name}.json").write_bytes(clean)
    return Files(f"{folder}/all/*", f"{folder}/clean/*", tuple(rejects), broken)


def records(files: Files, **options: str) -> Any:
    """The records of files that may be anything."""
    return db.read_ndjson(
        files.path, **{"documents": "many", "on_damage": "keep", "on_bad_lines": "keep", **options}
    )


def agree(check: Check, files: Files, pipeline: Pipeline, scheduler: str, **options: str) -> None:
    """Hold the answer, the rejects and what is told to what plain Python and dask.bag find."""
    with dask.config.set(scheduler="sync"):
        expected = pipeline(dask.bag.read_text(files.clean).map(json.loads)).compute()
    bag = records(files, **options)
    with check.schedulers.use(scheduler):
        found, _ = listened(pipeline(bag).compute)
        rejects, _ = listened(bag.rejects().compute)
    problem = difference(expected, found)
    assert problem is None, f"{options} under {scheduler}: {problem}"
    lines = [one for one in rejects if "Error: " in one[4]]
    assert [one[:4] for one in lines] == [one[:4] for one in files.rejects]
    assert len(rejects) - len(lines) == files.damaged
