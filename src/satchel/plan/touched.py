"""Which parts of a record steps in Python touch: those that the kernel has to hand over.

    filter(f) -> touches what f does, hands the record on
    groupby(k) -> touches what k does; what comes after is given pairs with groups of records
    map(f)    -> touches what f does, and the record is consumed

Each step says which functions it calls with the record, or with what holds it by then, and what
the next step is given. The record is needed whole where a function lets it escape, and where no
step has consumed it at the end.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import TYPE_CHECKING, Any

from satchel.plan.nodes import (
    MISSING,
    Count,
    Filter,
    Fold,
    FoldBy,
    GroupBy,
    Handed,
    Join,
    Map,
    Pluck,
    Reduction,
    Remove,
    StarMap,
    Step,
)

if TYPE_CHECKING:
    from satchel.expr.abstract import Value

__all__ = ["touched"]

Use = tuple[Callable[..., Any], int, "Value"]
"""A function, and which of its positional parameters is given what."""


def touched(rest: Sequence[Step], given: Value | None = None) -> frozenset[tuple[str, ...]] | None:
    """The paths of the record that the steps touch; None where they need all of it.

    Args:
        rest: the steps.
        given: what the first is given, where it is not the record itself.

    >>> from satchel.plan.nodes import Filter, Text
    >>> source = Text(())
    >>> steps = [Filter(source, lambda e: hash(e["a"])), Map(source, lambda e: e["b"]["c"])]
    >>> sorted(touched(steps))
    [('a',), ('b', 'c')]
    """
    from satchel.expr.abstract import ROOT  # Where all is native, nobody waits for these.
    from satchel.expr.reach import reach

    paths: set[tuple[str, ...]] = set()
    given = ROOT if given is None else given
    for step in rest:
        found = _uses(step, given)
        if found is None:
            return None
        uses, given = found
        for function, position, value in uses:
            reached = reach(function, position, value)
            if reached.paths is None:
                return None
            paths |= reached.paths
        if given is None:
            return frozenset(paths)
    return None


def _uses(step: Step, given: Value) -> tuple[list[Use], Value | None] | None:
    """The functions that a step calls, and what the next step is given: None if it is consumed.

    None for both where the step does something else with what it is given.
    """
    from satchel.expr.abstract import ENTRY, GROUP, PAIR

    match step:
        case Map():
            return [(_with_arguments(step), 0, given)], None
        case StarMap(function=function, kwargs=kwargs) if given.shape:
            second = _second(given)
            return [(functools.partial(function, **dict(kwargs)), 1, second)], None
        case Filter(predicate=predicate) | Remove(predicate=predicate) if callable(predicate):
            return [(predicate, 0, given)], given
        case Pluck(key=key):
            return [(_getter(key), 0, given)], None
        case Count():
            return [], None
        case Fold(binop=binop, initial=initial) if initial is not MISSING:
            return [(binop, 1, given)], None
        case FoldBy(key=key, binop=binop, initial=initial) if initial is not MISSING:
            return [(_getter(key), 0, given), (binop, 1, given)], None
        case Reduction(perpartition=perpartition) if not given.shape:
            return [(perpartition, 0, GROUP)], None
        case Join(on_self=on_self) if not given.shape:
            return [(_getter(on_self), 0, given)], ENTRY
        case GroupBy(grouper=grouper) if not given.shape:
            return [(_getter(grouper), 0, given)], PAIR
        case Handed(uses=uses):
            return [(function, position, given) for function, position in uses], None
    return None


def _second(given: Value) -> Value:
    """What is the second item of a pair."""
    from dataclasses import replace

    from satchel.expr.abstract import SECONDS

    return replace(given, shape=SECONDS[given.shape])


def _getter(key: Any) -> Callable[..., Any]:
    """A function that takes what a key does: it is one, or something to subscript with."""
    if callable(key):
        found: Callable[..., Any] = key
        return found
    if isinstance(key, list):
        return operator.itemgetter(*key) if key else lambda record: ()
    return operator.itemgetter(key)


def _with_arguments(step: Map) -> Callable[..., Any]:
    """The function of a map with its other arguments, which may say what it reads, by name."""
    function = step.function
    if not step.args and not step.kwargs:
        return function
    if type(function) is not FunctionType:
        return lambda record: record  # Not followed: it is given the whole record.
    names = function.__code__.co_varnames[1 : function.__code__.co_argcount]
    if len(names) < len(step.args):
        return lambda record: record
    named = dict(zip(names, step.args, strict=False))
    return functools.partial(function, **{**named, **dict(step.kwargs)})
