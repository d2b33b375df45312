"""topk and take: the largest, the first, and who wins a tie."""

from __future__ import annotations

import operator
from typing import Any

from conformance.check import Check
from conformance.rows import EVERYWHERE, PROCESSES, Row, dumped, each, pushes, records

INTS = dumped(*([i, i * i % 7, -i, 5] for i in range(9)))
PAIRS = dumped(*([[f"k{i}", i % 3], [f"l{i}", 2]] for i in range(9)))
RECORDS = dumped([{"n": 1, "t": "a"}, {"n": 3, "t": "b"}], [{"n": 3, "t": "c"}, {"n": 2}])
EQUALS = dumped([1, True, 1.0], [1.0, 1, 0], [True, 0.0, False])
TEXTS = dumped(["b", "abc", "å"], ["B", ""], ["\U0001f600", "\uffff"])
MIXED = dumped([1, 2.5, True], [10**30, -4], [3.25])
SPECIAL = (("NaN", "1", "2"), ("3", "NaN"), ("-Infinity", "1e400"))
UNLIKE = dumped([1, "a"], [2])
HOLES = dumped([], [1, 2], [], [3], [])


def both(one: Any, two: Any) -> Any:
    return {"n": one["n"] + two["n"]}


@each(
    Row("ints", lambda db, p: records(db, p).topk(3), INTS, True, EVERYWHERE),
    Row("ties of numbers", lambda db, p: records(db, p).topk(4), EQUALS, True, PROCESSES),
    Row("one", lambda db, p: records(db, p).topk(1), INTS, True),
    Row("none", lambda db, p: records(db, p).topk(0), INTS),
    Row("more than there are", lambda db, p: records(db, p).topk(1000), INTS, True),
    Row("less than none", lambda db, p: records(db, p).topk(-1), INTS),
    Row("not a number", lambda db, p: records(db, p).topk("3"), INTS),
    Row("texts", lambda db, p: records(db, p).topk(3), TEXTS, True),
    Row("mixed numbers", lambda db, p: records(db, p).topk(3), MIXED, True),
    Row("NaN", lambda db, p: records(db, p).topk(4), SPECIAL),
    Row("lists", lambda db, p: records(db, p).topk(3), PAIRS),
    Row("records do not compare", lambda db, p: records(db, p).topk(1), RECORDS),
    Row("what does not compare", lambda db, p: records(db, p).topk(1), UNLIKE),
    Row("holes", lambda db, p: records(db, p).topk(2), HOLES, True),
    Row("nothing", lambda db, p: records(db, p).topk(2), ((), ())),
    Row("one empty file", lambda db, p: records(db, p).topk(2), ((),)),
    *(
        Row(
            f"split_every={every}",
            lambda db, p, every=every: records(db, p).topk(
                3, key=lambda pair: pair[1], split_every=every
            ),
            PAIRS,
            True,
        )
        for every in (2, 3, 8, 9, False)
    ),
)
def test_topk(row: Row, check: Check) -> None:
    check(row)


@each(
    Row("a function", lambda db, p: records(db, p).topk(3, key=lambda x: -x), INTS, True),
    Row("a function by position", lambda db, p: records(db, p).topk(3, lambda x: -x), INTS),
    Row(
        "ties keep the first",
        lambda db, p: records(db, p).topk(5, key=lambda pair: pair[1]),
        PAIRS,
        True,
        EVERYWHERE,
    ),
    Row(
        "two arguments",
        lambda db, p: records(db, p).topk(5, key=lambda name, count: count),
        PAIRS,
        schedulers=PROCESSES,
    ),
    Row("an index", lambda db, p: records(db, p).topk(5, key=1), PAIRS, True),
    Row("key=0 is ignored", lambda db, p: records(db, p).topk(5, key=0), PAIRS),
    Row("a name", lambda db, p: records(db, p).topk(2, key="n"), RECORDS, True),
    Row("a name that is missing", lambda db, p: records(db, p).topk(2, key="t"), RECORDS),
    Row(
        "a tuple as the key",
        lambda db, p: records(db, p).topk(4, key=lambda pair: (pair[1], pair[0])),
        PAIRS,
    ),
    Row("a constant key", lambda db, p: records(db, p).topk(3, key=lambda x: 0), INTS, True),
    Row("len", lambda db, p: records(db, p).topk(2, key=len), TEXTS),
    Row("itemgetter", lambda db, p: records(db, p).topk(2, operator.itemgetter(1)), PAIRS),
    Row("NaN keys", lambda db, p: records(db, p).topk(2, key=lambda x: x), SPECIAL),
    Row(
        "two arguments, one element", lambda db, p: records(db, p).topk(2, key=lambda a, b: a), INTS
    ),
    Row(
        "events by a field",
        lambda db, p: pushes(db, p).topk(3, key=lambda e: e["payload"]["size"]),
        "plain",
    ),
    Row(
        "pairs of a map",
        lambda db, p: (
            pushes(db, p).map(lambda e: (e["actor"]["login"], e["payload"]["size"])).topk(4, key=1)
        ),
        "plain",
        True,
    ),
    Row("topk of topk", lambda db, p: records(db, p).topk(9).topk(2), INTS),
    Row("a key that raises", lambda db, p: records(db, p).topk(2, key=lambda x: x[2]), PAIRS),
)
def test_topk_by_a_key(row: Row, check: Check) -> None:
    check(row)


