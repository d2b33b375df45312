"""Lines that the loader refuses, left out and kept: every pipeline, loader and scheduler."""

from __future__ import annotations

import functools
import importlib
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from bad_input.test_json import FRAGMENTS, LINES, PLACES
from bad_input.test_utf8 import BYTES
from bad_input.test_utf8 import PLACES as BYTE_PLACES
from conformance.check import Check
from conformance.odd import ODD
from conformance.rows import EVERYWHERE, LOCAL

from bad_lines.agree import Files, agree, written

GOOD = [
    json.dumps(
        {
            "type": "PushEvent" if n % 2 else "WatchEvent",
            "id": n,
            "x": f"é{n % 5}",
            "l": [n % 3] * (n % 4),
        }
    ).encode()
    for n in range(400)
]


def mixed(bad: Iterable[bytes], end: bytes = b"\n") -> bytes:
    """Good lines, and after every third of them a bad one."""
    lines: list[bytes] = []
    rest = iter(GOOD)
    for one in bad:
        lines += [next(rest), next(rest), next(rest), one] if len(lines) < 400 else [one]
    return end.join([*lines, *rest]) + end


def shown(e: Any) -> str:
    """Runs in Python, on fields."""
    return repr(e["type"])


def whole(e: Any) -> Any:
    """Runs in Python, on whole records."""
    return sorted(e)


def huge(e: Any) -> int:
    """Beyond what the kernel holds: the partition runs again in Python."""
    number: int = e["id"] * 10**15
    return number * 10**6


def count(total: int, e: Any) -> int:
    return total + 1


def add(left: Any, right: Any) -> Any:
    return left + right


PIPELINES: dict[str, Any] = {
    "records": lambda b: b,
    "count": lambda b: b.count(),
    "frequencies": lambda b: b.pluck("type").frequencies(),
    "foldby": lambda b: b.foldby(lambda e: e["x"], count, 0, add),
    "fold in Python": lambda b: b.fold(lambda t, e: t + len(repr(e["x"])), add, 0),
    "a native filter": lambda b: b.filter(lambda e: e["id"] > 200).pluck("id"),
    "fields in Python": lambda b: b.map(shown).frequencies(),
    "whole records in Python": lambda b: b.map(whole).filter(len).count(),
    "flatten": lambda b: b.pluck("l").flatten().frequencies(),
    "flatten, where rows fall back": lambda b: (
        b.map(lambda e: e.get("l", 1 / 3) or []).flatten().sum()
    ),
    "a demoted partition": lambda b: b.map(huge).frequencies(),
    "topk": lambda b: b.topk(3, key=lambda e: e["id"]),
    "a reduction, and one of its items": lambda b: (
        b.pluck("x").frequencies().map(lambda pair: pair[1]).sum()
    ),
    "distinct in Python": lambda b: b.distinct(key=shown),
}


def refused(line: bytes) -> bool:
    """Whether it is one line, and no JSON."""
    try:
        json.loads(line.decode())
    except ValueError:
        return not set(b"\r\n") & set(line)
    return False


BAD: dict[str, list[bytes]] = {
    "none": [],
    "one": [b"oops"],
    "blank": [b"", b"  ", b"\t"],
    "not JSON": [line.encode() for line in LINES.values() if refused(line.encode())],
    "not UTF-8": [
        line
        for place in BYTE_PLACES.values()
        for line in place.replace(b"%s", b"\xff").split(b"\n")
        if refused(line)
    ],
}


def contents(bad: str) -> dict[str, bytes]:
    """Three files: one with bad lines, one of nothing else, one good, in each kind of file."""
    return {
        "a.json.gz": b"\n".join(GOOD[:20]),
        "b.json.gz": mixed(BAD[bad]),
        "c.json": mixed(BAD[bad], b"\r\n"),
        "d.json.gz": b"\n".join(BAD[bad]),
    }


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Any:
    @functools.cache
    def made(bad: str) -> Files:
        # What is a record, but not one of these, would make the functions raise.
        return written(tmp_path_factory.mktemp("bad"), contents(bad), record)

    return made


def record(line: str) -> Any:
    """Refuses what is no event, so that every pipeline has its fields."""
    found = json.loads(line)
    if not isinstance(found, dict) or "id" not in found:
        raise ValueError("not an event")
    return found


