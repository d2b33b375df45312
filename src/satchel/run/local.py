"""Running staged plans on this machine's threads, without Dask.

The kernel lets go of the interpreter while it scans, so threads are enough: processes would only
add their start-up. Partitions are taken in order from one queue; the first that fails stops all.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from satchel import _kernel
from satchel.plan.nodes import Take, Text
from satchel.plan.segments import Staged
from satchel.run.bad_lines import Refused, by_source
from satchel.run.merge import Merger
from satchel.run.part import Part, Statistics
from satchel.run.scan import Scan
from satchel.run.sharing import share
from satchel.run.specs import ahead_of
from satchel.run.storage import Storage

if TYPE_CHECKING:
    from satchel.storage import Ahead

__all__ = ["execute", "in_order"]

Progress = Callable[[int, int, int], None]
"""Called now and then with compressed bytes, inflated bytes and rows read so far."""

_LOOK_AROUND_SECONDS = 0.1


def execute(
    plans: Sequence[Staged],
    threads: int | None = None,
    progress: Progress | None = None,
    storage: Storage | None = None,
) -> tuple[list[Any], Statistics]:
    """The results of several plans, those of one source from a single scan.

    Args:
        plans: what to compute.
        threads: how many partitions to work on at once; ``None`` is one a core, ``1`` is the
            calling thread itself.
        progress: told how far the run is, about ten times a second.
        storage: where groups go that memory does not hold; it is closed at the end.

    Returns:
        One result a plan (a list of elements, or an Item's value), and what was measured.

    Raises:
        Exception: the user's own, with notes that name file, line and byte.
        KeyboardInterrupt: within a second of Ctrl-C, with all threads stopped.
    """
    statistics = Statistics()
    results: list[Any] = [None] * len(plans)
    refused: list[tuple[Text, Refused | None]] = []
    with contextlib.closing(storage or Storage()) as storage:
        for indices, scan in share(plans, storage):
            chosen = [plans[index] for index in indices]
            parts = _partitions(scan, chosen, threads, progress, statistics)
            for index, merger in zip(indices, parts, strict=True):
                results[index] = merger.finish()
                refused.append((scan.source, merger.refused))
    statistics.refused = by_source(refused)
    return results, statistics


def in_order(plan: Staged, threads: int | None = None) -> Iterator[Any]:
    """The values of a plan's partitions, one after another, some being made ahead.

    Args:
        plan: one that ends in a way out.
        threads: how many partitions to work on at once, and to hold; ``None`` is one a core.
    """
    from concurrent.futures import ThreadPoolExecutor

    scan, control = Scan(plan.source, (plan.segments[0],), Storage()), _kernel.Control()
    ahead = ahead_of(plan.source.files, control)
    workers = min(threads or os.cpu_count() or 1, scan.source.npartitions)
    todo = iter(range(scan.source.npartitions))
    with ThreadPoolExecutor(workers, "satchel") as crew:
        try:
            made = deque(
                crew.submit(scan.partition, index, control, ahead)
                for index in itertools.islice(todo, workers)
            )
            while made:
                (part,), _ = made.popleft().result()
                for index in itertools.islice(todo, 1):
                    made.append(crew.submit(scan.partition, index, control, ahead))
                yield part.value
        finally:
            control.cancel()
            if ahead is not None:
                ahead.close()


def _partitions(
    scan: Scan,
    plans: Sequence[Staged],
    threads: int | None,
    progress: Progress | None,
    statistics: Statistics,
) -> list[Merger]:
    """Scan the partitions that the plans need; one merger for each plan, filled."""
    sink = plans[0].segments[0].sink
    if isinstance(sink, Take):
        return [_take(scan, plans[0], sink, statistics)]
    total = scan.source.npartitions
    mergers = [Merger(plan.segments, total) for plan in plans]

    def done(index: int, parts: list[Part], measured: Statistics) -> None:
        statistics.add(measured)
        for merger, part in zip(mergers, parts, strict=True):
            merger.push(index, part)

    workers = min(threads or os.cpu_count() or 1, total)
    control = _kernel.Control()
    ahead = ahead_of(scan.source.files, control)
    try:
        if workers == 1 or sys.gettrace() is not None:
            for index in range(total):
                done(index, *scan.partition(index, control, ahead))
                if progress is not None:
                    progress(*control.progress())
        else:
            _Crew(scan, total, workers, control, ahead).work(done, progress)
    finally:
        if ahead is not None:
            ahead.close()
    return mergers


def _take(scan: Scan, plan: Staged, sink: Take, statistics: Statistics) -> Merger:
    """Read partitions in order until `sink.k` elements are there, and no further."""
    wanted = min(sink.partitions, scan.source.npartitions)
    merger = Merger(plan.segments, wanted)
    found = 0
    for index in range(wanted):
        (part,), measured = scan.partition(index)
        statistics.add(measured)
        merger.push(index, part)
        found += len(part.value)
        if found >= sink.k:
            break
    return merger


@dataclass(eq=False, repr=False)
class _Crew:
    """Threads that work through the partitions of one scan."""

    scan: Scan
    total: int
    workers: int
    control: _kernel.Control
    ahead: Ahead | None

    def work(
        self,
        done: Callable[[int, list[Part], Statistics], None],
        progress: Progress | None,
    ) -> None:
        todo: queue.SimpleQueue[int] = queue.SimpleQueue()
        finished: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        stop = threading.Event()
        for index in range(self.total):
            todo.put(index)

        def worker() -> None:
            while not stop.is_set():
                try:
                    index = todo.get_nowait()
                except queue.Empty:
                    return
                try:
                    finished.put((index, self.scan.partition(index, self.control, self.ahead)))
                except BaseException as error:  # noqa: BLE001 - raised in the calling thread
                    finished.put((index, error))

        crew = [
            threading.Thread(target=worker, name=f"satchel-{i}", daemon=True)
            for i in range(self.workers)
        ]
        try:
            for thread in crew:
                thread.start()
            remaining = self.total
            while remaining:
                try:
                    index, outcome = finished.get(timeout=_LOOK_AROUND_SECONDS)
                except queue.Empty:
                    outcome = None
                if isinstance(outcome, BaseException):
                    raise outcome
                if outcome is not None:
                    remaining -= 1
                    done(index, *outcome)
                if progress is not None:
                    progress(*self.control.progress())
        finally:
            stop.set()
            self.control.cancel()
            for thread in crew:
                thread.join()
