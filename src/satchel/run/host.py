"""The way back to Python: what the kernel calls for the rows that it cannot prove.

For each query of a scan there is a `Way`: the user's loader and functions, in their order. The
kernel calls `fill` with the rows of a block that fell back, `step` for one fold step, and
`deliver` with elements that go on in Python.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from satchel.plan.nodes import (
    MISSING,
    Count,
    Distinct,
    File,
    Flatten,
    Fold,
    FoldBy,
    Frequencies,
    GroupBy,
    Join,
    Lines,
    Map,
    Moments,
    Rejects,
    Step,
)
from satchel.plan.segments import Segment
from satchel.run.bad_lines import Ledger, Refused
from satchel.run.chain import DROPPED, apply, one_by_one
from satchel.run.getter import getter_of
from satchel.run.notes import Place, annotate, annotate_item, blame
from satchel.run.reduce import distinct_key, topk_key

Several = Callable[[Any], Iterable[Any]]

__all__ = ["Answer", "Host", "Receive", "Row"]

Row = tuple[int, int, int, str | bytes]
"""A row that fell back: file number, row in the file, byte offset, the line with its newline (as
bytes of the file, where bad lines are not raised)."""

Receive = Callable[[int, Iterable[Any], Refused | None], bool]
"""Takes ``(query, elements, refused)``: elements, and what has been refused before them; returns
whether it wants more."""

Answer = tuple[Any, Any] | list[Any] | None
"""What the user's functions make of a row: ``None`` if dropped, else ``(key, value)``; a list of
those where steps flatten."""


class Host:
    """Answers the kernel's calls for one partition.

    Args:
        segments: one for each query of the program, in order.
        files: the source's files, by number, for notes on errors.
        receive: called for elements that go on in Python.
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        files: Sequence[File],
        receive: Receive | None = None,
    ) -> None:
        self._ways = [_Way(segment, files) for segment in segments]
        self._files = files
        self._receive = receive

    def fill(self, query: int, rows: list[Row]) -> tuple[list[Answer], BaseException | None]:
        """Answer rows in order; stops at the first that raises, and hands the exception back."""
        way = self._ways[query]
        if way.several is not None:
            return self._fill_several(way, way.several, rows)
        answer, key, keeps, folds = way.answer, way.key, way.keeps, way.folds
        way.pending.clear()
        answers: list[Answer] = []
        for row in rows:
            way.row = row
            try:
                value = answer(row[3])
                if value is DROPPED:
                    answers.append(None)
                    continue
                answers.append((key(value), value if keeps else None))
                if folds:
                    way.pending[row[0], row[2]] = value
            except Exception as error:  # noqa: BLE001 - raised by the kernel, in row order
                annotate(error, row, self._files, way.segment)
                return answers, error
        return answers, None

    def _fill_several(
        self, way: _Way, several: Several, rows: list[Row]
    ) -> tuple[list[Answer], BaseException | None]:
        """As `fill`, where steps flatten: a list of answers a row, at its end what was raised."""
        answers: list[Answer] = []
        for row in rows:
            way.row = row
            elements: list[Any] = []
            answers.append(elements)
            try:
                for value in several(row[3]):
                    # One by one: what came before an exception counts.
                    elements.append((way.key(value), value if way.keeps else None))  # noqa: PERF401
            except Exception as error:  # noqa: BLE001 - raised by the kernel, in row order
                annotate(error, row, self._files, way.segment)
                elements.append(error)
                break
        return answers, None

    def step(self, query: int, row: Row, acc: Any) -> Any:
        """One step of the user's fold: the new accumulator."""
        way = self._ways[query]
        way.row = row
        try:
            return way.step(way.pending.pop((row[0], row[2]), MISSING), row[3], acc)
        except Exception as error:
            annotate(error, row, self._files, way.segment)
            raise

    def fill_items(self, query: int, items: list[Any]) -> tuple[list[Answer], BaseException | None]:
        """As `fill`, for items of an earlier result."""
        way = self._ways[query]
        answers: list[Answer] = []
        for item in items:
            try:
                value = way.answer(item)
                answers.append(None if value is DROPPED else (way.key(value), value))
            except Exception as error:  # noqa: BLE001 - raised by the kernel, in row order
                annotate_item(error, item)
                return answers, error
        return answers, None

    def step_item(self, query: int, item: Any, acc: Any) -> Any:
        """As `step`, for an item of an earlier result."""
        try:
            return self._ways[query].step(MISSING, item, acc)
        except Exception as error:
            annotate_item(error, item)
            raise

    def load(self, query: int, text: str) -> Any:
        """A container of a record, from its JSON text, by the user's loader."""
        return self._ways[query].load(text)

    def damaged(self, row: tuple[int, int, int, bytes], damage: str) -> None:
        """Take down that a file is read no further; all rows before that have been taken."""
        place, cut = row[:3], row[3]
        for query, way in enumerate(self._ways):
            reject = way.ledger.damaged(place, damage, cut)
            if way.wants_rejects and self._receive is not None:
                self._receive(query, _Placed(reject, place), way.ledger.refused)

    def deliver(self, query: int, elements: Iterable[Any]) -> bool:
        """Take over elements of a query; returns whether more are wanted."""
        assert self._receive is not None
        return self._receive(query, elements, self.refused(query))

    def refused(self, query: int) -> Refused | None:
        """The lines that a query's loader has refused so far."""
        return self._ways[query].ledger.refused


