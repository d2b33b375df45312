"""From the partitions' results to the one that the user asked for.

    parts of segment 0 --tree--> merged --segment 1--> merged --...--> the result

As long as everything is the kernel's, it merges, and runs the later segments over the merged
items. What the kernel cannot prove (a sum beyond 64 bits, a combine in Python) is merged by
`reduce`, from the same parts, in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from satchel import _kernel
from satchel.plan.nodes import MISSING, Distinct, Frequencies, GroupBy, Step, TopK
from satchel.plan.segments import Segment
from satchel.plan.wire import combine_program, program
from satchel.run import reduce
from satchel.run.bad_lines import Refused
from satchel.run.chain import apply
from satchel.run.host import Host
from satchel.run.notes import annotate_item
from satchel.run.part import Part

__all__ = ["Merger", "as_python"]

_WHOLE = 2**32 - 1
"""The level of a result that the kernel merged in any order, by rank."""


class Merger:
    """Combines the parts of one query, and runs the segments behind it.

    Args:
        segments: the segment that made the parts, then those that read merged results.
        partitions: how many parts will come.
        keep: leave the parts as they are (a scheduler may hand them out again).
    """

    def __init__(self, segments: Sequence[Segment], partitions: int, *, keep: bool = False) -> None:
        self._segment, *self._later = segments
        self._partitions = partitions
        self._keep = keep
        self._values: dict[int, Any] = {}
        self.refused: Refused | None = None
        self._native = _native(self._segment, partitions)

    def push(self, partition: int, part: Part) -> None:
        """Add one partition's result; the order does not matter."""
        self.refused = part.refused + self.refused if part.refused else self.refused
        if self._native is None or part.native is None:
            self._values[partition] = part.value
            return
        if part.native.demoted is not None:
            self._values[partition] = part.value
        self._native.push(partition, part.native, self._keep)

    def finish(self) -> Any:
        """The result: a list of elements, or an Item's value."""
        if isinstance(self._segment.sink, GroupBy):
            return self._over_groups(self._segment.sink)
        merged, sink = self._merged(), self._segment.sink
        for segment in self._later:
            items = merged if isinstance(merged, _kernel.Partial) and _as_it_is(sink) else None
            part = None if items is None else _over_items(segment, items)
            if part is None:
                part = Part(None, _in_python(segment, reduce.finish(sink, as_python(sink, merged))))
            following = Merger([segment], 1)
            following.push(0, part)
            merged, sink = following._merged(), segment.sink
        return reduce.finish(sink, as_python(sink, merged))

    def _over_groups(self, step: GroupBy) -> Any:
        """The result of the segments behind a `groupby`, whose parts are shards."""
        from satchel.plan.grouping import needed  # Most queries have no groups.
        from satchel.run.groups import collected

        following = self._later[0]
        shards = [self._values[partition] for partition in range(self._partitions)]
        wanted = needed(step, following.sink)
        merger = Merger(self._later, wanted)
        for partition in range(wanted):
            found = collected(step, self._segment.load, following, shards, partition)
            merger.push(partition, Part(None, found))
        return merger.finish()

    def _merged(self) -> Any:
        """The kernel's merged partial, or the value that `reduce.tree` gives."""
        sink = self._segment.sink
        if self._native is None or (self._values and self._partitions == 1):
            return reduce.tree(sink, {(0, i): v for i, v in self._values.items()}, self._partitions)
        kind, merged, _reason, parts = self._native.finish()
        if kind == "done":
            return merged
        if kind == "empty":
            nothing = reduce.partition(sink, (), self._partitions == 1)
            every = {(0, i): nothing for i in range(self._partitions)}
            return reduce.tree(sink, every, self._partitions)
        nodes = {}
        whole: _kernel.Partial | None = None
        for level, index, partial in parts:
            if level == _WHOLE:
                whole = partial
            elif partial.demoted is not None:
                nodes[level, index] = self._values[index]
            else:
                found = as_python(sink, partial)
                if found is reduce.EMPTY and self._partitions == 1:
                    found = reduce.partition(sink, (), True)
                nodes[level, index] = found
        if whole is not None:
            return _by_rank(sink, whole, self._values)
        return reduce.tree(sink, nodes, self._partitions)


