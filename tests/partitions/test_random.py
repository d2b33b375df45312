"""Random files, cut at random: all parts together are the file, to the kernel and to its twin."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from partitions.files import Kept, bgzip, lines_of, records, text
from satchel.plan.nodes import Text
from satchel.run.reader import Lines, line_at
from satchel.run.spans import in_file


@pytest.mark.parametrize("seed", range(60))
def test_parts_are_the_whole(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    rows = records(random.choice((0, 1, 30, 400)), random)
    data = text(rows, random, blank=True)
    packed = random.random() < 0.5
    path = tmp_path / ("a.json.gz" if packed else "a.json")
    path.write_bytes(bgzip(data, random, random.choice((50, 5000, 60_000))) if packed else data)
    store = Kept() if random.random() < 0.3 else None
    blocksize = random.choice((1, 7, 100, 1000, 30_000)) if len(data) < 5000 else 2000
    found = lines_of(path, blocksize, store)
    expected = _lines(data)
    assert found.compute(scheduler="sync") == expected

    source = found._plan
    assert isinstance(source, Text)
    twin = Lines(source, source.files)
    assert list(twin) == expected


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("stored", [False, True])
def test_places_are_those_of_the_whole(tmp_path: Path, packed: bool, stored: bool) -> None:
    random = Random(5)
    data = text(records(300, random), random)
    path = tmp_path / ("a.json.gz" if packed else "a.json")
    path.write_bytes(bgzip(data, random, 3000) if packed else data)
    source = lines_of(path, 1500, Kept() if stored else None)._plan
    assert isinstance(source, Text)
    assert len(source.files) > 3
    offset = 0
    lines = Lines(source, source.files)
    for row, line in enumerate(lines):
        if row % 10 == 0:
            place = lines.place()
            assert place is not None
            assert in_file(source.files, place)[1:] == (row, offset)
            number, _, within = place
            assert line_at(source, source.files[number], within) == _raw(data, offset)
            assert _raw(data, offset).decode().rstrip("\r\n") == line.rstrip("\n")
        offset += len(_raw(data, offset))


def _raw(data: bytes, offset: int) -> bytes:
    """The line that starts here, with what ends it."""
    rest = data[offset:]
    ends = [rest.find(end) for end in (b"\r", b"\n")]
    found = min((end for end in ends if end >= 0), default=len(rest) - 1)
    return rest[: found + 1 + (rest[found : found + 2] == b"\r\n")]


def _lines(data: bytes) -> list[str]:
    found, offset = [], 0
    while offset < len(data):
        raw = _raw(data, offset)
        found.append(raw.decode().replace("\r\n", "\n").replace("\r", "\n"))
        offset += len(raw)
    return found
