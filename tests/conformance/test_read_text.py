"""read_text with all its arguments, loaders other than json's, and kinds of files."""

from __future__ import annotations

import bz2
import functools
import gzip
import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from conformance.check import Check
from conformance.places import encoded, plain_lines
from conformance.rows import EVERYWHERE, PROCESSES, Row, dumped, each, records

INTS = dumped(*([i, i * i, -i] for i in range(9)))
ENDS = (("1", "2\r3", "\r\r4", " \r\n5"), ("6\x0b7", "8\x0c9", "10\x1c11"))


def named(line_and_path: Any) -> Any:
    line, path = line_and_path
    return line, Path(path).name


@each(
    Row("lines keep their ends", lambda db, p: db.read_text(p), "text", None, PROCESSES),
    Row(
        "plain text",
        lambda db, p: records(db, p).pluck("type").frequencies(),
        "text",
        True,
        EVERYWHERE,
    ),
    Row("plain text, whole", records, "text"),
    Row("line ends of all kinds", lambda db, p: db.read_text(p), ENDS),
    Row(
        "parsed line ends of all kinds", lambda db, p: db.read_text(p).map(repr).frequencies(), ENDS
    ),
    Row(
        "blank lines",
        lambda db, p: db.read_text(p).filter(str.strip).map(json.loads),
        (("1", "", "2", " \t", "3"),),
    ),
    Row("a blank line is no JSON", records, (("1", "", "2"),)),
    Row("a blank line is counted", lambda db, p: db.read_text(p).count(), (("1", "", "2"),)),
    Row("numbers on lines", lambda db, p: db.read_text(p).map(int).sum(), INTS),
    Row("lengths of lines", lambda db, p: db.read_text(p).map(len).max()),
    Row("a list of paths", lambda db, p: records(db, sorted_paths(p)[::-1]), INTS),
    Row("the same path twice", lambda db, p: records(db, sorted_paths(p)[:1] * 2), INTS),
    Row("one path", lambda db, p: records(db, sorted_paths(p)[3]), INTS),
    Row("a relative path", lambda db, p: records(db, f"file://{p}"), INTS),
    Row("a Path in a list", lambda db, p: records(db, [Path(x) for x in sorted_paths(p)]), INTS),
    Row("a glob of one", lambda db, p: records(db, p.replace("*", "part-00[1]")), INTS),
    Row("partitions", lambda db, p: db.read_text(p).npartitions),
    Row(
        "files_per_partition=4",
        lambda db, p: (
            db.read_text(p, files_per_partition=4)
            .map(json.loads)
            .map_partitions(lambda part: [list(part)])
        ),
        INTS,
    ),
    Row(
        "files_per_partition, questions",
        lambda db, p: (
            db.read_text(p, files_per_partition=2).map(json.loads).pluck("type").frequencies()
        ),
        "plain",
    ),
    Row("include_path", lambda db, p: db.read_text(p, include_path=True).map(named), INTS),
    Row(
        "include_path of text",
        lambda db, p: db.read_text(p, include_path=True).map(named).pluck(1).frequencies(),
        "text",
    ),
    Row("blocksize of gzip", lambda db, p: db.read_text(p, blocksize=1000), "plain"),
    Row("blocksize of text", lambda db, p: db.read_text(p, blocksize=1000), "text"),
    Row(
        "blocksize, counted",
        lambda db, p: (
            db.read_text(p.replace("*", "events-0"), blocksize="2kB")
            .map(json.loads)
            .pluck("type")
            .frequencies()
        ),
        "text",
    ),
    Row(
        "blocksize and files_per_partition",
        lambda db, p: db.read_text(p, blocksize=10, files_per_partition=2),
        "text",
    ),
    Row(
        "encoding latin-1",
        lambda db, p: (
            db.read_text(p, encoding="latin-1").map(json.loads).pluck("type").frequencies()
        ),
    ),
    Row(
        "encoding ascii",
        lambda db, p: db.read_text(p, encoding="ascii").count(),
        "plain",
        schedulers=("sync", "threads"),  # From another process the error comes without a message.
    ),
    Row(
        "errors replace",
        lambda db, p: (
            db.read_text(p, encoding="ascii", errors="replace")
            .map(json.loads)
            .map(lambda e: e["payload"].get("commits"))
        ),
        "plain",
    ),
    Row("linedelimiter newline", lambda db, p: db.read_text(p, linedelimiter="\n"), ENDS),
    Row("linedelimiter of text", lambda db, p: db.read_text(p, linedelimiter="},"), "text"),
    Row("compression named", lambda db, p: db.read_text(p, compression="gzip").count()),
    Row(
        "compression none",
        lambda db, p: db.read_text(p, compression=None, encoding="latin-1").count(),
        INTS,
    ),
    Row(
        "collection=False",
        lambda db, p: [part.compute() for part in db.read_text(p, collection=False)],
        INTS,
    ),
    Row("nothing of this name", lambda db, p: db.read_text("/nowhere/at/all/*.json.gz"), ()),
    Row("an unknown argument", lambda db, p: db.read_text(p, compress="gzip"), INTS),
)
def test_read_text(row: Row, check: Check) -> None:
    check(row)


def sorted_paths(glob_of_files: str) -> list[str]:
    folder = Path(glob_of_files).parent
    return sorted(str(path) for path in folder.glob(Path(glob_of_files).name))


def inside(loads: Any) -> Any:
    return lambda line: loads(line)["type"]


def stripped(loads: Any) -> Any:
    return lambda line: loads(line.strip())


def safe(loads: Any) -> Any:
    def load(line: str) -> Any:
        try:
            return loads(line)
        except ValueError:
            return None

    return load


