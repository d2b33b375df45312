"""What is told of records: one row for every path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from satchel.schema.tree import MOST_PLACES, TYPES, Place, Tree

__all__ = ["Field", "Schema"]

_PLAIN = re.compile(r"[^\s.\[\]\"]+")


@dataclass(frozen=True)
class Field:
    """One path of the records.

    Attributes:
        types: how many values of each type, most frequent first, under Python's names.
        records: in how many records the path is.
        share: the same as a share of all records, 0 to 1.
        example: JSON of the first value that is not null, cut short.
        depth: how deep it is; the keys of a record are at 0.
        name: the last step of the path: a key, or ``[]`` for the elements of a list.
    """

    types: dict[str, int]
    records: int
    share: float
    example: str
    depth: int
    name: str

    @property
    def counts(self) -> str:
        """The types in a line.

        >>> Field({"str": 3, "None": 1}, 4, 1.0, '"a"', 0, "a").counts
        'str 3, None 1'
        """
        return ", ".join(f"{name} {count}" for name, count in self.types.items())


class Schema:
    """The paths of records; printed, a table.

    Attributes:
        records: how many records were looked at.
        unreadable: how many lines are not JSON.
        limit: how many records were asked for at most; ``None`` is all.
    """

    def __init__(self, tree: Tree, limit: int | None = None) -> None:
        self.records = tree.records
        self.unreadable = tree.unreadable
        self.limit = limit
        self._tree = tree

    @property
    def complete(self) -> bool:
        """Whether all records were looked at, and all their paths are here."""
        return not self._limited and not self._tree.cut

    @cached_property
    def paths(self) -> dict[str, Field]:
        """Each path's row: keys joined by ``.``, the elements of a list as ``[]``.

        Paths stand in the order of a walk through the records, keys as first seen. The record
        itself is there (as ``""``) only where some are not dicts.
        """
        return dict(_rows(self._tree))

    @property
    def headline(self) -> str:
        """What was looked at, in a sentence."""
        looked = "the first only" if self._limited else "all"
        paths = _many(len(self.paths), "path")
        said = [f"{_many(self.records, 'record')} ({looked}), {paths}"]
        if self.unreadable:
            lines = _many(self.records + self.unreadable, "line")
            said = [f"{lines} ({looked}), {self.unreadable:,} of them not JSON, {paths}"]
        if self._tree.cut:
            said.append(f"more than {MOST_PLACES:,} paths, the others left out")
        return "; ".join(said)

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain dicts and lists, for JSON."""
        return {
            "records": self.records,
            "unreadable": self.unreadable,
            "complete": self.complete,
            "paths": {
                path: {
                    "types": row.types,
                    "records": row.records,
                    "share": row.share,
                    "example": row.example,
                }
                for path, row in self.paths.items()
            },
        }

    def __str__(self) -> str:
        from satchel.schema.table import text

        return text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from satchel.schema.table import html

        return html(self)

    @property
    def _limited(self) -> bool:
        return self.limit is not None and self.records + self.unreadable >= self.limit


def _rows(tree: Tree) -> Iterator[tuple[str, Field]]:
    children: dict[int, list[int]] = {}
    for at, place in enumerate(tree.places):
        if place.records:  # Not what only a key that a later duplicate replaced led to.
            children.setdefault(place.parent, []).append(at)
    todo = [(at, "", -1) for at in children.get(-1, ())]
    while todo:
        at, path, depth = todo.pop()
        place = tree.places[at]
        if depth >= 0 or set(place.types) != {"dict"}:
            yield path, _field(place, tree.records, depth)
        for child in reversed(children.get(at, ())):
            step = tree.places[child].step
            todo.append((child, _joined(path, step), depth + 1))


def _field(place: Place, records: int, depth: int) -> Field:
    # Ties stand in one order, whoever counted: the kernel does not know which came first.
    ranked = sorted(place.types.items(), key=lambda pair: (-pair[1], _rank(pair[0])))
    types = dict(ranked)
    share = place.records / records if records else 0.0
    name = "[]" if place.step is None else place.step
    if depth < 0:
        depth, name = 0, ""
    return Field(types, place.records, share, place.example, depth, name)


def _rank(name: str) -> tuple[int, str]:
    return (TYPES.index(name) if name in TYPES else len(TYPES), name)


def _joined(path: str, step: str | None) -> str:
    """A path and one step more.

    >>> _joined("payload.commits", None), _joined("a", "b"), _joined("a", "b.c")
    ('payload.commits[]', 'a.b', 'a["b.c"]')
    """
    if step is None:
        return f"{path}[]"
    if not _PLAIN.fullmatch(step):
        return f"{path}[{json.dumps(step, ensure_ascii=False)}]"
    return f"{path}.{step}" if path else step


def _many(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
