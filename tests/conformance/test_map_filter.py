"""map, filter, remove, starmap: functions of one element, and what goes with it."""

from __future__ import annotations

import json
import operator
from functools import partial
from typing import Any

import dask
import pytest

from conformance.check import Check, compare, outcome
from conformance.rows import (
    EVERYWHERE,
    PROCESSES,
    Row,
    dumped,
    each,
    ours_only,
    pushes,
    records,
    subject,
)

NUMBERS = dumped([1, 2, 3], [], [4, 5.5, True], [None, "six", [7]])
INTS = dumped([1, 2, 3], [4, 5, 6])
PAIRS = dumped([[1, 2], [3, 4]], [[5, 6]])


def add(x: Any, y: Any = 10, z: Any = 0) -> Any:
    return x + y + z


@each(
    Row("a field", lambda db, p: records(db, p).map(lambda e: e["type"]), native=True),
    Row(
        "a nested field",
        lambda db, p: pushes(db, p).map(lambda e: e["actor"]["login"]),
        native=True,
        schedulers=EVERYWHERE,
    ),
    Row("the record itself", lambda db, p: records(db, p).map(lambda e: e)),
    Row("records as they are", records, schedulers=EVERYWHERE),
    Row("lines as they are", lambda db, p: db.read_text(p)),
    Row("lines mapped", lambda db, p: db.read_text(p).map(len)),
    Row("lines stripped", lambda db, p: db.read_text(p).map(str.strip)),
    Row("a sub-record", lambda db, p: pushes(db, p).map(lambda e: e["payload"])),
    Row("scalars", lambda db, p: records(db, p).map(lambda e: e), NUMBERS),
    Row("a constant", lambda db, p: records(db, p).map(lambda e: 1), NUMBERS, True),
    Row("type", lambda db, p: records(db, p).map(type), NUMBERS),
    Row("itemgetter", lambda db, p: records(db, p).map(operator.itemgetter("type"))),
    Row(
        "two keys of itemgetter",
        lambda db, p: records(db, p).map(operator.itemgetter("type", "public")),
        "plain",
    ),
    Row("map after map", lambda db, p: records(db, p).map(add).map(add, 1), INTS),
    Row(
        "a loader of one's own",
        lambda db, p: db.read_text(p).map(lambda line: json.loads(line)["type"]),
        schedulers=PROCESSES,
    ),
    Row(
        "a loader of one's own that does nothing else",
        lambda db, p: db.read_text(p).map(lambda line: json.loads(line)),
    ),
    Row(
        "a loader of one's own, then a filter",
        lambda db, p: db.read_text(p).map(lambda line: json.loads(line)).filter(lambda e: e["id"]),
    ),
    Row(
        "a comprehension",
        lambda db, p: records(db, p).map(lambda e: [(c["sha"], e["id"]) for c in e["commits"]]),
    ),
    Row("partial", lambda db, p: records(db, p).map(partial(add, z=5)), INTS),
    Row("a generator", lambda db, p: records(db, p).map(lambda e: (c for c in "ab"))),
    Row("a raise", lambda db, p: records(db, p).map(lambda e: e["absent"])),
    Row("a raise further on", lambda db, p: records(db, p).map(lambda e: e["actor"])),
    Row("a type error", lambda db, p: records(db, p).map(lambda e: e + 1), NUMBERS),
    Row("not callable", lambda db, p: records(db, p).map("type")),
    Row("too few arguments", lambda db, p: records(db, p).map(lambda: 1)),
)
def test_map(row: Row, check: Check) -> None:
    check(row)


@each(
    Row("an argument", lambda db, p: records(db, p).map(add, 1), INTS),
    Row("keywords", lambda db, p: records(db, p).map(add, y=2, z=3), INTS),
    Row("an Item", lambda db, p: records(db, p).map(add, records(db, p).max()), INTS),
    Row(
        "Items as keywords",
        lambda db, p: records(db, p).map(add, y=records(db, p).sum(), z=records(db, p).count()),
        INTS,
        schedulers=EVERYWHERE,
    ),
    Row(
        "a nested Item as a keyword",
        lambda db, p: records(db, p).map(
            lambda x, several: [x, several], several=[records(db, p).min()]
        ),
        INTS,
    ),
    Row(
        "a Delayed",
        lambda db, p: records(db, p).map(add, dask.delayed(100)),
        INTS,
    ),
    Row("another Bag", lambda db, p: records(db, p).map(add, records(db, p).map(abs)), INTS),
    Row(
        "another Bag as a keyword",
        lambda db, p: records(db, p).map(add, z=records(db, p).map(add)),
        INTS,
        schedulers=PROCESSES,
    ),
    Row(
        "another kind of Bag",
        lambda db, p: records(db, p).map(
            add, db.from_sequence([10, 20, 30, 40, 50, 60], npartitions=2)
        ),
        INTS,
    ),
    Row(
        "the module's own map",
        lambda db, p: db.map(add, records(db, p), y=records(db, p).map(abs)),
        INTS,
    ),
    Row("no Bag at all", lambda db, p: db.map(add, 1, 2), INTS),
    Row(
        "partitions that do not match",
        lambda db, p: records(db, p).map(add, db.from_sequence([1, 2, 3])),
        INTS,
    ),
    Row(
        "a longer second Bag",
        lambda db, p: records(db, p).map(add, db.from_sequence(range(8), 4)),
        INTS,
    ),
)
def test_map_with_more_arguments(row: Row, check: Check) -> None:
    check(row)


