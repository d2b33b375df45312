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

from satchel.plan.nodes import Join, Text
from satchel.plan.segments import Segment
from satchel.run.bad_lines import Ledger, Refused
from satchel.run.chain import apply, feeds
from satchel.run.host import Receive
from satchel.run.join import joined_by_key
from satchel.run.notes import Place, locate

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

__all__ = ["Run", "streamed_reduction"]

_BATCHES = 4
_MOST_THREADS = 256
_LOOK_AROUND_SECONDS = 0.1

Measured = TypeVar("Measured")
_Sent = tuple[Iterable[Any], Refused | None]
Run = Callable[[Receive], Measured]


def streamed_reduction(
    segment: Segment,
    source: Text,
    result: Callable[[Iterable[Any]], Any],
    run: Run[Measured],
) -> tuple[Any, Measured | None, Refused | None]:
    """Run the Python half of `segment` over what a scan delivers.

    Args:
        segment: its steps from ``python_from`` on.
        source: what is read.
        result: what the elements behind them come to: the reduction.
        run: runs the scan; it is given what to call with elements.

    Returns:
        The reduction's result for the partition, what `run` returned (``None`` where a
        `take` had enough before the scan met damage: what lies behind is not looked at), and
        which lines were refused.

    Raises:
        Exception: what the user's functions or the scan raised, whichever came first in the file.
    """
    batches: queue.Queue[_Sent | None] = queue.Queue(_BATCHES)
    done = threading.Event()
    outcome: list[Measured] = []
    failure: list[BaseException] = []

    def receive(_query: int, elements: Iterable[Any], refused: Refused | None) -> bool:
        return _put(batches, (elements, refused), done)

    def scan() -> None:
        try:
            outcome.append(run(receive))
        except BaseException as error:  # noqa: BLE001 - raised in the calling thread
            failure.append(error)
        finally:
            _put(batches, None, done)

    taken = _Taken(batches, failure)
    ledger = Ledger(source.files, taken.place)
    scanning = _threads().submit(scan)
    try:
        value = result(_gone_on(segment, taken.elements(), ledger))
    except Exception as error:
        locate(error, taken.place(), source, segment)
        raise
    finally:
        done.set()
        scanning.result()  # Nothing: `scan` keeps what it raises.
    refused = taken.refused if ledger.refused is None else ledger.refused + taken.refused
    return value, outcome[0] if outcome else None, refused


class _Taken:
    """The elements that the reduction takes, and where it is."""

    def __init__(self, batches: queue.Queue[_Sent | None], failure: list[BaseException]) -> None:
        self._batches = batches
        self._failure = failure
        self._batch: Any = None
        self.refused: Refused | None = None

    @feeds
    def elements(self) -> Iterator[Any]:
        while (sent := self._batches.get()) is not None:
            self._batch, self.refused = sent
            yield from self._batch
        self._batch = None
        if self._failure:
            raise self._failure[0]

    def place(self) -> Place | None:
        """Of which line the last element is; ``None`` before the first and behind the last."""
        found: Place | None = None if self._batch is None else self._batch.place()
        return found


def _gone_on(segment: Segment, elements: Iterator[Any], ledger: Ledger) -> Iterator[Any]:
    """The elements that come out of the steps in Python."""
    first = segment.python_from or 0
    if not segment.joins_by_key:
        return apply(segment.steps[first:], elements, ledger)
    step, load = segment.steps[first], segment.load
    assert isinstance(step, Join)
    assert load is not None
    return apply(segment.steps[first + 1 :], joined_by_key(step, elements, load), ledger)


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
