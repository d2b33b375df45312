"""dask.bag's functions that make or combine bags, with bags of ours as their results."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import dask.bag as dask_bag
from dask.bag.utils import assert_eq

from satchel.bag import Bag, adopt, in_step
from satchel.run import on_dask

__all__ = [
    "assert_eq",
    "compute",
    "concat",
    "from_delayed",
    "from_sequence",
    "from_url",
    "map",
    "map_partitions",
    "range",
    "read_avro",
    "to_textfiles",
    "zip",
]


def compute(
    *args: Any,
    traverse: bool = True,
    optimize_graph: bool = True,
    scheduler: Any = None,
    get: Callable[..., Any] | None = None,
    **kwargs: Any,
) -> tuple[Any, ...]:
    """Compute several collections at once; those that read the same files share one scan.

    Args:
        *args: collections, or lists and dicts that hold some; other objects are passed through.
        traverse: look for collections inside lists and dicts.
        optimize_graph: optimise Dask's graphs.
        scheduler: a name, a function, or a Client; ours to choose by default.
        get: a scheduler function, as ``client.get`` (the way of 2015).
        **kwargs: for the scheduler: ``num_workers``, ...

    Returns:
        One result an argument.

    >>> import satchel as db
    >>> b = db.from_sequence([1, 2, 3])
    >>> db.compute(b.sum(), b.max())
    (6, 3)
    """
    options = {"traverse": traverse, "optimize_graph": optimize_graph, "scheduler": scheduler}
    return on_dask.compute(*args, get=get, **options, **kwargs)


def _ours(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return adopt(function(*args, **kwargs))

    return wrapped


concat = _ours(dask_bag.concat)
from_delayed = _ours(dask_bag.from_delayed)
from_sequence = _ours(dask_bag.from_sequence)
from_url = _ours(dask_bag.from_url)


@functools.wraps(dask_bag.map)
def map(func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Apply a function elementwise across one or more bags; as ``dask.bag.map``.

    Bags of unequal length are an error wherever they differ.
    """
    return adopt(in_step(dask_bag.map(func, *args, **kwargs)))


map_partitions = _ours(dask_bag.map_partitions)
range = _ours(dask_bag.range)
read_avro = _ours(dask_bag.read_avro)
zip = _ours(dask_bag.zip)


@functools.wraps(dask_bag.to_textfiles)
def to_textfiles(b: Any, *args: Any, **kwargs: Any) -> Any:
    """Write a bag, one file a partition; as ``dask.bag.to_textfiles``."""
    if isinstance(b, Bag):
        return b.to_textfiles(*args, **kwargs)
    return dask_bag.to_textfiles(b, *args, **kwargs)
