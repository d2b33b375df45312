"""groupby: which elements are a group, in which order, of which key, in which partition.

dask.bag's order inside a group is that of its rows within a partition. Across partitions its
shuffle on disk promises none; ours is that of its shuffle by tasks, which is that of the rows.
The order of groups is compared in no test: it is not the same in two runs of dask.bag's.
"""

from __future__ import annotations

import json
import math
import operator
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dask
import pytest

from conformance.check import Check
from conformance.difference import difference
from conformance.rows import (
    EVERYWHERE,
    LOCAL,
    PROCESSES,
    Row,
    dumped,
    each,
    ours_only,
    records,
    subject,
)
from conformance.test_fallback import ODD, ordinary

PLAIN = tuple(tuple(ordinary(100 * part + i) for i in range(30)) for part in range(5))
WITH_ODD = tuple(
    (*lines[:7], *(odd for name, odd in ODD.items() if "missing" not in name), *lines[7:])
    for lines in PLAIN[:2]
)
KEYS = dumped(
    *(
        [[key, f"{part}.{i}"] for i, key in enumerate(keys)]
        for part, keys in enumerate(
            (
                [1, 1.0, True, "1", None, 0, False, -0.0, 0.0, ""],
                [1.0, True, 1, False, 0.0, None, "x", -0.0],
                [True, 1, 1.5, 2**63, -(2**63), 2**70, 1e300, 2.0**70],
            )
        )
    )
)
HOLES = dumped([], [[1, 2], [1, 3]], [], [[2, 4]], [])


def key(e: Any) -> Any:
    return e["k"]


def word(e: Any) -> Any:
    return e.get("w")


def first(pair: Any) -> Any:
    return pair[0]


def in_rows(bag: Any) -> Any:
    """The groups by key: their order is not compared, that inside them is."""
    return _sorted(bag.compute())


def as_sets(bag: Any) -> Any:
    """The groups by key, without any order."""
    return _sorted([(k, sorted(group, key=repr)) for k, group in bag.compute()])


def _sorted(pairs: Any) -> Any:
    return sorted(pairs, key=lambda pair: (type(pair[0]).__name__, repr(pair[0]), repr(pair[1])))


def by_value(bag: Any) -> Any:
    """The same in each partition, where equal keys are one: the first that came is a group's."""
    return [
        sorted((repr(k + 0.0 if isinstance(k, int | float) else k) , sorted(group, key=repr))
         for k, group in part) for part in dask.compute(*bag.to_delayed())
    ]  # fmt: skip


def partitions(bag: Any) -> Any:
    """The groups of each partition."""
    return [_sorted([(k, sorted(group, key=repr)) for k, group in part]) for part in
            dask.compute(*bag.to_delayed())]  # fmt: skip


def by_tasks(db: Any) -> str:
    """dask.bag's shuffle that promises an order, for what we promise of the other one."""
    return "tasks" if db.__name__ == "dask.bag" else "disk"


def numbers(pair: Any) -> Any:
    name, group = pair
    found: Counter[Any] = Counter()
    for e in group:
        found[e["r"]] += 1
    return name, sorted(found.items(), key=repr), len(group)


def words(name: Any, group: Any) -> Any:
    return name, [e.get("w", "-") for e in group]


def summed(pair: Any) -> Any:
    return pair[0], [e["v"] for e in pair[1] if "v" in e]


def largest(pair: Any) -> Any:
    return max(pair[1], key=lambda e: repr(e.get("w")))


