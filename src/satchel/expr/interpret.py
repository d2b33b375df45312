"""The slow, obvious twin of the kernel: what every operation means, in Python itself."""

from __future__ import annotations

import datetime
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from satchel.expr.handling import KINDS, is_lazy
from satchel.expr.nodes import Node


class Unproved(Exception):
    """Only the user's own function can answer here: it raises, or runs a handler."""

    def __init__(self, reason: str, kind: str | None = None) -> None:
        super().__init__(reason)
        self.kind = kind


def interpret(node: Node, inputs: Mapping[str, object]) -> object:
    """The value of an expression; raises what Python raises.

    A shared node is evaluated once, and of an `if` only the branch that is taken.

    >>> from satchel.expr.nodes import const, getitem, record
    >>> interpret(getitem(record(), const("type")), {"record": {"type": "PushEvent"}})
    'PushEvent'
    """
    values: dict[Node, object] = {}
    # A stack in place of recursion, because expressions nest deeper than Python's calls may.
    stack = [node]
    while stack:
        top = stack[-1]
        waiting = next((arg for arg in _needed(top, values) if arg not in values), None)
        if waiting is not None:
            stack.append(waiting)
        else:
            values[stack.pop()] = _apply(top, values, inputs)
    return values[node]


def in_order(node: Node) -> tuple[Node, ...]:
    """The arguments that are always evaluated, in the order in which Python does it."""
    if node.op in ("if", "each"):
        return node.args[:1]
    if node.op == "loop":
        return node.args[:1] + node.args[2:]
    if node.op == "raised":
        return ()
    if node.op == "contains":
        return node.args[::-1]
    return node.args


def _needed(node: Node, values: Mapping[Node, object]) -> Iterable[Node]:
    if node.op in ("method", "get") and node.args[0] in values:
        # Python looks the method up before it evaluates the arguments.
        getattr(values[node.args[0]], node.data or "get")
    if node.op != "if":
        return in_order(node)
    condition, yes, no = node.args
    if condition not in values:
        return (condition,)
    return (yes if values[condition] else no,)


def _apply(node: Node, values: Mapping[Node, object], inputs: Mapping[str, object]) -> object:
    if node.op == "input":
        return inputs[node.data]
    if node.op == "const":
        return node.data
    if node.op == "if":
        condition, yes, no = node.args
        return values[yes if values[condition] else no]
    if node.op == "each":
        return _each(node, values, inputs)
    if node.op == "loop":
        return _loop(node, values, inputs)
    if node.op == "raised":
        return _raised(node.args[0], inputs)
    if node.op == "unproved":
        raise Unproved(*node.data)
    return _MEANING[node.op](node.data, *(values[arg] for arg in node.args))


def _each(node: Node, values: Mapping[Node, object], inputs: Mapping[str, object]) -> list[object]:
    items, body = node.args
    found: list[object] = []
    for item in cast(Iterable[object], values[items]):
        added = interpret(body, {**inputs, f"bound{node.data}": item})
        found.extend(cast(Iterable[object], added))
    return found


def _loop(
    node: Node, values: Mapping[Node, object], inputs: Mapping[str, object]
) -> tuple[object, ...]:
    items, body, *inits = node.args
    held: tuple[object, ...] = (0, *(values[init] for init in inits))
    for item in cast(Iterable[object], values[items]):
        bound = (item, *held[1:])
        found = cast(tuple[object, ...], interpret(body, {**inputs, f"bound{node.data}": bound}))
        if found[0]:
            return found
        held = found
    return held


def _raised(node: Node, inputs: Mapping[str, object]) -> str | None:
    try:
        interpret(node, inputs)
    except Unproved as unproved:
        if unproved.kind is None:
            raise
        return unproved.kind
    except (
        KeyError,
        IndexError,
        TypeError,
        ValueError,
        AttributeError,
        ZeroDivisionError,
    ) as error:
        kind = type(error).__name__
        if kind not in KINDS or is_lazy(node):
            raise Unproved(f"raises {kind}") from error
        return kind
    return None


def _get(data: None, value: Any, key: Any, default: Any) -> Any:
    return value.get(key, default)


