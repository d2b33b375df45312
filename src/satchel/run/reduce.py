"""The reductions in Python: the slow, obvious twin of the kernel's sinks and of its merge.

`partition` gives what dask.bag computes for one partition, `tree` combines such results exactly
as dask.bag's tree of tasks does. They run where a step is Python's, and where the kernel could
not prove a partition (a sum beyond 64 bits, keys of a type of the user's own).
"""

from __future__ import annotations

import heapq
import itertools
import math
import warnings
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from typing import Any, Final

from satchel.plan.nodes import (
    MISSING,
    Count,
    Distinct,
    Exists,
    Extreme,
    Fold,
    FoldBy,
    Frequencies,
    GroupBy,
    Moments,
    Output,
    Reduction,
    Step,
    Sum,
    Take,
    TopK,
)
from satchel.plan.sinks import takes_several
from satchel.run.chain import passed_on
from satchel.run.getter import getter
from satchel.run.notes import blame

__all__ = ["EMPTY", "distinct_key", "finish", "partition", "topk_key", "tree"]


class _Empty:
    """The result of a partition without elements, which dask.bag's reductions leave out."""

    def __reduce__(self) -> str:
        return "EMPTY"


EMPTY: Final = _Empty()
_END: Final = object()


def partition(step: Step | None, elements: Iterable[Any], only: bool) -> Any:
    """What one partition's elements come to; an exception of the reduction's own names it.

    Args:
        step: the reduction; ``None`` gives the list of the elements.
        elements: in row order. Of a list `heapq.nlargest` compares others than of an iterator.
        only: whether it is the only partition: dask.bag then reduces it even when it is empty.
    """
    try:
        return _partition(step, elements, only)
    except Exception as error:
        if step is not None and not passed_on(error):
            blame(error, step)
        raise


def _partition(step: Step | None, elements: Iterable[Any], only: bool) -> Any:
    match step:
        case None | GroupBy():
            # A shuffle of dask.bag's own takes the elements as they are.
            return _listed(elements)
        case Take(k=k):
            return list(itertools.islice(elements, k))
        case Exists():
            return list(itertools.islice(elements, 1))
        case FoldBy():
            return _reduceby(_function(step.key), step.binop, elements, step.initial)
    if isinstance(step, TopK) and isinstance(elements, list):
        return heapq.nlargest(step.k, elements, key=topk_key(step))
    iterator = iter(elements)
    first = next(iterator, _END)
    if first is _END:
        return EMPTY if not only else _reduced(step, iter(()))
    return _reduced(step, itertools.chain([first], iterator))


def _listed(elements: Iterable[Any]) -> list[Any]:
    """A partition as a list; if its first element is an iterator, they all become lists, too."""
    found = list(elements)
    return list(map(list, found)) if found and isinstance(found[0], Iterator) else found


def _reduced(step: Step, elements: Iterator[Any]) -> Any:
    match step:
        case Count():
            return sum(1 for _ in elements)
        case Sum():
            return sum(elements)
        case Extreme(name=name):
            return min(elements) if name == "min" else max(elements)
        case Frequencies():
            counts: dict[Hashable, int] = {}
            for element in elements:
                counts[element] = counts.get(element, 0) + 1
            return counts
        case Distinct():
            return list(_unique(elements, distinct_key(step)))
        case TopK(k=k):
            return heapq.nlargest(k, elements, key=topk_key(step))
        case Moments(binop=binop, initial=initial):
            return reduce(binop, elements, initial)
        case Fold(binop=binop, initial=initial):
            if initial is MISSING:
                return reduce(binop, elements)
            return reduce(binop, elements, initial)
        case Reduction(perpartition=perpartition):
            return perpartition(elements)
    raise AssertionError(f"{type(step).__name__} is not a reduction")