@each(
    Row("one", lambda db, p: records(db, p).take(1)),
    Row("none", lambda db, p: records(db, p).take(0)),
    Row("of a filter", lambda db, p: pushes(db, p).take(3)),
    Row("of a field", lambda db, p: records(db, p).pluck("type").take(3)),
    Row("of lines", lambda db, p: db.read_text(p).take(2)),
    Row("short", lambda db, p: records(db, p).take(10), INTS, schedulers=EVERYWHERE),
    Row("short and silent", lambda db, p: records(db, p).take(10, warn=False), INTS),
    Row("two partitions", lambda db, p: records(db, p).take(6, npartitions=2), INTS),
    Row("two partitions, short", lambda db, p: records(db, p).take(9, npartitions=2), INTS),
    Row(
        "all partitions",
        lambda db, p: records(db, p).take(30, npartitions=-1),
        INTS,
        schedulers=PROCESSES,
    ),
    Row("all partitions, short", lambda db, p: records(db, p).take(99, npartitions=-1), INTS),
    Row("too many partitions", lambda db, p: records(db, p).take(1, npartitions=99), INTS),
    Row("an empty first partition", lambda db, p: records(db, p).take(1), HOLES),
    Row("past empty partitions", lambda db, p: records(db, p).take(3, -1), HOLES),
    Row("a lazy take", lambda db, p: records(db, p).take(3, compute=False), INTS),
    Row("a lazy take, counted", lambda db, p: records(db, p).take(3, compute=False).count(), INTS),
    Row("of nothing", lambda db, p: records(db, p).take(1), ((), ())),
    Row("of frequencies", lambda db, p: records(db, p).frequencies().take(2), INTS),
    Row("of a map", lambda db, p: records(db, p).map(lambda e: (e["type"], 1)).take(2)),
    Row("a negative number", lambda db, p: records(db, p).take(-1), INTS),
)
def test_take(row: Row, check: Check) -> None:
    check(row)


@each(
    Row(
        "equal dicts",
        lambda db, p: (
            records(db, p)
            .foldby(lambda e: e["s"], lambda acc, e: {"n": acc["n"] + 1}, {"n": 0}, both)
            .topk(10, key=1)
        ),
        dumped([{"s": "a"}], [{"s": "b"}]),
    ),
    Row(
        "keys of two types, sorted before",
        lambda db, p: (
            records(db, p)
            .pluck("k")
            .frequencies(split_every=2, sort=True)
            .topk(10, key=lambda e: (e[1], e[0]))
        ),
        dumped([{"k": "a"}, {"k": 4}], [{"k": "b"}, {"k": 5}]),
    ),
    Row(
        "one key, many more",
        lambda db, p: records(db, p).pluck("k").frequencies().topk(1, key=lambda e: e[0]),
        dumped([{"k": "a"}, {"k": 4}, {"k": 2}], [{"k": "b"}, {"k": 5}]),
    ),
    Row(
        "behind a step",
        lambda db, p: (
            records(db, p)
            .pluck("k")
            .frequencies()
            .map(lambda item: item)
            .topk(3, key=lambda e: (e[1], e[0]))
        ),
        dumped([{"k": "a"}, {"k": 4}], [{"k": "b"}, {"k": 5}]),
    ),
)
def test_what_has_no_order_is_compared_as_dask_bag_compares_it(row: Row, check: Check) -> None:
    check(row)