AFTER: list[tuple[str, Callable[[Any], Any], str]] = [
    ("nothing", lambda b: b, ""),
    ("a function of pairs", lambda b: b.map(numbers), "python, 1 fields"),
    ("a comprehension", lambda b: b.map(summed), "python, 1 fields"),
    ("starmap", lambda b: b.starmap(words), "python, 1 fields"),
    ("len", lambda b: b.map(lambda pair: (pair[0], len(pair[1]))), "python, 0 fields"),
    ("the largest", lambda b: b.map(lambda pair: largest(pair)["w"]), "python, 1 fields"),
    ("a record is returned", lambda b: b.map(lambda pair: (pair[0], largest(pair))),
     "python, whole record"),
    ("a filter and a map", lambda b: b.filter(lambda pair: len(pair[1]) > 2).map(numbers),
     "python, 1 fields"),
    ("groups are changed", lambda b: b.map(lambda pair: (pair[0], [e.setdefault("n", 1)
     for e in pair[1]], pair[1])), "python, whole record"),
]  # fmt: skip


@each(
    *(
        Row(
            f"{name}, {shuffle}",
            lambda db, p, after=after, shuffle=shuffle: in_rows(
                after(records(db, p).groupby(key, shuffle=shuffle or by_tasks(db)))
            ),
            PLAIN,
            schedulers=EVERYWHERE if name == "starmap" else LOCAL,
        )
        for name, after, _ in AFTER
        for shuffle in ("", "tasks")
    )
)
def test_what_comes_after(row: Row, check: Check) -> None:
    check(row)


@each(
    *(
        Row(
            f"{name}, in a file of its own",
            lambda db, p, after=after: in_rows(after(records(db, p).groupby(key, shuffle="disk"))),
            (lines,),
        )
        for name, after, _ in AFTER
        for lines in WITH_ODD[:1]
    ),
    *(
        Row(
            f"{name}, in two",
            lambda db, p, after=after: in_rows(
                after(records(db, p).groupby(key, shuffle=by_tasks(db)))
            ),
            (PLAIN[0], tuple(line for line in WITH_ODD[1] if '"k": 1' not in line)),
        )
        for name, after, _ in AFTER
    ),
)
def test_with_odd_rows(row: Row, check: Check) -> None:
    check(row)


@ours_only
@pytest.mark.parametrize(("name", "after", "tier"), AFTER, ids=[name for name, *_ in AFTER])
def test_what_moves(name: str, after: Any, tier: str, check: Check) -> None:
    told = after(records(subject, check.places.of(PLAIN)).groupby(key, shuffle="disk")).explain()
    assert [line.tier for line in told.lines[:3]] == ["native"] * 3, told
    assert [line.tier for line in told.lines[3:4]] == [tier] * bool(tier), told
    fields = int(tier.split()[1]) if tier.endswith("fields") else None
    assert told.reads == () if fields is None else len(told.reads) in (1 + fields, fields)


@each(
    *(
        Row(
            f"{name}, {shuffle}",
            lambda db, p, made=made, shuffle=shuffle: made(
                records(db, p).groupby(first, shuffle=shuffle)
            ),
            KEYS,
        )
        for name, made, shuffle in (
            ("equal keys", by_value, "disk"),
            ("equal keys", by_value, "tasks"),
            ("equal keys, in order", in_rows, "tasks"),
            ("equal keys, where they are", partitions, "tasks"),
        )
    ),
    *(
        Row(
            f"equal keys, {what}, {len(data)}",
            lambda db, p, options=options, made=made: made(
                records(db, p).groupby(first, shuffle="disk", **options)
            ),
            data,
        )
        for data, made in ((KEYS, by_value), (KEYS[:1], partitions), (KEYS[2:], in_rows))
        for what, options in (
            ("in more partitions", {"npartitions": 7}),
            ("in one", {"npartitions": 1}),
            ("block by block", {"blocksize": 2}),
            ("element by element", {"blocksize": 1, "npartitions": 5}),
        )
    ),
    Row(
        "several keys",
        lambda db, p: partitions(records(db, p).groupby(["k", "r"], shuffle="disk")),
        PLAIN,
    ),
    Row("a field", lambda db, p: partitions(records(db, p).groupby("k", shuffle="disk")), PLAIN),
    Row(
        "a field, odd rows too",
        lambda db, p: partitions(records(db, p).groupby("w", shuffle="disk")),
        WITH_ODD,
    ),
    Row(
        "an itemgetter",
        lambda db, p: partitions(records(db, p).groupby(operator.itemgetter("k", "w"))),
        PLAIN,
        schedulers=("sync",),
    ),
    Row(
        "a key that Python computes",
        lambda db, p: partitions(records(db, p).groupby(lambda e: math.sin(e["r"]))),
        PLAIN,
        schedulers=("sync", "processes"),
    ),
    Row("NaN", lambda db, p: as_sets(records(db, p).groupby(lambda e: e["v"])), WITH_ODD, None,
        ("default", "sync")),
    Row(
        "NaN in tuples",
        lambda db, p: as_sets(records(db, p).groupby(lambda e: (e["v"], 1), shuffle="disk")),
        WITH_ODD,
    ),
    Row("empty partitions", lambda db, p: partitions(records(db, p).groupby(first)), HOLES, None,
        ("sync",)),
    Row("nothing at all", lambda db, p: records(db, p).groupby(first, shuffle="disk"), ((), ())),
    Row("one group", lambda db, p: as_sets(records(db, p).groupby(type, shuffle="disk")), HOLES),
)  # fmt: skip
def test_keys(row: Row, check: Check) -> None:
    check(row)


