"""fold, reduction, accumulate: one accumulator for a partition, then one for all."""

from __future__ import annotations

import operator
from typing import Any

import pytest

from conformance.check import Check
from conformance.rows import EVERYWHERE, PROCESSES, Row, dumped, each, records

INTS = dumped(*([i, i * i, -i] for i in range(9)))
FLOATS = dumped(*([0.1 * i, 1e16, 1, -1e16] for i in range(9)))
TEXTS = dumped(*([f"{i}", "x"] for i in range(9)))
HOLES = dumped([], [1, 2], [], [3], [])
MIXED = dumped([1, 2.5, True], [False, 4], [2**62, 2**62])


def add(left: Any, right: Any) -> Any:
    return left + right


def commits(total: Any, e: Any) -> Any:
    return total + len(e.get("payload", {}).get("commits", ()))


def concatenated(parts: Any) -> Any:
    return [element for part in parts for element in part]


def nested(left: Any, right: Any) -> str:
    return f"({left} {right})"


def mean_step(acc: Any, x: Any) -> Any:
    return (acc[0] + x, acc[1] + 1)


def mean_merge(left: Any, right: Any) -> Any:
    return (left[0] + right[0], left[1] + right[1])


@each(
    Row("ints", lambda db, p: records(db, p).fold(add), INTS, True, EVERYWHERE),
    Row("operator.add", lambda db, p: records(db, p).fold(operator.add), INTS),
    Row("an initial", lambda db, p: records(db, p).fold(add, initial=100), INTS, True),
    Row(
        "an initial and a combine",
        lambda db, p: records(db, p).fold(lambda n, x: n + 1, add, initial=0),
        INTS,
        True,
        PROCESSES,
    ),
    Row(
        "commits",
        lambda db, p: records(db, p).fold(commits, add, initial=0),
        "plain",
        True,
        EVERYWHERE,
    ),
    Row("floats", lambda db, p: records(db, p).fold(add), FLOATS, True, PROCESSES),
    Row("floats, an initial", lambda db, p: records(db, p).fold(add, initial=0.0), FLOATS, True),
    Row("texts", lambda db, p: records(db, p).fold(add), TEXTS, schedulers=PROCESSES),
    Row("the order of calls", lambda db, p: records(db, p).fold(nested), TEXTS),
    Row(
        "the order of calls, an initial",
        lambda db, p: records(db, p).fold(nested, initial="."),
        TEXTS,
    ),
    Row(
        "the order of two functions",
        lambda db, p: records(db, p).fold(
            nested, lambda a, b: f"[{a},{b}]", initial=0, split_every=2
        ),
        TEXTS,
    ),
    Row(
        "a tuple",
        lambda db, p: records(db, p).fold(mean_step, mean_merge, initial=(0, 0)),
        INTS,
        True,
    ),
    Row(
        "a set",
        lambda db, p: records(db, p).fold(lambda acc, x: acc | {x}, set.union, initial=set()),
        INTS,
    ),
    Row(
        "a list that is shared",
        lambda db, p: records(db, p).fold(lambda acc, x: [*acc, x], add, initial=[]),
        INTS,
    ),
    Row(
        "an initial is never called",
        lambda db, p: records(db, p).fold(lambda acc, x: acc, lambda a, b: a, initial=int),
        INTS,
    ),
    Row("max", lambda db, p: records(db, p).fold(max), INTS),
    Row(
        "max by a lambda",
        lambda db, p: records(db, p).fold(lambda a, b: a if a >= b else b),
        INTS,
        True,
    ),
    Row("mixed numbers", lambda db, p: records(db, p).fold(add), MIXED),
    Row("the first", lambda db, p: records(db, p).fold(lambda a, b: a), MIXED, True),
    Row("the last", lambda db, p: records(db, p).fold(lambda a, b: b), MIXED, True),
    *(
        Row(
            f"split_every={every}",
            lambda db, p, every=every: records(db, p).fold(nested, split_every=every),
            TEXTS,
        )
        for every in (2, 3, 8, 9, False)
    ),
    Row(
        "out_type", lambda db, p: records(db, p).map(lambda x: [x]).fold(add, out_type=db.Bag), INTS
    ),
)
def test_fold(row: Row, check: Check) -> None:
    check(row)


@each(
    Row("holes", lambda db, p: records(db, p).fold(add), HOLES, True),
    Row(
        "holes and an initial",
        lambda db, p: records(db, p).fold(add, initial=10),
        HOLES,
        True,
        PROCESSES,
    ),
    Row(
        "holes that a filter made",
        lambda db, p: records(db, p).filter(lambda x: x > 50).fold(nested, initial="."),
        INTS,
    ),
    Row("nothing", lambda db, p: records(db, p).fold(add), ((), ())),
    Row("nothing and an initial", lambda db, p: records(db, p).fold(add, initial=1), ((), ())),
    Row("one empty file", lambda db, p: records(db, p).fold(add), ((),)),
    Row("one empty file and an initial", lambda db, p: records(db, p).fold(add, initial=1), ((),)),
    Row("one element", lambda db, p: records(db, p).fold(add), (('"only"',),)),
    Row(
        "one element after all",
        lambda db, p: records(db, p).filter(lambda x: x == 64).fold(add),
        INTS,
    ),
    Row("a raise", lambda db, p: records(db, p).fold(add), dumped([1, 2], ["a", 1])),
    Row(
        "a raise between partitions",
        lambda db, p: records(db, p).fold(add),
        dumped([1, 2], ["a", "b"]),
    ),
)
def test_fold_of_little(row: Row, check: Check) -> None:
    check(row)


