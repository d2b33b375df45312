"""The user's record steps in Python, exactly as dask.bag calls them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from satchel.plan.nodes import MISSING, Filter, Map, Pluck, Remove, Step

__all__ = ["apply", "getter"]


def apply(record_steps: Sequence[Step], elements: Iterable[Any]) -> Iterator[Any]:
    """The elements that come out of `record_steps`, in order, one at a time.

    A ``StopIteration`` of a user's function becomes a ``RuntimeError`` (PEP 479).
    """
    for step in record_steps:
        match step:
            case Map(function=function):
                elements = _map(function, elements)
            case Filter(predicate=predicate):
                elements = _filter(predicate, elements)
            case Remove(predicate=predicate):
                elements = _remove(predicate, elements)
            case Pluck(key=key, default=default):
                elements = _map(getter(key, default), elements)
            case _:
                raise AssertionError(f"{type(step).__name__} is not a record step")
    return iter(elements)


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


def _map(function: Callable[[Any], Any], elements: Iterable[Any]) -> Iterator[Any]:
    for element in elements:
        yield function(element)


def _filter(predicate: Callable[[Any], Any] | None, elements: Iterable[Any]) -> Iterator[Any]:
    for element in elements:
        if element if predicate is None else predicate(element):
            yield element


def _remove(predicate: Callable[[Any], Any], elements: Iterable[Any]) -> Iterator[Any]:
    for element in elements:
        if not predicate(element):
            yield element
