"""Builtins that are given a group: records that something iterates over.

Each either looks at no record (`len`), hands the records on in another order or number (`sorted`),
or gives them one by one to a function, which is followed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from satchel.expr.abstract import ELEMENTS, ENTRIES, OPAQUE, Value
from satchel.expr.transfer import Run

__all__ = ["gathered"]

Call = Callable[[Run, Value, list[Value], Mapping[str, Value]], Value]

COPYING = frozenset(map(id, (iter, list, tuple, reversed)))
"""Builtins that give the same records again."""

RANKING = frozenset(map(id, (sorted, min, max)))
"""Builtins that order the records by what `key=` makes of each."""


def gathered(
    call: Call, run: Run, function: Any, args: list[Value], keywords: Mapping[str, Value]
) -> Value | None:
    """What a builtin makes of a group; None where it is not one of those known here.

    Args:
        call: follows a call of another function.
        run: the function in which this call stands.
        function: what is called.
        args: the positional arguments, one of them perhaps a group.
        keywords: the others.
    """
    if not args or args[-1].shape not in ELEMENTS:
        return None
    group = args[-1]
    element = replace(group, shape=ELEMENTS[group.shape])
    if id(function) in RANKING and len(args) == 1 and keywords.keys() - {"reverse", "default"}:
        if not keywords.keys() <= {"key", "reverse", "default"}:
            return None
        run.use([call(run, keywords["key"], [element], {})], "is what a record is ordered by")
        run.use([value for name, value in keywords.items() if name != "key"], "is an argument")
        return group if function is sorted else element
    if keywords:
        return None
    if function is len and len(args) == 1:
        return OPAQUE
    if id(function) in COPYING and len(args) == 1:
        return group
    if function is enumerate and len(args) == 1 and group.shape == "group":
        return replace(group, shape=ENTRIES.shape)
    if function is map and len(args) == 2:
        return run.gather(call(run, args[0], [element], {}))
    if function is filter and len(args) == 2 and not (args[0].held and args[0].held.value is None):
        run.use([call(run, args[0], [element], {})], "is tested for truth")
        return group
    return None