@each(
    Row("the document's", pushes, native=True, schedulers=PROCESSES),
    Row("a field's truth", lambda db, p: records(db, p).filter(lambda e: e["type"])),
    Row(
        "a missing key by get",
        lambda db, p: records(db, p).filter(lambda e: e.get("public")).count(),
        native=True,
    ),
    Row("two filters", lambda db, p: pushes(db, p).filter(lambda e: e["actor"])),
    Row(
        "a filter that guards a map",
        lambda db, p: (
            records(db, p)
            .filter(lambda e: "payload" in e and isinstance(e["payload"], dict))
            .map(lambda e: e["payload"].get("size"))
        ),
    ),
    Row("None", lambda db, p: records(db, p).filter(None), NUMBERS),
    Row("truth of anything", lambda db, p: records(db, p).filter(lambda e: e), NUMBERS),
    Row("a raise", lambda db, p: records(db, p).filter(lambda e: e["public"])),
    Row("of nothing", lambda db, p: records(db, p).filter(len), ((), ())),
    Row("of lines", lambda db, p: db.read_text(p).filter(lambda t: "Push" in t)),
    Row(
        "of lines, before they are parsed",
        lambda db, p: (
            db.read_text(p).filter(lambda line: "{" in line).map(json.loads).map(lambda e: e["a"])
        ),
        (("not json", '{"a": 1}'), ("", '{"a": 2}', "[")),
        native=True,
    ),
    Row("remove", lambda db, p: records(db, p).remove(lambda e: e["type"]), native=True),
    Row(
        "remove then count",
        lambda db, p: records(db, p).remove(lambda e: e["type"] == "PushEvent").count(),
        native=True,
        schedulers=EVERYWHERE,
    ),
    Row("remove all", lambda db, p: records(db, p).remove(lambda e: True).count()),
    Row(
        "remove after filter",
        lambda db, p: (
            pushes(db, p)
            .remove(lambda e: len(e["payload"]["commits"]) == 0)
            .map(lambda e: e["actor"]["login"])
        ),
        native=True,
    ),
    Row("remove a type error", lambda db, p: records(db, p).remove(len), NUMBERS),
)
def test_filter_and_remove(row: Row, check: Check) -> None:
    check(row)


@each(
    Row("of lists", lambda db, p: records(db, p).starmap(add), PAIRS),
    Row("with a keyword", lambda db, p: records(db, p).starmap(add, z=1), PAIRS),
    Row(
        "with an Item",
        lambda db, p: records(db, p).starmap(add, z=records(db, p).pluck(1).max()),
        PAIRS,
    ),
    Row("of something else", lambda db, p: records(db, p).starmap(add), INTS),
)
def test_starmap(row: Row, check: Check) -> None:
    check(row)


def stops_at_three(x: int) -> int:
    if x == 3:
        raise StopIteration("three")
    return x


@ours_only
@pytest.mark.parametrize("method", ["map", "filter", "remove"])
@pytest.mark.parametrize("scheduler", ["default", "sync", "threads"])
def test_stop_iteration_is_an_error_and_not_a_silent_cut(
    method: str, scheduler: str, check: Check
) -> None:
    """dask.bag drops the rest of the partition (dask #3545); we follow PEP 479."""
    path = check.places.of(INTS)
    with check.schedulers.use(scheduler):
        bag = getattr(records(subject, path), method)(stops_at_three)
        with pytest.raises(RuntimeError) as raised:
            bag.compute()
    assert isinstance(raised.value.__cause__, StopIteration)


@ours_only
def test_a_first_bag_longer_by_one_is_an_error_too(check: Check) -> None:
    """dask.bag cuts it silently; a second bag that is longer raises in both."""
    path = check.places.of(INTS)
    other = Row(
        "longer by one",
        lambda db, p: records(db, p).map(
            add, db.from_delayed([dask.delayed([1, 2]), dask.delayed([3, 4])])
        ),
        INTS,
    )
    longer = Row(
        "the second longer by one",
        lambda db, p: records(db, p).map(
            add, db.from_delayed([dask.delayed([1, 2, 3, 4]), dask.delayed([3, 4, 5])])
        ),
        INTS,
    )
    expected = check.oracle(longer, path)
    assert expected.error is not None
    with check.schedulers.use("sync"):
        compare(expected, outcome(other.pipeline, subject, path), "under sync")
