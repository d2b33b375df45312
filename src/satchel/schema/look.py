"""Looking at all records for their schema: in the kernel where it reads them, else in Python.

Each partition gives one tree, and trees are merged in the order of partitions:

kernel's schema sink, a partition a thread --.
rows that it cannot read -> the user's loader -> Tree --> merged
"""

from __future__ import annotations

import functools
import operator
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any, TypeAlias

from satchel import _kernel
from satchel.plan.nodes import File, Fold, Plan, Step, Take, Text, npartitions
from satchel.plan.segments import Segment, Staged
from satchel.plan.sinks import NativeSink
from satchel.plan.stages import stage
from satchel.plan.wire import program
from satchel.run import notice, progress, reader
from satchel.run.bad_lines import Refused
from satchel.run.chain import apply
from satchel.run.host import Answer, Host, Row
from satchel.run.local import execute
from satchel.run.notes import annotate
from satchel.run.specs import ahead_of, specs
from satchel.schema.found import Schema
from satchel.schema.tree import Tree

__all__ = ["schema"]

_LOOK_AROUND_SECONDS = 0.1
_SEEN: Answer = (None, None)

Bag: TypeAlias = Any
"""A bag of dask.bag's own, which this part of the package does not know."""


def schema(source: Plan | Bag, limit: int | None = None) -> Schema:
    """Every path of the records: its types, how often it is there, an example.

    Args:
        source: the plan of a bag of records, or a bag without one.
        limit: look at the first so many records only (and say so).

    Raises:
        TypeError: if the elements are lines, or `source` is neither of the two.
        ValueError: if `limit` is less than 1.
    """
    if limit is not None and limit < 1:
        raise ValueError(f"expected a limit of at least 1 record, got {limit}")
    if isinstance(source, Text):
        raise TypeError(
            "schema() looks at records, and these are lines of text (try: .map(json.loads) first)"
        )
    if isinstance(source, Step):
        return Schema(_of_plan(source, limit), limit)
    if not hasattr(source, "fold"):
        raise TypeError(f"expected a bag of records, got {type(source).__name__}")
    return Schema(_of_bag(source, limit), limit)


def _of_plan(plan: Plan, limit: int | None) -> Tree:
    staged = stage(plan)
    segment = staged.segments[0]
    if len(staged.segments) == 1 and _is_native(segment):
        with progress.shown([staged]) as tell:
            looked = _First(staged, limit) if limit else _All(staged, tell)
            found = looked.tree()
        notice.left_out(looked.refused())
        return found
    chosen = plan if limit is None else Take(plan, limit, npartitions(plan), warn=False)
    staged = stage(Fold(chosen, _look, _join, None))
    with progress.shown([staged]) as tell:
        (tree,), measured = execute([staged], None, tell)
    notice.left_out(measured.refused)
    return tree or Tree()


def _of_bag(bag: Bag, limit: int | None) -> Tree:
    if limit is None:
        return bag.fold(_look, combine=_join, initial=None).compute() or Tree()
    tree = Tree()
    for record in bag.take(limit, npartitions=-1, warn=False):
        tree.add(record)
    return tree


def _look(tree: Tree | None, record: Any) -> Tree:
    tree = tree or Tree()
    tree.add(record)
    return tree


def _join(tree: Tree | None, other: Tree | None) -> Tree | None:
    if tree is None or other is None:
        return tree or other
    return tree.merge(other)


def _is_native(segment: Segment) -> bool:
    """Whether the kernel loads the records and keeps them as they are."""
    return (
        segment.sink is None
        and segment.loader_at is not None
        and segment.native.kind == "project"
        and segment.python_from == len(segment.steps)
    )


