"""Several results at once: computed together, of one read, by every door into Dask."""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dask
import dask.bag
import pytest

from conformance.check import Check, compare
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

INTS = dumped(*([i, i * i, -i] for i in range(9)))


def four(db: Any, path: str) -> tuple[Any, ...]:
    return (
        records(db, path).count(),
        records(db, path).pluck("type").frequencies(),
        pushes(db, path).foldby(
            lambda e: e["actor"]["login"],
            lambda n, e: n + len(e["payload"]["commits"]),
            0,
            lambda a, b: a + b,
        ),
        pushes(db, path).map(lambda e: e["actor"]["login"]).topk(2, key=str),
    )


@each(
    Row("dask.compute", four, schedulers=EVERYWHERE),
    Row("db.compute", lambda db, p: db.compute(*four(db, p)), schedulers=PROCESSES),
    Row("the same one twice", lambda db, p: dask.compute(*[records(db, p).count()] * 2)),
    Row(
        "in a dict",
        lambda db, p: dask.compute({"a": records(db, p).count(), "b": [pushes(db, p).count(), 3]}),
    ),
    Row("traverse=False", lambda db, p: dask.compute(records(db, p).count(), [1], traverse=False)),
    Row("not optimized", lambda db, p: dask.compute(*four(db, p), optimize_graph=False)),
    Row(
        "with a sequence",
        lambda db, p: (records(db, p).count(), db.from_sequence([1, 2]).sum(), db.range(5, 2)),
    ),
    Row(
        "with a Delayed",
        lambda db, p: (records(db, p).count(), dask.delayed(len)("abc")),
        schedulers=("sync", "threads"),  # Their defaults differ, which Dask refuses.
    ),
    Row(
        "a Delayed under a scheduler",
        lambda db, p: dask.compute(
            records(db, p).count(), dask.delayed(len)("abc"), scheduler="sync"
        ),
    ),
    Row(
        "one raises",
        lambda db, p: (records(db, p).count(), records(db, p).pluck("nothing").count()),
    ),
    Row(
        "all raise",
        lambda db, p: (records(db, p).pluck("none").count(), records(db, p).pluck("none").sum()),
    ),
    Row(
        "an Item of an Item",
        lambda db, p: records(db, p).map(lambda x, n: x - n, n=records(db, p).count()).sum(),
        INTS,
    ),
    Row(
        "of two globs",
        lambda db, p: (records(db, p).sum(), records(db, p.replace("*", "*[02468]")).sum()),
        INTS,
    ),
    Row("persist", lambda db, p: pushes(db, p).persist().count(), schedulers=EVERYWHERE),
    Row("dask.persist", lambda db, p: tuple(dask.persist(*four(db, p)))),
    Row(
        "persist, then more",
        lambda db, p: pushes(db, p).persist().pluck("actor").pluck("login").frequencies(),
    ),
    Row("persist an Item", lambda db, p: records(db, p).count().persist()),
    Row("dask.optimize", lambda db, p: tuple(dask.optimize(*four(db, p)))),
    Row(
        "dask.get of the graph",
        lambda db, p: dask.get(
            dict(records(db, p).sum().__dask_graph__()), records(db, p).sum().__dask_keys__()
        ),
        INTS,
    ),
    Row(
        "threaded.get",
        lambda db, p: dask.threaded.get(records(db, p).dask, records(db, p).__dask_keys__()),
        INTS,
    ),
    Row("iteration", lambda db, p: [e["type"] for e in pushes(db, p)]),
    Row("list", lambda db, p: list(records(db, p)), INTS),
    Row(
        "scheduler=",
        lambda db, p: [
            records(db, p).sum().compute(scheduler=name)
            for name in ("sync", "threads", "single-threaded")
        ],
        INTS,
    ),
    Row(
        "an unknown scheduler",
        lambda db, p: records(db, p).sum().compute(scheduler="nothing"),
        INTS,
    ),
    Row(
        "a get as the scheduler",
        lambda db, p: records(db, p).sum().compute(scheduler=dask.get),
        INTS,
    ),
    Row(
        "num_workers",
        lambda db, p: records(db, p).sum().compute(scheduler="threads", num_workers=1),
        INTS,
    ),
    Row(
        "config by name",
        lambda db, p: with_config(lambda: records(db, p).frequencies().compute()),
        INTS,
    ),
)
def test_several(row: Row, check: Check) -> None:
    check(row)