class _Placed(list[Any]):
    """One element, and the row that it is of."""

    def __init__(self, element: Any, place: Place) -> None:
        super().__init__([element])
        self._place = place

    def place(self) -> Place:
        return self._place


class _Way:
    """One query's functions in Python."""

    def __init__(self, segment: Segment, files: Sequence[File]) -> None:
        self.segment = segment
        self.row: Row | None = None
        self.ledger = Ledger(files, lambda: None if self.row is None else self.row[:3])
        done = len(segment.steps) if segment.python_from is None else segment.python_from
        self._sink = segment.sink if segment.python_from is None else None
        steps = segment.steps[:done]
        if isinstance(self._sink, Lines):
            steps += (Map(self._sink.parent, self._sink.as_text),)
        elif segment.native.columns is not None and self._sink is not None:
            steps += (Map(self._sink.parent, segment.native.columns.of),)
        self.wants_rejects = any(isinstance(step, Rejects) for step in steps)
        flattens = any(isinstance(step, Flatten) for step in steps)
        self.answer = one_by_one(() if flattens else steps, self.ledger)
        self.several: Several | None = (
            (lambda element: apply(steps, [element], self.ledger)) if flattens else None
        )
        self.key = _key_function(self._sink)
        if isinstance(self._sink, GroupBy):
            self._set_aside(_blaming(self._sink, getter_of(self._sink.grouper)))
        if segment.joins_by_key:
            joins = segment.steps[done]
            assert isinstance(joins, Join)
            self._with_key(_blaming(joins, getter_of(joins.on_self)))
        # A record that is not needed again should not live as long as its batch.
        self.folds = isinstance(self._sink, Fold | FoldBy | Moments)
        self.keeps = not isinstance(self._sink, Count | Frequencies) and (
            getattr(self._sink, "initial", MISSING) is MISSING
        )
        self.pending: dict[tuple[int, int], Any] = {}
        self.load: Callable[[str], Any] = segment.load or json.loads

    def _with_key(self, on_self: Callable[[Any], Any]) -> None:
        """Answer with the key as well, as other rows are delivered."""
        answer = self.answer

        def keyed(line: Any) -> Any:
            value = answer(line)
            return DROPPED if value is DROPPED else (on_self(value), (value,))

        self.answer = keyed

    def _set_aside(self, grouper: Callable[[Any], Any]) -> None:
        """Answer with the key and the packed element, as those of other rows are delivered."""
        from satchel.run.groups import pack, unpack  # Most queries have no groups.

        answer, several = self.answer, self.several

        def packed(value: Any) -> Any:
            stored = pack(value)
            # The key is that of the element as it will be read back: two NaNs are two keys then.
            key = grouper(unpack(stored))
            defaultdict(int)[key]  # As dask.bag does, so that it raises for a list what that does.
            return key, stored

        def one(line: Any) -> Any:
            value = answer(line)
            return DROPPED if value is DROPPED else packed(value)

        self.answer = one
        if several is not None:
            self.several = lambda line: map(packed, several(line))

    def step(self, value: Any, element: Any, acc: Any) -> Any:
        """One step of the fold, for a row that passes the filters.

        `value` is what the steps made of `element`, where `fill` has just found it.
        """
        sink = self._sink
        assert isinstance(sink, Fold | FoldBy | Moments)
        if value is MISSING:
            value = self.answer(element)
            if value is DROPPED:  # A bad line, of which only a part was looked at before.
                return acc
        try:
            return sink.binop(acc, value)
        except Exception as error:
            blame(error, sink)
            raise


def _key_function(sink: Step | None) -> Callable[[Any], Any]:
    key: Callable[[Any], Any] | None
    match sink:
        case FoldBy(key=given):
            key = getter_of(given)
        case Distinct() if (distinct := distinct_key(sink)) is not None:
            key = distinct
        case Frequencies() | Distinct():
            return lambda element: element
        case _:
            key = topk_key(sink)
    if sink is None or key is None:
        return lambda element: None
    return _blaming(sink, key)


def _blaming(step: Step, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The function, whose exceptions name the step."""

    def blamed(element: Any) -> Any:
        try:
            return function(element)
        except Exception as error:
            blame(error, step)
            raise

    return blamed