@each(
    Row("a sum", lambda db, p: records(db, p).reduction(sum, sum), INTS),
    Row(
        "two functions",
        lambda db, p: records(db, p).reduction(lambda part: [len(list(part))], concatenated),
        INTS,
    ),
    Row(
        "a Bag",
        lambda db, p: records(db, p).reduction(
            sorted, lambda parts: sorted(concatenated(parts)), out_type=db.Bag
        ),
        INTS,
        schedulers=PROCESSES,
    ),
    Row(
        "split_every",
        lambda db, p: records(db, p).reduction(list, lambda parts: [list(parts)], split_every=2),
        INTS,
    ),
    Row(
        "empty partitions are skipped",
        lambda db, p: records(db, p).reduction(lambda part: [len(list(part))], concatenated),
        HOLES,
    ),
    Row(
        "a single empty one is not",
        lambda db, p: records(db, p).reduction(lambda part: len(list(part)), list),
        ((),),
    ),
    Row(
        "a fold of nothing, combined in Python",
        lambda db, p: records(db, p).fold(add, concatenated_ints, initial=3),
        ((),),
    ),
    Row("mean", lambda db, p: records(db, p).mean(), INTS),
    Row("mean of floats", lambda db, p: records(db, p).mean(), FLOATS),
    Row("mean of nothing", lambda db, p: records(db, p).mean(), ((), ())),
    Row("var", lambda db, p: records(db, p).var(), INTS),
    Row("var, ddof", lambda db, p: records(db, p).var(ddof=1), INTS),
    Row("var, far from 0", lambda db, p: records(db, p).map(lambda x: x + 10**9).var(), INTS),
    Row("std", lambda db, p: records(db, p).std(), INTS),
    Row("any", lambda db, p: records(db, p).any(), HOLES),
    Row("all", lambda db, p: records(db, p).all(), INTS),
    Row("any of nothing", lambda db, p: records(db, p).any(), ((), ())),
)
def test_reductions(row: Row, check: Check) -> None:
    check(row)


def concatenated_ints(left: Any, right: Any) -> Any:
    return int(str(left) + str(operator.index(right)))


STATISTICS = {
    "mean": lambda b: b.mean(),
    "var": lambda b: b.var(),
    "var, ddof": lambda b: b.var(ddof=1),
    "std": lambda b: b.std(),
    "any": lambda b: b.any(),
    "all": lambda b: b.all(),
    "any, split": lambda b: b.any(split_every=2),
    "all, split": lambda b: b.all(split_every=2),
}
DATA = {
    "ints": INTS,
    "floats": FLOATS,
    "texts": TEXTS,
    "holes": HOLES,
    "mixed": MIXED,
    "nothing": ((), ()),
    "a single empty partition": ((),),
    "big ints": dumped([2**62, 2**62, 1], [2**63, 1], [10**30]),
    "false ones": dumped([0, 0.0, ""], [None, [], {}], [False]),
    "one false": dumped([1, 1], [2, 0, "x"], [3]),
    "one true": dumped([0, ""], [None], [0, [0], None]),
    "odd lines": (("1", "NaN", "2"), ("-0", "1e400"), ("true", "123456789012345678901")),
    "a broken line behind a true one": (("0", "1", "oops"), ("0",)),
}


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("name", STATISTICS)
def test_statistics(name: str, data: str, check: Check) -> None:
    statistic = STATISTICS[name]
    everywhere = EVERYWHERE if data in ("ints", "mixed") else ("default", "sync")
    native = None if name == "std" else True
    check(
        Row(name, lambda db, p: statistic(records(db, p)), DATA[data], native, everywhere),
    )


@pytest.mark.parametrize("name", STATISTICS)
def test_statistics_of_fields(name: str, check: Check) -> None:
    statistic = STATISTICS[name]
    for data in ("plain", "nasty"):
        check(
            Row(name, lambda db, p: statistic(records(db, p).map(lambda e: e["repo"]["id"])), data)
        )
        check(Row(name, lambda db, p: statistic(records(db, p).map(sized)), data))


def sized(e: Any) -> Any:
    try:
        return e["payload"]["size"] / 2
    except (KeyError, TypeError):
        return 0


@each(
    Row("sums", lambda db, p: records(db, p).accumulate(add), INTS, schedulers=PROCESSES),
    Row("an initial", lambda db, p: records(db, p).accumulate(add, initial=-1), INTS),
    Row("the order", lambda db, p: records(db, p).accumulate(nested), TEXTS),
    Row(
        "a later empty partition",
        lambda db, p: records(db, p).accumulate(add, 0),
        dumped([1, 2], [], [3]),
    ),
)
def test_accumulate(row: Row, check: Check) -> None:
    check(row)
