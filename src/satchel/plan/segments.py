"""A plan that is ready to run: segments, and what became of each step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from satchel.expr import nodes as n
from satchel.expr.lower import NotLowered
from satchel.plan.nodes import GroupBy, Map, Step, Text, rootless
from satchel.plan.sinks import NativeSink

__all__ = ["Outcome", "Segment", "Staged"]


@dataclass(frozen=True, eq=False, repr=False)
class Outcome:
    """What became of one step: its tier, and for Python the reason and what it is given."""

    step: Step
    tier: str
    reason: NotLowered | None = None
    node: n.Node | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Segment:
    """Record steps and the reduction that ends them, with what the kernel does of it.

    Attributes:
        steps: the user's record steps (map, filter, remove, pluck), in order.
        sink: the reduction, or ``None`` where the elements are the result.
        native_steps: the kernel's steps, ``(kind, node)``.
        native: the kernel's sink; for a segment that goes on in Python, what is handed over.
        python_from: index in ``steps`` of the first that runs in Python (``len(steps)`` is the
            sink itself), or ``None`` where everything is native.
        loader: the user's loader, where the kernel reads records; ``loader_at`` is its index.
        paths: what a Python step is given of the record (``None``: all of it).
        outcomes: one for each step and the sink, for `explain`.
    """

    steps: tuple[Step, ...]
    sink: Step | None
    native_steps: tuple[tuple[str, n.Node | None], ...]
    native: NativeSink
    python_from: int | None
    loader: str | None
    loader_at: int | None
    paths: frozenset[tuple[str, ...]] | None
    outcomes: tuple[Outcome, ...]

    @property
    def load(self) -> Callable[[str], Any] | None:
        """The user's own loader."""
        if self.loader_at is None:
            return None
        step = self.steps[self.loader_at]
        assert isinstance(step, Map)
        return step.function

    @property
    def joins_by_key(self) -> bool:
        """Whether Python is handed records with their keys, for the `join` that it starts with."""
        return self.python_from is not None and "key" in self.native.roots

    @property
    def hands_over_text(self) -> bool:
        """Whether Python is handed JSON text that its loader has yet to read."""
        return self.native.kind == "project"


@dataclass(frozen=True, eq=False, repr=False)
class Staged:
    """A plan ready to run: its source and its segments."""

    source: Text
    segments: tuple[Segment, ...]

    def for_workers(self) -> Staged:
        """The same, but that no step knows all files."""
        known: dict[int, Step] = {}

        def bare(step: Step) -> Step:
            return rootless(step, known)

        segments = [
            replace(
                segment,
                steps=tuple(map(bare, segment.steps)),
                sink=segment.sink and bare(segment.sink),
                outcomes=tuple(replace(one, step=bare(one.step)) for one in segment.outcomes),
            )
            for segment in self.segments
        ]
        return replace(self, segments=tuple(segments))

    @property
    def all_native(self) -> bool:
        return all(
            outcome.tier == "native" for segment in self.segments for outcome in segment.outcomes
        )

    @property
    def groups_natively(self) -> bool:
        """Whether it is a `groupby` of which nothing is Python's but what comes after."""
        first = self.segments[0]
        return isinstance(first.sink, GroupBy) and first.python_from is None

    @property
    def shuffles_in_dask(self) -> bool:
        """Whether it is a `groupby` by dask.bag's own shuffle."""
        first = self.segments[0]
        return isinstance(first.sink, GroupBy) and first.python_from is not None