def with_config(compute: Any) -> Any:
    with dask.config.set(scheduler="threads"):
        return compute()


@ours_only
@pytest.mark.parametrize("get", [dask.get, dask.threaded.get], ids=["sync", "threads"])
def test_the_documents_own_get(get: Any, check: Check) -> None:
    """``compute(get=...)`` left Dask in 2019; the document still says it."""
    path = check.places.of("nasty")
    bags = four(subject, path)
    with dask.config.set(scheduler="sync"):
        expected = dask.compute(*four(dask.bag, path))
    for bag, answer in zip(bags, expected, strict=True):
        assert bag.compute(get=get) == answer
    assert subject.compute(*bags, get=get) == expected


@ours_only
def test_the_documents_own_get_of_a_client(check: Check) -> None:
    path = check.places.of("plain")
    with check.schedulers.active(check.schedulers.in_this_process) as client:
        expected = pushes(dask.bag, path).count().compute(scheduler="sync")
        assert pushes(subject, path).count().compute(get=client.get) == expected


def test_a_client_is_used_by_hand(check: Check) -> None:
    """compute(scheduler=client), client.compute, client.persist."""
    path = check.places.of("nasty")
    expected = check.oracle(Row("four", four), path)
    with check.schedulers.active(check.schedulers.in_this_process) as client:
        bags = four(subject, path)
        with dask.config.set(scheduler="sync"):
            by_hand = [bag.compute(scheduler=client) for bag in bags]
        futures = client.gather(client.compute(list(bags)))
        persisted = dask.compute(*client.persist(list(bags)))
    for answers in (by_hand, futures, persisted):
        compare(expected, type(expected)(value=tuple(answers)), "by hand")


OPENED, CLOSED = 0x20, 0x10 | 0x08


@contextmanager
def counted_opens(paths: list[str]) -> Iterator[list[int]]:
    """Count how often files are opened, by whatever thread or process."""
    system = ctypes.CDLL(None, use_errno=True)
    watcher = system.inotify_init1(os.O_NONBLOCK)
    if watcher < 0:
        pytest.skip("inotify is not available")
    opens: list[int] = []
    try:
        for path in paths:
            assert system.inotify_add_watch(watcher, path.encode(), OPENED | CLOSED) >= 0
        yield opens
        try:
            events = os.read(watcher, 1 << 20)
        except BlockingIOError:
            events = b""
        masks = [events[at + 4 : at + 8] for at in range(0, len(events), 16)]
        opens.append(sum(int.from_bytes(mask, sys.byteorder) & OPENED > 0 for mask in masks))
    finally:
        os.close(watcher)


@pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
def test_three_results_open_each_file_as_often_as_one(check: Check) -> None:
    path = check.places.of("plain")
    files = [str(file) for file in sorted(Path(path).parent.glob("*.gz"))]
    counts = []
    for number in (1, 4):
        with counted_opens(files) as opens, dask.config.set(scheduler="sync"):
            dask.compute(*four(subject, path)[:number])
        counts.append(opens[0])
    assert counts[0] >= len(files)
    assert counts[0] == counts[1]


def bytes_read(collections: Any) -> int:
    """How many compressed bytes the local runner reads for all of them together."""
    from satchel.plan.stages import stage
    from satchel.run.local import execute

    _, statistics = execute([stage(collection._plan) for collection in collections])
    return statistics.compressed


@ours_only
def test_three_results_read_each_byte_once(check: Check) -> None:
    path = check.places.of("plain")
    size = sum(file.stat().st_size for file in Path(path).parent.glob("*.gz"))
    assert bytes_read(four(subject, path)[:1]) == size
    assert bytes_read(four(subject, path)) == size


def test_visualize(check: Check) -> None:
    pytest.importorskip("graphviz")
    with tempfile.TemporaryDirectory() as folder:
        pushes(subject, check.places.of("plain")).visualize(filename=f"{folder}/a.svg")
        assert Path(f"{folder}/a.svg").exists()
