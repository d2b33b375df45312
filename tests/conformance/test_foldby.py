"""foldby: where the accumulator starts, in which order it grows, how it is merged."""

from __future__ import annotations

import operator
from typing import Any

from conformance.check import Check
from conformance.rows import EVERYWHERE, PROCESSES, Row, dumped, each, pushes, records

PAIRS = dumped(*([[f"k{i % 3}", i], ["k1", 10 * i], [f"k{i}", 1]] for i in range(9)))
FLOATS = dumped(*([["a", 0.1 * i], ["b", 1e16], ["b", 1.0], ["a", i]] for i in range(9)))
TEXTS = dumped(*([["a", f"{i}"], ["b", "x"], ["a", "y"]] for i in range(9)))
KEYS = dumped([[1, 1], ["1", 2]], [[True, 3], [None, 4]], [[1.0, 5], [None, 6], [0, 7]])
BIG = dumped([["a", 2**62], ["a", 2**62], ["b", 1]], [["a", -(2**63)], ["b", 2**63]])
HOLES = dumped([["a", 1]], [], [["b", 2], ["a", 3]], [])
RECORDS = dumped([{"k": "a", "v": 1}, {"k": "b", "v": 2}], [{"k": "a", "v": 3}])


def add(total: Any, pair: Any) -> Any:
    return total + pair[1]


def both(left: Any, right: Any) -> Any:
    return left + right


def key(pair: Any) -> Any:
    return pair[0]


def get_logins(x: Any) -> Any:
    return x["actor"]["login"]


def binop(total: Any, x: Any) -> Any:
    return total + len(x["payload"]["commits"])


def longest(left: Any, right: Any) -> Any:
    """Neither commutes nor forgets the order in which it was called."""
    return left if len(str(left)) > len(str(right)) else f"({left} {right})"


def counted(acc: Any, pair: Any) -> Any:
    return (acc[0] + pair[1], acc[1] + 1)


def summed(left: Any, right: Any) -> Any:
    return (left[0] + right[0], left[1] + right[1])


@each(
    Row(
        "the document's",
        lambda db, p: pushes(db, p).foldby(get_logins, binop, 0, both),
        native=True,
        schedulers=EVERYWHERE,
    ),
    Row(
        "the document's of today",
        lambda db, p: pushes(db, p).foldby(get_logins, binop, 0, both, 0),
        native=True,
        schedulers=EVERYWHERE,
    ),
    Row(
        "counts by type",
        lambda db, p: records(db, p).foldby("type", lambda n, e: n + 1, 0, both, 0),
        native=True,
    ),
    Row("an initial of 0", lambda db, p: records(db, p).foldby(key, add, 0, both), PAIRS, True),
    Row("an initial of 100", lambda db, p: records(db, p).foldby(key, add, 100, both), PAIRS, True),
    Row(
        "initials of both", lambda db, p: records(db, p).foldby(key, add, 100, both, 7), PAIRS, True
    ),
    Row(
        "initial None",
        lambda db, p: records(db, p).foldby(
            key, lambda acc, x: x[1] if acc is None else acc + x[1], None, both
        ),
        PAIRS,
    ),
    Row(
        "a combine_initial alone",
        lambda db, p: records(db, p).foldby(
            key, lambda acc, x: 1, combine=both, combine_initial=1000
        ),
        RECORDS,
    ),
    Row(
        "no initial",
        lambda db, p: (
            records(db, p).map(lambda pair: pair[1]).foldby(lambda x: x % 3, operator.add)
        ),
        PAIRS,
        schedulers=PROCESSES,
    ),
    Row(
        "no initial, no combine",
        lambda db, p: records(db, p).foldby(
            key, lambda left, right: left if left[1] >= right[1] else right
        ),
        PAIRS,
    ),
    Row(
        "no initial, records",
        lambda db, p: records(db, p).foldby("k", lambda left, right: left),
        RECORDS,
    ),
    Row(
        "no initial, binop wants a number",
        lambda db, p: records(db, p).foldby(key, add, combine=both),
        PAIRS,
    ),
    Row("combine is binop by default", lambda db, p: records(db, p).foldby(key, add, 0), PAIRS),
)
def test_where_it_starts(row: Row, check: Check) -> None:
    check(row)


