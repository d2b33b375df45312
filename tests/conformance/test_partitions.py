"""Partitions: where Bags come from, how they are cut, joined, zipped and written."""

from __future__ import annotations

import gzip
import json
import operator
import tempfile
from pathlib import Path
from typing import Any

import dask
import pytest

from conformance.check import Check
from conformance.rows import EVERYWHERE, PROCESSES, Row, dumped, each, pushes, records

INTS = dumped(*([i, i * i, -i] for i in range(9)))
HOLES = dumped([], [1, 2], [], [3], [])


def part_as_text(part: Any) -> list[str]:
    return [",".join(str(x) for x in part)]


def scaled(part: Any, by: Any = 1, plus: Any = 0) -> list[Any]:
    return [x * by + plus for x in part]


def pairs(part: Any, other: Any) -> list[Any]:
    return list(zip(part, other, strict=True))


@each(
    Row("a list", lambda db, p: records(db, p).map_partitions(list), INTS, None, EVERYWHERE),
    Row("a text each", lambda db, p: records(db, p).map_partitions(part_as_text), INTS),
    Row(
        "a generator",
        lambda db, p: records(db, p).map_partitions(lambda part: (x + 1 for x in part)),
        INTS,
        schedulers=("sync", "threads"),  # To a process it cannot go, and dask.bag says so, too.
    ),
    Row("keywords", lambda db, p: records(db, p).map_partitions(scaled, by=3, plus=1), INTS),
    Row("an argument", lambda db, p: records(db, p).map_partitions(scaled, 3), INTS),
    Row(
        "an Item",
        lambda db, p: records(db, p).map_partitions(
            scaled, records(db, p).max(), plus=records(db, p).count()
        ),
        INTS,
    ),
    Row(
        "another Bag",
        lambda db, p: records(db, p).map_partitions(pairs, records(db, p).map(abs)),
        INTS,
    ),
    Row(
        "a Bag as a keyword",
        lambda db, p: records(db, p).map_partitions(pairs, other=records(db, p).map(operator.neg)),
        INTS,
    ),
    Row("the module's own", lambda db, p: db.map_partitions(scaled, records(db, p), 2), INTS),
    Row(
        "a dict gives keys",
        lambda db, p: records(db, p).map_partitions(lambda part: {str(x): x for x in part}),
        INTS,
    ),
    Row("numbers", lambda db, p: records(db, p).map_partitions(lambda part: sum(part)), INTS),
    Row("texts stay whole", lambda db, p: records(db, p).map_partitions(lambda part: "ab"), INTS),
    Row(
        "len of what comes",
        lambda db, p: records(db, p).map_partitions(
            lambda part: [type(part).__name__ in ("list", "_MapChunk", "map")]
        ),
        INTS,
    ),
    Row(
        "after a filter", lambda db, p: pushes(db, p).map_partitions(lambda part: [len(list(part))])
    ),
    Row(
        "then frequencies",
        lambda db, p: records(db, p).map_partitions(scaled, 2).frequencies(),
        INTS,
        schedulers=PROCESSES,
    ),
    Row(
        "partitions that do not match",
        lambda db, p: records(db, p).map_partitions(pairs, db.range(4, 2)),
        INTS,
    ),
)
def test_map_partitions(row: Row, check: Check) -> None:
    check(row)


