"""join: which elements meet, in which order, of which key, and what is made of them."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

import dask
import pytest

from conformance.check import Check
from conformance.rows import EVERYWHERE, LOCAL, Row, dumped, each, ours_only, records, subject
from conformance.test_fallback import ODD, ordinary

PLAIN = tuple(tuple(ordinary(20 * part + i) for i in range(20)) for part in range(3))
WITH_ODD = (*PLAIN[:1], (*PLAIN[1][:5], *(o for n, o in ODD.items() if "mpty" not in n
                                          and "missing" not in n), *PLAIN[1][5:]))  # fmt: skip
KEYS = dumped(
    [[1, "a"], [1.0, "b"], [True, "c"], ["1", "d"]], [], [[None, "e"], [0, "f"], [1, "g"]]
)
NAMES = [("a", 1), ("b", 2), ("a", 3), ("z", 4), (None, 5), (1, 6), ("e", 7)]

opaque = functools.lru_cache(maxsize=None)(lambda value: value)


def same(value: Any) -> Any:
    return value


def key(e: Any) -> Any:
    return e["k"]


def hidden(e: Any) -> Any:
    return opaque(e["k"])


def first(pair: Any) -> Any:
    return pair[0]


def both(pair: Any) -> Any:
    name, e = pair
    return name, opaque(e["r"])


JOINS: list[tuple[str, Callable[[Any], Any], str]] = [
    ("records", lambda b: b.join(NAMES, key, first), "python, whole record"),
    ("then a map", lambda b: b.join(NAMES, key, first).map(both), "python, 1 fields"),
    ("then starmap", lambda b: b.join(NAMES, key, first).starmap(lambda n, e: (n[1], e["w"])),
     "python, 1 fields"),
    ("then pluck", lambda b: b.join(NAMES, key, first).pluck(0), "python, 0 fields"),
    ("then a filter and a fold", lambda b: b.join(NAMES, key, first)
     .filter(lambda pair: pair[1]["r"] > 0)
     .fold(lambda found, pair: [*found, pair[1]["w"]], operator.add, []), "python, 2 fields"),
    ("then count", lambda b: b.join(NAMES, key, first).count(), "python, 0 fields"),
    ("by a key of Python's", lambda b: b.join(NAMES, hidden, first).map(both), "python, 2 fields"),
    ("of a filter in Python", lambda b: b.filter(lambda e: opaque(e["r"]) != 1)
     .join(NAMES, key, first).map(both), "python, 2 fields"),
    ("of a native filter", lambda b: b.filter(lambda e: e["r"] != 1).join(NAMES, key, first)
     .map(both), "python, 1 fields"),
    ("by several", lambda b: b.join([("a", 1), ("b", 2), ("a", 0)], lambda e: (e["k"], e["r"]),
     lambda pair: pair), "python, whole record"),
    ("by subscripts", lambda b: b.join(NAMES, "k", 0).map(both), "python, 1 fields"),
    ("with records", lambda b: b.join([{"k": "a", "n": 1}, {"k": "c", "n": 2}], key)
     .map(lambda pair: (pair[0]["n"], pair[1]["w"])), "python, 1 fields"),
    ("of fields", lambda b: b.pluck("k").join(["a", "b", "a"], lambda k: k), "python"),
    ("with a dict", lambda b: b.join({"a": 1, "b": 2}, key, lambda k: k).map(both),
     "python, 1 fields"),
    ("with text", lambda b: b.join("abca", key, lambda letter: letter).map(both),
     "python, 1 fields"),
    ("with nobody", lambda b: b.join([], key).map(both), "python, 1 fields"),
    ("then a groupby", lambda b: b.join(NAMES, key, first).map(both)
     .groupby(first, npartitions=1, shuffle="disk").starmap(lambda k, group: len(group)),
     "python, 1 fields"),
]  # fmt: skip


@each(
    *(
        Row(
            f"{name}, {len(data)}",
            lambda db, p, join=join: join(records(db, p)),
            data,
            schedulers=EVERYWHERE if name == "then a map" else LOCAL[:2],
        )
        for name, join, _ in JOINS
        for data in (PLAIN, WITH_ODD)
    ),
    Row("equal keys", lambda db, p: records(db, p).join([1, True, 0, "1", None], first, same),
        KEYS),
    Row("a bag of one partition", lambda db, p: records(db, p).join(
        db.from_sequence(NAMES, npartitions=1), key, first).map(both), PLAIN),
    Row("a Delayed", lambda db, p: records(db, p).join(dask.delayed(NAMES), key, first), PLAIN),
    Row("bags of more partitions", lambda db, p: records(db, p).join(records(db, p), key), PLAIN),
    Row("what Dask takes for a task", lambda db, p: records(db, p).join([(len, "ab"), (str, 7)],
        lambda e: e["r"], lambda x: x if isinstance(x, int) else 0), PLAIN),
    Row("lines", lambda db, p: db.read_text(p).join([90, 91], len, lambda n: n), PLAIN),
)  # fmt: skip
def test_join(row: Row, check: Check) -> None:
    check(row)


@each(
    Row("a key that raises", lambda db, p: records(db, p).join(NAMES, lambda e: e["none"], first),
        PLAIN[:1]),
    Row("one of theirs that raises", lambda db, p: records(db, p).join([(), ()], key, first),
        PLAIN),
    Row("a key that cannot be one", lambda db, p: records(db, p).join(NAMES, lambda e: [e["k"]],
        first), PLAIN[:1]),
    Row("such a key here and there", lambda db, p: records(db, p).join([1], "z", abs),
        (('{"z": 1}', '{"z": [1]}'),)),
    Row("theirs cannot be keys", lambda db, p: records(db, p).join([[1]], key, lambda x: x), PLAIN),
    Row("nothing to iterate over", lambda db, p: records(db, p).join(5, key), PLAIN),
    Row("a function after it raises", lambda db, p: records(db, p).join(NAMES, key, first)
        .map(lambda pair: 1 // 0), PLAIN[:1]),
    Row("theirs raises though nobody comes", lambda db, p: records(db, p).join([()], key, first),
        ((),)),
)  # fmt: skip
def test_what_is_wrong(row: Row, check: Check) -> None:
    check(row)


@ours_only
@pytest.mark.parametrize(("name", "join", "tier"), JOINS, ids=[name for name, *_ in JOINS])
def test_the_tier(name: str, join: Any, tier: str, check: Check) -> None:
    told = join(records(subject, check.places.of(PLAIN))).explain()
    assert next(line.tier for line in told.lines if line.reason).startswith(tier), told
