"""Files that cannot be read to their end: the rows before the damage, and who is told of it."""

from __future__ import annotations

import gzip
import io
import random
import warnings
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dask
import fsspec
import pytest
from bad_lines.test_bad_lines import GOOD
from conformance.check import Check
from conformance.difference import difference
from conformance.rows import EVERYWHERE

import satchel as db
from eras.agree import PIPELINES, agree, before_damage, lines_of, written
from satchel.errors import DamagedFilesWarning

LINES = b"\n".join(GOOD) + b"\n"
ONE_LINE = b"".join(GOOD)
SHORT = gzip.compress(LINES)[:-900]


def members(*texts: bytes) -> bytes:
    return b"".join(map(gzip.compress, texts))


def stored(text: bytes) -> bytes:
    squeeze = zlib.compressobj(0, zlib.DEFLATED, 31)
    return squeeze.compress(text) + squeeze.flush()


def changed(packed: bytes, at: int) -> bytes:
    at %= len(packed)
    return packed[:at] + bytes([packed[at] ^ 0x55]) + packed[at + 1 :]


def add(left: Any, right: Any) -> Any:
    return left + right


def slow(e: Any) -> str:
    return repr(e["type"])


# A gzip file of each kind, of which some bytes are missing at the end.
WHOLE: dict[str, bytes] = {
    "one member": members(LINES),
    "two members": members(LINES[: len(LINES) // 2], LINES[len(LINES) // 2 :]),
    "zeros between": members(LINES) + b"\0" * 20 + members(LINES),
    "not packed tight": stored(LINES),
    "carriage returns": members(LINES.replace(b"\n", b"\r")),
    "both": members(LINES.replace(b"\n", b"\r\n")),
    "blank lines": members(LINES.replace(b"\n", b"\n\n")),
    "one long line": members(ONE_LINE),
    "some on a line": members(LINES.replace(b"1}\n", b"1} ")),
}


def python_reads(packed: bytes) -> Iterator[bytes]:
    """What Python's reader gives line by line, before it raises."""
    try:
        with gzip.open(io.BytesIO(packed)) as stream:
            yield from stream
    except EOFError:
        pass


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", WHOLE)
def test_rows_before_a_truncation(name: str, seed: int, check: Check, tmp_path: Path) -> None:
    chance, packed = random.Random(seed), WHOLE[name]
    cut = packed[: len(packed) - chance.choice((1, 7, 8, 9, chance.randrange(10, len(packed))))]
    text, damaged = before_damage(cut)
    assert damaged
    # The truth is the reader's of dask.bag: its lines are all that it can inflate.
    read = b"".join(python_reads(cut))
    assert text == read or text.startswith(read[: read.rfind(b"\n") + 1])
    files = written(tmp_path / "many", {"a.json.gz": cut, "b.json": LINES})
    for pipeline in ("records", "count", "whole records in Python", "a demoted partition"):
        agree(check, files, PIPELINES[pipeline], "default")
    if b"\n" in text and name != "some on a line":
        files = written(tmp_path / "line", {"a.json.gz": cut, "b.json": LINES}, many=False)
        agree(check, files, PIPELINES["records"], "default", documents="line")
        lines = [line for line in python_reads(cut) if line.endswith(b"\n")]
        bag = db.read_ndjson(f"{tmp_path}/line/all/a*", on_damage="keep", on_bad_lines="keep")
        rows = len(list(lines_of(b"".join(lines))))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert bag.count().compute() + bag.rejects().count().compute() == rows + 1


@pytest.mark.parametrize("seed", range(12))
def test_rows_before_any_damage(seed: int, check: Check, tmp_path: Path) -> None:
    """A byte that is not what it was: whatever comes out before it shows is what both give."""
    chance = random.Random(seed)
    whole = WHOLE[
        chance.choice(("one member", "two members", "not packed tight", "some on a line"))
    ]
    bad = changed(whole, chance.randrange(len(whole)))
    files = written(tmp_path, {"a.json.gz": bad, "b.json.gz": whole})
    # What was changed may be a record that is another.
    for pipeline in (lambda b: b.count(), lambda b: b, lambda b: b.map(repr).frequencies()):
        agree(check, files, pipeline, "default")
    # Beyond what the kernel holds: Python reads the file once more.
    agree(check, files, lambda b: b.fold(lambda total, e: total + 4 * 10**18, add, 0), "default")


DAMAGE: dict[str, tuple[Callable[[bytes], bytes], str, int]] = {
    "cut short": (
        lambda packed: packed[: len(packed) // 2],
        "ends inside a gzip member, at byte",
        -1,
    ),
    "no trailer": (lambda packed: packed[:-8], "ends inside a gzip member", 400),
    "a page of XML": (lambda packed: b"<?xml version='1.0'?><Error/>", "expected gzip (1f 8b)", 0),
    "the header alone": (lambda packed: packed[:10], "ends inside a gzip member, at byte 10", 0),
    "half a header": (lambda packed: packed[:5], "ends inside a gzip member, at byte 5", 0),
    "another checksum": (lambda packed: changed(packed, -6), "checksum", 400),
    "something behind": (lambda packed: packed + b"oops", "or another gzip member", 400),
    "nonsense": (lambda packed: packed[:30] + b"\xff" * 900, "corrupt gzip data", 0),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_each_damage_is_told(name: str, tmp_path: Path) -> None:
    damage, said, count = DAMAGE[name]
    path = tmp_path / "a.json.gz"
    path.write_bytes(damage(gzip.compress(LINES)))
    bag = db.read_ndjson(str(path), on_damage="keep")
    with pytest.warns(DamagedFilesWarning) as told:
        found = bag.count().compute()
    assert count in (-1, found)
    (text,) = [str(one.message) for one in told]
    assert text.startswith(
        f"1 damaged file was read up to the damage (on_damage='keep'); first {path}"
    )
    assert said in text
    assert f"{path}, after {found:,} whole lines, byte" in text
    with pytest.raises(Exception, match=r"gzip|end-of-stream|decompress|CRC|block|code") as raised:
        db.read_ndjson(str(path)).count().compute()
    assert not isinstance(raised.value, db._kernel.DamagedError)


@pytest.mark.parametrize("scheduler", EVERYWHERE)
@pytest.mark.parametrize("name", ["records", "count", "flatten", "fields in Python", "topk"])
def test_a_pipeline_under_a_scheduler(
    name: str, scheduler: str, check: Check, tmp_path: Path
) -> None:
    cut = gzip.compress(LINES.replace(b"\n", b"\nbad\n", 30))[:-900]
    contents = {"a.json.gz": cut, "b.json.gz": b"", "c.json.gz": b"<xml>", "d.json": ONE_LINE}
    files = written(tmp_path, contents)
    assert (len(files.rejects), files.damaged) == (30, 2)
    agree(check, files, PIPELINES[name], scheduler)


@pytest.mark.parametrize("scheduler", EVERYWHERE)
def test_told_once_under_a_scheduler(scheduler: str, check: Check, tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.json.gz").write_bytes(SHORT)
    bag = db.read_ndjson(f"{tmp_path}/*", on_damage="keep")
    with check.schedulers.use(scheduler), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        native, python = db.compute(bag.count(), bag.map(slow).count())
    assert native == python > 0
    told = [str(one.message) for one in caught if one.category is DamagedFilesWarning]
    assert [text[:49] for text in told] == ["3 damaged files were read up to the damage (on_da"]
    assert f"first {tmp_path}/a.json.gz, after {native // 3:,} whole lines" in told[0]


def test_dasks_own_compute_tells_where_the_tasks_run(tmp_path: Path) -> None:
    (tmp_path / "a.json.gz").write_bytes(SHORT)
    bag = db.read_ndjson(f"{tmp_path}/*", on_damage="keep")
    with pytest.warns(DamagedFilesWarning, match="1 damaged file was read"):
        dask.compute(bag.count(), scheduler="threads")


@pytest.mark.parametrize("limit", [None, 10_000])
def test_a_schema_tells(limit: int | None, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.json.gz").write_bytes(SHORT)
    bag = db.read_ndjson(f"{tmp_path}/*", on_damage="keep")
    with pytest.warns(DamagedFilesWarning, match="2 damaged files were read"):
        found = bag.schema(limit)
    assert found.records == 2 * before_damage(SHORT)[0].count(b"\n")


def test_what_take_does_not_reach_is_not_told(tmp_path: Path) -> None:
    (tmp_path / "a.json.gz").write_bytes(SHORT)
    bag = db.read_ndjson(f"{tmp_path}/*", on_damage="keep")
    assert bag.pluck("id").take(3) == (0, 1, 2)
    with pytest.warns(DamagedFilesWarning):
        assert len(bag.take(400, warn=False)) < 400


def test_a_step_behind_may_raise_near_the_damage(tmp_path: Path) -> None:
    packed = SHORT
    (tmp_path / "a.json.gz").write_bytes(packed)
    last = before_damage(packed)[0].count(b"\n")
    bag = db.read_ndjson(f"{tmp_path}/*", on_damage="keep")
    for divide in (
        lambda e: 1 / (e["id"] - last + 1),
        lambda e: 1 / (int(repr(e["id"])) - last + 1),
    ):
        with pytest.raises(ZeroDivisionError) as raised:
            bag.map(divide).max().compute()
        assert f'"id": {last - 1}' in raised.value.__notes__[1]
        assert f"line {last}, byte" in raised.value.__notes__[1]


def test_it_is_said_and_measured(tmp_path: Path) -> None:
    (tmp_path / "a.json.gz").write_bytes(SHORT)
    bag = db.read_ndjson(f"{tmp_path}/*", on_damage="keep")
    explained = str(bag.count().explain(analyze=True))
    assert "of a damaged file, the rows before that are kept (on_damage='keep')" in explained
    assert "damaged files, read up to there: 1" in explained


def test_files_of_a_store(tmp_path: Path) -> None:
    """Bytes that somebody else brings: the same rows, the same rejects, the same notes."""
    texts = {"a.json": ONE_LINE, "b.json.gz": SHORT, "c.json.gz": b"<xml>"}
    for name, text in texts.items():
        (tmp_path / name).write_bytes(text)
        with fsspec.open(f"memory://damaged/{name}", "wb") as file:
            file.write(text)
    options = {"documents": "many", "on_bad_lines": "keep", "on_damage": "keep"}
    local = db.read_ndjson(f"{tmp_path}/*", **options)
    stored = db.read_ndjson("memory://damaged/*", **options)
    for pipeline in (*PIPELINES.values(), lambda b: b.rejects().map(lambda one: one[1:4])):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected, found = pipeline(local).compute(), pipeline(stored).compute()
        assert difference(expected, found) is None


def test_a_file_that_is_not_there_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.json.gz"
    path.write_bytes(gzip.compress(LINES))
    bag = db.read_ndjson(str(path), on_damage="keep")
    path.unlink()
    with pytest.raises(FileNotFoundError):
        bag.count().compute()