ELEMENTS: list[tuple[str, Callable[[Any], Any], bool]] = [
    ("records", lambda b: b.groupby("k", shuffle="disk"), True),
    ("a part", lambda b: b.pluck("l").groupby(len, shuffle="disk"), True),
    ("text", lambda b: b.pluck("w").groupby(lambda w: w[:1], shuffle="disk"), True),
    ("flattened", lambda b: b.pluck("l").flatten().groupby("x", shuffle="disk"), True),
    ("of a filter", lambda b: b.filter(lambda e: e["n"] > 2).groupby("k", shuffle="disk"), True),
    ("pairs, which become lists", lambda b: b.map(lambda e: (e["k"], e["n"]))
     .groupby(first, shuffle="disk"), False),
    ("pairs, by tasks", lambda b: b.map(lambda e: (e["k"], e["n"]))
     .groupby(first, shuffle="tasks"), False),
    ("what Python makes", lambda b: b.map(lambda e: {"k": e["k"], "n": math.sin(e["n"])})
     .groupby("k", shuffle="disk"), False),
    ("of a filter in Python", lambda b: b.filter(lambda e: math.sin(e["n"]) > 0)
     .groupby("k", shuffle="disk").starmap(lambda k, group: (k, len(group))), False),
    ("of frequencies", lambda b: b.pluck("k").frequencies().groupby(1, shuffle="disk"), False),
    ("of groups", lambda b: b.groupby("k", shuffle="disk")
     .groupby(lambda pair: len(pair[1]), shuffle="disk"), False),
]  # fmt: skip
LISTS = (
    tuple(
        json.dumps(
            {
                "k": "ab"[i % 2],
                "n": i,
                "w": f"{i}é" * (i % 3),
                "l": [{"x": j} for j in range(i % 4)],
            }
        )
        for i in range(20)
    ),
)


@each(
    *(
        Row(name, lambda db, p, made=made: in_rows(made(records(db, p))), LISTS, None, ("sync",))
        for name, made, _ in ELEMENTS
    ),
    Row(
        "lines",
        lambda db, p: in_rows(db.read_text(p).groupby(len, shuffle="disk")),
        LISTS,
    ),
)
def test_elements(row: Row, check: Check) -> None:
    check(row)


@ours_only
@pytest.mark.parametrize(("name", "made", "native"), ELEMENTS, ids=[name for name, *_ in ELEMENTS])
def test_elements_that_are_set_aside(name: str, made: Any, native: bool, check: Check) -> None:
    told = made(records(subject, check.places.of(LISTS))).explain()
    assert any(
        line.step.startswith("groupby") and line.tier == "native" for line in told.lines
    ) is (native), told


