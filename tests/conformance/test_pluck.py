"""pluck and flatten, unzip, str: the short ways to a field."""

from __future__ import annotations

from operator import add
from typing import Any

from conformance.check import Check
from conformance.rows import EVERYWHERE, Row, dumped, each, pushes, records

MIXED = dumped(
    [{"a": 1, "b": {"c": [1, 2]}}, {"a": None, "b": {}}],
    [{"b": None}, {"a": "x", "b": [1]}, {}],
)
LISTS = dumped([[1, 2, 3], [4, 5, 6]], [], [[7, 8, 9, 10]])
RAGGED = dumped([[1, 2], [3]], [[], [4, 5, 6]])
TEXTS = dumped(["Alice Smith", "bob jones"], ["", "Ångström ß", "a\tb\n"])


@each(
    Row("a key", lambda db, p: records(db, p).pluck("type"), native=True),
    Row(
        "a key of a key",
        lambda db, p: pushes(db, p).pluck("actor").pluck("login"),
        native=True,
        schedulers=EVERYWHERE,
    ),
    Row("a missing key", lambda db, p: records(db, p).pluck("public")),
    Row(
        "a missing nested key",
        lambda db, p: records(db, p).pluck("a").pluck("b"),
        MIXED,
    ),
    Row("an object", lambda db, p: pushes(db, p).pluck("payload"), "plain"),
    Row("an index", lambda db, p: records(db, p).pluck(1), LISTS),
    Row("an index from the end", lambda db, p: records(db, p).pluck(-1), LISTS),
    Row("an index too far", lambda db, p: records(db, p).pluck(1), RAGGED),
    Row("an index into an object", lambda db, p: records(db, p).pluck(0), MIXED),
    Row("a key into a list", lambda db, p: records(db, p).pluck("a"), LISTS),
    Row("a key into a string", lambda db, p: records(db, p).pluck("a"), TEXTS),
    Row("an index into a string", lambda db, p: records(db, p).pluck(0, "?"), TEXTS),
    Row("a boolean index", lambda db, p: records(db, p).pluck(True), LISTS),
    Row("None as the key", lambda db, p: records(db, p).pluck(None), MIXED),
    Row("after a map", lambda db, p: records(db, p).map(lambda e: e).pluck("type")),
    Row("of a tuple", lambda db, p: records(db, p).map(lambda x: (x, 1)).pluck(1), LISTS),
    Row("of pairs", lambda db, p: records(db, p).pluck("type").frequencies().pluck(0)),
)
def test_pluck(row: Row, check: Check) -> None:
    check(row)


def either(e: Any) -> Any:
    try:
        return (e["b"]["c"], e["a"])[1]
    except (KeyError, TypeError):
        return "none"


def two(e: Any) -> Any:
    return e["b"]["c"], e.get("a")


def twos(db: Any, p: Any) -> Any:
    return records(db, p).map(two)


@each(
    Row("pluck", lambda db, p: twos(db, p).pluck(1), MIXED),
    Row("a function", lambda db, p: twos(db, p).map(lambda t: t[1]), MIXED),
    Row("in one", lambda db, p: records(db, p).map(lambda e: (e["b"]["c"], 1)[1]), MIXED),
    Row("starmap", lambda db, p: twos(db, p).starmap(lambda c, a: a), MIXED),
    Row("filter", lambda db, p: twos(db, p).filter(lambda t: t[1]).count(), MIXED),
    Row(
        "behind a condition",
        lambda db, p: records(db, p).map(lambda e: len(e) < 1 or (e["b"]["c"], 1)[1]),
        MIXED,
    ),
    Row("handled", lambda db, p: records(db, p).map(either), MIXED, True),
    Row(
        "a fold",
        lambda db, p: twos(db, p).fold(lambda n, t: n + (t[1] is None), add, initial=0),
        MIXED,
    ),
    Row(
        "foldby",
        lambda db, p: twos(db, p).foldby(lambda t: t[1], lambda n, t: n + 1, 0),
        MIXED,
    ),
    Row("topk", lambda db, p: twos(db, p).topk(1, key=lambda t: t[1] is None), MIXED),
)
def test_an_item_of_a_tuple_of_which_another_raises(row: Row, check: Check) -> None:
    check(row)


