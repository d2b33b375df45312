"""`to_textfiles`: the same names, the same text, whatever the way on which a line goes out."""

from __future__ import annotations

import gzip
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import dask
import pytest
from distributed import Client

import satchel
from conformance.check import Check
from conformance.rows import EVERYWHERE, LOCAL, Row, dumped, each, ours_only, records
from conformance.test_fallback import ODD, ordinary

MIXED = (
    (*map(ordinary, range(5)), *ODD.values(), *map(ordinary, range(5, 9))),
    (),
    tuple(ODD.values())[::-1],
    tuple(map(ordinary, range(3))),
)
"""Fallback rows among ordinary ones, an empty file, and one of fallback rows alone."""


def read(path: str) -> bytes:
    opened: Any = gzip.open if path.endswith(".gz") else open
    with opened(path, "rb") as file:
        found: bytes = file.read()
    return found


def written(bag: Any, name: str = "*.txt", **options: Any) -> list[tuple[str, bytes]]:
    """What `to_textfiles` writes, by the names of the files."""
    # After one partition has failed, a thread may still be writing another.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        paths = bag.to_textfiles(f"{folder}/deep/{name}", **options)
        assert sorted(map(os.path.basename, paths)) == sorted(os.listdir(f"{folder}/deep"))
        return [(os.path.basename(path), read(path)) for path in paths]


def delayed(bag: Any) -> Any:
    """The same by way of delayed values, which are computed twice."""
    with tempfile.TemporaryDirectory() as folder:
        parts = bag.to_textfiles(f"{folder}/*.json.gz", compute=False)
        before = os.listdir(folder)
        values = [dask.compute(*parts), dask.compute(*parts)]
        return (
            before,
            values,
            [(path.name, read(str(path))) for path in sorted(Path(folder).iterdir())],
        )


def of_a(line: Any) -> Any:
    return json.loads(line).get("k") == "a"


def listed(db: Any, path: str, *names: str) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        paths = [f"{folder}/{name}" for name in names]
        found = db.read_text(path).to_textfiles(paths)
        return [found == paths, *map(read, paths)]


@each(
    Row("lines", lambda db, p: written(db.read_text(p)), "nasty", None, EVERYWHERE),
    Row("gzip", lambda db, p: written(db.read_text(p), "*.gz"), "nasty", None, EVERYWHERE),
    Row(
        "a filter that parses",
        lambda db, p: written(db.read_text(p).filter(of_a), "*.json.gz"),
        MIXED,
        None,
        EVERYWHERE,
    ),
    Row(
        "a filter on the text",
        lambda db, p: written(db.read_text(p).filter(lambda line: '"a"' in line)),
        MIXED,
        None,
        EVERYWHERE,
    ),
    Row("stripped", lambda db, p: written(db.read_text(p).map(str.strip)), MIXED),
    Row(
        "a field",
        lambda db, p: written(records(db, p).filter(lambda e: "w" in e).pluck("w")),
        MIXED[3:],
    ),
    Row(
        "a field, some with lone surrogates",
        lambda db, p: written(records(db, p).filter(lambda e: "w" in e).pluck("w")),
        MIXED,
    ),
    Row("formatted", lambda db, p: written(records(db, p).map(lambda e: f"{e['r']}")), MIXED[3:]),
    Row(
        "by Python",
        lambda db, p: written(records(db, p).map(json.dumps), "*.gz"),
        MIXED,
        None,
        EVERYWHERE,
    ),
    Row("bytes", lambda db, p: written(db.read_text(p).map(str.encode)), MIXED[3:]),
    Row(
        "a memoryview",
        lambda db, p: written(db.read_text(p).map(lambda t: memoryview(t.encode()))),
        MIXED[3:],
    ),
    Row("lists", lambda db, p: written(db.read_text(p).map(str.split)), MIXED[3:]),
    Row("records", lambda db, p: written(records(db, p)), MIXED[3:]),
    Row(
        "None among text",
        lambda db, p: written(records(db, p).map(lambda e: e.get("w"))),
        MIXED[2:3],
    ),
    Row(
        "no element", lambda db, p: written(db.read_text(p).filter(lambda t: False), "*.gz"), MIXED
    ),
    Row("a last newline", lambda db, p: written(db.read_text(p), last_endline=True), MIXED),
    Row(
        "a last newline, gzip",
        lambda db, p: written(db.read_text(p), "*.gz", last_endline=True),
        MIXED,
    ),
    Row("names", lambda db, p: written(db.read_text(p), name_function=lambda i: f"{i:03}"), MIXED),
    Row(
        "compression given", lambda db, p: written(db.read_text(p), "*.gz", compression=None), ((),)
    ),
    Row("bz2", lambda db, p: len(written(db.read_text(p), "*.bz2")), MIXED),
    Row("Latin", lambda db, p: written(db.read_text(p), encoding="latin-1"), MIXED[3:]),
    Row(
        "what Latin has not",
        lambda db, p: written(db.read_text(p), encoding="latin-1"),
        MIXED,
        None,
        ("sync", "threads"),
    ),
    Row("no encoding", lambda db, p: written(db.read_text(p), encoding=None), MIXED),
    Row("UTF_8", lambda db, p: written(db.read_text(p), encoding="UTF_8"), MIXED),
    Row("a list of paths", lambda db, p: listed(db, p, "a", "b.gz", "c", "d.gz"), MIXED),
    Row("no star", lambda db, p: written(db.read_text(p), "file"), MIXED),
    Row("delayed", lambda db, p: delayed(db.read_text(p).filter(of_a)), MIXED),
    Row(
        "of a result",
        lambda db, p: written(records(db, p).map(lambda e: e["w"]).distinct()),
        MIXED[3:],
    ),
    Row("of a sequence", lambda db, p: written(db.from_sequence("abc", npartitions=2)), ((),)),
    Row(
        "of lists in the record",
        lambda db, p: written(records(db, p).flatten(), "*.gz"),
        dumped([["a", "b"], [], ["c"]], [["d"]]),
    ),
    Row("the function", lambda db, p: written(_Function(db, db.read_text(p))), MIXED),
    Row(
        "an exception of the filter",
        lambda db, p: written(db.read_text(p).filter(lambda t: json.loads(t)["v"])),
        MIXED,
        None,
        LOCAL,
    ),
)
def test_what_is_written(row: Row, check: Check) -> None:
    check(row)


