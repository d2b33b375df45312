"""What was seen of records: a tree of places, each with its types, a count and an example.

The kernel's `schema.rs` is the fast twin. This one adds up what the kernel saw in each partition,
takes the rows that the kernel left to Python, and serves where a pipeline runs in Python anyway.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["MOST_PLACES", "TYPES", "Place", "Tree"]

MOST_PLACES = 10_000
"""The most places that are told apart: records that use data as keys could fill the memory."""

LONGEST_EXAMPLE = 60

TYPES = ("None", "bool", "int", "float", "str", "list", "dict")
"""The types in the kernel's order."""

# Where the record itself hangs.
_NOWHERE = -1

Seen = tuple[int, int, bool, Sequence[tuple[int, str | None, Sequence[int], int, str]]]
"""What the kernel says: records, unreadable rows, whether places were left out, and the places."""


@dataclass(slots=True)
class Place:
    """One path and what was seen there.

    Attributes:
        parent: the place that it is in; -1 for the record itself.
        step: the key that leads here; ``None`` for the record and for the elements of a list.
        types: how many values of each type.
        records: in how many records it is.
        example: JSON of the first value that is not null, cut short.
        last: the record that it was last seen in, counted from 1.
    """

    parent: int
    step: str | None
    types: dict[str, int] = field(default_factory=dict)
    records: int = 0
    example: str = ""
    last: int = 0


class Tree:
    """The places of all records so far, a parent before what is in it.

    >>> tree = Tree()
    >>> tree.add({"a": [1, 2.5]})
    >>> [(place.step, place.types) for place in tree.places]
    [(None, {'dict': 1}), ('a', {'list': 1}), (None, {'int': 1, 'float': 1})]
    """

    def __init__(self) -> None:
        self.places: list[Place] = []
        self.records = 0
        self.unreadable = 0
        self.cut = False
        self._index: dict[tuple[int, str | None], int] = {}

    @classmethod
    def of(cls, seen: Seen) -> Tree:
        """What the kernel saw; the rows that it could not read are the host's to count."""
        tree = cls()
        tree.records, _, tree.cut, places = seen
        for at, (parent, step, counts, records, example) in enumerate(places):
            place = tree._place(parent if at else _NOWHERE, step)
            assert place == at, "a parent comes before its children, and each place once"
            found = tree.places[at]
            found.types = {name: n for name, n in zip(TYPES, counts, strict=True) if n}
            found.records, found.example = records, example
        return tree

    def add(self, record: Any) -> None:
        """Look at one record."""
        self.records += 1
        # A stack in place of recursion: records nest deeper than Python's calls may.
        todo: list[tuple[int, str | None, Any]] = [(_NOWHERE, None, record)]
        while todo:
            parent, step, value = todo.pop()
            at = self._place(parent, step)
            if at is None:
                continue
            place = self.places[at]
            name = "None" if value is None else type(value).__name__
            place.types[name] = place.types.get(name, 0) + 1
            if place.last != self.records:
                place.last = self.records
                place.records += 1
            if place.example in ("", "null"):
                place.example = _example(value)
            if isinstance(value, dict):
                todo += [(at, str(key), item) for key, item in reversed(value.items())]
            elif isinstance(value, list | tuple):
                todo += [(at, None, item) for item in reversed(value)]

    def merge(self, other: Tree) -> Tree:
        """Add what another tree saw of later records; returns this one."""
        here: list[int | None] = []
        for place in other.places:
            parent = _NOWHERE if place.parent == _NOWHERE else here[place.parent]
            at = None if parent is None else self._place(parent, place.step)
            here.append(at)
            if at is None:
                continue
            into = self.places[at]
            for name, count in place.types.items():
                into.types[name] = into.types.get(name, 0) + count
            into.records += place.records
            if into.example in ("", "null"):
                into.example = place.example
        self.records += other.records
        self.unreadable += other.unreadable
        self.cut |= other.cut
        return self

    def _place(self, parent: int, step: str | None) -> int | None:
        at = self._index.get((parent, step))
        if at is not None:
            return at
        if len(self.places) >= MOST_PLACES:
            self.cut = True
            return None
        at = self._index[parent, step] = len(self.places)
        self.places.append(Place(parent, step))
        return at


def _example(value: Any) -> str:
    if isinstance(value, dict | list | tuple):
        # What is in it has places of its own; a record may be large, and only its start is shown.
        value = _start(value)
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= LONGEST_EXAMPLE else text[: LONGEST_EXAMPLE - 3] + "..."


def _start(value: Any) -> Any:
    """So much of a container that its text is longer than an example where the whole is."""
    if isinstance(value, dict):
        few = list(value.items())[: LONGEST_EXAMPLE // 4]
        return {str(key): _start(item) for key, item in few}
    if isinstance(value, list | tuple):
        return [_start(item) for item in value[: LONGEST_EXAMPLE // 2]]
    return value
