"""Which type a column has: found out from all of its values, by a table.

| values | Arrow's type |
|---|---|
| `None` alone | `null` |
| `bool` | `bool` |
| `int` of 64 bits | `int64` |
| `float`; `int` with `float`, if each int is a float exactly | `double` |
| `str` | `large_string` |
| `list`, `tuple` | `large_list` of the items' type |
| `dict` with keys that are str | `struct` of all keys, first seen first; a missing one is null |
| `None` with any of these | the same: every field can be null |

Anything else needs a schema: other values together, an int beyond 64 bits, other types of Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from satchel.run.buffers import Column

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Conflict", "Found", "describe", "fields_of", "kind_of"]

Path = tuple[Any, ...]
"""From an element to a value in it: keys, places in a tuple, and `ITEMS`."""

ITEMS = None
"""The step of a path from a list to its items."""


class Conflict(Exception):
    """Values that no type holds together: ``args`` are the path and one or two kinds."""


@dataclass
class Found:
    """What is known of the values at one place.

    Attributes:
        kinds: of the values that are not ``None``, as `kind_of` tells them.
        nulls: whether some are ``None``.
        items: of a list's items, or ``None`` where there was no list.
        fields: of a dict's keys, or of a tuple's places.
    """

    kinds: dict[str, None] = field(default_factory=dict)
    nulls: bool = False
    items: Found | None = None
    fields: dict[Any, Found] = field(default_factory=dict)

    @staticmethod
    def of_column(column: Column) -> Found:
        """What is known of the kernel's column."""
        found = Found(nulls=column.nulls > 0)
        if column.kind != "null":
            found.kinds[column.kind] = None
        if column.inexact:
            found.kinds["long int"] = None
        for name, child in column.children:
            if name is None:
                found.items = Found.of_column(child)
            else:
                found.fields[name] = Found.of_column(child)
        return found

    def add(self, value: Any) -> None:
        """Look at one more value."""
        kind = kind_of(value)
        if kind == "null":
            self.nulls = True
            return
        self.kinds["int" if kind == "long int" else kind] = None
        if kind == "long int":
            self.kinds[kind] = None
        if kind == "list":
            self.items = self.items or Found()
            for item in value:
                self.items.add(item)
        elif kind == "struct":
            for key, item in value.items():
                self.fields.setdefault(key, Found()).add(item)

    def merge(self, other: Found) -> None:
        """Add what is known of later values."""
        self.kinds |= other.kinds
        self.nulls |= other.nulls
        if other.items is not None:
            self.items = self.items or Found()
            self.items.merge(other.items)
        for key, found in other.fields.items():
            self.fields.setdefault(key, Found()).merge(found)

    def type(self, path: Path) -> pa.DataType:
        """Arrow's type of the values.

        Raises:
            Conflict: if there is none.
        """
        import pyarrow as pa

        kinds = [kind for kind in self.kinds if kind != "long int"]
        if set(kinds) == {"int", "float"}:
            if "long int" in self.kinds:
                raise Conflict(path, "long int", "float")
            kinds = ["float"]
        if len(kinds) > 1:
            raise Conflict(path, *kinds[:2])
        match kinds:
            case []:
                return pa.null()
            case ["list"]:
                return pa.large_list((self.items or Found()).type((*path, ITEMS)))
            case ["struct"]:
                inner = self.fields.items()
                return pa.struct([(key, one.type((*path, key))) for key, one in inner])
        simple = {
            "bool": pa.bool_(),
            "int": pa.int64(),
            "float": pa.float64(),
            "text": pa.large_string(),
        }
        if kinds[0] not in simple:
            raise Conflict(path, kinds[0])
        return simple[kinds[0]]


def kind_of(value: Any) -> str:
    """The kind of a value in Python: the kernel's name for it, or its type's where it has none.

    An int that is no float exactly is a ``"long int"``.
    """
    kind = type(value)
    if kind is int:
        if not -(2**63) <= value < 2**63:
            return "int beyond 64 bits"
        return "int" if int(float(value)) == value else "long int"
    if kind is dict:
        return "struct" if all(type(key) is str for key in value) else "dict with other keys"
    kinds = {type(None): "null", bool: "bool", float: "float", str: "text", list: "list"}
    kinds[tuple] = "list"
    return kinds.get(kind, kind.__name__)


def describe(elements: Iterable[Any]) -> Found:
    """What is known of Python's elements: the slow twin of the kernel's columns."""
    found = Found()
    for element in elements:
        if type(element) is tuple:
            found.kinds[f"tuple of {len(element)}"] = None
            for place, item in enumerate(element):
                found.fields.setdefault(place, Found()).add(item)
        else:
            found.add(element)
    return found


def fields_of(found: Found, names: Sequence[str] | None) -> tuple[str, pa.Schema]:
    """What the rows are made of, and their schema.

    Dicts have a column for each key, tuples one for each place, called ``"0"``, ``"1"``, ... or by
    `names`; anything else is one column, `value`.

    Returns:
        ``"struct"``, ``"tuple"`` or ``"value"``, and the schema.

    Raises:
        Conflict: if values are of types that do not go together.
    """
    import pyarrow as pa

    kinds = list(found.kinds)
    if kinds == ["struct"] and not found.nulls:
        return "struct", pa.schema([(key, one.type((key,))) for key, one in found.fields.items()])
    if len(kinds) == 1 and kinds[0].startswith("tuple of") and not found.nulls:
        named = zip(names or map(str, found.fields), found.fields.items(), strict=True)
        return "tuple", pa.schema([(name, one.type((key,))) for name, (key, one) in named])
    return "value", pa.schema([("value", found.type(()))])
