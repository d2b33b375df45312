"""frequencies and distinct: what counts as the same, and in which order it comes."""

from __future__ import annotations

from conformance.check import Check
from conformance.rows import EVERYWHERE, PROCESSES, Row, dumped, each, pushes, records

# 1, True and 1.0 are one key, and the first seen of them stands for all.
EQUALS = dumped([1, "1", True, 1.0, None, 0], [True, 1, False, 0.0], [1.0, -0.0, "0"])
LETTERS = dumped(*(list(letters) for letters in ("bca", "aab", "", "ccd", "d", "a")))
MANY = dumped(*([i % 3, i % 5, "x" * (i % 2)] for i in range(20)))
BIG = dumped([2**63 - 1, 2**63, -(2**63), float(2**63)], [2**70, 1e22, 10**22, 2**63])
ODD_FLOATS = (("NaN", "NaN", "Infinity", "1e400", "-Infinity", "-0.0", "0"),)
SURROGATES = (
    ('"\\ud800"', '"\\ud83d\\ude00"', '"\\udc00\\ud800"'),
    ('"😀"', '"\\ud800"', '"\\u0061"', '"a"', '"A"', '"å"', '"a\\u030a"'),
)
LISTS = dumped([1, 2], [[1], 2])
OBJECTS = dumped([{"k": "a", "v": 1}, {"k": "b", "v": 2}], [{"k": "a", "v": 3}, {"v": 4}])
KEYED = dumped([{"k": 1, "v": 1}, {"k": 2, "v": 2}], [{"k": True, "v": 3}, {"k": 3}])


@each(
    Row(
        "types",
        lambda db, p: records(db, p).pluck("type").frequencies(),
        native=True,
        schedulers=EVERYWHERE,
    ),
    Row(
        "logins",
        lambda db, p: pushes(db, p).pluck("actor").pluck("login").frequencies(),
        native=True,
        schedulers=EVERYWHERE,
    ),
    Row(
        "equal keys",
        lambda db, p: records(db, p).frequencies(),
        EQUALS,
        True,
        EVERYWHERE,
    ),
    Row("first-seen order", lambda db, p: records(db, p).frequencies(), LETTERS, True),
    Row("big ints", lambda db, p: records(db, p).frequencies(), BIG, True),
    Row(
        "infinities and zeros",
        lambda db, p: records(db, p).filter(lambda x: x > -1).frequencies(),
        ODD_FLOATS,
    ),
    Row(
        "surrogates and pairs",
        lambda db, p: records(db, p).frequencies(),
        SURROGATES,
        True,
    ),
    Row("an unhashable element", lambda db, p: records(db, p).frequencies(), LISTS),
    Row("unhashable records", lambda db, p: records(db, p).frequencies(), OBJECTS),
    Row("of nothing", lambda db, p: records(db, p).frequencies(), ((), ()), True),
    Row(
        "of an empty file alone",
        lambda db, p: records(db, p).frequencies(),
        ((),),
        True,
    ),
    Row(
        "of an empty first file",
        lambda db, p: records(db, p).frequencies(),
        ((), ("1",)),
        True,
    ),
    Row(
        "of nothing left",
        lambda db, p: records(db, p).filter(lambda x: False).frequencies(),
        LETTERS,
    ),
    Row(
        "tuples",
        lambda db, p: records(db, p).map(lambda e: (e["type"], e.get("public"))).frequencies(),
        native=True,
    ),
    Row(
        "a function",
        lambda db, p: records(db, p).map(lambda e: e["type"].lower()).frequencies(),
        "plain",
        True,
    ),
    Row("lines", lambda db, p: db.read_text(p).frequencies(), LETTERS),
    Row(
        "a boolean",
        lambda db, p: records(db, p).map(lambda e: e["type"] == "PushEvent").frequencies(),
        native=True,
    ),
    Row("a missing key", lambda db, p: records(db, p).pluck("k").frequencies(), OBJECTS),
)
def test_frequencies(row: Row, check: Check) -> None:
    check(row)