@each(
    Row("range", lambda db, p: db.range(11, npartitions=3), ()),
    Row("range, counted", lambda db, p: db.range(100, 7).map(lambda n: n % 3).frequencies(), ()),
    Row("from_sequence", lambda db, p: db.from_sequence(range(10), npartitions=7), ()),
    Row(
        "its partitions",
        lambda db, p: [
            db.from_sequence(range(n), **more).npartitions
            for n, more in (
                (10, {"npartitions": 7}),
                (110, {"npartitions": 20}),
                (10, {}),
                (0, {}),
                (1000, {}),
                (10, {"partition_size": 4}),
            )
        ],
        (),
    ),
    Row(
        "a foldby of a sequence",
        lambda db, p: db.from_sequence(range(30), npartitions=9).foldby(
            lambda n: n % 4, operator.add, 0, operator.add
        ),
        (),
        schedulers=PROCESSES,
    ),
    Row("topk of a sequence", lambda db, p: db.from_sequence([3, 1.0, True, 3.0]).topk(2), ()),
    Row(
        "a sequence of dicts",
        lambda db, p: (
            db.from_sequence([{"a": 1}, {"a": 2}]).filter(lambda x: x["a"] > 1).pluck("a").sum()
        ),
        (),
    ),
    Row(
        "a sequence of lines",
        lambda db, p: db.from_sequence(['{"a": 1}', '{"a": NaN}']).map(json.loads).pluck("a"),
        (),
    ),
    Row("a sequence of paths", lambda db, p: db.from_sequence([1, 2]).map(lambda n: [n] * n), ()),
    Row(
        "from_delayed",
        lambda db, p: db.from_delayed([dask.delayed(range)(3), dask.delayed([7])]).map(str),
        (),
    ),
    Row("concat", lambda db, p: db.concat([records(db, p), records(db, p).map(str)]), INTS),
    Row("concat, counted", lambda db, p: db.concat([records(db, p), db.range(4, 2)]).count(), INTS),
    Row("zip", lambda db, p: db.zip(records(db, p), records(db, p).map(str)), INTS),
    Row(
        "zip of three",
        lambda db, p: db.zip(
            records(db, p), records(db, p).map(abs), records(db, p).map(float)
        ).starmap(max),
        INTS,
    ),
    Row(
        "zip of unequal ones",
        lambda db, p: db.zip(records(db, p), records(db, p).filter(lambda x: x > 3)),
        INTS,
    ),
    Row(
        "a raw graph",
        lambda db, p: (
            db.Bag({("x", 0): (range, 5), ("x", 1): (range, 3)}, "x", 2).map(lambda n: n * 2).sum()
        ),
        (),
    ),
    Row(
        "product",
        lambda db, p: (
            records(db, p).take(2, compute=False).product(db.from_sequence("ab", npartitions=1))
        ),
        INTS,
    ),
    Row("product of files", lambda db, p: records(db, p).product(records(db, p)).count(), INTS),
    Row(
        "repartition to fewer",
        lambda db, p: records(db, p).repartition(2).map_partitions(part_as_text),
        INTS,
    ),
    Row(
        "repartition to more",
        lambda db, p: records(db, p).repartition(12).map_partitions(part_as_text),
        INTS,
    ),
    Row("repartition to as many", lambda db, p: records(db, p).repartition(9), INTS),
    Row(
        "repartition by size", lambda db, p: records(db, p).repartition(partition_size=10**6), INTS
    ),
    Row(
        "repartition by both", lambda db, p: records(db, p).repartition(2, partition_size=100), INTS
    ),
    Row(
        "random_sample", lambda db, p: records(db, p).random_sample(0.5, 43), INTS, None, EVERYWHERE
    ),
    Row(
        "random_sample of events",
        lambda db, p: records(db, p).random_sample(0.3, random_state=1).pluck("id"),
        "plain",
    ),
    Row(
        "random_sample before the loader",
        lambda db, p: (
            db.read_text(p).random_sample(0.3, random_state=1).map(json.loads).pluck("id")
        ),
        "plain",
    ),
    Row("random_sample, out of range", lambda db, p: records(db, p).random_sample(1.5), INTS),
)
def test_where_bags_come_from(row: Row, check: Check) -> None:
    check(row)


def grouped(bag: Any) -> Any:
    """Groups as dask.bag promises them: their order and what is in them, as sets."""
    return bag.map(lambda pair: (pair[0], len(pair[1]), sorted(str(x) for x in pair[1])))


