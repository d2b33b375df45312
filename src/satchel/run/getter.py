"""What dask.bag does with a key that is no function: it subscripts with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from satchel.plan.nodes import MISSING

__all__ = ["getter", "getter_of"]


def getter_of(key: Any) -> Callable[[Any], Any]:
    """A function of the element: the key itself, or one that subscripts with it."""
    return key if callable(key) else getter(key)


def getter(key: Any, default: Any = MISSING) -> Callable[[Any], Any]:
    """What ``toolz.pluck`` does to one element.

    >>> getter(["a", "b"])({"a": 1, "b": 2})
    (1, 2)
    >>> getter("a", None)({})
    """
    if default is MISSING:
        if isinstance(key, list):
            return lambda element: tuple(element[k] for k in key)
        return lambda element: element[key]

    def get(element: Any, k: Any = key) -> Any:
        try:
            return element[k]
        except (KeyError, IndexError):
            return default

    if isinstance(key, list):
        return lambda element: tuple(get(element, k) for k in key)
    return get