@each(
    Row(
        "a factory",
        lambda db, p: records(db, p).foldby(key, lambda acc, x: [*acc, x[1]], list, both),
        PAIRS,
    ),
    Row(
        "a factory of zero",
        lambda db, p: records(db, p).foldby(key, add, int, both),
        PAIRS,
        schedulers=PROCESSES,
    ),
    Row("factories of both", lambda db, p: records(db, p).foldby(key, add, int, both, int), PAIRS),
    Row(
        "a set",
        lambda db, p: records(db, p).foldby(
            key, lambda acc, x: acc | {x[1]}, frozenset(), operator.or_
        ),
        PAIRS,
    ),
    Row(
        "a list that is shared",
        lambda db, p: records(db, p).foldby(key, lambda acc, x: [*acc, x[1]], [], both),
        PAIRS,
    ),
    Row(
        "a list that is changed in place",
        lambda db, p: records(db, p).foldby(
            key, lambda acc, x: acc.append(x[1]) or acc, list, both
        ),
        PAIRS,
    ),
    Row(
        "a tuple",
        lambda db, p: records(db, p).foldby(key, counted, (0, 0), summed),
        PAIRS,
        True,
        PROCESSES,
    ),
    Row(
        "a tuple, combine_initial",
        lambda db, p: records(db, p).foldby(key, counted, (0, 0), summed, (1, 100)),
        PAIRS,
        True,
    ),
    Row(
        "a tuple with a text",
        lambda db, p: records(db, p).foldby(
            key, lambda acc, x: (acc[0] + x[1], x[1]), ("", None), summed
        ),
        TEXTS,
    ),
    Row("a text", lambda db, p: records(db, p).foldby(key, add, "", both), TEXTS),
    Row(
        "a dict",
        lambda db, p: records(db, p).foldby(
            key, lambda acc, x: {**acc, x[1]: 1}, {}, lambda a, b: {**a, **b}
        ),
        PAIRS,
    ),
    Row(
        "floats", lambda db, p: records(db, p).foldby(key, add, 0.0, both), FLOATS, True, PROCESSES
    ),
    Row("floats from an int", lambda db, p: records(db, p).foldby(key, add, 0, both), FLOATS, True),
    Row("beyond 64 bits", lambda db, p: records(db, p).foldby(key, add, 0, both, 0), BIG, True),
    Row(
        "maxima",
        lambda db, p: records(db, p).foldby(
            key, lambda acc, x: max(acc, x[1]), -1, lambda a, b: max(a, b)
        ),
        PAIRS,
        True,
    ),
    Row(
        "minima",
        lambda db, p: records(db, p).foldby(key, lambda acc, x: min(acc, x[1]), 1000, min),
        PAIRS,
    ),
    Row(
        "the last one",
        lambda db, p: records(db, p).foldby(key, lambda acc, x: x[1], 0, lambda a, b: b),
        PAIRS,
        True,
    ),
    Row(
        "the first one",
        lambda db, p: records(db, p).foldby(key, lambda acc, x: acc, -1, lambda a, b: a),
        PAIRS,
        True,
    ),
    Row(
        "a count of some",
        lambda db, p: records(db, p).foldby(key, lambda acc, x: acc + (x[1] > 3), 0, both, 0),
        PAIRS,
        True,
    ),
    Row(
        "any",
        lambda db, p: records(db, p).foldby(
            key, lambda acc, x: acc or x[1] > 5, False, lambda a, b: a or b
        ),
        PAIRS,
    ),
)
def test_accumulators(row: Row, check: Check) -> None:
    check(row)


@each(
    Row(
        "a name",
        lambda db, p: records(db, p).foldby("k", lambda n, x: n + x["v"], 0, both),
        RECORDS,
        True,
    ),
    Row("an index", lambda db, p: records(db, p).foldby(0, add, 0, both), PAIRS, True),
    Row(
        "a list of names",
        lambda db, p: records(db, p).foldby(["k", "v"], lambda n, x: n + 1, 0, both),
        RECORDS,
        schedulers=PROCESSES,
    ),
    Row(
        "a list of one name",
        lambda db, p: records(db, p).foldby(["type"], lambda n, x: n + 1, 0, both),
    ),
    Row(
        "a name that is missing",
        lambda db, p: records(db, p).foldby("nothing", lambda n, x: n + 1, 0, both),
        RECORDS,
    ),
    Row(
        "itemgetter",
        lambda db, p: records(db, p).foldby(operator.itemgetter(0), add, 0, both),
        PAIRS,
    ),
    Row(
        "a tuple as the group",
        lambda db, p: records(db, p).foldby(
            lambda e: (e["type"], "payload" in e), lambda n, e: n + 1, 0, both, 0
        ),
        native=True,
        schedulers=PROCESSES,
    ),
    Row("equal groups", lambda db, p: records(db, p).foldby(key, add, 0, both), KEYS, True),
    Row(
        "equal groups, no initial",
        lambda db, p: records(db, p).foldby(key, lambda left, right: left),
        KEYS,
    ),
    Row(
        "None as the only group",
        lambda db, p: records(db, p).foldby(lambda x: None, add, 0, both),
        PAIRS,
        True,
    ),
    Row(
        "an unhashable group", lambda db, p: records(db, p).foldby(lambda x: x, add, 0, both), PAIRS
    ),
    Row(
        "a group by a condition",
        lambda db, p: records(db, p).foldby(
            lambda e: e["type"] == "PushEvent", lambda n, e: n + 1, 0, both
        ),
        native=True,
    ),
    Row("a key that raises", lambda db, p: records(db, p).foldby(lambda e: e["org"], add)),
    Row("a binop that raises", lambda db, p: records(db, p).foldby(key, add, "", both), PAIRS),
    Row(
        "a combine that raises",
        lambda db, p: records(db, p).foldby(key, add, 0, lambda a, b: a + "b"),
        PAIRS,
    ),
    Row(
        "a combine that is never called",
        lambda db, p: records(db, p).foldby(key, add, 0, lambda a, b: a + "b"),
        dumped([["a", 1], ["a", 2]], [["b", 2]]),
    ),
)
def test_keys(row: Row, check: Check) -> None:
    check(row)