class _Function:
    """`db.to_textfiles(bag, ...)` as a method."""

    def __init__(self, db: Any, bag: Any) -> None:
        self.db, self.bag = db, bag

    def to_textfiles(self, *args: Any, **kwargs: Any) -> Any:
        return self.db.to_textfiles(self.bag, *args, **kwargs)


@ours_only
@pytest.mark.parametrize("name", ["*.txt", "*.gz"])
def test_more_than_a_block(name: str, tmp_path: Path) -> None:
    lines = [json.dumps({"n": n, "text": "xyz"[n % 3] * (n % 200)}) for n in range(30_000)]
    lines[20_000] = '{"n": 1, "n": 2}'
    source = tmp_path / "source"
    source.write_text("\n".join(lines))
    kept = satchel.read_text(str(source)).filter(lambda line: json.loads(line)["n"] % 2 == 0)
    ((_, found),) = written(kept, name)
    expected = [line + "\n" for line in lines if json.loads(line)["n"] % 2 == 0]
    assert found.decode() == "\n".join(expected)


@ours_only
@pytest.mark.parametrize("predicate", [of_a, lambda line: [json.loads(line)][0]["k"] == "a"])
def test_a_failure_leaves_no_file(predicate: Any, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_text('{"k": "a"}\n' * 100_000 + '{"k": oops}\n')
    (tmp_path / "out").mkdir()
    target = tmp_path / "out" / "0"
    target.write_text("of yesterday")
    bag = satchel.read_text(str(source)).filter(predicate)
    with pytest.raises(json.JSONDecodeError) as raised:
        bag.to_textfiles([str(target)])
    assert "line 100001" in "".join(raised.value.__notes__)
    assert target.read_text() == "of yesterday"
    assert os.listdir(tmp_path / "out") == ["0"]


@ours_only
def test_what_is_no_text_is_told_where_it_stands(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_text('{"k": "a"}\n{"k": 5}\n')
    bag = satchel.read_text(str(source)).map(json.loads).pluck("k")
    with pytest.raises(TypeError, match="Object 5 is neither") as raised:
        bag.to_textfiles([str(tmp_path / "out")])
    assert f"{source}, line 2, byte 11" in "".join(raised.value.__notes__)


@ours_only
def test_a_link_a_mode_and_a_device_stay_what_they_are(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_text("one\n")
    bag = satchel.read_text(str(source))
    real, link, private = tmp_path / "real", tmp_path / "link", tmp_path / "private"
    real.write_text("before")
    link.symlink_to(real)
    private.write_text("before")
    private.chmod(0o600)
    for path in (str(link), str(private), os.devnull):
        bag.to_textfiles([path])
    assert link.is_symlink()
    assert real.read_text() == private.read_text() == "one\n"
    assert private.stat().st_mode & 0o777 == 0o600
    assert not Path(os.devnull).is_file()


@ours_only
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "source").write_text("one\n")
    bag = satchel.read_text(str(tmp_path / "source"))
    with pytest.raises(IsADirectoryError, match=str(tmp_path)):
        bag.to_textfiles([str(tmp_path)])


@ours_only
def test_a_closed_client_of_processes_has_written_all(tmp_path: Path) -> None:
    for number in range(3):
        with gzip.open(tmp_path / f"{number}.gz", "wt") as file:
            file.writelines(f"{line}\n" for line in map(ordinary, range(number, 9)))
    bag = satchel.read_text(f"{tmp_path}/*.gz").filter(of_a)
    with Client(n_workers=2, threads_per_worker=1, dashboard_address=":0"):
        paths = bag.to_textfiles(f"{tmp_path}/out/*.gz")
    assert "".join(read(path).decode() + "\n" for path in paths).split() == "".join(bag).split()