def tree(step: Step | None, nodes: Mapping[tuple[int, int], Any], partitions: int) -> Any:
    """Combine the partitions' results, level by level, as dask.bag's graph does.

    Args:
        step: the reduction.
        nodes: results by ``(level, index)``: ``(0, i)`` is partition ``i``, ``(1, i)`` combines
            the ``split_every`` nodes of level 0 from ``i * split_every`` on, and so forth. Where
            a node is missing, those that it combines are there.
        partitions: how many partitions there are.
    """
    if step is None or isinstance(step, Take | Output):
        return [nodes[0, index] for index in range(partitions) if (0, index) in nodes]
    width = getattr(step, "split_every", None)
    width = 8 if width is None else partitions if width is False else width
    sizes = [partitions]
    while sizes[-1] > width:
        sizes.append(-(-sizes[-1] // width))

    def at(level: int, index: int) -> Any:
        if (level, index) in nodes:
            return nodes[level, index]
        below = range(index * width, min((index + 1) * width, sizes[level - 1]))
        return combined([at(level - 1, i) for i in below], False)

    def combined(parts: Sequence[Any], last: bool) -> Any:
        try:
            return _combined(step, parts, last)
        except Exception as error:
            blame(error, step, "combining partial results, which are of no one line")
            raise

    top = len(sizes) - 1
    return combined([at(top, index) for index in range(sizes[top])], True)


def _combined(step: Step, parts: Sequence[Any], last: bool) -> Any:
    if isinstance(step, FoldBy):
        return _combined_foldby(step, parts)
    if isinstance(step, Exists):
        # Below the top, a part is again a list, with an element if there is one.
        found = list(itertools.islice(itertools.chain.from_iterable(parts), 1))
        return bool(found) == (step.name == "any") if last else found
    present = [part for part in parts if part is not EMPTY]
    if not present and not last:
        return EMPTY
    match step:
        case Count() | Sum():
            return sum(present)
        case Extreme(name=name):
            return min(present) if name == "min" else max(present)
        case Frequencies():
            counts: dict[Hashable, int] = dict(present[0]) if present else {}
            for part in present[1:]:
                for key, count in part.items():
                    counts[key] = counts.get(key, 0) + count
            return counts
        case Distinct():
            chained = itertools.chain.from_iterable(present)
            return list(_unique(chained, distinct_key(step)))
        case Moments():
            return _moments(step, present)
        case TopK(k=k):
            chained = itertools.chain.from_iterable(present)
            return heapq.nlargest(k, chained, key=topk_key(step))
        case Fold(combine=combine, binop=binop):
            return reduce(combine or binop, present)
        case Reduction(aggregate=aggregate):
            return aggregate(itertools.chain(present))  # No list: dask.bag gives an iterator, too.
    raise AssertionError(f"{type(step).__name__} is not a reduction")


def _moments(step: Moments, parts: Sequence[tuple[Any, ...]]) -> Any:
    """The mean, variance or standard deviation of the partitions' sums, by dask.bag's formulas."""
    if step.name == "mean":
        totals, counts = list(zip(*parts, strict=True))
        return 1.0 * sum(totals) / sum(counts)
    squares, totals, counts = list(zip(*parts, strict=True))
    second, total, count = float(sum(squares)), float(sum(totals)), sum(counts)
    result = (second / count) - (total / count) ** 2
    result = result * count / (count - step.ddof)
    return math.sqrt(result) if step.name == "std" else result


def _combined_foldby(step: FoldBy, parts: Sequence[dict[Any, Any]]) -> dict[Any, Any]:
    combine = step.binop if step.combine is None else step.combine
    if step.combine_initial is not MISSING:
        pairs = itertools.chain.from_iterable(part.items() for part in parts)
        return _reduceby(
            lambda pair: pair[0],
            lambda acc, pair: combine(acc, pair[1]),
            pairs,
            step.combine_initial,
        )
    groups: dict[Any, list[Any]] = {}
    for part in parts:
        for key, value in part.items():
            groups.setdefault(key, []).append(value)
    return {key: reduce(combine, values) for key, values in groups.items()}


def finish(step: Step | None, merged: Any) -> Any:
    """The result as the next step's elements, or as an Item's value."""
    match step:
        case Frequencies(sort=sort):
            pairs = list(merged.items())
            return sorted(pairs, key=lambda pair: pair[1], reverse=True) if sort else pairs
        case FoldBy():
            return list(merged.items())
        case None:
            return list(itertools.chain.from_iterable(merged))
        case Take(k=k, warn=warn):
            taken = list(itertools.islice(itertools.chain.from_iterable(merged), k))
            if len(taken) != k and warn:
                warnings.warn(
                    f"Insufficient elements for `take`. {k} elements requested, only "
                    f"{len(taken)} elements available. Try passing larger `npartitions` to `take`.",
                    stacklevel=2,
                )
            return taken
    return merged


def _reduceby(
    key: Callable[[Any], Any],
    binop: Callable[[Any, Any], Any],
    elements: Iterable[Any],
    initial: Any,
) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for element in elements:
        k = key(element)
        if k not in found:
            if initial is MISSING:
                found[k] = element
                continue
            found[k] = initial() if callable(initial) else initial
        found[k] = binop(found[k], element)
    return found


def _unique(elements: Iterable[Any], key: Callable[[Any], Any] | None) -> Iterator[Any]:
    seen: set[Any] = set()
    for element in elements:
        value = element if key is None else key(element)
        if value not in seen:
            seen.add(value)
            yield element


def _function(key: Any) -> Callable[[Any], Any]:
    return key if callable(key) else getter(key)


def distinct_key(step: Distinct) -> Callable[[Any], Any] | None:
    """The key function of a ``distinct``; ``None`` where elements are compared themselves."""
    key = step.key
    return key if key is None or callable(key) else lambda element: element[key]


def topk_key(step: Step | None) -> Callable[[Any], Any] | None:
    """The key function of a ``topk``; ``None`` where there is none (``key=0`` is none, too)."""
    if not isinstance(step, TopK) or not step.key:
        return None
    if callable(step.key) and takes_several(step.key):
        function = step.key
        return lambda element: function(*element)
    return _function(step.key)
