"""How far a run is: one line on a terminal, a label in a notebook, nothing in a pipe."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from satchel.plan.segments import Staged

__all__ = ["Screen", "screen", "shown"]

Tell = Callable[[int, int, int], None]

_FIRST_AFTER_SECONDS = 0.5


class Screen(Protocol):
    """Where a line of progress is shown, in place of the one before."""

    def show(self, line: str) -> None: ...

    def clear(self) -> None: ...


class _Terminal:
    def show(self, line: str) -> None:
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()

    def clear(self) -> None:
        self.show("")


class _Notebook:
    """A display of its own below the cell, rewritten in place."""

    def __init__(self) -> None:
        from IPython.display import display

        self._handle = display({"text/plain": ""}, raw=True, display_id=True)

    def show(self, line: str) -> None:
        self._handle.update({"text/plain": line}, raw=True)

    def clear(self) -> None:
        self.show("")


@contextlib.contextmanager
def shown(plans: Sequence[Staged]) -> Iterator[Tell | None]:
    """A function that shows progress, or ``None`` where nobody is looking.

    Args:
        plans: what is going to be read; its files' sizes are the total.
    """
    looked_at = screen()
    if looked_at is None:
        yield None
        return
    total = _total_bytes(plans)
    start = time.monotonic()
    told = False

    def tell(compressed: int, inflated: int, rows: int) -> None:
        nonlocal told
        seconds = time.monotonic() - start
        if seconds >= _FIRST_AFTER_SECONDS:
            told = True
            looked_at.show(line(compressed, inflated, rows, total, seconds))

    try:
        yield tell
    finally:
        if told:
            looked_at.clear()


def line(compressed: int, inflated: int, rows: int, total: int, seconds: float) -> str:
    """The progress line; a total of 0 is not known.

    >>> line(50_000_000, 350_000_000, 150_000, 200_000_000, 0.5)
    ' 25 %   50.0 of 200.0 MB   100 MB/s (700 MB/s inflated)   150,000 rows   2 s left'
    """
    read = f"{compressed / 1e6:,.1f}"
    if total:
        share = min(compressed / total, 1.0)
        read = f"{share:4.0%}".replace("%", " %") + f"   {read} of {total / 1e6:,.1f}"
    rate = compressed / seconds if seconds else 0.0
    left = f"{(total - compressed) / rate:.0f} s left" if rate and total >= compressed else ""
    return (
        f"{read} MB   {rate / 1e6:,.0f} MB/s"
        + f" ({inflated / seconds / 1e6 if seconds else 0:,.0f} MB/s inflated)"
        + f"   {rows:,} rows   {left}"
    ).rstrip()


def screen() -> Screen | None:
    """Where somebody looks on: a notebook or a terminal, else ``None``."""
    shell = sys.modules.get("IPython")
    if shell is not None:
        running = shell.get_ipython()
        if running is not None and hasattr(running, "kernel"):
            return _Notebook()
    try:
        return _Terminal() if sys.stderr.isatty() else None
    except (AttributeError, ValueError):  # No stderr, or a closed one.
        return None


def _total_bytes(plans: Sequence[Staged]) -> int:
    files = {file for plan in plans for file in plan.source.files}
    return sum(file.stored_bytes() for file in files)