@each(
    Row("a default", lambda db, p: records(db, p).pluck("a", 0), MIXED, True),
    Row(
        "None as the default",
        lambda db, p: records(db, p).pluck("a", None),
        MIXED,
        True,
    ),
    Row("a default on nasty data", lambda db, p: records(db, p).pluck("public", "?")),
    Row("an index with a default", lambda db, p: records(db, p).pluck(1, -1), RAGGED),
    Row(
        "a default does not catch a TypeError",
        lambda db, p: records(db, p).pluck("b", {}).pluck("c", 0),
        MIXED,
    ),
    Row("a default that is a list", lambda db, p: records(db, p).pluck("a", []), MIXED),
    Row("a key list", lambda db, p: pushes(db, p).pluck(["type", "id"]), "plain"),
    Row("a key list of one", lambda db, p: records(db, p).pluck(["type"]), native=True),
    Row("an empty key list", lambda db, p: records(db, p).pluck([]), MIXED),
    Row(
        "a key list with a default",
        lambda db, p: records(db, p).pluck(["a", "z", "b"], "?"),
        MIXED,
        schedulers=EVERYWHERE,
    ),
    Row("a key list that misses", lambda db, p: records(db, p).pluck(["b", "a"]), MIXED),
    Row(
        "a key list, a default, a TypeError",
        lambda db, p: records(db, p).pluck("b").pluck(["c"], 0),
        MIXED,
    ),
    Row("a tuple as the key", lambda db, p: records(db, p).pluck(("a", "b")), MIXED),
    Row(
        "a key list counted",
        lambda db, p: records(db, p).pluck(["type", "public"], None).frequencies(),
    ),
    Row(
        "an unhashable default counted",
        lambda db, p: records(db, p).pluck("a", []).frequencies(),
        MIXED,
    ),
)
def test_pluck_with_a_default_or_a_list(row: Row, check: Check) -> None:
    check(row)


@each(
    Row("lists", lambda db, p: records(db, p).flatten(), LISTS, schedulers=EVERYWHERE),
    Row(
        "twice",
        lambda db, p: records(db, p).map(lambda x: [x, []]).flatten().flatten(),
        LISTS,
    ),
    Row(
        "a field",
        lambda db, p: pushes(db, p).pluck("payload").pluck("commits").flatten(),
    ),
    Row(
        "commit names",
        lambda db, p: (
            pushes(db, p)
            .pluck("payload")
            .pluck("commits")
            .flatten()
            .pluck("author")
            .pluck("name")
            .frequencies(sort=True)
        ),
        "plain",
    ),
    Row("strings", lambda db, p: records(db, p).flatten(), TEXTS),
    Row("objects give keys", lambda db, p: records(db, p).flatten(), MIXED),
    Row("numbers", lambda db, p: records(db, p).flatten(), dumped([1])),
    Row("None among them", lambda db, p: records(db, p).flatten(), dumped([[1], None])),
    Row("unzip", lambda db, p: records(db, p).unzip(3), LISTS),
    Row("unzip too far", lambda db, p: records(db, p).unzip(4), LISTS),
)
def test_flatten_and_unzip(row: Row, check: Check) -> None:
    check(row)


@each(
    Row("lower", lambda db, p: records(db, p).str.lower(), TEXTS),
    Row("upper", lambda db, p: records(db, p).str.upper(), TEXTS),
    Row("split", lambda db, p: records(db, p).str.split(" "), TEXTS),
    Row("strip", lambda db, p: db.read_text(p).str.strip(), TEXTS),
    Row("match", lambda db, p: records(db, p).str.match("*s*"), TEXTS),
    Row("replace", lambda db, p: records(db, p).str.replace("o", "0", 1), TEXTS),
    Row("startswith", lambda db, p: records(db, p).str.startswith("b"), TEXTS),
    Row("no such method", lambda db, p: records(db, p).str.nothing(), TEXTS),
    Row("not a string", lambda db, p: records(db, p).str.lower(), LISTS),
    Row("of a field", lambda db, p: records(db, p).pluck("type").str.lower(), "plain"),
)
def test_str(row: Row, check: Check) -> None:
    check(row)
