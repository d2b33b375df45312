"""Block edges: whatever a reader's block size, something stands right across its edge.

For each likely size of a block, and each offset within 64 bytes of it, a file in which a
newline, an escape, a character of several bytes, ... falls exactly there.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conformance.check import Check
from conformance.rows import Row

from bad_input.damage import at

SIZES = (64, 4096, 65536, 1 << 20)

TAIL = b'{"n": 2, "x": "last"}\n'

# What stands at the edge, after the text of a string that is as long as need be.
FEATURES = {
    "a newline": b'"}\n',
    "a newline of two": b'"}\r\n',
    "a return alone": b'"}\r',
    "an escape": b'\\u00e9\\"\\\\\\n\\ud83d\\ude00"}\n',
    "many backslashes": b"\\\\" * 40 + b'"}\n',
    "two bytes": "éé".encode() + b'"}\n',
    "three bytes": "日本".encode() + b'"}\n',
    "four bytes": "😀😀".encode() + b'"}\n',
    "a number": b'", "n": -12345678901234567.25e-3}\n',
    "a key": b'", "ke\\u0079": 1, "x": "y"}\n',
    "brackets": b'", "z": [[{"a": "]}"}]]}\n',
}


def one_long_line(length: int) -> bytes:
    """Text up to the edge in one line: the line is longer than the block."""
    return b'{"n": 1, "x": "' + b"x" * (length - 15)


def many_short_lines(length: int) -> bytes:
    """Lines of 50 bytes up to the edge, and the last one as long as is left."""
    line = b'{"n": 0, "x": "%s"}\n' % (b"s" * 32)
    count = max(0, length // len(line) - 1)
    return line * count + one_long_line(length - count * len(line))


def tails(db: Any, path: str) -> Any:
    """Many files a partition: the files are many, and the tasks need not be."""
    bag = db.read_text(path, files_per_partition=50).map(json.loads)
    return bag.map(lambda e: (e["n"], len(e["x"]), e["x"][-3:], e.get("key")))


def lengths(db: Any, path: str) -> Any:
    return db.read_text(path, files_per_partition=50).map(len)


EVERY_OFFSET = ("a newline", "an escape", "four bytes")


def offsets(feature: str, size: int, before: Callable[[int], bytes]) -> range:
    """All offsets where they are cheap or promised, and else an eighth of them."""
    if size == 1 << 20 and before is many_short_lines:
        return range(-64, 65, 32)
    every = 1 if feature in EVERY_OFFSET or size <= 4096 else 8
    return range(max(-64, 24 - size), 65, every)


@pytest.mark.parametrize("before", [one_long_line, many_short_lines])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("feature", FEATURES)
def test_at_every_offset_around_a_block(
    feature: str, size: int, before: Callable[[int], bytes], check: Check, tmp_path: Path
) -> None:
    for offset in offsets(feature, size, before):
        content = before(size + offset) + FEATURES[feature] + TAIL
        packed = offset % 8 == 0
        name = f"{offset + 64:03d}.json" + (".gz" if packed else "")
        (tmp_path / name).write_bytes(gzip.compress(content, 1) if packed else content)
    check(Row(feature, at(tails, f"{tmp_path}/*"), (), schedulers=("default",)))
    if size == 4096:
        check(Row(feature, at(lengths, f"{tmp_path}/*"), (), schedulers=("default",)))


@pytest.mark.parametrize("size", [64, 4096, 65536])
def test_a_file_that_ends_at_an_edge(size: int, check: Check, tmp_path: Path) -> None:
    for offset in offsets("a newline", size, one_long_line):
        for last, end in enumerate((b'"}\n', b'"}', b'"}\r', b'"}\n\n', b'"} \t')):
            content = one_long_line(size + offset - len(end)) + end
            (tmp_path / f"{offset + 64:03d}-{last}.json").write_bytes(content)
    for query in (lengths, tails):
        for last in range(5):
            pattern = f"{tmp_path}/*-{last}.json"
            check(Row(f"{last}", at(query, pattern), (), schedulers=("default",)))


def test_a_line_of_100_megabytes(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "long.json.gz"
    text = b"x" * 50_000_000 + b'\\n"}, {"y": "' + b"y" * 50_000_000
    content = b'{"n": 0, "x": "a"}\n{"n": 1, "z": [{"y": "' + text + b'"}], "x": "b"}\n' + TAIL
    path.write_bytes(gzip.compress(content, 1))
    check(Row("long", at(tails, str(path)), (), schedulers=("default",)))


def test_a_file_of_100_megabytes_without_a_newline_in_it(check: Check, tmp_path: Path) -> None:
    """Not JSON at all; the error is the loader's, and the message does not hold the line."""
    path = tmp_path / "blob.json.gz"
    path.write_bytes(gzip.compress(b"x" * 100_000_000, 1))
    check(Row("blob", at(tails, str(path)), (), schedulers=("default",)))
