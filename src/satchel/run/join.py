"""`join` as dask.bag does it: the others by their keys in a dict, ours one after another."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any

from satchel import _kernel
from satchel.plan.nodes import Join
from satchel.run.getter import getter_of

__all__ = ["joined", "joined_by_key"]

Pair = tuple[Any, Any]


def joined(step: Join, elements: Iterable[Any]) -> Iterator[Pair]:
    """Each element with those of the others that have the same key.

    >>> from satchel.plan.nodes import Join, Text
    >>> list(joined(Join(Text(()), ["ab", "ac", "b"], len, len), ["xy", "xyz"]))
    [('ab', 'xy'), ('ac', 'xy')]
    """
    others, on_self = _by_key(step), getter_of(step.on_self)
    for element in elements:
        key = on_self(element)
        if key in others:
            for other in others[key]:
                yield other, element


def joined_by_key(
    step: Join, elements: Iterable[tuple[Hashable, Any]], load: Callable[[str], Any]
) -> Iterator[Pair]:
    """The same of elements that come with their keys: no record is made that has no partner.

    Args:
        step: the join.
        elements: each with its key: the JSON text of a record, or any element in a tuple.
        load: the user's loader.
    """
    others, records = _by_key(step), _kernel.Records(load)
    for key, element in elements:
        if key in others:
            (record,) = records.made([element]) if isinstance(element, str) else element
            for other in others[key]:
                yield other, record


def _by_key(step: Join) -> dict[Hashable, list[Any]]:
    on_other = getter_of(step.on_other)
    found: dict[Hashable, list[Any]] = {}
    for other in step.other:
        found.setdefault(on_other(other), []).append(other)
    return found