def keys(record: Any) -> Any:
    """A function that no kernel runs: it is given the whole record."""
    return sorted(record.items(), key=str)


# The ways in which a loader is used, each a pipeline of what it returns.
FORMS: dict[str, Any] = {
    "a step": lambda bag, loads: bag.map(loads).pluck("type").frequencies(),
    "inside a function": lambda bag, loads: bag.map(inside(loads)).frequencies(),
    "of a stripped line": lambda bag, loads: bag.map(stripped(loads)).pluck("type"),
    "safe": lambda bag, loads: bag.map(safe(loads)).filter(lambda r: r is not None).pluck("type"),
    "whole records": lambda bag, loads: bag.map(loads),
    "whole records, in Python": lambda bag, loads: bag.map(loads).map(keys),
}


def loaded(module: str, function: str, form: str) -> Any:
    """A pipeline that parses with another library's loader."""

    def pipeline(db: Any, path: str) -> Any:
        loads = functools.reduce(getattr, function.split("."), importlib.import_module(module))
        return FORMS[form](db.read_text(path), loads)

    return pipeline


LOADERS = {"json": "loads", "ujson": "loads", "orjson": "loads", "msgspec": "json.decode"}

# What the loaders take and what they refuse differs from one to the next.
LOADER_LINES = {
    "duplicates": '{"type": 1, "type": 2}',
    "NaN": '{"type": "a", "x": NaN}',
    "Infinity": '{"type": -Infinity}',
    "a big int": '{"type": 123456789012345678901234567890}',
    "an int of 64 bits": '{"type": 18446744073709551615}',
    "a big exponent": '{"type": 1e400}',
    "a long fraction": '{"type": 0.1234567890123456789012345678901234567890}',
    "a lone surrogate": '{"type": "\\ud800"}',
    "a half pair": '{"type": "a", "x": "\\ud83d"}',
    "a pair": '{"type": "\\ud83d\\ude00"}',
    "a control character": '{"type": "a\tb"}',
    "NUL": '{"type": "\\u0000"}',
    "trailing spaces": '{"type": "a"}  \t ',
    "trailing junk": '{"type": "a"} x',
    "two documents": '{"type": "a"} {"type": "b"}',
    "a trailing comma": '{"type": "a",}',
    "minus zero": '{"type": -0}',
    "minus zero point": '{"type": -0.0}',
    "a leading zero": '{"type": 01}',
    "a bare point": '{"type": 1.}',
    "single quotes": "{'type': 1}",
    "a comment": '{"type": 1} // one',
    "nesting": '{"type": 1, "x": ' + "[" * 100 + "]" * 100 + "}",
    "deep nesting": '{"type": 1, "x": ' + "[" * 1100 + "]" * 1100 + "}",
    "an unfinished escape": '{"type": "\\u12"}',
    "an unknown escape": '{"type": "\\q"}',
    "true of another case": '{"type": True}',
    "an empty line": "",
    "a BOM": '\ufeff{"type": 1}',
}


@pytest.mark.parametrize("module", LOADERS)
def test_loaders_on_ordinary_events(module: str, check: Check) -> None:
    pipeline = loaded(module, LOADERS[module], "a step")
    check(Row(module, pipeline, "plain", True, EVERYWHERE, needs=(module,)))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("module", LOADERS)
def test_the_ways_in_which_a_loader_is_used(module: str, form: str, check: Check) -> None:
    native = "Python" not in form
    check(Row(form, loaded(module, LOADERS[module], form), "plain", native, needs=(module,)))


@pytest.mark.parametrize("line", LOADER_LINES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("module", LOADERS)
def test_loaders_on_odd_lines(module: str, form: str, line: str, check: Check) -> None:
    """Each loader's own answer and its own error, in the middle of ordinary lines."""
    good = ('{"type": "good"}',) * 3
    data = ((*good, LOADER_LINES[line], *good), good)
    pipeline = loaded(module, LOADERS[module], form)
    check(Row(line, pipeline, data, "Python" not in form, ("default",), needs=(module,)))


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ""])
def test_compressions_by_suffix(suffix: str, tmp_path: Path, check: Check) -> None:
    import lzma

    compress = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress, "": bytes}
    for file in range(2):
        path = tmp_path / f"{file}.json{suffix}"
        path.write_bytes(compress[suffix](encoded(plain_lines(file))))
    row = Row(suffix, lambda db, p: records(db, f"{tmp_path}/*").pluck("type").frequencies(), ())
    check(row)


def test_names_sort_as_text(tmp_path: Path, check: Check) -> None:
    """Hour 10 comes before hour 2, as the glob has it."""
    for hour in (0, 2, 10, 23):
        path = tmp_path / f"2015-01-01-{hour}.json.gz"
        path.write_bytes(gzip.compress(f'{{"hour": {hour}}}\n'.encode()))
    check(Row("hours", lambda db, p: records(db, f"{tmp_path}/*.gz").pluck("hour"), ()))
    check(
        Row("distinct", lambda db, p: records(db, f"{tmp_path}/*.gz").pluck("hour").distinct(), ())
    )


def test_a_file_that_changes_is_read_anew(tmp_path: Path, check: Check) -> None:
    path = tmp_path / "a.json.gz"

    def pipeline(db: Any, p: str) -> Any:
        path.write_bytes(gzip.compress(b'{"a": 1}\n'))
        bag = records(db, str(path)).pluck("a").sum()
        before = bag.compute()
        path.write_bytes(gzip.compress(b'{"a": 5}\n{"a": 6}\n'))
        return [before, bag.compute()]

    check(Row("changed", pipeline, ()))
