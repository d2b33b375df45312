"""How far a mirror or a check of one is: a line on a terminal, or on request lines in a log."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

from satchel.run.progress import Screen, screen

__all__ = ["Tell", "line", "shown"]

Tell = Callable[[int, int, str], None]
"""Called now and then with the files done, the bytes, and what else is worth saying."""

_FIRST_AFTER_SECONDS = 0.5
_EACH_SECONDS = 0.2
_LOG_EACH_SECONDS = 5.0


class _Log:
    """Standard error where no terminal is: a line of its own each time."""

    def show(self, line: str) -> None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    def clear(self) -> None:
        pass


@contextlib.contextmanager
def shown(total: int, progress: bool | None) -> Iterator[Tell]:
    """Give a function that shows how much is done of `total` files.

    Args:
        total: how many files there are to do.
        progress: `None` shows it where a terminal or a notebook looks on, `True` everywhere.
    """
    found = screen() if progress is None or progress else None
    to: Screen | None = _Log() if progress and found is None else found
    each = _LOG_EACH_SECONDS if isinstance(to, _Log) else _EACH_SECONDS
    start = time.monotonic()
    due = start + (0.0 if isinstance(to, _Log) else _FIRST_AFTER_SECONDS)
    told = False

    def tell(done: int, size: int, more: str) -> None:
        nonlocal due, told
        now = time.monotonic()
        if to is not None and now >= due:
            to.show(line(done, total, size, now - start, more))
            due, told = now + each, True

    try:
        yield tell
    finally:
        if told and to is not None:
            to.clear()


def line(done: int, total: int, size: int, seconds: float, more: str = "") -> str:
    """Return the line: the time left is that of as many files at the pace so far.

    >>> line(60, 240, 150_300_000, 12.0, "2 missing")
    ' 25 %   60 of 240 files   150.3 MB   12.5 MB/s   36 s left   2 missing'
    """
    share = f"{done / total if total else 1:4.0%}".replace("%", " %")
    rate = size / seconds / 1e6 if seconds else 0.0
    left = f"{_time(seconds / done * (total - done))} left" if done else ""
    parts = [
        share,
        f"{done:,} of {total:,} files",
        f"{size / 1e6:,.1f} MB",
        f"{rate:,.1f} MB/s",
        left,
        more,
    ]
    return "   ".join(part for part in parts if part)


def _time(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 6_000:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3_600:.0f} h"
