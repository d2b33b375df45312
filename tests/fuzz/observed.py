"""What a computation of satchel's did inside: which steps ran native, and which rows fell back.

Answers come through the public interface alone; this only looks on, so that a run can say what it
has proved something about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from satchel.plan.segments import Staged
from satchel.run import on_dask
from satchel.run.scan import Scan


class Observed:
    """The plans that were staged, in order, and the rows that fell back from each."""

    def __init__(self) -> None:
        self.staged: list[Staged] = []
        self.rows: Counter[int] = Counter()

    def fell_back(self, staged: Staged) -> bool:
        """Whether the kernel left a row of this plan to the user's functions."""
        return self.rows[id(staged.segments[0])] > 0


@contextmanager
def observed() -> Iterator[Observed]:
    """Look on while something is computed."""
    seen = Observed()
    stage, partition = on_dask.stage, Scan.partition

    def staging(plan: Any) -> Staged:
        staged = stage(plan)
        seen.staged.append(staged)
        return staged

    def scanning(scan: Scan, *args: Any) -> Any:
        parts, measured = partition(scan, *args)
        for segment, rows in zip(scan.segments, measured.fallback, strict=False):
            seen.rows[id(segment)] += rows
        return parts, measured

    on_dask.stage, Scan.partition = staging, scanning  # type: ignore[assignment,method-assign]
    try:
        yield seen
    finally:
        on_dask.stage, Scan.partition = stage, partition  # type: ignore[method-assign]
