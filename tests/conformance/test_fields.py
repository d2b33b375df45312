"""Python steps on the fields that they read: the answer is the same, and explain() counts them.

`OPAQUE` is a function that nobody follows: what is given to it is never native.
"""

from __future__ import annotations

import functools
import json
from typing import Any

import pytest

from conformance.check import Check
from conformance.rows import EVERYWHERE, Row, dumped, each, ours_only, records, subject

EVENTS = dumped(
    *(
        [
            {
                "type": "PushEvent" if i % 3 else "WatchEvent",
                "actor": {"login": f"user-{i % 4}", "id": i},
                "tags": ["x", f"t{i % 2}"],
                "n": i * part,
            }
            for i in range(part, 9)
        ]
        for part in range(10)
    ),
    [],
)
HOLES = (
    *EVENTS[:2],
    (
        *EVENTS[2],
        '{"type": "Odd\\ud800", "actor": {"login": "user-1", "id": 1}, "tags": [], "n": 1e400}',
        '{"type": "Twice", "n": 1, "n": 2, "actor": {"login": "user-2"}, "tags": null}',
    ),
    *EVENTS[3:],
)

OPAQUE = functools.lru_cache(maxsize=None)(lambda value: value)


def is_push(e: Any) -> Any:
    return OPAQUE(e["type"]) == "PushEvent"


def login(e: Any) -> Any:
    return e["actor"]["login"]


def collect(found: Any, e: Any) -> Any:
    return [*found, (OPAQUE(e["type"]), e["n"])]


def both(left: Any, right: Any) -> Any:
    return left + right


def total(elements: Any) -> Any:
    return sum(OPAQUE(e["n"]) for e in elements if e["type"] != "x")


def merged(totals: Any) -> Any:
    return sum(1 + total for total in totals)


FOLDS: list[tuple[str, Any, str]] = [
    (
        "foldby a field, Python's binop",
        lambda b: b.foldby("type", collect, [], both),
        "python, 2 fields",
    ),
    (
        "foldby a function",
        lambda b: b.foldby(login, collect, [], both),
        "python, 3 fields",
    ),
    (
        "foldby several fields",
        lambda b: b.foldby(["type", "n"], collect, list, both),
        "python, 2 fields",
    ),
    (
        "foldby with a factory",
        lambda b: b.foldby(login, collect, list, both, list),
        "python, 3 fields",
    ),
    (
        "foldby of an int, which no record has",
        lambda b: b.foldby(0, collect, [], both),
        "python, whole record",
    ),
    ("fold", lambda b: b.fold(collect, both, []), "python, 2 fields"),
    (
        "fold whose accumulator starts as a record",
        lambda b: b.fold(lambda a, e: e if OPAQUE(e["n"]) > a["n"] else a),
        "python, whole record",
    ),
    ("filter and foldby", lambda b: b.filter(is_push).foldby(login, add, 0), "python, 3 fields"),
    (
        "filter and foldby a field",
        lambda b: b.filter(is_push).foldby("n", lambda count, e: count + 1, 0, both),
        "python, 2 fields",
    ),
    ("remove and fold", lambda b: b.remove(is_push).fold(collect, both, []), "python, 2 fields"),
    ("filter and count", lambda b: b.filter(is_push).count(), "python, 1 fields"),
    ("filter and pluck", lambda b: b.filter(is_push).pluck(["n", "tags"]), "python, 3 fields"),
    ("filter and pluck nothing", lambda b: b.filter(is_push).pluck([]), "python, 1 fields"),
    (
        "map and frequencies",
        lambda b: b.map(lambda e: OPAQUE(e["actor"]["login"])).frequencies(),
        "python, 1 fields",
    ),
    ("reduction", lambda b: b.reduction(total, merged), "python, 2 fields"),
    (
        "filter and reduction",
        lambda b: b.filter(lambda e: OPAQUE(login(e))).reduction(total, merged, split_every=2),
        "python, 3 fields",
    ),
    ("reduction to a length", lambda b: b.reduction(len_of, sum), "python, 0 fields"),
    (
        "reduction to a list",
        lambda b: b.reduction(list, lambda lists: [e for es in lists for e in es]),
        "python, whole record",
    ),
    (
        "reduction as wanted by aggregate",
        lambda b: b.reduction(total, lambda totals: type(totals).__name__),
        "python, 2 fields",
    ),
    ("accumulate", lambda b: b.accumulate(collect, []), "python, 2 fields"),
    ("accumulate on records", lambda b: b.accumulate(newer, {"n": 0}), "python, whole record"),
    (
        "filter and accumulate",
        lambda b: b.filter(is_push).accumulate(add, initial=5),
        "python, 2 fields",
    ),
    # What is returned is whole.
    (
        "distinct by a function",
        lambda b: b.distinct(lambda e: OPAQUE(e["type"])),
        "python, whole record",
    ),
    ("topk by a function", lambda b: b.topk(3, lambda e: OPAQUE(e["n"])), "python, whole record"),
    ("filter", lambda b: b.filter(is_push), "python, whole record"),
    ("filter and take", lambda b: b.filter(is_push).take(2, compute=False), "python, whole record"),
    (
        "a fold that keeps records",
        lambda b: b.fold(lambda found, e: [*found, e, OPAQUE(1)], both, []),
        "python, whole record",
    ),
    # A predicate may change what a later step sees.
    (
        "a predicate that takes away",
        lambda b: b.filter(lambda e: [e["tags"].pop()]).foldby(login, collect_tags, []),
        "python, 2 fields",
    ),
]


def add(count: Any, e: Any) -> Any:
    return count + e["n"]


def newer(one: Any, e: Any) -> Any:
    return e if OPAQUE(e["n"]) > one["n"] else one


def len_of(elements: Any) -> Any:
    return len(list(elements))


def collect_tags(found: Any, e: Any) -> Any:
    return [*found, *e["tags"]]


def row(name: str, pipeline: Any, data: Any, places: tuple[str, ...] = ("default",)) -> Row:
    return Row(name, lambda db, path: pipeline(records(db, path)), data, False, places)


@each(
    *(
        row(name, pipeline, EVENTS, EVERYWHERE if name in ("reduction", "accumulate") else LOCALLY)
        for name, pipeline, _ in FOLDS
        for LOCALLY in (("default", "sync", "threads"),)
    )
)
def test_the_answer(row: Row, check: Check) -> None:
    check(row)


@each(*(row(name, pipeline, HOLES) for name, pipeline, _ in FOLDS))
def test_with_odd_rows(row: Row, check: Check) -> None:
    check(row)


@ours_only
@pytest.mark.parametrize(("name", "pipeline", "tier"), FOLDS, ids=[name for name, *_ in FOLDS])
def test_the_tier(name: str, pipeline: Any, tier: str, check: Check) -> None:
    told = pipeline(records(subject, check.places.of(EVENTS))).explain()
    assert next(line.tier for line in told.lines if line.reason) == tier, told


@ours_only
def test_only_those_fields_are_there(check: Check) -> None:
    keys: Any = check.places.of((('{"a": {"b": 1, "c": 2}, "d": 3}',),))
    seen = []

    def see(found: Any, e: Any) -> Any:
        seen.append(json.dumps(e["a"]))
        return OPAQUE(e["a"]["b"])

    records(subject, keys).fold(see, max, 0).compute(scheduler="sync")
    records(subject, keys).accumulate(lambda one, e: see(one, {"a": e["a"]}), 0).compute(
        scheduler="sync"
    )
    assert seen == ['{"b": 1, "c": 2}'] * 2