class _Partitions:
    """The kernel's schema of a source's partitions."""

    def __init__(self, staged: Staged, limit: int | None) -> None:
        self._files = staged.source.files
        source = staged.source
        self._parts = [source.partition(i) for i in range(source.npartitions)]
        self._control = _kernel.Control()
        self._source = source
        self._found: list[Refused] = []
        self._limit_to(staged.segments[0], limit)

    def refused(self) -> list[tuple[Text, Refused]]:
        """Files that were left off; lines that do not load, the schema itself counts."""
        return [(self._source, functools.reduce(operator.add, self._found))] if self._found else []

    def _limit_to(self, segment: Segment, limit: int | None) -> None:
        sink = NativeSink("schema", {}, {"limit": limit})
        self._segment = replace(segment, native=sink, python_from=None)
        # A schema looks at every byte, so every byte is checked.
        source = self._source
        self._scan = _kernel.Scan(
            program(
                *([self._segment], "strict", source.on_bad_lines),
                *(source.documents, source.on_damage),
            )
        )

    def _partition(self, index: int) -> Tree:
        first, files = self._parts[index]
        host = _SchemaHost(self._segment, self._files)
        ahead = ahead_of(files, self._control)
        told = specs(files, first, ahead)
        try:
            (partial,), _ = self._scan.partition(index, told, host, self._control)
        except _kernel.DamagedError as damage:
            file = self._files[damage.args[0]]
            found = f"satchel: {file.path}: {damage.args[1]}"
            reader.reraise(self._source, file, found)
        finally:
            if ahead is not None:
                ahead.close()
        if (refused := host.refused(0)) is not None:
            self._found.append(refused)  # At once, whatever thread this is.
        seen = partial.schema()
        assert seen is not None, "the sink of the program is a schema"
        return Tree.of(seen).merge(host.tree)


class _All(_Partitions):
    """All records, partitions side by side."""

    def __init__(self, staged: Staged, tell: progress.Tell | None) -> None:
        super().__init__(staged, None)
        self._tell = tell

    def tree(self) -> Tree:
        """The schema of all of them."""
        merged = Tree()
        for tree in self._trees():
            merged.merge(tree)
        return merged

    def _trees(self) -> Iterator[Tree]:
        total = len(self._parts)
        with ThreadPoolExecutor(min(os.cpu_count() or 1, total), "satchel") as crew:
            futures = [crew.submit(self._partition, index) for index in range(total)]
            try:
                waiting = set(futures)
                while waiting:
                    done, waiting = wait(waiting, _LOOK_AROUND_SECONDS, FIRST_EXCEPTION)
                    for future in done:
                        future.result()
                    if self._tell is not None:
                        self._tell(*self._control.progress())
            except BaseException:
                self._control.cancel()
                crew.shutdown(cancel_futures=True)
                raise
            yield from (future.result() for future in futures)


class _First(_Partitions):
    """The first records, partition after partition, and no further."""

    def __init__(self, staged: Staged, limit: int) -> None:
        super().__init__(staged, limit)
        self._limit = limit

    def tree(self) -> Tree:
        merged = Tree()
        for index in range(len(self._parts)):
            left = self._limit - merged.records - merged.unreadable
            if not left:
                break
            self._limit_to(self._segment, left)
            merged.merge(self._partition(index))
        return merged


class _SchemaHost(Host):
    """Looks at the rows that the kernel leaves to Python; those that do not load are counted."""

    def __init__(self, segment: Segment, files: Sequence[File]) -> None:
        super().__init__([segment], files)
        self.tree = Tree()
        at = segment.loader_at
        assert at is not None
        self._schema_segment, self._schema_files = segment, files
        self._before, self._after = segment.steps[:at], segment.steps[at + 1 :]

    def fill(self, query: int, rows: list[Row]) -> tuple[list[Answer], BaseException | None]:
        """Take rows into the tree, in order."""
        answers: list[Answer] = []
        for row in rows:
            try:
                answers.append(self._answer(row[3]))
            except Exception as error:  # noqa: BLE001 - it is handed back, to be raised in its turn.
                annotate(error, row, self._schema_files, self._schema_segment)
                return answers, error
        return answers, None

    def _answer(self, text: str | bytes) -> Answer:
        load = self._schema_segment.load
        assert load is not None
        for line in apply(self._before, [text]):
            try:
                record = load(line)
            except Exception:  # noqa: BLE001 - whatever a loader raises, the line is not a record.
                self.tree.unreadable += 1
                return _SEEN
            for kept in apply(self._after, [record]):
                self.tree.add(kept)
                return _SEEN
        return None