@each(
    Row("method=", lambda db, p: records(db, p).groupby(key, method="disk"), PLAIN),
    Row("another shuffle", lambda db, p: records(db, p).groupby(key, shuffle="p2p"), PLAIN),
    Row("no partitions", lambda db, p: records(db, p).groupby(key, npartitions=0), PLAIN, None,
        ("sync",)),
    Row("half a partition", lambda db, p: records(db, p).groupby(key, npartitions=0.5), PLAIN),
    Row("no block", lambda db, p: records(db, p).groupby(key, blocksize=0, shuffle="disk"), PLAIN,
        None, ("sync",)),
    Row("no branch", lambda db, p: records(db, p).groupby(key, shuffle="tasks", max_branch=1),
        PLAIN),
    *(
        Row(
            f"{count} partitions, {branch} ways",
            lambda db, p, branch=branch: records(db, p)
            .groupby(key, shuffle="tasks", max_branch=branch)
            .npartitions,
            tuple([PLAIN[0]] * count),
        )
        for count in (1, 2, 3, 9)
        for branch in (None, 2, 3)
    ),
    Row("npartitions", lambda db, p: records(db, p).groupby(key, npartitions=9).npartitions, PLAIN,
        None, ("sync",)),
    Row("a key that cannot be one", lambda db, p: records(db, p).groupby(lambda e: [e["k"]]),
        PLAIN[:1]),
    Row("such a key here and there", lambda db, p: records(db, p).groupby("z", shuffle="disk"),
        (('{"z": 1}', '{"z": "a"}', '{"z": [1]}', '{"z": {}}'),)),
    Row("a missing key", lambda db, p: records(db, p).groupby("none", shuffle="disk"), PLAIN[:1]),
    Row("a line that is no JSON", lambda db, p: records(db, p).groupby("k", shuffle="disk"),
        ((*PLAIN[0], "{"),)),
    Row("a function that raises",
        lambda db, p: records(db, p).groupby(key, shuffle="disk").map(lambda pair: 1 // 0),
        PLAIN[:1]),
)  # fmt: skip
def test_what_is_wrong(row: Row, check: Check) -> None:
    check(row)


@each(
    Row("count", lambda db, p: records(db, p).groupby(key).count(), PLAIN),
    Row("the largest groups", lambda db, p: records(db, p).groupby(key)
        .map(lambda pair: (len(pair[1]), pair[0])).topk(2), PLAIN, schedulers=PROCESSES),
    Row("how often a size", lambda db, p: sorted(records(db, p).groupby(key)
        .map(lambda pair: len(pair[1])).frequencies().compute()), PLAIN),
    Row("a fold", lambda db, p: records(db, p).groupby(key)
        .fold(lambda n, pair: n + len(pair[1]), operator.add, 0), PLAIN),
    Row("a foldby, then a map", lambda db, p: sorted(records(db, p).groupby("w")
        .foldby(lambda pair: len(pair[1]), lambda n, pair: n + 1, 0, operator.add, 0)
        .map(lambda pair: pair[0] * 100 + pair[1]).compute()), PLAIN, schedulers=EVERYWHERE),
    Row("pluck", lambda db, p: sorted(records(db, p).groupby(key).pluck(0).compute()), PLAIN),
    Row("take", lambda db, p: len(records(db, p).groupby("w").take(3, npartitions=-1)), PLAIN),
    Row("take of one partition", lambda db, p: len(records(db, p).groupby("w").take(2)), PLAIN),
    Row("map_partitions", lambda db, p: sum(records(db, p).groupby(key)
        .map_partitions(lambda pairs: [len(list(pairs))]).compute()), PLAIN),
    Row("two results of one scan", lambda db, p: (
        records(db, p).pluck("r").frequencies(), records(db, p).groupby(key).count()), PLAIN),
)  # fmt: skip
def test_what_becomes_of_groups(row: Row, check: Check) -> None:
    check(row)


# On disk.


@contextmanager
def little_memory(folder: Path, memory: str | int = 2000) -> Iterator[None]:
    with dask.config.set({"satchel.groupby-memory": memory, "temporary-directory": str(folder)}):
        yield


def watching(folder: Path, seen: list[int]) -> Callable[[Any], Any]:
    """A function of pairs that also looks how many files there are."""

    def look(pair: Any) -> Any:
        seen.append(sum(len(files) for _, _, files in os.walk(folder)))
        return pair[0], [(e.get("v"), e.get("w")) for e in pair[1]]

    return look


@ours_only
@pytest.mark.parametrize("memory", [0, 2000, "20kB"])
@pytest.mark.parametrize("scheduler", [None, "sync", "threads", "processes"])
@pytest.mark.parametrize("data", [PLAIN, WITH_ODD], ids=["plain", "odd"])
def test_on_disk(
    data: Any, scheduler: str | None, memory: Any, check: Check, tmp_path: Path
) -> None:
    import dask.bag

    path = check.places.of(data)

    def words_of(db: Any, shuffle: str) -> Any:
        return in_rows(records(db, path).groupby(word, shuffle=shuffle).starmap(words))

    with dask.config.set(scheduler="sync"):
        expected = words_of(dask.bag, "tasks")
    with little_memory(tmp_path, memory), check.schedulers.use(scheduler or "default"):
        assert difference(expected, words_of(subject, "disk")) is None
    assert os.listdir(tmp_path) == []


@ours_only
@pytest.mark.parametrize("scheduler", [None, "sync", "threads"])
def test_files_are_there_while_they_are_needed(
    scheduler: str | None, check: Check, tmp_path: Path
) -> None:
    seen: list[int] = []
    bag = records(subject, check.places.of(PLAIN)).groupby("w", shuffle="disk")
    query = bag.map(watching(tmp_path, seen))
    with little_memory(tmp_path):
        query.compute(scheduler=scheduler)
    # One for each of the files that are read.
    assert seen
    assert set(seen) == {5}
    assert os.listdir(tmp_path) == []
    query.compute(scheduler=scheduler)
    assert seen[-1] == 0


@ours_only
@pytest.mark.parametrize("error", [ValueError("mine"), KeyboardInterrupt()])
@pytest.mark.parametrize("scheduler", [None, "sync", "threads"])
def test_nothing_is_left_of_a_run_that_failed(
    scheduler: str | None, error: BaseException, check: Check, tmp_path: Path
) -> None:
    def fails(pair: Any) -> Any:
        assert any(files for _, _, files in os.walk(tmp_path))
        raise error

    bag = records(subject, check.places.of(PLAIN)).groupby("w", shuffle="disk")
    with little_memory(tmp_path), pytest.raises(type(error)) as raised:
        bag.map(fails).compute(scheduler=scheduler)
    # The traceback holds whatever the run held.
    assert raised.value is error
    assert os.listdir(tmp_path) == []


@ours_only
def test_nothing_is_left_of_a_graph(check: Check, tmp_path: Path) -> None:
    seen: list[int] = []
    bag = records(subject, check.places.of(PLAIN)).groupby("w", shuffle="disk")
    with little_memory(tmp_path), dask.config.set(scheduler="sync"):
        dask.compute(bag.map(watching(tmp_path, seen)))
    assert max(seen) == 5
    assert os.listdir(tmp_path) == []


@ours_only
def test_without_a_folder_of_its_own(check: Check, monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen: list[int] = []
    bag = records(subject, check.places.of(PLAIN)).groupby("w", shuffle="disk")
    with dask.config.set({"satchel.groupby-memory": 1000}):
        bag.map(watching(tmp_path, seen)).compute()
    assert max(seen) == 5
    assert os.listdir(tmp_path) == []
