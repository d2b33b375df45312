"""A partition as Arrow's record batches of a known schema: a stream's part, or a Parquet file."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from satchel.plan.columns import Columns
from satchel.plan.nodes import Batches, Parquet
from satchel.run.buffers import Column, arrow, columns
from satchel.run.part import Misfit, Unlike
from satchel.run.place import Place
from satchel.run.types import Found

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["BatchesOf", "ParquetFile", "TypesOf", "batches", "first_misfit", "listed", "write"]

ROWS = 1 << 16
"""How many of Python's elements make a batch."""


class TypesOf:
    """What types the columns have."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._found: list[Found] = []
        self._rows = 0

    def take(self, chunks: Iterable[tuple[int, list[Any]]]) -> bool:
        """Take the one chunk that there is, of types alone."""
        for rows, found in chunks:
            self._rows = rows
            self._found += map(Found.of_column, columns(found))
        return True

    def finish(self) -> Found:
        """What is known of the elements."""
        if not self._rows:
            return Found()
        names, shape = self._columns.names, self._columns.shape
        if shape == "one":
            return self._found[0]
        kind = "struct" if shape == "dict" else f"tuple of {len(names)}"
        return Found({kind: None}, fields=dict(zip(names, self._found, strict=True)))

    def discard(self) -> None:
        """Nothing is open."""


class BatchesOf:
    """Record batches, made of chunks as they come."""

    def __init__(self, step: Batches, columns: Columns) -> None:
        self._step = step
        self._columns = columns
        self._batches: list[pa.RecordBatch] = []
        self._unlike: Unlike | None = None

    def take(self, chunks: Iterable[tuple[int, list[Any]]]) -> bool:
        """Take chunks of rows."""
        for rows, found in chunks:
            try:
                batch = _batch(self._step, self._columns, rows, columns(found))
            except Unlike as unlike:
                self._unlike = unlike
                return False
            self.batch(batch)
        return True

    def batch(self, batch: pa.RecordBatch) -> None:
        """Take a batch."""
        self._batches.append(batch)

    def finish(self) -> Any:
        """The batches.

        Raises:
            Unlike: if a column was not of the schema's type.
        """
        if self._unlike is not None:
            raise self._unlike
        return self._batches

    def discard(self) -> None:
        """Nothing is open."""


class ParquetFile(BatchesOf):
    """A Parquet file, written as the batches come; whole, or not there at all."""

    def __init__(self, step: Parquet, columns: Columns | None, partition: int) -> None:
        super().__init__(step, columns or Columns("one", (0,), ()))
        import pyarrow.parquet as pq

        target = step.targets[partition]
        self._place = Place(target)
        self._writer = pq.ParquetWriter(self._place.file, step.schema, compression=step.compression)

    def batch(self, batch: pa.RecordBatch) -> None:
        """Write a batch."""
        self._writer.write_batch(batch)

    def finish(self) -> None:
        """Put the file where it belongs."""
        super().finish()
        self._writer.close()
        self._place.finish()

    def discard(self) -> None:
        """Remove what is not finished."""
        self._writer.close()
        self._place.discard()


def batches(step: Batches, elements: Iterable[Any], size: int = ROWS) -> Iterator[pa.RecordBatch]:
    """Batches of Python's elements: the slow twin of the kernel's chunks.

    Raises:
        Misfit: if a value is not of the schema's type.
    """
    import pyarrow as pa

    schema, iterator = step.schema, iter(elements)
    while rows := list(itertools.islice(iterator, size)):
        if step.root == "struct" or (step.root is None and type(rows[0]) is dict):
            values: Sequence[Any] = _by_name(rows, schema.names)
        elif step.root == "tuple" or (step.root is None and type(rows[0]) is tuple):
            values = list(zip(*rows, strict=True))
        else:
            values = [rows]
        pairs = zip(values, schema, strict=True)
        arrays = [_of_values(column, field) for column, field in pairs]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _of_values(values: Sequence[Any], field: pa.Field) -> pa.Array:
    """Python's values as an array of a field's type."""
    import pyarrow as pa

    try:
        return pa.array(values, field.type)
    except (ValueError, TypeError, OverflowError) as error:
        error.add_note(f"column {field.name!r} has type {field.type} in the schema")
        raise Misfit(error) from None


def _by_name(rows: Sequence[Any], names: Sequence[str]) -> list[list[Any]]:
    """The columns of dicts, `None` where a key is missing."""
    for row in rows:
        if not isinstance(row, dict):
            raise Misfit(TypeError(f"expected a dict, as other elements are, found {row!r:.200}"))
    return [[row.get(name) for row in rows] for name in names]


def first_misfit(step: Batches, elements: Iterable[Any]) -> None:
    """Look for the first element that does not fit into the schema, and no further.

    Raises:
        Misfit: what is wrong with it.
    """
    for _ in batches(step, elements, 1):
        pass


def listed(step: Batches, elements: Iterable[Any]) -> list[pa.RecordBatch]:
    """The batches of a partition of dask.bag's own."""
    return list(batches(step, elements))


