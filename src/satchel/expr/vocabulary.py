"""The one table of what is known by name: loaders, builtins, str methods, operators.

Functions are recognised by identity, never by what they call themselves, and a module that
the user has not imported is not imported here.
"""

from __future__ import annotations

import operator
import sys
from typing import Any

_LOADERS = {
    "json": ("json", "loads"),
    "ujson": ("ujson", "loads"),
    "orjson": ("orjson", "loads"),
    "msgspec": ("msgspec.json", "decode"),
}


def loader_of(function: Any) -> str | None:
    """The name of a known loader of JSON lines.

    >>> import json
    >>> loader_of(json.loads), loader_of(len)
    ('json', None)
    """
    for name, (module, attribute) in _LOADERS.items():
        found = sys.modules.get(module)
        if found is not None and vars(found).get(attribute, _NOTHING) is function:
            return name
    return None


def is_curry(kind: type) -> bool:
    """Whether a type is toolz's `curry`: like a partial, once all arguments are there."""
    found = sys.modules.get("toolz.functoolz")
    return found is not None and vars(found).get("curry") is kind


def is_pluck(function: Any) -> bool:
    """Whether a function is toolz's `pluck`."""
    found = sys.modules.get("toolz.itertoolz")
    return found is not None and vars(found).get("pluck") is function


def is_compose(kind: type) -> bool:
    """Whether a type is that of what toolz's `compose` returns."""
    found = sys.modules.get("toolz.functoolz")
    return found is not None and vars(found).get("Compose") is kind


_NOTHING = object()

BUILTINS: dict[int, tuple[str, int, int]] = {
    id(function): (function.__name__, least, most)
    for function, least, most in (
        (len, 1, 1),
        (str, 1, 1),
        (int, 1, 1),
        (float, 1, 1),
        (bool, 1, 1),
        (abs, 1, 1),
        (round, 1, 2),
        (min, 1, 99),
        (max, 1, 99),
        (any, 1, 1),
        (all, 1, 1),
        (sum, 1, 1),
        (sorted, 1, 1),
        (list, 1, 1),
        (tuple, 1, 1),
    )
}
"""Builtins by identity: their name and how many arguments they take here."""

CONSUMING = frozenset(("min", "max", "any", "all", "sum", "sorted", "list", "tuple"))
"""Those that use up an iterator."""

METHODS: dict[str, tuple[int, int]] = {
    "lower": (0, 0),
    "upper": (0, 0),
    "title": (0, 0),
    "capitalize": (0, 0),
    "isdigit": (0, 0),
    "isalpha": (0, 0),
    "isalnum": (0, 0),
    "isspace": (0, 0),
    "isupper": (0, 0),
    "islower": (0, 0),
    "isascii": (0, 0),
    "strip": (0, 1),
    "lstrip": (0, 1),
    "rstrip": (0, 1),
    "split": (0, 2),
    "rsplit": (0, 2),
    "partition": (1, 1),
    "rpartition": (1, 1),
    "startswith": (1, 3),
    "endswith": (1, 3),
    "find": (1, 3),
    "count": (1, 3),
    "replace": (2, 3),
    "join": (1, 1),
    "removeprefix": (1, 1),
    "removesuffix": (1, 1),
}
"""Methods of str: how many arguments they take."""

STR_METHODS: dict[int, str] = {id(getattr(str, name)): name for name in METHODS}
"""The methods as they are read from the type: `str.lower`."""

ISINSTANCE: dict[int, str] = {
    id(kind): kind.__name__ for kind in (str, int, float, bool, list, dict, type(None))
}
"""Types that `isinstance` may ask for."""

BINARY: dict[str, str] = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "truediv",
    "//": "floordiv",
    "%": "mod",
    "**": "pow",
}

COMPARE: dict[str, str] = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}

OPERATORS: dict[int, tuple[str, int]] = {
    id(getattr(operator, name)): (op, count)
    for name, op, count in (
        *((op, op, 2) for op in (*BINARY.values(), *COMPARE.values())),
        ("iadd", "iadd", 2),
        ("getitem", "getitem", 2),
        ("contains", "contains", 2),
        ("is_", "is", 2),
        ("is_not", "is_not", 2),
        ("not_", "not", 1),
        ("truth", "truth", 1),
        ("neg", "neg", 1),
        ("pos", "pos", 1),
        ("abs", "abs", 1),
    )
}
"""Functions of the operator module: the operation and how many arguments it takes."""

NAMES = frozenset(
    ("len", "str", "int", "float", "bool", "abs", "round", "min", "max", "isinstance")
) | {"list", "dict"}
"""The builtin names that an expression on the command line may use."""
