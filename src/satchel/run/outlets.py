"""Where the elements of a partition go that the kernel hands over: a list, or the way out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

from satchel.plan.nodes import Batches, Frame, GroupBy, Lines, Output, Parquet, Types
from satchel.plan.segments import Segment
from satchel.run import reduce
from satchel.run.part import Unlike
from satchel.run.storage import Storage

if TYPE_CHECKING:
    from satchel.run.groups import Shard

__all__ = ["Outlet", "Unlike", "first_misfit", "in_python", "outlet"]


class Outlet(Protocol):
    """Takes what the kernel delivers, and makes the partition's value of it."""

    def take(self, elements: Iterable[Any]) -> bool:
        """Take elements, in order; returns whether more are wanted."""

    def finish(self) -> Any:
        """The partition's value: there are no more elements.

        Raises:
            Unlike: if only Python makes of them exactly what dask.bag does.
        """

    def discard(self) -> None:
        """Let go of what is not finished."""


def outlet(segment: Segment, partition: int, storage: Storage, partitions: int) -> Outlet:
    """The outlet of a query, for one of its partitions; groups beyond memory go to `storage`."""
    if not isinstance(segment.sink, GroupBy | Output):
        return _Listed()
    from satchel.run import batches, frame, textfile  # Most queries give a list or less.

    match segment.sink:
        case GroupBy() as sink:
            from satchel.run.groups import Shard

            return _Grouped(Shard(sink, segment.hands_over_text, storage, partitions))
        case Lines() as sink:
            return textfile.TextFile(sink, partition)
        case Frame() as sink if segment.native.columns is not None:
            return frame.FrameOf(sink, segment.native.columns)
        case Types() if segment.native.columns is not None:
            return batches.TypesOf(segment.native.columns)
        case Parquet() as sink if segment.native.columns is not None:
            return batches.ParquetFile(sink, segment.native.columns, partition)
        case Batches() as sink if segment.native.columns is not None:
            return batches.BatchesOf(sink, segment.native.columns)
    return _Listed()


def in_python(sink: Output, partition: int, elements: Iterable[Any]) -> Any:
    """The same value made of Python's elements: the slow twin of the kernel's part."""
    from satchel.run import batches, textfile, types

    match sink:
        case Lines():
            return textfile.write(sink, partition, elements)
        case Frame(columns=columns, dtypes=dtypes, build=build):
            return build(reduce.partition(None, elements, True), list(columns), dtypes)
        case Types():
            return types.describe(elements)
        case Parquet():
            return batches.write(sink, partition, elements)
        case Batches():
            return batches.listed(sink, elements)
    raise AssertionError(f"{type(sink).__name__} is no way out")


def first_misfit(sink: Any, elements: Iterable[Any]) -> None:
    """Raise `Misfit` at the first element that does not fit into the schema of a way out."""
    from satchel.run import batches

    batches.first_misfit(sink, elements)


class _Grouped:
    """The elements by their keys."""

    def __init__(self, shard: Shard) -> None:
        self._shard = shard

    def take(self, elements: Iterable[Any]) -> bool:
        self._shard.extend(elements)
        return True

    def finish(self) -> Shard:
        self._shard.finish()
        return self._shard

    def discard(self) -> None:
        self._shard.close()


class _Listed:
    """The elements as a list."""

    def __init__(self) -> None:
        self._elements: list[Any] = []

    def take(self, elements: Iterable[Any]) -> bool:
        self._elements.extend(elements)
        return True

    def finish(self) -> list[Any]:
        return self._elements

    def discard(self) -> None:
        pass