@each(
    Row(
        "sorted",
        lambda db, p: records(db, p).pluck("type").frequencies(sort=True),
        native=True,
        schedulers=PROCESSES,
    ),
    Row("sorted with ties", lambda db, p: records(db, p).frequencies(sort=True), LETTERS),
    Row("sorted equal keys", lambda db, p: records(db, p).frequencies(sort=True), EQUALS),
    Row("sorted, nothing", lambda db, p: records(db, p).frequencies(sort=True), ((), ())),
    *(
        Row(
            f"split_every={every}",
            lambda db, p, every=every: records(db, p).frequencies(split_every=every),
            MANY,
            True,
        )
        for every in (2, 3, 8, 100, False)
    ),
    Row(
        "split_every and sort",
        lambda db, p: records(db, p).frequencies(split_every=2, sort=True),
        MANY,
        True,
    ),
    Row(
        "then a map",
        lambda db, p: records(db, p).frequencies().map(lambda pair: pair[0]),
        LETTERS,
    ),
    Row(
        "then a filter",
        lambda db, p: (
            records(db, p)
            .pluck("type")
            .frequencies()
            .filter(lambda pair: pair[1] > 5)
            .topk(3, key=1)
        ),
    ),
    Row("then a count", lambda db, p: records(db, p).frequencies().count(), MANY),
    Row("then a sum", lambda db, p: records(db, p).frequencies().pluck(1).sum(), MANY),
    Row(
        "of frequencies",
        lambda db, p: records(db, p).frequencies().pluck(1).frequencies(),
        MANY,
    ),
    Row(
        "then starmap",
        lambda db, p: records(db, p).frequencies().starmap(lambda key, count: f"{key}:{count}"),
        LETTERS,
    ),
)
def test_frequencies_with_arguments_and_after(row: Row, check: Check) -> None:
    check(row)


@each(
    Row(
        "types",
        lambda db, p: records(db, p).pluck("type").distinct(),
        native=True,
        schedulers=EVERYWHERE,
    ),
    Row("equal keys", lambda db, p: records(db, p).distinct(), EQUALS, True),
    Row("first-seen order", lambda db, p: records(db, p).distinct(), LETTERS, True),
    Row("big ints", lambda db, p: records(db, p).distinct(), BIG, True),
    Row("surrogates", lambda db, p: records(db, p).distinct(), SURROGATES, True),
    Row("a key function", lambda db, p: records(db, p).distinct(lambda e: e["k"]), KEYED),
    Row(
        "a key",
        lambda db, p: records(db, p).distinct(key="k"),
        KEYED,
        schedulers=PROCESSES,
    ),
    Row("a key of events", lambda db, p: records(db, p).distinct(key="type")),
    Row("a missing key", lambda db, p: records(db, p).distinct("k"), OBJECTS),
    Row(
        "a key of a scalar field",
        lambda db, p: pushes(db, p).map(lambda e: e["actor"]["login"]).distinct(key=str),
        "nasty",
    ),
    Row(
        "an index as the key",
        lambda db, p: records(db, p).distinct(key=0),
        dumped(["ab", "ac"], ["b", "ad"]),
    ),
    Row("an unhashable element", lambda db, p: records(db, p).distinct(), LISTS),
    Row("of nothing", lambda db, p: records(db, p).distinct(), ((), ()), True),
    Row("of one empty file", lambda db, p: records(db, p).distinct(), ((),), True),
    Row("of many files", lambda db, p: records(db, p).distinct(), MANY, True),
    Row("then a count", lambda db, p: records(db, p).pluck("type").distinct().count()),
    Row(
        "then topk",
        lambda db, p: records(db, p).pluck("type").distinct().topk(3),
        "plain",
    ),
)
def test_distinct(row: Row, check: Check) -> None:
    check(row)
