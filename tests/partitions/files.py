"""Files to cut up: texts with odd lines, block gzip, and a store that brings them."""

from __future__ import annotations

import gzip
import json
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import satchel
from satchel.bag import Bag
from satchel.plan.nodes import File, Map, Text
from satchel.plan.partitions import cut
from satchel.storage import Store

ENDS = ("\n", "\n", "\n", "\r\n", "\r")


def records(count: int, random: Random) -> list[dict[str, Any]]:
    """Records of few kinds, some of them long."""
    return [
        {
            "n": n,
            "kind": random.choice(("push", "fork", "é", "😀")),
            "tags": random.sample(("a", "b", "c"), random.randrange(4)),
            "text": "é"
            * (random.randrange(2000) if random.random() < 0.02 else random.randrange(9)),
        }
        for n in range(count)
    ]


def text(rows: list[dict[str, Any]], random: Random, blank: bool = False) -> bytes:
    """Lines with ends of all kinds; the last may have none."""
    lines = [json.dumps(row, ensure_ascii=random.random() < 0.5) for row in rows]
    if blank:
        lines.insert(random.randrange(len(lines) + 1), "")
    end = random.choice(ENDS)
    joined = "".join(line + (random.choice(ENDS) if end == "\r" else end) for line in lines)
    return (joined if random.random() < 0.8 else joined.rstrip("\r\n")).encode()


def block(data: bytes) -> bytes:
    """A block of block gzip (section 4.1 of the SAM specification)."""
    deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
    body = deflate.compress(data) + deflate.flush()
    head = struct.pack("<4BI2BH2BHH", 31, 139, 8, 4, 0, 0, 255, 6, 66, 67, 2, len(body) + 25)
    return head + body + struct.pack("<II", zlib.crc32(data), len(data))


def bgzip(data: bytes, random: Random, most: int = 60_000) -> bytes:
    """A block gzip file, its blocks of random lengths."""
    blocks = []
    while data:
        length = random.randrange(1, most)
        blocks.append(block(data[:length]))
        data = data[length:]
    return b"".join(blocks) + block(b"")


class Kept(Store):
    """Brings local files as a far server would: a stretch at a time, in small chunks."""

    reader = "a test"

    def begin(
        self, file: Any, line: Any, start: int = 0, stop: Any = None, version: Any = None
    ) -> Any:
        return _Stretch(Path(file.path), start, stop)


class _Stretch:
    ranged = True
    version = None
    modified_ns = 0

    def __init__(self, path: Path, start: int, stop: int | None) -> None:
        data = path.read_bytes()
        self.size = len(data)
        self._bytes = data[start:stop]

    def __iter__(self) -> Iterator[bytes]:
        return (self._bytes[at : at + 777] for at in range(0, len(self._bytes), 777))

    def close(self) -> None:
        """Nothing was opened."""


def lines_of(path: Path, blocksize: int, store: Store | None = None) -> Bag:
    """The lines of a file in parts of this size, read by the kernel or brought by a store."""
    compression = "gzip" if path.suffix == ".gz" else None
    file = File(str(path), compression, store, path.stat().st_size)
    return Bag._of(Text(*cut([file], blocksize, 1)), "read-text")


def records_of(path: Path, blocksize: int, store: Store | None = None) -> Bag:
    """The records of a file in parts of this size."""
    if store is None:
        return satchel.read_ndjson(str(path), blocksize=blocksize)
    lines = lines_of(path, blocksize, store)
    assert lines._plan is not None
    return Bag._of(Map(lines._plan, json.loads), "map")


def written(folder: Path, name: str, data: bytes, random: Random) -> Path:
    """A file of this text, stored as its name says: ``.gz`` is block gzip."""
    path = folder / name
    stored = data
    if name.endswith(".bgz.gz"):
        stored = bgzip(data, random)
    elif name.endswith(".gz"):
        stored = gzip.compress(data)
    path.write_bytes(stored)
    return path
