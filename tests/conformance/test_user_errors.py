"""The user's own exception in row 7,000: where it was, and what was there."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from conformance.check import Check, outcome
from conformance.rows import EVERYWHERE, LOCAL, Row, each, ours_only, records, subject

GOOD = 7_000


def line(number: int) -> str:
    record = {"id": number, "v": number % 7 + 1, "actor": {"login": f"l{number % 11}"}}
    if number == GOOD - 1:
        return json.dumps({"id": number, "value": 1, "actor": None})
    return json.dumps(record)


LINES = tuple(line(number) for number in range(8_000))
DATA = ((LINES[0], LINES[1]), LINES, (LINES[2],))
OFFSET = sum(len(text) + 1 for text in LINES[: GOOD - 1])


def opaque(x: Any) -> Any:
    """Never lowered: the name of the key comes out of a captured mutable."""
    return x[KEYS[-1]]


KEYS = ["v"]

PIPELINES = {
    "a native map": lambda db, p: records(db, p).map(lambda x: x["v"]).sum(),
    "a native filter": lambda db, p: records(db, p).filter(lambda x: x["v"] > 3).count(),
    "a pluck": lambda db, p: records(db, p).pluck("v").frequencies(),
    "a key of foldby": lambda db, p: records(db, p).foldby("v", lambda n, x: n + 1, 0),
    "a step of foldby": lambda db, p: records(db, p).foldby(
        lambda x: x["id"] % 3, lambda n, x: n + x["v"], 0, lambda a, b: a + b
    ),
    "a step of fold": lambda db, p: records(db, p).fold(
        lambda n, x: n + x["v"], lambda a, b: a + b, initial=0
    ),
    "a function that does not lower": lambda db, p: records(db, p).map(opaque).sum(),
    "None": lambda db, p: records(db, p).map(lambda x: x["actor"]["login"]).frequencies(),
    "a type": lambda db, p: records(db, p).map(lambda x: x.get("v") + 1).max(),
    "a zero": lambda db, p: records(db, p).map(lambda x: 1 / x.get("v", 0)).max(),
    "a conversion": lambda db, p: records(db, p).map(lambda x: int(x.get("v", "x"))).min(),
    "a collect": lambda db, p: records(db, p).map(lambda x: (x["id"], x["v"])),
}


@each(*(Row(name, pipeline, DATA, None, EVERYWHERE) for name, pipeline in PIPELINES.items()))
def test_it_is_dask_bags_exception(row: Row, check: Check) -> None:
    check(row)


def noted(check: Check, pipeline: Any, scheduler: str, data: Any = DATA) -> str:
    """The notes of the exception that the pipeline raises."""
    with check.schedulers.use(scheduler):
        found = outcome(pipeline, subject, check.places.of(data))
    assert found.exception is not None
    return "\n".join(getattr(found.exception, "__notes__", []))


def tells(note: str, number: int) -> bool:
    """Whether the number stands in the note, with or without its separators."""
    return re.search(rf"(?<![\d,_]){number:,}(?![\d,_])|\b{number}\b", note) is not None


@ours_only
@pytest.mark.parametrize("name", PIPELINES)
@pytest.mark.parametrize("scheduler", LOCAL)
def test_a_note_names_file_line_and_byte(name: str, scheduler: str, check: Check) -> None:
    note = noted(check, PIPELINES[name], scheduler)
    assert "part-001.json.gz" in note
    assert tells(note, GOOD), f"no line {GOOD} in {note!r}"
    assert tells(note, OFFSET), f"no byte {OFFSET} in {note!r}"


@ours_only
@pytest.mark.parametrize("scheduler", ["processes", "client"])
def test_the_note_comes_back_from_other_processes(scheduler: str, check: Check) -> None:
    note = noted(check, PIPELINES["a native map"], scheduler)
    assert "part-001.json.gz" in note
    assert tells(note, GOOD)


@ours_only
@pytest.mark.parametrize("name", ["a native map", "a pluck", "a function that does not lower"])
def test_a_missing_key_names_the_keys_that_are_there(name: str, check: Check) -> None:
    note = noted(check, PIPELINES[name], "default")
    assert "value" in note
    assert "actor" in note


@ours_only
def test_the_traceback_is_the_users_own(check: Check) -> None:
    """The frame of the lambda is in it, as a debugger would want it."""
    with check.schedulers.use("default"):
        found = outcome(PIPELINES["a native map"], subject, check.places.of(DATA))
    assert found.exception is not None
    files, trace = set(), found.exception.__traceback__
    while trace is not None:
        files.add(trace.tb_frame.f_code.co_filename)
        trace = trace.tb_next
    assert __file__ in files


def test_the_first_failing_row_of_a_partition_wins(check: Check) -> None:
    rows = ['{"a": 1}'] * 50 + ['{"b": 1}', '{"a": null}', '{"a": 1}', "[]"]
    check(Row("rows", lambda db, p: records(db, p).map(lambda x: x["a"] + 1).sum(), (tuple(rows),)))
    check(
        Row(
            "reversed",
            lambda db, p: records(db, p).map(lambda x: x["a"] + 1).sum(),
            (tuple(rows[::-1]),),
        )
    )


def test_an_error_in_a_later_step_of_an_earlier_row_comes_first(check: Check) -> None:
    """dask.bag runs a chain of steps row by row, not step by step."""
    rows = ('{"a": 1}', '{"a": "x"}', '{"b": 2}')
    check(
        Row(
            "map, map",
            lambda db, p: records(db, p).map(lambda x: x["a"]).map(lambda a: a + 1).sum(),
            (rows,),
        )
    )
    check(
        Row(
            "filter, map",
            lambda db, p: records(db, p).filter(lambda x: x["a"]).map(lambda x: x["a"] + 1).count(),
            (rows,),
        )
    )
    check(Row("pluck, pluck", lambda db, p: records(db, p).pluck("a").pluck("c").count(), (rows,)))


def test_a_good_query_after_each_error(check: Check) -> None:
    good = Row("good", lambda db, p: records(db, p).pluck("id").count(), DATA, schedulers=LOCAL)
    for name, pipeline in PIPELINES.items():
        check(Row(name, pipeline, DATA, schedulers=("default",)))
        check(good)


@ours_only
def test_an_error_in_plain_text_is_noted_too(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    path.write_text("".join(text + "\n" for text in LINES))
    for file in (path, tmp_path / "events.json.gz"):
        if file != path:
            file.write_bytes(gzip.compress(path.read_bytes()))
        with check.schedulers.use("default"), pytest.raises(KeyError) as raised:
            records(subject, str(file)).pluck("v").sum().compute()
        note = "\n".join(raised.value.__notes__)
        assert file.name in note
        assert tells(note, OFFSET)