@pytest.mark.parametrize("scheduler", EVERYWHERE)
@pytest.mark.parametrize("name", PIPELINES)
def test_a_pipeline_under_a_scheduler(
    name: str, scheduler: str, check: Check, tmp_path: Path
) -> None:
    content = mixed([*BAD["not JSON"], *BAD["not UTF-8"], b""])
    made = written(tmp_path, {**contents("one"), "b.json.gz": content})
    assert len(made.rejects) > 25
    agree(check, made, PIPELINES[name], scheduler)


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("name", PIPELINES)
def test_a_loader_in_python_that_refuses_more(
    name: str, bad: str, files: Any, check: Check
) -> None:
    agree(check, files(bad), PIPELINES[name], "default", record)


LOADERS = {
    "json": ("json", "loads"),
    "ujson": ("ujson", "loads"),
    "orjson": ("orjson", "loads"),
    "msgspec": ("msgspec.json", "decode"),
}

OF_ANY_RECORDS: dict[str, Any] = {
    "count": lambda b: b.count(),
    "records": lambda b: b,
    "python": lambda b: b.map(lambda e: repr(e)[:99]).frequencies(),
}


@pytest.mark.parametrize("name", OF_ANY_RECORDS)
@pytest.mark.parametrize("loader", LOADERS)
def test_every_odd_line_by_every_loader(
    loader: str, name: str, check: Check, tmp_path: Path
) -> None:
    """Loaders differ on odd lines: what is bad is what the loader in use says."""
    module, attribute = LOADERS[loader]
    load = getattr(pytest.importorskip(module), attribute)
    fragments = [PLACES["inside"].replace("%s", fragment) for fragment in FRAGMENTS.values()]
    odd = [*fragments, *LINES.values(), *ODD, "NaN", "-0", "1e400", '"\\ud800"', "[" * 2000]
    content = mixed([text.encode() for text in odd] + list(BYTES.values()))
    made = written(tmp_path, {"a.json.gz": content, "b.json.gz": content}, load)
    assert len(made.rejects) > 100
    agree(check, made, OF_ANY_RECORDS[name], "default", load)


def lowers(line: str) -> Any:
    return json.loads(line)["id"]


def guarded(line: str) -> Any:
    try:
        return json.loads(line)["id"]
    except ValueError:
        return -1


class Loader:
    """An object that is called, and refuses what is odd."""

    def __call__(self, line: str) -> Any:
        found = json.loads(line)["id"]
        if found % 3 == 0:
            raise ValueError("a multiple of three")
        return found


CALLABLES = {
    "a function that lowers": lowers,
    "a function that handles it": guarded,
    "a partial": functools.partial(json.loads, parse_float=str),
    "int": lambda line: int(json.loads(line)["x"][1]),
    "an object": Loader(),
}


@pytest.mark.parametrize("scheduler", [*LOCAL, "processes"])
@pytest.mark.parametrize("name", CALLABLES)
def test_whatever_is_called_may_be_a_loader(
    name: str, scheduler: str, check: Check, tmp_path: Path
) -> None:
    made = written(tmp_path, contents("one"), CALLABLES[name])
    agree(check, made, lambda b: b.map(str).frequencies(), scheduler, CALLABLES[name])
    agree(check, made, lambda b: b.count(), scheduler, CALLABLES[name])


def test_the_modules_of_the_loaders_are_there() -> None:
    for module, _ in LOADERS.values():
        importlib.import_module(module)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", ["count", "records"])
def test_random_damage(name: str, seed: int, check: Check, tmp_path: Path) -> None:
    """Bytes changed, left out and put in anywhere, newlines among them, over several batches."""
    chance = random.Random(seed)
    loader = json.loads if seed % 2 else importlib.import_module("orjson").loads
    files = {}
    for file in ("a.json.gz", "b.json.gz"):
        content = bytearray(b"\n".join(GOOD * 15))
        for _ in range(chance.choice((3, 300, 3_000))):
            at, byte = chance.randrange(len(content)), chance.choice(b'\n\r\xff\x00{}[]",:0\\ ')
            content[at : at + chance.randrange(3)] = bytes([byte] * chance.randrange(3))
        files[file] = bytes(content)
    agree(check, written(tmp_path, files, loader), OF_ANY_RECORDS[name], "default", loader)
