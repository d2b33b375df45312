"""The ways out to Arrow: a stream of record batches, and Parquet files.

    types of each partition  --merged in order-->  schema      (not where one is given)
    batches of each partition, in order, a few partitions ahead of whoever reads

A bag that is dask.bag's own goes the same way, by the slow twins of what the kernel does.
"""

from __future__ import annotations

import functools
import itertools
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dask.base import compute
from dask.delayed import delayed
from fsspec.core import open_files
from fsspec.implementations.local import LocalFileSystem

from satchel.errors import NoColumnType
from satchel.plan import nodes as p
from satchel.run import on_dask

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["parquet", "stream"]

_CALLED = {
    "text": "str",
    "struct": "dict",
    "long int": "an int that is no float exactly",
    "null": "None",
}


def stream(bag: Any, requested: Any) -> Any:
    """A capsule of a stream of a bag's elements.

    Args:
        bag: a Bag.
        requested: a capsule of the schema that is wanted, or ``None``.
    """
    pyarrow = _pyarrow()
    from satchel.run import batches

    if requested is None:
        root, schema = _found(bag, {})
    else:
        root, schema = None, pyarrow.Schema._import_from_c_capsule(requested)
    if p.is_of_files(bag._plan):
        made = bag._of(p.Batches(bag._plan, schema, root), "to-arrow")
    else:
        step = p.Batches(None, schema, root)  # type: ignore[arg-type]
        made = bag.map_partitions(functools.partial(_of_its_own, batches.listed, step))
    every = itertools.chain.from_iterable(on_dask.in_order(made))
    return pyarrow.RecordBatchReader.from_batches(schema, every).__arrow_c_stream__()


def parquet(
    bag: Any,
    path: str,
    schema: Any,
    compression: Any,
    storage_options: Mapping[str, Any] | None,
    options: dict[str, Any],
) -> list[str]:
    """Write a bag's elements to Parquet files, one a partition.

    Args:
        bag: a Bag.
        path: the folder.
        schema: pyarrow's, or ``None``.
        compression: as for ``pyarrow.parquet.ParquetWriter``.
        storage_options: for the file system.
        options: for `compute`.

    Returns:
        The paths.
    """
    _pyarrow()
    from satchel.run import batches

    root = None
    if schema is None:
        root, schema = _found(bag, options)
    opened = open_files(
        f"{path}/part.*.parquet",
        mode="wb",
        num=bag.npartitions,
        name_function=str,
        **(storage_options or {}),
    )
    targets = tuple(file.path if type(file.fs) is LocalFileSystem else file for file in opened)
    if p.is_of_files(bag._plan):
        out = bag._of(p.Parquet(bag._plan, schema, root, targets, compression), "to-parquet")
        # What is asked for twice is written twice.
        out.name += f"-{uuid.uuid4().hex}"
        out.compute(**options)
    else:
        step = p.Parquet(None, schema, root, targets, compression)  # type: ignore[arg-type]
        write = delayed(_of_its_own, pure=False)
        parts = enumerate(bag.to_delayed())
        compute(*(write(batches.write, step, at, part) for at, part in parts), **options)
    return [file.path for file in opened]


def _of_its_own(make: Callable[..., Any], *args: Any) -> Any:
    """What dask.bag's own elements become, whose lines nobody knows."""
    from satchel.run.part import Misfit

    try:
        return make(*args)
    except Misfit as misfit:
        raise misfit.args[0] from None


def _found(bag: Any, options: Mapping[str, Any]) -> tuple[str, pa.Schema]:
    """What rows are made of and their schema, found out from all elements."""
    from satchel.run.types import Conflict, Found, describe, fields_of

    ours = p.is_of_files(bag._plan)
    types = bag._of(p.Types(bag._plan), "types") if ours else bag.map_partitions(describe)
    found = Found()
    for part in types.compute(**options):
        found.merge(part)
    try:
        return fields_of(found, _names(bag._plan))
    except Conflict as conflict:
        raise NoColumnType(_told(bag._plan if ours else None, *conflict.args)) from None


def _names(plan: p.Plan | None) -> Sequence[str] | None:
    """The names of a tuple's places, where a `pluck` of several keys gives them."""
    if not isinstance(plan, p.Pluck) or type(plan.key) is not list:
        return None
    named = all(type(key) is str for key in plan.key) and len(set(plan.key)) == len(plan.key)
    return plan.key if named else None


def _told(plan: p.Plan | None, path: Sequence[Any], *kinds: str) -> str:
    """What is wrong with a column, where, and what to try."""
    from satchel.run.places import first_seen
    from satchel.run.types import ITEMS

    places = {} if plan is None else first_seen(plan, path, kinds)
    shown = [
        _CALLED.get(kind, kind) + (f" ({places[kind]})" if kind in places else "") for kind in kinds
    ]
    steps = "".join("[]" if step is ITEMS else f".{step}" for step in path).lstrip(".")
    where = f"column {steps!r}" if steps else "the elements"
    return (
        f"expected values that one type holds in {where}, found {' and '.join(shown)}; "
        "give a schema, or map them to one type"
    )


def _pyarrow() -> Any:
    try:
        import pyarrow
    except ImportError as error:
        raise ImportError(
            "expected pyarrow, which makes Arrow's arrays, and found none; "
            "install it: pip install 'satchel[arrow]'"
        ) from error
    return pyarrow
