"""dask.bag's functions that make or combine bags, with bags of ours as their results."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import dask.bag as dask_bag
from dask.bag.utils import assert_eq

from satchel.bag import adopt
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


def compute(*args: Any, get: Callable[..., Any] | None = None, **kwargs: Any) -> tuple[Any, ...]:
    """Compute several collections at once; those that read the same files share one scan.

    Args:
        *args: collections, or lists and dicts that hold some; other objects are passed through.
        get: a scheduler function, as ``client.get`` (the way of 2015).
        **kwargs: as for ``dask.compute``: ``scheduler``, ``num_workers``, ``traverse``, ...

    Returns:
        One result an argument.

    >>> import satchel as db
    >>> b = db.from_sequence([1, 2, 3])
    >>> db.compute(b.sum(), b.max())
    (6, 3)
    """
    return on_dask.compute(*args, get=get, **kwargs)


def _ours(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return adopt(function(*args, **kwargs))

    return wrapped


concat = _ours(dask_bag.concat)
from_delayed = _ours(dask_bag.from_delayed)
from_sequence = _ours(dask_bag.from_sequence)
from_url = _ours(dask_bag.from_url)
map = _ours(dask_bag.map)
map_partitions = _ours(dask_bag.map_partitions)
range = _ours(dask_bag.range)
read_avro = _ours(dask_bag.read_avro)
zip = _ours(dask_bag.zip)
to_textfiles = dask_bag.to_textfiles