def write(step: Parquet, partition: int, elements: Iterable[Any]) -> None:
    """Write a file of Python's elements."""
    file = ParquetFile(step, None, partition)
    try:
        for batch in batches(step, elements):
            file.batch(batch)
        file.finish()
    finally:
        file.discard()


def _batch(step: Batches, columns: Columns, rows: int, found: list[Column]) -> pa.RecordBatch:
    """A chunk as a batch.

    Raises:
        Unlike: if a column is not of the schema's type; pyarrow then says what is wrong with it.
    """
    import pyarrow as pa

    names, named = step.schema.names, dict(zip(columns.names, found, strict=True))
    if columns.shape == "one":
        root = step.root or _root(found[0], names)
        named = {name: one for name, one in found[0].children if name is not None}
        if root == "value":
            named = {names[0]: found[0]}
        elif found[0].kind != "struct" or found[0].nulls:
            raise Unlike("an element that is no dict among dicts")
    elif columns.shape == "tuple":
        if len(names) != len(found):
            raise Unlike("a tuple of another length than the schema")
        named = dict(zip(names, found, strict=True))
    null = Column("null", rows, rows, False, None, (), [])
    try:
        arrays = [_array(named.get(one.name, null), one.type) for one in step.schema]
    except pa.ArrowInvalid as error:
        # Python's twin will find the one element.
        raise Unlike(f"a value that does not fit into the schema: {error}") from None
    return pa.RecordBatch.from_arrays(arrays, schema=step.schema)


def _root(found: Column, names: list[str]) -> str:
    """Whether elements are rows or values, where only a schema says so."""
    keys = [name for name, _ in found.children]
    alone = names == ["value"] and "value" not in keys
    return "struct" if found.kind == "struct" and not alone else "value"


def _array(column: Column, kind: pa.DataType) -> pa.Array:
    """A column as an array of a type."""
    import pyarrow as pa

    is_type = pa.types
    if column.kind == "null":
        return pa.nulls(column.length, kind)
    buffers = [None if column.valid is None else pa.py_buffer(column.valid)]
    buffers += map(pa.py_buffer, column.buffers)
    if column.kind == "struct" and is_type.is_struct(kind):
        children = dict(column.children)
        null = Column("null", column.length, column.length, False, None, (), [])
        inner = [_array(children.get(one.name, null), one.type) for one in kind]
        return pa.Array.from_buffers(kind, column.length, buffers, column.nulls, children=inner)
    if column.kind == "list" and is_type.is_large_list(kind):
        inner = [_array(column.children[0][1], kind.value_type)]
        return pa.Array.from_buffers(kind, column.length, buffers, column.nulls, children=inner)
    if column.kind == "list" and is_type.is_list(kind):
        return _array(column, pa.large_list(kind.value_field)).cast(kind)
    # What pyarrow itself takes into a column of this type; a text is not read as a number.
    if column.kind == "bool" and is_type.is_boolean(kind):
        return arrow(column, kind)
    if column.kind == "int" and (is_type.is_integer(kind) or is_type.is_floating(kind)):
        return arrow(column, pa.int64()).cast(kind)
    if column.kind == "float" and is_type.is_floating(kind):
        return arrow(column, pa.float64()).cast(kind)
    if column.kind == "text" and (is_type.is_string(kind) or is_type.is_large_string(kind)):
        return arrow(column, pa.large_string()).cast(kind)
    raise Unlike(f"a {column.kind} where the schema has {kind}")