def _slice(data: None, value: Any, start: Any, stop: Any, step: Any) -> Any:
    return value[slice(start, stop, step)]


def _call(name: str, *args: Any) -> Any:
    if name.startswith("isinstance:"):
        return isinstance(args[0], tuple(_TYPES[part] for part in name[11:].split(",")))
    return _CALLS[name](*args)


def _method(name: str, value: Any, *args: Any) -> Any:
    return getattr(value, name)(*args)


def _dict(data: None, *items: Any) -> dict[Any, Any]:
    return dict(zip(items[::2], items[1::2], strict=True))


def _put_at(data: None, value: Any, index: Any, item: Any) -> list[Any]:
    changed = list(value)
    changed[index] = item
    return changed


def _merge(how: str, one: Any, two: Any) -> object:
    if how == "**":
        return {**one, **two}
    if how == "|":
        return one | two
    merged = dict(one)
    merged |= two
    return merged


def _format(data: tuple[str, str], value: Any) -> str:
    conversion, spec = data
    return format(_CONVERSIONS[conversion](value), spec)


def _moment(data: tuple[str, str], text: Any) -> object:
    form, part = data
    if form == "iso":
        moment = datetime.datetime.fromisoformat(text)
    else:
        moment = datetime.datetime.strptime(text, form)
    if part == "weekday":
        return moment.weekday()
    return moment.date().isoformat() if part == "date" else getattr(moment, part)


def _regex(data: tuple[str, str, int, str, bool, bool], *args: Any) -> object:
    how, pattern, flags, *_ = data
    found: Any = getattr(re.compile(pattern, flags), how)(*args[::-1])
    if how not in ("search", "match", "fullmatch"):
        return found
    return found and (found.group(), *found.groups())


def _plain(function: Callable[..., object]) -> Callable[..., object]:
    return lambda data, *args: function(*args)


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "": lambda value: value,
    "s": str,
    "r": repr,
    "a": ascii,
}
_CALLS: dict[str, Callable[..., Any]] = {
    "len": len,
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "abs": abs,
    "round": round,
    "min": min,
    "max": max,
    "any": any,
    "all": all,
    "sum": sum,
    "sorted": sorted,
    "list": list,
    "star": lambda value: [*value],
    "dict": dict,
    "tuple": tuple,
    "range": lambda *bounds: list(range(*bounds)),
    "iter": lambda value: iter(value) and None,
    "type": lambda value: type(value).__name__,
}
_TYPES: dict[str, type] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "list": list,
    "dict": dict,
    "NoneType": type(None),
}
_MEANING: dict[str, Callable[..., object]] = {
    "getitem": _plain(operator.getitem),
    "get": _get,
    "contains": _plain(operator.contains),
    "slice": _slice,
    "not": _plain(operator.not_),
    "truth": _plain(operator.truth),
    "is": _plain(operator.is_),
    "is_not": _plain(operator.is_not),
    "eq": _plain(operator.eq),
    "ne": _plain(operator.ne),
    "lt": _plain(operator.lt),
    "le": _plain(operator.le),
    "gt": _plain(operator.gt),
    "ge": _plain(operator.ge),
    "add": _plain(operator.add),
    "sub": _plain(operator.sub),
    # Its words for a str that would be too long are not those of `operator.mul`.
    "mul": lambda data, one, two: one * two,
    "truediv": _plain(operator.truediv),
    "floordiv": _plain(operator.floordiv),
    "mod": _plain(operator.mod),
    "pow": _plain(operator.pow),
    "neg": _plain(operator.neg),
    "pos": _plain(operator.pos),
    "call": _call,
    "method": _method,
    "tuple": lambda data, *items: items,
    "list": lambda data, *items: list(items),
    "dict": _dict,
    "put": lambda data, value, key, item: {**value, key: item},
    "put_at": _put_at,
    "merge": _merge,
    "format": _format,
    "moment": _moment,
    "regex": _regex,
    "part": lambda index, values: values[index],
    "bound": lambda name, value: getattr(value, name) and None,
    "concat": lambda data, *parts: "".join(parts),
    "seq": lambda data, *items: items[-1],
}
