"""The kernel's columns as Arrow's arrays: the same buffers, nothing copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Column", "arrow", "columns"]


class Column(NamedTuple):
    """Values of one field, as `satchel._kernel` hands them over.

    Attributes:
        kind: ``"null"``, ``"bool"``, ``"int"``, ``"float"``, ``"text"``, ``"list"``, ``"struct"``.
        length: how many rows.
        nulls: how many of them are null.
        inexact: whether an int among them is no float exactly.
        valid: a bit for each row, where some are null.
        buffers: offsets (64 bits each) and values, as the kind has them.
        children: a list's items and a struct's fields, with their names.
    """

    kind: str
    length: int
    nulls: int
    inexact: bool
    valid: bytes | None
    buffers: tuple[bytes, ...]
    children: list[tuple[str | None, Any]]


def columns(found: list[Any]) -> list[Column]:
    """Columns as they come from the kernel: plain tuples."""
    return [_column(one) for one in found]


def _column(found: Any) -> Column:
    column = Column._make(found)
    children = [(name, _column(child)) for name, child in column.children]
    return column._replace(children=children)


def arrow(column: Column, kind: pa.DataType) -> pa.Array:
    """A column without children as an array of a type that has the same buffers."""
    import pyarrow as pa

    if column.kind == "null":
        return pa.nulls(column.length, kind)
    buffers = [None if column.valid is None else pa.py_buffer(column.valid)]
    buffers += map(pa.py_buffer, column.buffers)
    return pa.Array.from_buffers(kind, column.length, buffers, column.nulls)
