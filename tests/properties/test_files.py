"""Files of random structure, whole and damaged: dask.bag's lines or its error, and never a hang."""

from __future__ import annotations

import faulthandler
import gzip
import json
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from conformance.difference import difference
from hypothesis import given, note
from hypothesis import strategies as st

from properties.agreement import of_dask, of_satchel
from properties.examples import Seen, examples
from properties.records import Records

QUERIES: dict[str, Callable[[Any, Any], Any]] = {
    "lines": lambda db, path: db.read_text(path, encoding="utf-8"),
    "count": lambda db, path: db.read_text(path, encoding="utf-8").count(),
    "kinds": lambda db, path: (
        db.read_text(path, encoding="utf-8").map(json.loads).pluck("kind").frequencies()
    ),
    "values": lambda db, path: (
        db.read_text(path, encoding="utf-8")
        .map(json.loads)
        .map(lambda e: (e["m"], e["who"]["login"]))
    ),
    "lines that are not blank": lambda db, path: (
        db.read_text(path, encoding="utf-8")
        .filter(lambda line: line.strip())
        .map(json.loads)
        .pluck("id", None)
    ),
}
DAMAGE = (EOFError, OSError, zlib.error, UnicodeDecodeError)
TOO_LONG = 60
"""Seconds after which a run counts as hanging."""


def content(random: Random) -> bytes:
    """Lines, some very long, some blank."""
    records = Records(random)
    few = [records.line(number).encode("utf-8") for number in range(40)]
    count = random.choice((0, 1, 5, 50, 300, 3000))
    lines = [few[number % len(few)] for number in range(count)]
    if lines and random.random() < 0.1:
        length = random.choice((70_000, 1 << 20, 3 << 20))
        lines[random.randrange(count)] = b'{"kind": "' + b"x" * length + b'"}'
    if random.random() < 0.2:
        for _ in range(3):
            lines.insert(random.randrange(len(lines) + 1), b"")
    end = random.choice((b"\n", b"\n", b"\n", b"\r\n", b"\r"))
    return end.join(lines) + (b"\n" if random.random() < 0.8 else b"")


def member(random: Random, data: bytes) -> bytes:
    """A gzip member, as one of many writers would make it."""
    level = random.choice((0, 1, 6, 9))
    if random.random() < 0.5:
        return gzip.compress(data, level)
    deflater = zlib.compressobj(level, zlib.DEFLATED, -15, strategy=random.choice((0, 1, 2, 3, 4)))
    body, step = b"", random.choice((100, 5000, 1 << 16))
    for start in range(0, len(data), step):
        body += deflater.compress(data[start : start + step])
        if random.random() < 0.3:
            body += deflater.flush(random.choice((zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH)))
    body += deflater.flush()
    flags = random.choice((0, 0, 1, 2, 4, 8, 16, 8 | 16, 31))
    head = b"\x1f\x8b\x08" + bytes([flags]) + b"\0\0\0\0\x00\xff"
    head += (
        b"\x03\x00abc" * bool(flags & 4)
        + b"name\x00" * bool(flags & 8)
        + b"comment\x00" * bool(flags & 16)
    )
    if flags & 2:
        right = random.random() < 0.8  # Python does not check this sum.
        head += (zlib.crc32(head) & 0xFFFF).to_bytes(2, "little") if right else b"xx"
    return (
        head
        + body
        + zlib.crc32(data).to_bytes(4, "little")
        + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")
    )


def zipped(random: Random) -> bytes:
    """Members that end anywhere, empty ones, and padding."""
    data = content(random)
    cuts = sorted(random.randrange(len(data) + 1) for _ in range(random.choice((0, 0, 1, 4, 20))))
    edges = [0, *cuts, len(data)]
    parts = [member(random, data[a:b]) for a, b in pairwise(edges)]
    if random.random() < 0.2:
        parts.insert(random.randrange(len(parts) + 1), gzip.compress(b""))
    found = b"".join(parts)
    if random.random() < 0.2:
        found += bytes(random.choice((1, 2, 3, 7, 8, 100, 512, 5000)))
        if random.random() < 0.5:
            found += member(random, b'{"kind":"z"}\n')
    return found


def damaged(random: Random, whole: bytes, how: str) -> bytes:
    found = bytearray(whole)
    if how == "cut":
        del found[random.randrange(len(found) + 1) :]
    elif how == "flipped" and found:
        for _ in range(random.choice((1, 1, 5))):
            found[random.randrange(len(found))] ^= 1 << random.randrange(8)
    elif how == "tail":
        found += random.choice((b"x", b"\x1f", b"\x1f\x8b", b"\x1f\x8b\x08", b"garbage" * 3, b"\0x", b"\x1f\x8b\x08" + bytes(7)))  # fmt: skip
    elif how == "hole" and found:
        start = random.randrange(len(found))
        del found[start : start + random.choice((1, 10, 1000))]
    elif how == "header" and found:
        found[random.randrange(min(len(found), 12))] = random.randrange(256)
    elif how == "trailer" and len(found) > 8:
        found[len(found) - 1 - random.randrange(8)] ^= 1 << random.randrange(8)
    return bytes(found)


def salvaged(path: Path) -> bytes:
    """The whole lines that Python's reader gets out of a file before it meets the damage."""
    found = bytearray()
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as reader:
        try:
            while part := reader.read1(64):
                found += part
        except (EOFError, OSError, zlib.error):
            pass
    try:
        found.decode("utf-8")
    except UnicodeDecodeError as error:
        del found[error.start :]
    return bytes(found[: max(found.rfind(b"\n"), found.rfind(b"\r")) + 1])


def test_files_of_any_structure(tmp_path: Path) -> None:
    seen = Seen()

    @examples(60)
    @given(
        st.integers(0, 2**48),
        st.sampled_from(
            [
                "whole",
                "whole",
                "whole",
                "whole",
                "cut",
                "flipped",
                "tail",
                "hole",
                "header",
                "trailer",
            ]
        ),
        st.lists(st.sampled_from(sorted(QUERIES)), min_size=1, max_size=2, unique=True),
    )
    def holds(seed: int, how: str, names: list[str]) -> None:
        random = Random(seed)
        data = damaged(random, zipped(random), how)
        path = tmp_path / ("lines.json" if random.random() < 0.05 else "lines.json.gz")
        path.write_bytes(data)
        for name in names:
            note(f"{name}, {how}, {len(data)} bytes")
            expected = of_dask(QUERIES[name], [str(path)])
            faulthandler.dump_traceback_later(TOO_LONG, exit=True)
            found = of_satchel(QUERIES[name], [str(path)])
            faulthandler.cancel_dump_traceback_later()
            seen["examples"] += 1
            seen["answers"] += expected.error is None
            if expected.error is None and found.error is None:
                assert difference(expected.value, found.value) is None
            elif expected.error != found.error:
                # Errors come in file order: a line's, from before the damage, may show first.
                assert expected.error, found.exception
                assert found.error, expected.exception
                assert issubclass(expected.error[0], DAMAGE), (expected.error, found.error)
                plain = tmp_path / "salvaged.json"
                plain.write_bytes(salvaged(path))
                assert of_dask(QUERIES[name], [str(plain)]).error == found.error
                seen["errors in file order"] += 1

    holds()
    seen.tell("files")
    assert seen.share("answers") > 0.2
