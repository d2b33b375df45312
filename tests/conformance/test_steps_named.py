"""An exception's notes: one for the step, one for the line, wherever the function was called."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conformance.check import Check, outcome
from conformance.rows import EVERYWHERE, LOCAL, ours_only, records, subject

pytestmark = ours_only

BAD = 1_234
LINES = tuple(
    json.dumps({"id": n, "s": "tab\there"} if n == BAD else {"id": n, "v": n % 7, "l": [n % 3]})
    for n in range(2_000)
)
DATA = ((LINES[0],), LINES)
OFFSET = sum(len(line) + 1 for line in LINES[:BAD])


def valued(e: Any) -> Any:
    return e["v"]


def shown(e: Any) -> str:
    """Runs in Python, on fields."""
    return repr(e["v"])


def whole(e: Any) -> str:
    """Runs in Python, on whole records."""
    return repr(dict(e)["v"])


def add(total: Any, e: Any) -> Any:
    return total + e["v"]


def add_shown(total: Any, e: Any) -> Any:
    return total + len(repr(e["v"]))


def refuse(left: Any, right: Any) -> Any:
    raise LookupError("never")


def huge(e: Any) -> int:
    """Beyond what the kernel holds: the partition runs again in Python."""
    number: int = e["id"] * 10**15
    return number * 10**6


def inverse(n: int) -> float:
    return 1 / (n - BAD * 10**21)


@dataclass(frozen=True)
class Told:
    """A pipeline that raises, and what the notes must say."""

    pipeline: Callable[[Any, str], Any]
    step: str
    line: bool = True
    item: str | None = None


def here(function: Any) -> str:
    return f"written at {Path(__file__).name}:{function.__code__.co_firstlineno}"


ROWS = {
    "a row that fell back": Told(
        lambda db, p: records(db, p).map(lambda e: e["v"]).sum(), "in step 2: .map(<lambda>)"
    ),
    "a filter": Told(
        lambda db, p: records(db, p).filter(shown).count(),
        f"in step 2: .filter(shown), {here(shown)}",
    ),
    "a remove of rows that fell back": Told(
        lambda db, p: records(db, p).remove(lambda e: e["v"] > 9).count(),
        "in step 2: .remove(<lambda>)",
    ),
    "a pluck": Told(
        lambda db, p: records(db, p).pluck("v").frequencies(), "in step 2: .pluck('v')"
    ),
    "python, some fields": Told(
        lambda db, p: records(db, p).map(shown).frequencies(),
        f"in step 2: .map(shown), {here(shown)}",
    ),
    "python, whole records": Told(
        lambda db, p: records(db, p).map(whole), f"in step 2: .map(whole), {here(whole)}"
    ),
    "behind other Python steps": Told(
        lambda db, p: records(db, p).map(dict).filter(len).map(whole).count(),
        "in step 4: .map(whole)",
    ),
    "Python behind a native filter": Told(
        lambda db, p: records(db, p).filter(lambda e: e["id"] % 2 == 0).map(whole).count(),
        "in step 3: .map(whole)",
    ),
    "a native step behind a flatten": Told(
        lambda db, p: records(db, p).map(lambda e: [e]).flatten().map(lambda e: e["v"]).sum(),
        "in step 4: .map(<lambda>)",
    ),
    "a Python step behind a flatten": Told(
        lambda db, p: records(db, p).map(lambda e: [e]).flatten().map(whole).count(),
        "in step 4: .map(whole)",
    ),
    "a key of groupby": Told(
        lambda db, p: records(db, p).groupby("v", shuffle="disk").count(),
        "in step 2: .groupby('v')",
    ),
    "a key of groupby, a function": Told(
        lambda db, p: records(db, p).groupby(valued, shuffle="disk").count(),
        f"in step 2: .groupby(valued), {here(valued)}",
    ),
    "a key of groupby that dask.bag's shuffle calls": Told(
        lambda db, p: records(db, p).groupby(valued, shuffle="tasks").count(),
        f"in step 2: .groupby(valued), {here(valued)}",
        line=False,
    ),
    "a flatten": Told(
        lambda db, p: records(db, p).map(lambda e: e.get("l", 1)).flatten().count(),
        "in step 3: .flatten()",
    ),
    "a flatten in Python": Told(
        lambda db, p: records(db, p).map(lambda e: dict(e).get("l", 1)).flatten().count(),
        "in step 3: .flatten()",
    ),
    "a starmap": Told(
        lambda db, p: records(db, p).map(lambda e: (e, "v")).starmap(lambda e, k: e[k]).count(),
        "in step 3: .starmap(<lambda>)",
    ),
    "a step of fold": Told(
        lambda db, p: records(db, p).fold(add, max, 0),
        f"in step 2: .fold(add, max, 0), {here(add)}",
    ),
    "a step of fold in Python": Told(
        lambda db, p: records(db, p).fold(add_shown, max, 0), "in step 2: .fold(add_shown, max, 0)"
    ),
    "a key of foldby": Told(
        lambda db, p: records(db, p).foldby("v", lambda n, e: n, 0),
        "in step 2: .foldby('v', <lambda>, 0)",
    ),
    "a key of foldby in Python": Told(
        lambda db, p: records(db, p).foldby(whole, lambda n, e: n, 0),
        "in step 2: .foldby(whole, <lambda>, 0)",
    ),
    "a step of foldby": Told(
        lambda db, p: records(db, p).foldby(lambda e: e["id"] % 2, add, 0),
        "in step 2: .foldby(<lambda>, add, 0)",
    ),
    "a key of topk": Told(
        lambda db, p: records(db, p).topk(2, key=whole), "in step 2: .topk(2, whole)"
    ),
    "a key of distinct": Told(
        lambda db, p: records(db, p).distinct(key=whole), "in step 2: .distinct(whole)"
    ),
    "a sum of the wrong type": Told(
        lambda db, p: records(db, p).map(lambda e: e.get("v", "x")).sum(), "in step 3: .sum()"
    ),
    "keys that cannot be hashed": Told(
        lambda db, p: records(db, p).map(lambda e: e.get("v", [])).frequencies(),
        "in step 3: .frequencies()",
    ),
    "a demoted partition": Told(
        lambda db, p: records(db, p).map(huge).map(inverse).frequencies(),
        f"in step 3: .map(inverse), {here(inverse)}",
    ),
    "a combine": Told(
        lambda db, p: records(db, p).pluck("id").fold(max, refuse),
        "in step 3: .fold(max, refuse), "
        f"{here(refuse)}, combining partial results, which are of no one line",
        line=False,
    ),
    "a combine of groups": Told(
        lambda db, p: records(db, p).foldby("id", lambda n, e: n + 1, 0, refuse),
        "combining partial results",
        line=False,
    ),
    "a step behind a reduction": Told(
        lambda db, p: records(db, p).pluck("id").frequencies().map(lambda pair: pair[1] // pair[0]),
        "in step 4: .map(<lambda>)",
        line=False,
        item="(0, 2)",
    ),
    "a Python step behind a reduction": Told(
        lambda db, p: records(db, p).pluck("id").frequencies().map(lambda pair: vars(pair)),
        "in step 4: .map(<lambda>)",
        line=False,
        item="(0, 2)",
    ),
}


def notes(check: Check, pipeline: Any, scheduler: str, data: Any = DATA) -> list[str]:
    with check.schedulers.use(scheduler):
        found = outcome(pipeline, subject, check.places.of(data))
    assert found.exception is not None, "it must raise"
    return list(getattr(found.exception, "__notes__", []))


@pytest.mark.parametrize("scheduler", EVERYWHERE)
@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_the_step_and_the_line_are_told_once(row: Told, scheduler: str, check: Check) -> None:
    step, *lines = notes(check, row.pipeline, scheduler)
    assert row.step in step
    # None of the files is Dask's or satchel's.
    places = step.partition("written at ")[2]
    assert all(place.startswith(Path(__file__).name) for place in places.split(" and ") if place)
    if row.line:
        (line,) = lines
        assert f"part-001.json.gz, line {BAD + 1}, byte {OFFSET} (inflated)\n" in line
        assert LINES[BAD] in line
    elif row.item is not None:
        assert lines == [f"satchel: an item of an earlier result\n  {row.item}"]
    else:
        assert lines == []


PREPARED = ValueError("made before")


def prepared(e: Any) -> Any:
    if "v" not in e:
        raise PREPARED
    return e


@pytest.mark.parametrize("scheduler", LOCAL)
def test_one_object_that_is_raised_again_has_the_notes_of_the_last_time(
    scheduler: str, check: Check
) -> None:
    first = notes(check, lambda db, p: records(db, p).map(prepared).count(), scheduler)
    assert len(first) == 2
    again = notes(check, lambda db, p: records(db, p).filter(prepared).count(), scheduler)
    assert len(again) == 2
    assert ".filter(prepared)" in again[0]


def test_a_loader_is_known_by_its_name(check: Check) -> None:
    data = (('{"n": 1}', "oops"),)
    found = notes(check, lambda db, p: records(db, p).count(), "default", data)
    assert found[0] == "satchel: in step 1: .map(json.loads)"


def test_a_note_of_the_users_own_stays(check: Check) -> None:
    def noted(e: Any) -> Any:
        error = ValueError("mine")
        error.add_note("my own")
        raise error

    found = notes(check, lambda db, p: records(db, p).map(noted).count(), "default")
    assert found[0] == "my own"
    assert len(found) == 3


class Closed(Exception):
    """Takes no notes."""

    def __setattr__(self, name: str, value: object) -> None:
        if name == "__notes__":
            raise AttributeError(name)
        super().__setattr__(name, value)


class Odd(Exception):
    """Its notes are nothing to add to."""

    __notes__ = 3  # type: ignore[assignment]


@pytest.mark.parametrize("kind", [Closed, Odd])
@pytest.mark.parametrize("scheduler", LOCAL)
def test_an_exception_that_takes_no_notes_is_raised_as_it_is(
    kind: type[Exception], scheduler: str, check: Check
) -> None:
    def closed(e: Any) -> Any:
        raise kind("as it is")

    with check.schedulers.use(scheduler):
        for pipeline in (
            lambda db, p: records(db, p).map(closed).count(),
            lambda db, p: records(db, p).foldby(closed, add, 0),
        ):
            found = outcome(pipeline, subject, check.places.of(DATA))
            assert found.error == (kind, "as it is")


class Unnamed:
    """A function that cannot even be shown."""

    def __call__(self, e: Any) -> Any:
        return e["missing"]

    def __repr__(self) -> str:
        raise RuntimeError("no")


def test_a_function_that_cannot_be_shown(check: Check) -> None:
    step, _ = notes(check, lambda db, p: records(db, p).map(Unnamed()).count(), "default")
    assert step == "satchel: in step 2"


LONG = '{"a": "' + "x" * 300 + '"}'

SHOWN = {
    "a long line": (LONG, LONG[:200] + " ..."),
    "tabs and controls": ('{"a":\t"\x7f"}', '{"a":\\t"\\x7f"}'),
    "separators that are no newlines": ('{"a": "\u2028\x85"}', '{"a": "\\u2028\\x85"}'),
    "other scripts": ('{"a": "дом 家 🏠"}', '{"a": "дом 家 🏠"}'),
}


@pytest.mark.parametrize("function", [shown, lambda e: e["v"]], ids=["python", "native"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", ""])
@pytest.mark.parametrize("name", SHOWN)
def test_how_a_line_is_shown(name: str, ending: str, function: Any, tmp_path: Path) -> None:
    line, text = SHOWN[name]
    before = '{"v": "é"}' + (ending or "\n")
    path = tmp_path / "a.json.gz"
    path.write_bytes(gzip.compress(f"{before}{line}{ending}".encode()))
    with pytest.raises(KeyError) as raised:
        records(subject, str(path)).map(function).count().compute()
    _, note = raised.value.__notes__
    place = f"a.json.gz, line 2, byte {len(before.encode())} (inflated)\n  {text}\n"
    assert place in note


def test_a_file_that_is_gone_is_still_named(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"v": 1}\n{"w": 1}\n')

    def gone(e: Any) -> Any:
        if e["v"]:
            path.unlink()
        return repr(e)

    with pytest.raises(KeyError) as raised:
        records(subject, str(path)).map(gone).count().compute()
    step, line = raised.value.__notes__
    assert ".map(gone)" in step
    assert line.endswith("line 2, byte 9 (inflated)\n  (the line cannot be read again)")
