"""Which columns the elements have, where that is known before any of them is read.

{"a": e["x"], "b": e["y"]}   a dict with constant keys: columns a and b
(e["x"], e["y"])             a tuple: columns 0 and 1, or the keys of `pluck([...])`
e["x"]                       anything else: one column
the record itself            the columns that are asked for
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from satchel.expr import nodes as n

__all__ = ["Columns", "columns_of", "picked"]

RECORD = n.record("record")


@dataclass(frozen=True, eq=False, repr=False)
class Columns:
    """The columns of elements.

    Attributes:
        shape: ``"dict"``, ``"tuple"``, ``"one"``, or ``"record"`` for columns picked from dicts.
        names: of a dict's or a record's columns; the places in a tuple.
        cells: an expression for each column.
    """

    shape: str
    names: tuple[Any, ...]
    cells: tuple[n.Node, ...]

    @property
    def row(self) -> n.Node:
        """All cells of a row."""
        return n.Node("tuple", self.cells)

    def of(self, element: Any) -> Any:
        """The cells of an element in Python; where it has others, no tuple."""
        match self.shape:
            case "one":
                return (element,)
            case "tuple":
                return element if len(element) == len(self.cells) else None
            case "dict":
                same = type(element) is dict and tuple(element) == self.names
                return tuple(element.values()) if same else None
        return tuple(map(element.get, self.names)) if type(element) is dict else None


def columns_of(element: n.Node) -> Columns:
    """The columns of an element that an expression makes."""
    if element.op == "tuple" and element.args:
        return Columns("tuple", tuple(range(len(element.args))), element.args)
    keys, values = element.args[::2], element.args[1::2]
    if element.op == "dict" and keys:
        names = tuple(key.data for key in keys if key.op == "const" and type(key.data) is str)
        if len(set(names)) == len(keys):
            return Columns("dict", names, values)
    return Columns("one", (0,), (element,))


def picked(names: Sequence[Any]) -> Columns | None:
    """Columns of whole records; ``None`` where a name is no key of JSON."""
    if not names or len(set(names)) < len(names) or not all(map(_is_key, names)):
        return None
    none = n.const(None)
    cells = tuple(n.Node("get", (RECORD, n.const(name), none)) for name in names)
    return Columns("record", tuple(names), cells)


def _is_key(name: Any) -> bool:
    return type(name) is str and not any("\ud800" <= letter <= "\udfff" for letter in name)
