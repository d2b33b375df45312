"""Which files, and which parts of files, make a partition."""

from __future__ import annotations

import gzip
from pathlib import Path
from random import Random
from typing import Any

import pytest

import satchel
from partitions.files import Kept, bgzip, written
from satchel.plan.nodes import File
from satchel.plan.partitions import LEAST, MOST, cut

MIB = 1 << 20


def sized(*sizes: int | None, compression: str | None = None) -> list[File]:
    store = Kept()  # Of a local file the size would be looked up.
    return [File(f"f{n}", compression, store, size) for n, size in enumerate(sizes)]


def shape(files: list[File], blocksize: Any, workers: int = 2, **more: Any) -> list[Any]:
    """Each partition as its files' numbers, or as a number and a span."""
    found, starts = cut(files, blocksize, workers, **more)
    ends = [*starts[1:], len(found)][: len(starts)]
    named = [(Path(file.path).name.split(".")[0].lstrip("f"), file.span) for file in found]
    return [
        [int(name) if span is None else (int(name), span) for name, span in named[start:end]]
        for start, end in zip(starts, ends, strict=True)
    ]


@pytest.mark.parametrize(
    ("sizes", "blocksize", "expected"),
    [
        ([], 10, []),
        ([0], 10, [[0]]),
        ([0, 0, 0], 10, [[0, 1, 2]]),
        ([5, 5, 5], 10, [[0, 1], [2]]),
        ([10, 1], 10, [[0], [1]]),
        ([1, 9, 1], 10, [[0, 1], [2]]),
        ([3, 8, 3], 10, [[0], [1], [2]]),
        ([11], 10, [[(0, (0, 5))], [(0, (5, None))]]),
        ([1, 30, 1], 10, [[0], *([(1, s)] for s in ((0, 10), (10, 20), (20, None))), [2]]),
        ([None, 1, 1, None, None], 10, [[0], [1, 2], [3], [4]]),
        ([2, None, 2], 10, [[0], [1], [2]]),
    ],
)
def test_a_target(sizes: list[int | None], blocksize: int, expected: list[Any]) -> None:
    assert shape(sized(*sizes), blocksize) == expected


@pytest.mark.parametrize(
    ("sizes", "compression", "workers", "partitions"),
    [
        ([2_600_000] * 24, "gzip", 2, 24),  # a day of 2015: a file is more than a hundredth
        ([8 * MIB] * 3600, "gzip", 2, 900),  # five months: as much as a partition may have
        ([20_000] * 130_000, "gzip", 2, 100),
        ([5_000] * 1000, None, 2, 2),
        ([1 << 30], None, 2, 101),
        ([1 << 30], None, 64, 256),
        ([1 << 40], None, 2, (1 << 40) // MOST),
        ([LEAST], None, 2, 1),
        ([3 * LEAST], None, 2, 3),
    ],
)
def test_auto(sizes: list[int], compression: str | None, workers: int, partitions: int) -> None:
    found = shape(sized(*sizes, compression=compression), "auto", workers)
    assert abs(len(found) - partitions) <= partitions // 50


def test_the_same_on_machines_of_up_to_25_cores() -> None:
    files = sized(*[3 * MIB] * 500, 1 << 30)
    assert shape(files, "auto", 1) == shape(files, "auto", 25) != shape(files, "auto", 64)


def test_what_can_be_cut_up(tmp_path: Path) -> None:
    random = Random(1)
    data = b'{"a": 1}\n' * 20_000

    def parts(name: str, stored: bytes, **more: Any) -> int:
        (tmp_path / name).write_bytes(stored)
        compression = "gzip" if name.endswith(".gz") else None
        return len(shape([File(str(tmp_path / name), compression)], 100, **more))

    assert parts("0", data) == len(data) // 100
    assert parts("0.gz", gzip.compress(data)) == 1
    assert parts("0.gz", bgzip(data, random)) > 3
    assert parts("0.gz", bgzip(data, random), whole=True) == 1
    assert parts("0", data, whole=True) == len(data) // 100
    assert parts("0.gz", b"") == 1


def test_npartitions_is_known_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "a.json", b'{"n": 1}\n' * 1000, Random(0))
    assert satchel.read_ndjson(str(path)).npartitions == 1
    assert satchel.read_ndjson(str(path), blocksize="1 kB").npartitions == 9
    assert satchel.read_ndjson(str(path), blocksize=None).npartitions == 1
    assert satchel.read_ndjson([str(path)] * 5, blocksize=None).npartitions == 5
    assert satchel.read_ndjson([str(path)] * 5).npartitions == 1
    assert satchel.read_ndjson([str(path)] * 5, files_per_partition=2).npartitions == 3
    assert satchel.read_text([str(path)] * 5).npartitions == 5
    assert "1 file, 0.0 MB, 9 partitions" in str(satchel.read_ndjson(str(path), blocksize=1000))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"blocksize": 100, "files_per_partition": 2}, "blocksize or files_per_partition"),
        ({"blocksize": 0}, "at least 1 byte"),
        ({"blocksize": "many"}, "many"),
    ],
)
def test_what_is_no_size(tmp_path: Path, options: dict[str, Any], said: str) -> None:
    path = written(tmp_path, "a.json", b"{}\n", Random(0))
    with pytest.raises(ValueError, match=said):
        satchel.read_ndjson(str(path), **options)
