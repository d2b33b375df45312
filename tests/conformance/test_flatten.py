"""flatten over lists of the record, starmap, map with more arguments: what comes behind them."""

from __future__ import annotations

import json
from typing import Any

import pytest

import satchel
from conformance.check import Check
from conformance.rows import EVERYWHERE, Lines, Row, each, ours_only, pushes, records

# Lists of every length, lists in lists, and what is no list, in the middle of a partition.
NESTED: Lines = (
    (
        '{"k": "a", "v": [{"n": 1, "w": ["x", "y"]}, {"n": 2, "w": []}]}',
        '{"k": "b", "v": []}',
        '{"k": "c", "v": [{"n": 3, "w": ["x"]}]}',
    ),
    ('{"k": "d", "v": [{"n": 1, "w": ["z", "x"]}, {"n": 4, "w": ["y"]}, {"n": 1, "w": []}]}',),
    (),
)
ODD: Lines = (
    (
        *NESTED[0],
        '{"k": "odd", "v": [{"n": 5, "w": ["x"]}], "k": "dup"}',
        '{"k": "big", "v": [{"n": 123456789012345678901234567890, "w": ["q"]}, {"n": 6, "w": []}]}',
        '{"k": "none", "v": [{"n": 0.5, "w": ["\\ud800"]}]}',
    ),
    NESTED[1],
)
NO_LIST = ((*NESTED[0], '{"k": "text", "v": "ab"}', '{"k": "e", "v": [{"n": 9, "w": []}]}'),)
NOTHING = ((*NESTED[0], '{"k": "null", "v": null}'),)


def elements(db: Any, path: str) -> Any:
    return records(db, path).pluck("v").flatten()


def words(db: Any, path: str) -> Any:
    return elements(db, path).pluck("w").flatten()


def total(left: Any, x: Any) -> Any:
    return left + x["n"]


PIPELINES = {
    "as they are": elements,
    "count": lambda db, p: elements(db, p).count(),
    "twice": words,
    "twice, by frequency": lambda db, p: words(db, p).frequencies(),
    "mapped": lambda db, p: elements(db, p).map(lambda x: x["n"] + 1),
    "mapped before": lambda db, p: records(db, p).map(lambda e: e["v"][:1]).flatten(),
    "filtered": lambda db, p: elements(db, p).filter(lambda x: x["n"] > 1).pluck("n"),
    "filtered before": lambda db, p: (
        records(db, p).filter(lambda e: e["k"] > "a").pluck("v").flatten().pluck("n")
    ),
    "removed": lambda db, p: elements(db, p).remove(lambda x: x["w"]).count(),
    "sum": lambda db, p: elements(db, p).pluck("n").sum(),
    "max": lambda db, p: elements(db, p).pluck("n").max(),
    "min": lambda db, p: elements(db, p).pluck("n").min(),
    "distinct": lambda db, p: elements(db, p).pluck("n").distinct(),
    "frequencies": lambda db, p: elements(db, p).pluck("n").frequencies(sort=True),
    "topk": lambda db, p: elements(db, p).map(lambda x: (x["n"], len(x["w"]))).topk(2),
    "topk by a key": lambda db, p: elements(db, p).topk(2, key=lambda x: x["n"]),
    "foldby": lambda db, p: elements(db, p).foldby(
        lambda x: len(x["w"]), total, 0, lambda a, b: a + b, 0
    ),
    "fold": lambda db, p: elements(db, p).fold(total, lambda a, b: a + b, initial=0),
    "a fold of tuples": lambda db, p: elements(db, p).fold(
        lambda acc, x: (acc[0] + x["n"], acc[1] + 1),
        lambda a, b: (a[0] + b[0], a[1] + b[1]),
        initial=(0, 0),
    ),
    "take": lambda db, p: elements(db, p).pluck("n").take(2, compute=False),
    "take of all": lambda db, p: elements(db, p).pluck("n").take(4, npartitions=-1, compute=False),
    "letters": lambda db, p: records(db, p).pluck("k").flatten().frequencies(),
    "a list of the record": lambda db, p: records(db, p).map(lambda e: [e["k"], 1]).flatten(),
    "a tuple": lambda db, p: records(db, p).map(lambda e: (e["k"], len(e["v"]))).flatten(),
    "a comprehension": lambda db, p: (
        records(db, p).map(lambda e: [x["n"] for x in e["v"] if x["w"]]).flatten().sum()
    ),
    "words of lines": lambda db, p: db.read_text(p).map(str.split).flatten().count(),
    "letters of lines": lambda db, p: db.read_text(p).flatten().frequencies(),
    "then pairs": lambda db, p: (
        elements(db, p).pluck("n").frequencies().starmap(lambda n, count: n * count)
    ),
    "in Python": lambda db, p: elements(db, p).map(lambda x: sorted(x.items(), key=str)),
    "a comprehension over an element": lambda db, p: elements(db, p).map(
        lambda x: [w.upper() for w in x["w"]]
    ),
    "handled": lambda db, p: elements(db, p).map(handled),
}


def handled(x: Any) -> Any:
    try:
        return x["w"][1]
    except IndexError:
        return x["n"]


PYTHONS_OWN = ("in Python",)


