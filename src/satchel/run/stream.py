"""The steps and the reduction that run in Python, fed by the kernel as it reads.

    scanning thread: kernel -> deliver -> queue (a few batches)
    calling thread:                       queue -> remaining steps -> reduction

The user's functions run in the calling thread, where debuggers, trace functions and Ctrl-C are;
the reduction pulls, so it is the same function that a partition in Python uses; and memory holds
a few batches, whatever the size of the partition.
"""

from __future__ import annotations

import functools
import os
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from satchel.plan.nodes import Join
from satchel.plan.segments import Segment
from satchel.run import reduce
from satchel.run.chain import apply
from satchel.run.join import joined_by_key

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

__all__ = ["Receive", "Run", "streamed_reduction"]

_BATCHES = 4
_MOST_THREADS = 256
_LOOK_AROUND_SECONDS = 0.1

Measured = TypeVar("Measured")
Receive = Callable[[int, Iterable[Any]], bool]
Run = Callable[[Receive], Measured]


def streamed_reduction(
    segment: Segment, only: bool, run: Run[Measured]
) -> tuple[Any, Measured | None]:
    """Run the Python half of `segment` over what a scan delivers.

    Args:
        segment: its steps from ``python_from`` on, and its reduction.
        only: whether this is the source's only partition.
        run: runs the scan; it is given what to call with ``(query, elements)``.

    Returns:
        The reduction's result for the partition, and what `run` returned (``None`` where a
        `take` had enough before the scan met damage: what lies behind is not looked at).

    Raises:
        Exception: what the user's functions or the scan raised, whichever came first in the file.
    """
    batches: queue.Queue[Iterable[Any] | None] = queue.Queue(_BATCHES)
    done = threading.Event()
    outcome: list[Measured] = []
    failure: list[BaseException] = []

    def receive(_query: int, elements: Iterable[Any]) -> bool:
        return _put(batches, elements, done)

    def scan() -> None:
        try:
            outcome.append(run(receive))
        except BaseException as error:  # noqa: BLE001 - raised in the calling thread
            failure.append(error)
        finally:
            _put(batches, None, done)

    def elements() -> Iterator[Any]:
        while (batch := batches.get()) is not None:
            yield from batch
        if failure:
            raise failure[0]

    scanning = _threads().submit(scan)
    try:
        value = reduce.partition(segment.sink, _gone_on(segment, elements()), only)
    finally:
        done.set()
        scanning.result()  # Nothing: `scan` keeps what it raises.
    return value, outcome[0] if outcome else None


def _gone_on(segment: Segment, elements: Iterator[Any]) -> Iterator[Any]:
    """The elements that come out of the steps in Python."""
    first = segment.python_from or 0
    if not segment.joins_by_key:
        return apply(segment.steps[first:], elements)
    step, load = segment.steps[first], segment.load
    assert isinstance(step, Join)
    assert load is not None
    return apply(segment.steps[first + 1 :], joined_by_key(step, elements, load))


@functools.cache
def _threads() -> ThreadPoolExecutor:
    """Threads that scan: they stay, since the kernel keeps its buffers by thread."""
    from concurrent.futures import ThreadPoolExecutor  # What is all native never needs it.

    return ThreadPoolExecutor(_MOST_THREADS, "satchel-scan")


os.register_at_fork(after_in_child=_threads.cache_clear)


def _put(batches: queue.Queue[Any], item: Any, done: threading.Event) -> bool:
    """Queue `item`; false where the reduction has had enough."""
    while not done.is_set():
        try:
            batches.put(item, timeout=_LOOK_AROUND_SECONDS)
        except queue.Full:
            continue
        return not done.is_set()
    return False