@each(
    *(
        Row(
            f"{name}, split_every={every}",
            lambda db, p, more=more, every=every: records(db, p).foldby(
                key, add, 0, split_every=every, **more
            ),
            PAIRS,
        )
        for every in (2, 3, 8, 9, False)
        for name, more in (
            ("sums", {"combine": both}),
            ("sums and combine_initial", {"combine": both, "combine_initial": 1}),
            ("the order", {"combine": longest}),
            ("the order and combine_initial", {"combine": longest, "combine_initial": "."}),
        )
    ),
    Row(
        "floats, split_every=2",
        lambda db, p: records(db, p).foldby(key, add, 0.0, both, split_every=2),
        FLOATS,
        True,
    ),
    Row(
        "floats, combine_initial, split_every=2",
        lambda db, p: records(db, p).foldby(key, add, 0.0, both, 0.1, split_every=2),
        FLOATS,
        True,
    ),
    Row(
        "texts, split_every=2",
        lambda db, p: records(db, p).foldby(key, add, "", lambda a, b: f"({a}{b})", split_every=2),
        TEXTS,
        schedulers=PROCESSES,
    ),
    Row(
        "texts, combine_initial, split_every=2",
        lambda db, p: records(db, p).foldby(
            key, add, "", lambda a, b: f"({a}{b})", "|", split_every=2
        ),
        TEXTS,
    ),
    Row(
        "differences, split_every=2",
        lambda db, p: records(db, p).foldby(key, add, 0, lambda a, b: a - b, split_every=2),
        PAIRS,
        True,
    ),
    Row("with holes", lambda db, p: records(db, p).foldby(key, add, 0, both, 5), HOLES),
    Row("of nothing", lambda db, p: records(db, p).foldby(key, add, 0, both), ((), ())),
    Row("of one empty file", lambda db, p: records(db, p).foldby(key, add, 0, both), ((),)),
    Row("one file", lambda db, p: records(db, p).foldby(key, add, 0, longest), KEYS[:1]),
    Row(
        "one file, combine_initial",
        lambda db, p: records(db, p).foldby(key, add, 0, longest, 5),
        KEYS[:1],
    ),
)
def test_merging(row: Row, check: Check) -> None:
    check(row)


@each(
    Row("topk", lambda db, p: records(db, p).foldby(key, add, 0, both).topk(3, 1), PAIRS),
    Row(
        "topk with ties",
        lambda db, p: (
            records(db, p)
            .foldby("type", lambda n, e: 1, 0, lambda a, b: 1)
            .topk(3, key=lambda name, count: count)
        ),
    ),
    Row(
        "map",
        lambda db, p: records(db, p).foldby(key, add, 0, both).map(lambda pair: pair[1] * 2),
        PAIRS,
    ),
    Row(
        "filter and count",
        lambda db, p: (
            records(db, p).foldby(key, add, 0, both).filter(lambda pair: pair[1] > 50).count()
        ),
        PAIRS,
    ),
    Row(
        "pluck and sum",
        lambda db, p: records(db, p).foldby(key, add, 0, both).pluck(1).sum(),
        PAIRS,
    ),
    Row("dict", lambda db, p: dict(records(db, p).foldby(key, add, 0, both)), PAIRS),
    Row("take", lambda db, p: records(db, p).foldby(key, add, 0, both).take(2), PAIRS),
)
def test_what_comes_after(row: Row, check: Check) -> None:
    check(row)
