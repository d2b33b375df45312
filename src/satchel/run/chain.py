"""The user's record steps in Python, exactly as dask.bag calls them.

What a function raises is caught in its step, so that a note can name it; a ``try`` in which nothing
is raised costs nothing. Steps pull from each other, so an exception also comes through all steps
behind its own, which tell by the traceback that it is not theirs.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import CodeType
from typing import Any, TypeVar

from satchel.plan.nodes import (
    Filter,
    Flatten,
    Handed,
    Join,
    Load,
    Map,
    Pluck,
    Rejects,
    Remove,
    StarMap,
    Step,
)
from satchel.run.bad_lines import DROPPED, Refuse, answered
from satchel.run.getter import getter
from satchel.run.join import joined
from satchel.run.notes import blame

__all__ = ["DROPPED", "apply", "feeds", "one_by_one", "passed_on"]


def apply(
    record_steps: Sequence[Step], elements: Iterable[Any], refuse: Refuse | None = None
) -> Iterator[Any]:
    """The elements that come out of `record_steps`, in order, one at a time.

    A ``StopIteration`` of a user's function becomes a ``RuntimeError`` (PEP 479).

    Args:
        record_steps: the steps.
        elements: what goes in.
        refuse: told of lines that a loader refuses, where the plan says that they are bad lines.
    """
    for step in record_steps:
        match step:
            case Load() | Rejects():
                elements = _kept(step, answered(step, refuse), elements)
            case Map() | StarMap():
                elements = _map(step, _called(step), elements)
            case Flatten():
                elements = itertools.chain.from_iterable(_iterables(step, elements))
            case Filter(predicate=predicate):
                elements = _filter(step, predicate, elements)
            case Remove(predicate=predicate):
                elements = _remove(step, predicate, elements)
            case Pluck(key=key, default=default):
                elements = _map(step, getter(key, default), elements)
            case Join():
                elements = _joined(step, elements)
            case Handed():
                pass
            case _:
                raise AssertionError(f"{type(step).__name__} is not a record step")
    return iter(elements)


def one_by_one(record_steps: Sequence[Step], refuse: Refuse | None = None) -> Callable[[Any], Any]:
    """`apply` for single elements that come now and then: a function of one element.

    It gives what the steps make of the element, or `DROPPED`.

    >>> from satchel.plan.nodes import Filter, Map
    >>> answer = one_by_one([Map(None, abs), Filter(None, bool)])
    >>> answer(-1), answer(0) is DROPPED
    (1, True)
    """
    todo: list[tuple[bool | None, Callable[[Any], Any], Step]] = []
    for step in record_steps:
        match step:
            case Load() | Rejects():
                todo.append((None, answered(step, refuse), step))
            case Map() | StarMap():
                todo.append((None, _called(step), step))
            case Filter(predicate=predicate):
                todo.append((True, bool if predicate is None else predicate, step))
            case Remove(predicate=predicate):
                todo.append((False, predicate, step))
            case Pluck(key=key, default=default):
                todo.append((None, getter(key, default), step))
            case Handed():
                pass
            case _:
                raise AssertionError(f"{type(step).__name__} is not a record step")

    def answer(element: Any) -> Any:
        for wanted, function, step in todo:
            try:
                if wanted is None:
                    element = function(element)
                    if element is DROPPED:
                        return DROPPED
                elif bool(function(element)) is not wanted:
                    return DROPPED
            except StopIteration as error:
                raise _stopped(error, step) from error
            except Exception as error:
                blame(error, step)
                raise
        return element

    return answer


Feeding = TypeVar("Feeding", bound=Callable[..., Iterator[Any]])

_feeds: set[CodeType] = set()


def feeds(generator: Feeding) -> Feeding:
    """Mark a generator that hands elements on to a reduction, for `passed_on`."""
    _feeds.add(generator.__code__)
    return generator


def passed_on(error: BaseException) -> bool:
    """Whether `error` came to a reduction with the elements that it was fed.

    A reduction pulls its elements, so what an earlier step raises comes through it; and that is
    told from what the reduction raises by the traceback, which costs nothing before.
    """
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code in _feeds:
            return True
        trace = trace.tb_next
    return False


def _stopped(error: StopIteration, step: Step) -> RuntimeError:
    stopped = RuntimeError("a function raised StopIteration")
    blame(stopped, step)
    return stopped


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


@feeds
def _map(step: Step, function: Callable[[Any], Any], elements: Iterable[Any]) -> Iterator[Any]:
    try:
        for element in elements:
            yield function(element)
    except StopIteration as error:
        raise _stopped(error, step) from error
    except Exception as error:
        _blame_own(error, step)
        raise


@feeds
def _joined(step: Join, elements: Iterable[Any]) -> Iterator[Any]:
    try:
        yield from joined(step, elements)
    except Exception as error:
        _blame_own(error, step)
        raise


@feeds
def _kept(step: Step, function: Callable[[Any], Any], elements: Iterable[Any]) -> Iterator[Any]:
    for element in _map(step, function, elements):
        if element is not DROPPED:
            yield element


@feeds
def _filter(
    step: Step, predicate: Callable[[Any], Any] | None, elements: Iterable[Any]
) -> Iterator[Any]:
    try:
        for element in elements:
            if element if predicate is None else predicate(element):
                yield element
    except StopIteration as error:
        raise _stopped(error, step) from error
    except Exception as error:
        _blame_own(error, step)
        raise


@feeds
def _remove(step: Step, predicate: Callable[[Any], Any], elements: Iterable[Any]) -> Iterator[Any]:
    try:
        for element in elements:
            if not predicate(element):
                yield element
    except StopIteration as error:
        raise _stopped(error, step) from error
    except Exception as error:
        _blame_own(error, step)
        raise


@feeds
def _iterables(step: Step, elements: Iterable[Any]) -> Iterator[Iterable[Any]]:
    """What a flatten chains: a list is fast, and cannot fail."""
    for element in elements:
        yield element if type(element) is list else _watched(step, element)


@feeds
def _watched(step: Step, element: Any) -> Iterator[Any]:
    """The items of an element whose iteration may run code of the user's, or be impossible."""
    try:
        yield from element
    except Exception as error:
        blame(error, step)
        raise


def _blame_own(error: Exception, step: Step) -> None:
    """Name the step, where its function raised `error` and no step before it did."""
    trace = error.__traceback__
    following = None if trace is None else trace.tb_next
    if following is None or following.tb_frame.f_code not in _feeds:
        blame(error, step)
