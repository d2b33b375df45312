"""Files that are cut up and files that are read together: the answers are those of whole files."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import dask.bag
import pytest
from conformance.check import Check
from conformance.difference import difference
from conformance.rows import EVERYWHERE

import satchel
from partitions.files import Kept, bgzip, records, records_of, text, written
from satchel.errors import DamagedFile

QUERIES: dict[str, Callable[[Any], Any]] = {
    "records": lambda bag: bag,
    "frequencies, first seen first": lambda bag: bag.pluck("kind").frequencies(),
    "ties": lambda bag: bag.topk(7, key=lambda e: len(e["tags"])),
    "distinct": lambda bag: bag.distinct(key=lambda e: e["kind"]),
    "a sum of ints": lambda bag: bag.pluck("n").sum(),
    "foldby": lambda bag: bag.foldby("kind", lambda acc, e: acc + e["n"], 0, lambda a, b: a + b, 0),
    "flatten": lambda bag: bag.pluck("tags").flatten().frequencies(),
    "python": lambda bag: bag.map(lambda e: f"{e['n']}".zfill(4)).filter(lambda x: "7" in x),
    "demoted": lambda bag: bag.map(lambda e: (e["n"] + 1) * 10**17).sum(),
    "take of all": lambda bag: bag.pluck("n").take(150, npartitions=-1, compute=False),
    "groups": lambda bag: bag.groupby(lambda e: e["kind"]).map(
        lambda g: (g[0], sorted(e["n"] for e in g[1]))
    ),
}
UNORDERED = ("groups",)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return records(400, Random(3))


@pytest.mark.parametrize("scheduler", EVERYWHERE)
@pytest.mark.parametrize("query", QUERIES)
def test_parts_answer_as_the_whole(
    tmp_path: Path, check: Check, rows: list[dict[str, Any]], query: str, scheduler: str
) -> None:
    random = Random(8)
    data = text(rows, random)
    plain = written(tmp_path, "a.json", data, random)
    packed = tmp_path / "b.json.gz"
    packed.write_bytes(bgzip(data, random, 2000))
    with check.schedulers.use("sync"):
        whole = dask.bag.read_text(str(plain)).map(json.loads)
        expected = QUERIES[query](whole).compute()
    for bag in (
        records_of(plain, 1500),
        records_of(packed, 900),
        records_of(plain, 1500, Kept()),
        records_of(packed, 900, Kept()),
    ):
        assert bag.npartitions > 4
        with check.schedulers.use(scheduler):
            found = QUERIES[query](bag).compute()
        if query in UNORDERED:
            expected, found = sorted(expected), sorted(found)
        problem = difference(expected, found)
        assert problem is None, f"{bag._plan}: {problem}"


def test_small_files_together(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    random = Random(4)
    for at in range(0, 400, 10):
        written(tmp_path, f"{at:03}.json", text(rows[at : at + 10], random), random)
    bag = satchel.read_ndjson(f"{tmp_path}/*.json")
    assert bag.npartitions == 1
    assert bag.compute() == rows
    assert satchel.read_ndjson(f"{tmp_path}/*.json", blocksize="2 kB").compute() == rows


@pytest.mark.parametrize("scheduler", ["default", "threads", "processes"])
@pytest.mark.parametrize("packed", [False, True])
def test_an_error_names_the_line_of_the_file(
    tmp_path: Path, check: Check, packed: bool, scheduler: str
) -> None:
    lines = [json.dumps({"n": n, "x": "y" * (n % 50)}).encode() for n in range(1000)]
    data = b"\r\n".join(lines)
    path = tmp_path / ("a.json.gz" if packed else "a.json")
    path.write_bytes(bgzip(data, Random(1), 2000) if packed else data)
    bag = satchel.read_ndjson(str(path), blocksize=1000 if packed else 3000)
    where = f"{path}, line 901, byte {len(b'..'.join(lines[:900])) + 2} (inflated)"
    for failing in (
        lambda e: 1 // (e["n"] - 900),
        lambda e: [1 // (int(str(e["n"])) - 900)],
        lambda e: (e["n"] + 10**17) * 100 // (e["n"] - 900),
    ):
        with check.schedulers.use(scheduler), pytest.raises(ZeroDivisionError) as caught:
            bag.map(failing).max().compute()
        assert where in caught.value.__notes__[1]


@pytest.mark.parametrize("packed", [False, True])
def test_bad_lines_are_told_of_as_in_the_file(tmp_path: Path, packed: bool) -> None:
    lines = [json.dumps({"n": n, "x": "y" * (n % 50)}).encode() for n in range(1000)]
    for bad in (400, 900, 999):
        lines[bad] = b"oops \xff"
    data = b"\n".join(lines)
    path = tmp_path / ("a.json.gz" if packed else "a.json")
    path.write_bytes(bgzip(data, Random(1), 2000) if packed else data)
    bag = satchel.read_ndjson(str(path), blocksize=1000, on_bad_lines="keep")
    offsets = {bad: len(b"\n".join(lines[:bad])) + 1 for bad in (400, 900, 999)}
    found = bag.rejects().compute()
    assert [(line - 1, byte) for _, line, byte, _, _ in found] == list(offsets.items())
    assert bag.count().compute() == 997
    skipped = satchel.read_ndjson(str(path), blocksize=1000, on_bad_lines="skip")
    with pytest.warns(satchel.errors.BadLinesWarning, match=f"line 401, byte {offsets[400]:,}"):
        assert skipped.count().compute() == 997
    with pytest.raises(UnicodeDecodeError) as caught:
        satchel.read_ndjson(str(path), blocksize=1000).count().compute()
    # Of several parts that fail, any may be told of.
    places = [
        f"line {bad + 1} (byte {byte}, inflated) is not UTF-8" for bad, byte in offsets.items()
    ]
    assert any(place in caught.value.__notes__[0] for place in places)


@pytest.mark.filterwarnings("ignore::satchel.errors.DamagedFilesWarning")
def test_damage_in_a_part_is_that_of_the_file(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    random = Random(2)
    stored = bytearray(bgzip(text(rows, random), random, 2000))
    path = tmp_path / "a.json.gz"
    stored[len(stored) * 2 // 3] ^= 0xFF
    path.write_bytes(stored)
    bag = satchel.read_ndjson(str(path), blocksize=900)
    with pytest.raises((zlib.error, OSError, EOFError, ValueError)) as expected:
        dask.bag.read_text(str(path)).count().compute(scheduler="sync")
    with pytest.raises(type(expected.value)) as caught:
        bag.count().compute()
    assert str(caught.value) == str(expected.value)
    assert f"{path}: " in caught.value.__notes__[0]
    kept = satchel.read_ndjson(str(path), blocksize=900, on_damage="keep", on_bad_lines="keep")
    assert kept.npartitions == 1
    assert 0 < kept.count().compute() < 400


def test_what_only_looks_like_a_block_raises(tmp_path: Path) -> None:
    from partitions.files import block

    inner = block(b"in\n") + block(b"side\n")
    stored = zlib.compressobj(0, zlib.DEFLATED, 31)
    file = block(b"one\n") + stored.compress(inner) + stored.flush() + block(b"")
    path = tmp_path / "a.json.gz"
    path.write_bytes(file)
    lines = satchel.read_ndjson(str(path), loader=str, blocksize=len(block(b"one\n")) + 2)
    assert lines.npartitions > 1
    with pytest.raises((DamagedFile, UnicodeDecodeError)):
        lines.count().compute()


def test_schema_and_ways_out(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    random = Random(6)
    path = written(tmp_path, "a.json", text(rows, random), random)
    bag = satchel.read_ndjson(str(path), blocksize=1500)
    whole = satchel.read_ndjson(str(path), blocksize=None)
    assert str(bag.schema()) == str(whole.schema())
    files = bag.map(json.dumps).to_textfiles(str(tmp_path / "out-*.json"))
    assert len(files) == bag.npartitions
    assert satchel.read_ndjson(files).compute() == rows
