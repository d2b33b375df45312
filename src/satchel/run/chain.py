"""The user's record steps in Python, exactly as dask.bag calls them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from satchel.plan.nodes import (
    Filter,
    Flatten,
    Handed,
    Join,
    Map,
    Pluck,
    Remove,
    StarMap,
    Step,
)
from satchel.run.getter import getter
from satchel.run.join import joined

__all__ = ["DROPPED", "apply", "one_by_one"]


def apply(record_steps: Sequence[Step], elements: Iterable[Any]) -> Iterator[Any]:
    """The elements that come out of `record_steps`, in order, one at a time.

    A ``StopIteration`` of a user's function becomes a ``RuntimeError`` (PEP 479).
    """
    for step in record_steps:
        match step:
            case Map() | StarMap():
                elements = _map(_called(step), elements)
            case Flatten():
                elements = itertools.chain.from_iterable(elements)
            case Filter(predicate=predicate):
                elements = _filter(predicate, elements)
            case Remove(predicate=predicate):
                elements = _remove(predicate, elements)
            case Pluck(key=key, default=default):
                elements = _map(getter(key, default), elements)
            case Join():
                elements = joined(step, elements)
            case Handed():
                pass
            case _:
                raise AssertionError(f"{type(step).__name__} is not a record step")
    return iter(elements)


class _Dropped:
    """What a row becomes that a filter does not let through."""


DROPPED: Final = _Dropped()


def one_by_one(record_steps: Sequence[Step]) -> Callable[[Any], Any]:
    """`apply` for single elements that come now and then: a function of one element.

    It gives what the steps make of the element, or `DROPPED`.

    >>> from satchel.plan.nodes import Filter, Map
    >>> answer = one_by_one([Map(None, abs), Filter(None, bool)])
    >>> answer(-1), answer(0) is DROPPED
    (1, True)
    """
    todo: list[tuple[bool | None, Callable[[Any], Any]]] = []
    for step in record_steps:
        match step:
            case Map() | StarMap():
                todo.append((None, _called(step)))
            case Filter(predicate=predicate):
                todo.append((True, bool if predicate is None else predicate))
            case Remove(predicate=predicate):
                todo.append((False, predicate))
            case Pluck(key=key, default=default):
                todo.append((None, getter(key, default)))
            case Handed():
                pass
            case _:
                raise AssertionError(f"{type(step).__name__} is not a record step")

    def answer(element: Any) -> Any:
        try:
            for wanted, function in todo:
                if wanted is None:
                    element = function(element)
                elif bool(function(element)) is not wanted:
                    return DROPPED
        except StopIteration as error:
            raise RuntimeError("a function raised StopIteration") from error
        return element

    return answer


def _called(step: Map | StarMap) -> Callable[[Any], Any]:
    """The function of a step, as a function of the element alone."""
    function, named = step.function, dict(step.kwargs)
    if isinstance(step, StarMap):
        # As `itertools.starmap` says it of what has no items.
        return lambda element: function(*tuple(element), **named)
    if not step.args and not named:
        return function
    args = step.args
    return lambda element: function(element, *args, **named)


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
