"""Threads that work through a list, and leave off at once when they are told to.

They are daemons: one that hangs in a read that cannot be cut, as while a server takes its time to
answer, keeps neither Ctrl-C nor the end of the process waiting, and what it reads comes to nothing.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeVar

from satchel.gharchive.pace import Stopped

__all__ = ["work"]

_LOOK_AROUND_SECONDS = 0.1
_PATIENCE_SECONDS = 0.5

Todo = TypeVar("Todo")
Done = TypeVar("Done")


def work(
    todo: Iterable[Todo],
    each: Callable[[Todo], Done],
    done: Callable[[Done], None],
    *,
    at_once: int,
    idle: Callable[[], None],
    stop: Callable[[], None],
) -> None:
    """Call `each` with everything there is to do, `at_once` at a time.

    Args:
        todo: what there is to do, begun in its order.
        each: called in one of the threads; may raise `Stopped`.
        done: called in the calling thread with each result, also with those that came late.
        at_once: how many threads.
        idle: called in the calling thread about ten times a second.
        stop: called at the end, whatever end it is; makes `each` raise `Stopped`.

    Raises:
        BaseException: the first that `each`, `done` or `idle` raised.

    >>> found = []
    >>> work([3, 1, 2], str, found.append, at_once=2, idle=lambda: None, stop=lambda: None)
    >>> sorted(found)
    ['1', '2', '3']
    """
    waiting = deque(todo)
    finished: queue.SimpleQueue[Done | _Raised] = queue.SimpleQueue()

    def worker() -> None:
        while True:
            try:
                one = waiting.popleft()
            except IndexError:
                return
            try:
                finished.put(each(one))
            except Stopped:
                return
            except BaseException as error:  # noqa: BLE001 - raised in the calling thread
                finished.put(_Raised(error))
                return

    remaining = len(waiting)
    crew = [
        threading.Thread(target=worker, name=f"satchel-{number}", daemon=True)
        for number in range(min(at_once, remaining))
    ]
    try:
        for thread in crew:
            thread.start()
        while remaining:
            idle()
            try:
                result = finished.get(timeout=_LOOK_AROUND_SECONDS)
            except queue.Empty:
                continue
            remaining -= 1
            if isinstance(result, _Raised):
                raise result.error
            done(result)
    finally:
        waiting.clear()
        stop()
        until = time.monotonic() + _PATIENCE_SECONDS
        for thread in crew:
            thread.join(max(0.0, until - time.monotonic()))
        while not finished.empty():
            late = finished.get()
            if not isinstance(late, _Raised):
                done(late)


class _Raised:
    def __init__(self, error: BaseException) -> None:
        self.error = error
