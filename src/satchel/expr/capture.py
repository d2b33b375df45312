"""What a function reads besides its arguments: globals, closure cells, defaults, constants.

Lowering happens anew at each compute, so a value is taken as it is now. Only exact builtin
types become constants: a subclass may answer differently, and a list, dict or set may be
changed by somebody, which is why those are flagged.
"""

from __future__ import annotations

import builtins
from types import FunctionType, ModuleType
from typing import Any

LIMIT = 1 << 63


class Held:
    """A Python object that a name stands for: a function, a module, a captured value."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class Missing(Exception):
    """A name or an attribute that is not there: the user's own function has to say so."""


def global_named(function: FunctionType, name: str) -> Any:
    """What a global name means to a function: its globals first, then its builtins."""
    scope = function.__globals__
    if type(scope) is not dict:
        raise Missing(f"reads {name!r} from globals that are not a plain dict")
    if name in scope:
        return scope[name]
    known: Any = getattr(function, "__builtins__", vars(builtins))
    if isinstance(known, ModuleType):
        known = vars(known)
    if name in known:
        return known[name]
    raise Missing(f"reads {name!r}, which is not defined")


def cell_named(function: FunctionType, name: str) -> Any:
    """What a closure's name means now."""
    cells = function.__closure__ or ()
    for free, cell in zip(function.__code__.co_freevars, cells, strict=True):
        if free == name:
            try:
                return cell.cell_contents
            except ValueError:
                break
    raise Missing(f"reads {name!r}, which has no value yet")


def attribute_named(value: Any, name: str) -> Any:
    """An attribute of a module, or a method of a builtin type; of nothing else."""
    if type(value) is ModuleType and name in vars(value):
        return vars(value)[name]
    if value is str and name in vars(str):
        return getattr(str, name)
    if type(value) is ModuleType:
        raise Missing(f"reads {value.__name__}.{name}, which is not there")
    raise Missing(f"reads attribute {name!r} of {describe(value)}")


def immutable(value: Any) -> str | None:
    """Why a value cannot be a constant, or None where it can.

    >>> immutable((1, "a")), immutable(1 << 64)
    (None, 'an int beyond 64 bits')
    """
    kind = type(value)
    if value is None or kind is bool or kind is float:
        return None
    if kind is int:
        return None if -LIMIT <= value < LIMIT else "an int beyond 64 bits"
    if kind is str:
        return None if _is_text(value) else "text with a lone surrogate"
    if kind is tuple or kind is frozenset:
        return next(filter(None, map(immutable, value)), None)
    return describe(value)


def collection(value: Any) -> str | None:
    """Why a list, dict or set cannot be an operand of `in` or a subscript, or None."""
    kind = type(value)
    if kind is list or kind is set:
        return next(filter(None, map(immutable, value)), None)
    if kind is dict:
        held = (*value.keys(), *value.values())
        return next(filter(None, map(immutable, held)), None)
    return describe(value)


def describe(value: Any) -> str:
    """A few words for an object, without running any of its code.

    >>> describe([1]), describe(len)
    ('a value of type list', 'len')
    """
    kind = type(value)
    if kind is ModuleType:
        return f"module {vars(value).get('__name__', '?')}"
    if kind is FunctionType or isinstance(value, (type, type(len), type(str.lower))):
        module = getattr(value, "__module__", None)
        name = str(getattr(value, "__qualname__", "?"))
        return name if module in (None, "builtins", "__main__") else f"{module}.{name}"
    return f"a value of type {kind.__name__}"


def _is_text(value: str) -> bool:
    return value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value)