@pytest.mark.parametrize("name", PIPELINES)
def test_flattened(name: str, check: Check) -> None:
    native = name not in PYTHONS_OWN
    check(Row(name, PIPELINES[name], NESTED, native, EVERYWHERE))


@pytest.mark.parametrize("data", [ODD, NO_LIST, NOTHING], ids=["odd", "no list", "null"])
@pytest.mark.parametrize("name", PIPELINES)
def test_flattened_among_odd_rows(name: str, data: Lines, check: Check) -> None:
    check(Row(name, PIPELINES[name], data, schedulers=("default",)))


@each(
    Row(
        "the authors of commits",
        lambda db, p: (
            pushes(db, p)
            .pluck("payload")
            .pluck("commits")
            .flatten()
            .map(lambda c: c["author"]["name"])
            .frequencies()
        ),
        "plain",
        True,
        EVERYWHERE,
    ),
    Row(
        "commits by author",
        lambda db, p: (
            pushes(db, p)
            .map(lambda e: [(e["actor"]["login"], c["distinct"]) for c in e["payload"]["commits"]])
            .flatten()
            .foldby(lambda pair: pair[0], lambda n, pair: n + pair[1], 0, lambda a, b: a + b, 0)
            .topk(3, key=lambda name, count: count)
        ),
        "plain",
        True,
    ),
)
def test_the_documents_commits(row: Row, check: Check) -> None:
    check(row)


def scaled(e: Any, factor: Any, offset: Any = 0) -> Any:
    return e["repo"]["id"] * factor + offset


def among(e: Any, names: Any) -> bool:
    return e["actor"]["login"] in names


LOOKED_AT: list[Any] = []


def looked_up(e: Any, key: Any = "type", *, other: Any = "id") -> Any:
    """No kernel runs it, and which fields it touches its arguments say."""
    LOOKED_AT.append(key)
    return e[key], e[other]


@each(
    Row("the fields of defaults", lambda db, p: records(db, p).map(looked_up), "plain", False),
    Row("of an argument", lambda db, p: records(db, p).map(looked_up, "repo"), "plain", False),
    Row(
        "of a keyword",
        lambda db, p: records(db, p).map(looked_up, other="public", key="created_at"),
        "plain",
        False,
    ),
    Row(
        "of an argument too many",
        lambda db, p: records(db, p).map(looked_up, "repo", "public"),
        "plain",
    ),
    Row(
        "of a bound method",
        lambda db, p: records(db, p).map(dict.get, "repo"),
        "plain",
        False,
    ),
)
def test_which_fields_a_function_touches_its_arguments_say(row: Row, check: Check) -> None:
    check(row)


@each(
    Row("an argument", lambda db, p: records(db, p).map(scaled, 3), "plain", True, EVERYWHERE),
    Row("two", lambda db, p: records(db, p).map(scaled, 3, 0.5), "plain", True),
    Row("a keyword", lambda db, p: records(db, p).map(scaled, 2, offset=1).sum(), "plain", True),
    Row("keywords alone", lambda db, p: records(db, p).map(scaled, factor=2), "plain", True),
    Row("a list", lambda db, p: records(db, p).map(among, ["ann", "bob"]), "plain", True),
    Row("a missing argument", lambda db, p: records(db, p).map(scaled), "plain"),
    Row("an unknown keyword", lambda db, p: records(db, p).map(scaled, 1, other=2), "plain"),
    Row(
        "an Item",
        lambda db, p: records(db, p).map(scaled, records(db, p).map(lambda e: 2).max()),
        "plain",
    ),
    Row("an int", lambda db, p: records(db, p).map(scaled, 2, 1).map(divmod, 3), "plain", False),
    Row(
        "starmap of tuples",
        lambda db, p: records(db, p).map(lambda e: (e["type"], e["id"])).starmap(joined),
        "plain",
        True,
        EVERYWHERE,
    ),
    Row(
        "starmap with a keyword",
        lambda db, p: (
            records(db, p).map(lambda e: (e["type"], e["id"])).starmap(joined, by="/").distinct()
        ),
        "plain",
        True,
    ),
    Row(
        "starmap drops an argument that raises",
        lambda db, p: records(db, p).map(lambda e: (e["type"], e["org"]["id"])).starmap(first),
        "plain",
    ),
    Row(
        "starmap with too many",
        lambda db, p: records(db, p).map(lambda e: (1, 2, 3, 4)).starmap(joined),
        "plain",
    ),
)
def test_more_arguments(row: Row, check: Check) -> None:
    check(row)


def joined(left: str, right: str, by: str = "-") -> str:
    return left + by + right


def first(left: Any, right: Any) -> Any:
    return left


@ours_only
def test_a_raise_in_the_middle_of_a_row_stops_there(tmp_path: Any) -> None:
    """What `take` has already, the next element of the same row cannot spoil."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"v": [1, 2, "x", 4]}) + "\n")
    negated = records(satchel, str(path)).pluck("v").flatten().map(lambda x: -x)
    assert negated.take(2) == (-1, -2)
    with pytest.raises(TypeError, match="bad operand") as caught:
        negated.compute()
    assert "a.json, line 1" in "".join(caught.value.__notes__)
