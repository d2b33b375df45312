"""How a reduction is lowered: the kernel's sink for it, and how partial results are combined."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from satchel.expr import nodes as n
from satchel.expr.frame import Own
from satchel.expr.lower import Lowered, NotLowered, lower
from satchel.plan.columns import RECORD, Columns, columns_of, picked
from satchel.plan.nodes import (
    MISSING,
    Batches,
    Count,
    Distinct,
    Exists,
    Extreme,
    Fold,
    FoldBy,
    Frame,
    Frequencies,
    Lines,
    Moments,
    Reduction,
    Step,
    Sum,
    Take,
    TopK,
    Types,
)

__all__ = [
    "Combine",
    "NativeSink",
    "element_of",
    "is_constant",
    "key_of",
    "lower_sink",
    "takes_several",
    "width_of",
]

ACC = n.record("acc")
OTHER = n.record("other")

# Factories that `foldby` may be given as `initial`.
_FACTORIES: tuple[type, ...] = (int, float, str, bool, tuple, list, dict)


@dataclass(frozen=True, eq=False, repr=False)
class Combine:
    """How two partial results become one: an expression over ``acc`` and ``other``."""

    node: n.Node | None
    initial: Any = MISSING


@dataclass(frozen=True, eq=False, repr=False)
class NativeSink:
    """A reduction that the kernel runs.

    Attributes:
        kind: the name on the wire.
        roots: the expressions that it evaluates for each row, by their field on the wire.
        fields: its other fields on the wire.
        combine: for folds, how partitions are combined (``node=None``: in Python).
        reasons: why a part of it (a combine) stays in Python.
        columns: of a sink of columns, what they are.
    """

    kind: str
    roots: dict[str, n.Node] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    combine: Combine | None = None
    reasons: tuple[NotLowered, ...] = ()
    mutable: bool = False
    columns: Columns | None = None


def lower_sink(step: Step | None, element: n.Node) -> NativeSink | NotLowered:
    """The kernel's sink for a reduction over `element`, or why it has to be Python's."""
    match step:
        case None:
            return NativeSink("collect", {"element": element}, {"limit": None})
        case Lines(files=files, last_endline=last_endline):
            fields = {"gzip": files[0].compression == "gzip", "last_endline": last_endline}
            return NativeSink("lines", {"element": element}, fields)
        case Frame(columns=names):
            return _frame(names, element)
        case Types():
            return _columns(columns_of(element), nested=True, exact=False, types=True)
        case Batches():
            return _columns(columns_of(element), nested=True, exact=True, types=False)
        case Take(k=k):
            return NativeSink("collect", {"element": element}, {"limit": k})
        case Count():
            return NativeSink("count")
        case Sum():
            return NativeSink("sum", {"value": element})
        case Extreme(name=name):
            return NativeSink(name, {"value": element})
        case Exists():
            return NativeSink("collect", {"element": n.const(True)}, {"limit": 1})
        case Moments():
            return _moments(step, element)
        case Frequencies():
            return NativeSink("frequencies", {"key": element})
        case Distinct(key=None):
            return NativeSink("distinct", {"key": element})
        case Distinct(key=key):
            return _distinct(key, element)
        case TopK():
            return _topk(step, element)
        case Fold():
            return _fold(step, element)
        case FoldBy():
            return _foldby(step, element)
        case Reduction():
            return NotLowered("its functions are given iterators", None)
    return NotLowered(f"{type(step).__name__.lower()} is done in Python", None)


def element_of(element: n.Node, key: Any) -> n.Node | NotLowered:
    """What ``toolz.getter(key)`` takes from an element: a list of keys makes a tuple."""
    if isinstance(key, list):
        parts = [element_of(element, k) for k in key]
        nodes = [p for p in parts if isinstance(p, n.Node)]
        return (
            n.Node("tuple", tuple(nodes))
            if len(nodes) == len(parts)
            else NotLowered("a nested list of keys", None)
        )
    if type(key) not in (str, int):
        return NotLowered(f"a key of type {type(key).__name__}", None)
    return n.getitem(element, n.const(key))


def key_of(key: Any, element: n.Node) -> Lowered | NotLowered:
    """A ``key`` argument, a function or something to subscript with, over `element`."""
    if callable(key):
        return lower(key, (element,))
    node = element_of(element, key)
    return node if isinstance(node, NotLowered) else Lowered(node)


def is_constant(value: Any) -> bool:
    """Whether the kernel can hold `value` and nobody can change it: a scalar, a tuple of them.

    >>> is_constant((0, "a", None)), is_constant([0]), is_constant(2**63)
    (True, False, False)
    """
    kind = type(value)
    if kind is int:
        return bool(-(2**63) <= value < 2**63)
    if kind is str:
        return not any("\ud800" <= letter <= "\udfff" for letter in value)
    if kind is tuple:
        return all(map(is_constant, value))
    return value is None or kind in (bool, float)


def takes_several(function: Callable[..., Any]) -> bool:
    """Whether dask.bag's ``topk`` calls the key with the element's items as arguments."""
    try:
        spec = inspect.getfullargspec(function)
    except TypeError:
        return False
    if spec.varargs:
        return True
    bound = isinstance(function, type) and spec.args[:1] == ["self"]
    return len(spec.args) - len(spec.defaults or ()) - bound > 1


def _topk(step: TopK, element: n.Node) -> NativeSink | NotLowered:
    if type(step.k) is not int or step.k < 0:
        return NotLowered("k is not a plain non-negative int", None)
    if not step.key:
        return NativeSink("topk", {"element": element}, {"k": step.k, "key": None})
    if callable(step.key) and takes_several(step.key):
        width = width_of(element)
        if width is None:
            return NotLowered(
                "the key takes several arguments and the element's length is not known", None
            )
        parts = tuple(n.getitem(element, n.const(i)) for i in range(width))
        key = lower(step.key, parts)
    else:
        key = key_of(step.key, element)
    if isinstance(key, NotLowered):
        return key
    return NativeSink(
        "topk", {"element": element, "key": key.node}, {"k": step.k}, mutable=key.mutable
    )


def width_of(element: n.Node) -> int | None:
    """How many items the element has, where that is certain."""
    if element.op == "tuple":
        return len(element.args)
    return 2 if element.op == "input" and element.data == "item" else None


def _distinct(key: Any, element: n.Node) -> NativeSink | NotLowered:
    if isinstance(key, list):
        return NotLowered("a list is no key here", None)
    lowered = key_of(key, element)
    if isinstance(lowered, NotLowered):
        return lowered
    # A fold that keeps the first element of each key.
    roots = {"key": lowered.node, "step": ACC, "element": element}
    return NativeSink("foldby", roots, {}, Combine(ACC), mutable=lowered.mutable)


def _fold(step: Fold, element: n.Node) -> NativeSink | NotLowered:
    binop = lower(step.binop, (ACC, element))
    if isinstance(binop, NotLowered):
        return binop
    combine = lower(step.combine or step.binop, (ACC, OTHER))
    problem = _shared(step.initial, binop, combine)
    if problem is not None:
        return problem
    fields = _initial(step.initial)
    return NativeSink(
        "fold",
        {"step": binop.node} | _first_element(fields, element),
        fields,
        Combine(combine.node if isinstance(combine, Lowered) else None),
        (combine,) if isinstance(combine, NotLowered) else (),
        binop.mutable,
    )


def _frame(names: tuple[Any, ...], element: n.Node) -> NativeSink | NotLowered:
    columns = picked(names) if element == RECORD else columns_of(element)
    if columns is None:
        return NotLowered("a column that is no key of a record, or is there twice", None)
    if columns.shape == "dict":
        if len(set(names)) < len(names) or not set(names) <= set(columns.names):
            return NotLowered("a column that the elements do not have", None)
    elif len(names) != len(columns.cells):
        return NotLowered("the elements have another number of columns", None)
    return _columns(columns, nested=False, exact=False, types=False)


def _columns(columns: Columns, **wanted: bool) -> NativeSink:
    return NativeSink("columns", {"cells": columns.row}, wanted, columns=columns)


def _moments(step: Moments, element: n.Node) -> NativeSink:
    *squares, total, count = (
        n.getitem(ACC, n.const(index)) for index, _ in enumerate(step.initial)
    )
    terms = [n.Node("add", (one, n.Node("pow", (element, n.const(2))))) for one in squares]
    terms += [n.Node("add", (total, element)), n.Node("add", (count, n.const(1)))]
    fields = {"initial": step.initial}
    return NativeSink("fold", {"step": n.Node("tuple", tuple(terms))}, fields, Combine(None))


def _foldby(step: FoldBy, element: n.Node) -> NativeSink | NotLowered:
    key = key_of(step.key, element)
    if isinstance(key, NotLowered):
        return key
    initial = _made(step.initial)
    if isinstance(initial, NotLowered):
        return initial
    acc: n.Node | Own = ACC
    if callable(step.initial) and type(initial) in (list, dict):
        # Each key has one of its own, which the function may change.
        acc = Own(ACC, type(initial).__name__)
    binop = lower(step.binop, (acc, element))
    if isinstance(binop, NotLowered):
        return binop
    combine = lower(step.binop if step.combine is None else step.combine, (ACC, OTHER))
    problem = None if callable(step.initial) else _shared(initial, binop, combine)
    if problem is not None:
        return problem
    fields = _initial(initial)
    combine_initial = _made(step.combine_initial)
    holds = is_plain if callable(step.combine_initial) else is_constant
    native = isinstance(combine, Lowered) and (combine_initial is MISSING or holds(combine_initial))
    return NativeSink(
        "foldby",
        {"key": key.node, "step": binop.node} | _first_element(fields, element),
        fields,
        Combine(combine.node if native and isinstance(combine, Lowered) else None, combine_initial),
        (combine,) if isinstance(combine, NotLowered) else (),
        key.mutable or binop.mutable,
    )


def _first_element(fields: dict[str, Any], element: n.Node) -> dict[str, n.Node]:
    """Without an initial value the first element is the accumulator."""
    return {} if "initial" in fields else {"element": element}


def _made(initial: Any) -> Any:
    """The value that an accumulator starts from: what a factory makes for each key, as well."""
    if not callable(initial):
        return initial
    if any(initial is factory for factory in _FACTORIES):
        return initial()
    lowered = lower(initial, ())
    if isinstance(lowered, Lowered):
        from satchel.expr.interpret import interpret  # Few folds need it.

        try:
            made = interpret(lowered.node, {})
        except Exception:  # noqa: BLE001 - the function itself will raise it
            made = initial
        if is_plain(made):
            return made
    return NotLowered("initial is a function that makes a new object for each key", None)


def _shared(initial: Any, binop: Lowered, combine: Lowered | NotLowered) -> NotLowered | None:
    """Why Python has to fold from this initial value, which all accumulators start as, if so."""
    if initial is MISSING or is_constant(initial):
        return None
    unseen = (
        [combine]
        if isinstance(combine, NotLowered)
        else [node for node in n.walk([binop.node, combine.node]) if node.op == "unproved"]
    )
    if unseen or not is_plain(initial):
        # Whoever changed it would change it for all.
        return NotLowered(
            f"initial is a {type(initial).__name__}, which every call would share", None
        )
    return None


def is_plain(value: Any) -> bool:
    """Whether the kernel can hold `value`: a constant, or a list or dict of such.

    >>> is_plain({"n": 0, "names": []}), is_plain({1, 2})
    (True, False)
    """
    if type(value) is list:
        return all(map(is_plain, value))
    if type(value) is dict:
        return all(is_constant(key) and is_plain(item) for key, item in value.items())
    return is_constant(value)


def _initial(value: Any) -> dict[str, Any]:
    return {} if value is MISSING else {"initial": value}
