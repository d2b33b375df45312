"""One partition of a scan that serves several queries: the unit of work, here and on a cluster.

kernel scans the partition's files
  rows that it cannot prove     -> Host.fill, the user's functions
  elements that go on in Python -> stream.py: the remaining steps and the reduction in Python
a query that the kernel gave up   -> the partition is read again, all in Python
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn

from satchel import _kernel
from satchel._kernel import Control
from satchel.plan.nodes import Output, Text
from satchel.plan.segments import Segment
from satchel.plan.wire import program
from satchel.run import outlets, reader, reduce
from satchel.run.bad_lines import Ledger, Refused
from satchel.run.chain import apply
from satchel.run.host import Host, Receive
from satchel.run.notes import locate
from satchel.run.part import Misfit, Part, Statistics
from satchel.run.specs import ahead_of, specs
from satchel.run.storage import Storage
from satchel.run.stream import Run, streamed_reduction

if TYPE_CHECKING:
    from satchel._kernel import Spec
    from satchel.storage import Ahead

__all__ = ["Scan"]

_Run = tuple[list[_kernel.Partial], dict[str, Any], Host]


@dataclass(frozen=True, eq=False, repr=False)
class Scan:
    """Queries that read the same lines with the same loader, ready to run on any partition."""

    source: Text
    segments: tuple[Segment, ...]
    storage: Storage

    @functools.cached_property
    def program(self) -> str:
        """The program's text."""
        source = self.source
        return program(
            *(self.segments, source.validate, source.on_bad_lines),
            *(source.documents, source.on_damage),
        )

    def only(self, index: int) -> Scan:
        """The scan as a task of one partition is given it."""
        one = replace(self, source=self.source.only(index))
        vars(one)["program"] = self.program
        return one

    def __getstate__(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "segments": self.segments,
            "program": self.program,
            "storage": self.storage,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def partition(
        self, index: int, control: Control | None = None, ahead: Ahead | None = None
    ) -> tuple[list[Part], Statistics]:
        """Run all queries over partition `index`.

        Args:
            index: which of the source's partitions.
            control: shared by the partitions of a run: progress counters, and the cancel flag.
            ahead: what brings the files of all partitions; without it, those of this one are
                brought by one of its own.

        Raises:
            Exception: the user's own, at its row, with notes; the reader's, of a damaged file.
        """
        first, files = self.source.partition(index)
        control = control or Control()
        if ahead is not None:
            return self._partition(index, control, specs(files, first, ahead, first))
        with contextlib.ExitStack() as ending:
            if (ahead := ahead_of(files, control)) is not None:
                ending.callback(ahead.close)
            return self._partition(index, control, specs(files, first, ahead))

    def _partition(
        self, index: int, control: Control, told: list[Spec]
    ) -> tuple[list[Part], Statistics]:
        only = self.source.npartitions == 1

        def run(receive: Receive) -> _Run:
            host = Host(self.segments, self.source.files, receive)
            try:
                return *_compiled(self.program).partition(index, told, host, control), host
            except _kernel.DamagedError as damage:
                _raise_readers_error(self.source, damage)

        if self.segments[0].python_from is not None:
            return self._streamed(run, index, _result(self.segments[0], index, only))
        ways = [self._outlet(segment, index) for segment in self.segments]

        def keep(query: int, elements: Iterable[Any], _refused: Refused | None) -> bool:
            return ways[query].take(elements)

        try:
            partials, measured, host = run(keep)
            statistics = Statistics(**measured)
            parts = []
            for query, partial in enumerate(partials):
                reason, value = partial.demoted, None
                if partial.delivered:
                    try:
                        value = ways[query].finish()
                    except outlets.Unlike as unlike:
                        reason = str(unlike)
                native = None if partial.delivered else partial
                if reason is None:
                    parts.append(Part(native, value, host.refused(query)))
                    continue
                statistics.demoted[query] = reason
                ways[query].discard()
                parts.append(self._in_python(native, query, index))
        finally:
            for way in ways:
                way.discard()
        return parts, statistics

    def _outlet(self, segment: Segment, index: int) -> outlets.Outlet:
        return outlets.outlet(segment, index, self.storage, self.source.npartitions)

    def _streamed(
        self, run: Run[_Run], index: int, result: Callable[[Iterable[Any]], Any]
    ) -> tuple[list[Part], Statistics]:
        """A query that goes on in Python; it scans alone."""
        (segment,) = self.segments

        def whole(receive: Receive) -> _Run:
            found = run(receive)
            # What was refused behind the last element.
            receive(0, (), found[2].refused(0))
            return found

        try:
            value, outcome, refused = streamed_reduction(segment, self.source, result, whole)
        except Misfit as misfit:
            self._raise_misfit(segment, index, misfit)
        part = Part(None, value, refused)
        return [part], Statistics() if outcome is None else Statistics(**outcome[1])

    def _in_python(self, given_up: _kernel.Partial | None, query: int, index: int) -> Part:
        """The whole of one partition by the user's own functions."""
        segment, source = self.segments[query], self.source
        first, files = source.partition(index)
        lines = reader.Lines(source, files, first)
        ledger = Ledger(source.files, lines.place)
        elements = apply(segment.steps, lines, ledger)
        try:
            value = _result(segment, index, source.npartitions == 1)(elements)
        except Misfit as misfit:
            self._raise_misfit(segment, index, misfit)
        except Exception as error:
            locate(error, lines.place(), source, segment)
            raise
        for place, damage in lines.damaged:
            ledger.damaged(place, damage)
        return Part(given_up, value, ledger.refused)

    def _raise_misfit(self, segment: Segment, index: int, misfit: Misfit) -> NoReturn:
        """Raise pyarrow's error at the one element of a batch that does not fit."""
        first, files = self.source.partition(index)
        lines = reader.Lines(self.source, files, first)
        elements = apply(segment.steps, lines, Ledger(self.source.files, lines.place))
        try:
            outlets.first_misfit(segment.sink, elements)
        except Misfit as again:
            misfit = again
            locate(misfit.args[0], lines.place(), self.source, segment)
        raise misfit.args[0] from None


@functools.lru_cache(maxsize=16)
def _compiled(program: str) -> _kernel.Scan:
    """A program, ready to run: for all partitions that this process is given of a scan."""
    return _kernel.Scan(program)


def _result(segment: Segment, index: int, only: bool) -> Callable[[Iterable[Any]], Any]:
    """What a partition's elements come to in Python."""
    sink = segment.sink
    if isinstance(sink, Output):
        return lambda elements: outlets.in_python(sink, index, elements)
    return lambda elements: reduce.partition(sink, elements, only)


def _raise_readers_error(source: Text, damage: _kernel.DamagedError) -> NoReturn:
    number, message = damage.args[0], damage.args[1]
    file = source.files[number]
    found = f"satchel: {file.path}: {message.replace(f'{file.path}: ', '')}"
    reader.reraise(source, file, found)