def as_python(sink: Step | None, merged: Any) -> Any:
    """What `reduce` would hold for a kernel's partial; other values as they are."""
    if not isinstance(merged, _kernel.Partial):
        return merged
    items = merged.items()
    match merged.kind:
        case "groups":
            return [item for _, item in items] if isinstance(sink, Distinct) else dict(items)
        case "values":
            return sum(items)
        case "distinct" | "top":
            return items
    return items[0] if items else reduce.EMPTY


def _native(segment: Segment, partitions: int) -> _kernel.Merge | None:
    """The kernel's merge for the segment's reduction, where it has one."""
    delivered = segment.native.kind in ("collect", "project", "lines", "columns")
    if segment.python_from is not None or delivered:
        return None
    combine = segment.native.combine
    split_every = getattr(segment.sink, "split_every", None)
    width = 8 if split_every is None else 0 if split_every is False else split_every
    text = None if combine is None or combine.node is None else combine_program(combine.node)
    initial = None
    if combine is not None and text is not None and combine.initial is not MISSING:
        initial = (combine.initial,)
    return _kernel.Merge(
        program([segment], "strict"),
        0,
        partitions,
        width,
        text,
        initial,
        combine is not None and text is None,
    )


def _over_items(segment: Segment, items: _kernel.Partial) -> Part | None:
    """Run a later segment in the kernel over merged items; ``None`` where it is Python's."""
    if segment.python_from is not None:
        return None
    delivered: list[Any] = []

    def receive(_query: int, elements: Iterable[Any], _refused: Refused | None) -> bool:
        delivered.extend(elements)
        return True

    host = Host([segment], (), receive)
    scan = _kernel.Scan(program([segment], "strict"))
    partial = _kernel.run_items(scan, 0, items, host, _kernel.Control())
    if partial.demoted is not None:
        return None
    return Part(None, delivered) if partial.delivered else Part(partial)


def _in_python(segment: Segment, items: Iterable[Any]) -> Any:
    """Run a later segment in Python."""
    if not segment.steps and isinstance(segment.sink, TopK):
        return reduce.partition(segment.sink, list(items), True)
    last: list[Any] = []

    def told() -> Iterator[Any]:
        for item in items:
            last[:] = (item,)
            yield item
        last.clear()

    try:
        return reduce.partition(segment.sink, apply(segment.steps, told()), True)
    except Exception as error:
        if last:
            annotate_item(error, last[0])
        raise


def _by_rank(sink: Step | None, whole: _kernel.Partial, values: dict[int, Any]) -> Any:
    """Add the partitions that Python answered to what the kernel merged of the others.

    Entries are ordered by where they were first seen, ``(partition, position)``.
    """
    ranks = whole.ranks()
    if ranks is None:
        return as_python(sink, whole) + sum(v for v in values.values() if v is not reduce.EMPTY)
    entries = list(zip(ranks, whole.items(), strict=True))
    for partition, value in values.items():
        if value is not reduce.EMPTY:
            pairs = value.items() if isinstance(value, dict) else value
            entries += [((partition, position), pair) for position, pair in enumerate(pairs)]
    entries.sort(key=lambda entry: entry[0])
    if isinstance(sink, Distinct):
        return list(dict.fromkeys(item for _, item in entries))
    counts: dict[Any, int] = {}
    for _, (key, count) in entries:
        counts[key] = counts.get(key, 0) + count
    return counts


def _as_it_is(sink: Step | None) -> bool:
    """Whether the items of the kernel's result are the elements of the reduction's, in order."""
    if isinstance(sink, Frequencies):
        return not sink.sort
    return not isinstance(sink, Distinct) or sink.key is None