@each(
    Row(
        "groupby on disk",
        lambda db, p: grouped(records(db, p).groupby(lambda x: x % 3, shuffle="disk")),
        INTS,
        schedulers=("default",),
    ),
    Row(
        "groupby with tasks",
        lambda db, p: grouped(records(db, p).groupby(lambda x: x % 3, shuffle="tasks")),
        INTS,
    ),
    Row(
        "groupby to partitions",
        lambda db, p: sorted(
            grouped(
                records(db, p).groupby(lambda x: x % 3, npartitions=2, shuffle="disk")
            ).compute()
        ),
        INTS,
        schedulers=("sync",),
    ),
    Row(
        "groupby of events",
        lambda db, p: grouped(pushes(db, p).pluck("id").groupby(lambda text: text[-1])),
        "plain",
        schedulers=("threads",),
    ),
    Row(
        "groupby and foldby",
        lambda db, p: sorted(
            records(db, p)
            .groupby(lambda x: x % 2, shuffle="tasks")
            .starmap(lambda key, group: (key, sum(group)))
            .compute()
        ),
        INTS,
    ),
    Row(
        "groupby by tasks, of a bag that no file is read for",
        lambda db, p: grouped(
            db.from_sequence(range(20), npartitions=3).groupby(lambda x: x % 2, shuffle="tasks")
        ),
        INTS,
        schedulers=("sync", "processes"),
    ),
    Row("groupby, method=", lambda db, p: records(db, p).groupby(len, method="disk"), INTS),
    Row(
        "join",
        lambda db, p: records(db, p).map(str).join(["3", "16", "x"], lambda text: text[0]),
        INTS,
        None,
        PROCESSES,
    ),
    Row(
        "join by two functions",
        lambda db, p: (
            pushes(db, p)
            .map(lambda e: e["actor"]["login"])
            .join([("ann", 1), ("bob", 2)], lambda name: name, lambda pair: pair[0])
        ),
        "plain",
    ),
    Row(
        "join with a Bag",
        lambda db, p: records(db, p).join(db.from_sequence([1, 4, 9], npartitions=1), lambda x: x),
        INTS,
    ),
    Row(
        "join with Bags of more partitions",
        lambda db, p: records(db, p).join(records(db, p), lambda x: x),
        INTS,
    ),
    Row(
        "join with a Delayed",
        lambda db, p: records(db, p).join(dask.delayed([1, 4]), lambda x: x),
        INTS,
    ),
)
def test_groupby_and_join(row: Row, check: Check) -> None:
    check(row)


def written(bag: Any, **options: Any) -> list[Any]:
    """What to_textfiles writes, and what its files are called."""
    # After one partition has failed, a thread may still be writing another.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        paths = bag.to_textfiles(f"{folder}/*.txt{options.pop('suffix', '')}", **options)
        return [
            (Path(path).name, (gzip.open if path.endswith(".gz") else open)(path, "rb").read())
            for path in paths
        ]


@each(
    Row("texts", lambda db, p: written(records(db, p).map(str)), INTS, None, PROCESSES),
    Row("json", lambda db, p: written(pushes(db, p).map(json.dumps), suffix=".gz"), "plain"),
    Row("lines of a file", lambda db, p: written(db.read_text(p).map(str.strip)), INTS),
    Row("a last newline", lambda db, p: written(records(db, p).map(str), last_endline=True), HOLES),
    Row("names", lambda db, p: written(records(db, p).map(str), name_function=chr), HOLES[:2]),
    Row("not text", lambda db, p: written(records(db, p)), INTS),
    Row("to_delayed", lambda db, p: list(dask.compute(*records(db, p).to_delayed())), INTS),
    Row(
        "to_delayed, not optimized",
        lambda db, p: list(dask.compute(*pushes(db, p).to_delayed(optimize_graph=False))),
        "plain",
    ),
    Row("an Item to_delayed", lambda db, p: pushes(db, p).count().to_delayed(), "plain"),
    Row(
        "an Item inside a Delayed",
        lambda db, p: dask.delayed(lambda n: n + 1)(records(db, p).sum()),
        INTS,
    ),
    Row("a Bag inside a Delayed", lambda db, p: dask.delayed(sum)(records(db, p)), INTS),
)
def test_written_and_delayed(row: Row, check: Check) -> None:
    check(row)


@each(
    Row(
        "events",
        lambda db, p: (
            records(db, p)
            .map(lambda e: {"type": e["type"], "n": e["repo"]["id"]})
            .to_dataframe()
            .compute()
        ),
        "plain",
        needs=("pandas",),
    ),
    Row(
        "tuples",
        lambda db, p: (
            records(db, p)
            .map(lambda e: (e["type"], e["repo"]["id"]))
            .to_dataframe(columns=["a", "b"])
            .compute()
        ),
        "plain",
        needs=("pandas",),
    ),
    Row(
        "with meta",
        lambda db, p: (
            records(db, p)
            .map(lambda e: (e["type"], e["repo"]["id"]))
            .to_dataframe(meta={"a": "object", "b": "float64"})
            .compute()
        ),
        "plain",
        needs=("pandas",),
    ),
    Row("of nothing", lambda db, p: records(db, p).to_dataframe(), ((), ()), needs=("pandas",)),
)
def test_to_dataframe(row: Row, check: Check) -> None:
    pytest.importorskip("dask.dataframe")
    check(row)
