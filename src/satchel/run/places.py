"""Where in the files a value of a kind is first seen at a place: for errors, all in Python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from satchel.plan.nodes import Plan, steps
from satchel.run import reader
from satchel.run.bad_lines import Ledger
from satchel.run.chain import apply
from satchel.run.spans import in_file
from satchel.run.types import ITEMS, kind_of

__all__ = ["first_seen"]


def first_seen(plan: Plan, path: Sequence[Any], kinds: Sequence[str]) -> dict[str, str]:
    """The first value of each kind at a path of the elements: file, line and byte, in words.

    Args:
        plan: its source and record steps.
        path: keys, places in a tuple, and `ITEMS`.
        kinds: as `kind_of` tells them.
    """
    source, todo = steps(plan)
    lines = reader.Lines(source, source.files)
    found: dict[str, str] = {}
    for element in apply(todo, lines, Ledger(source.files, lines.place)):
        for value in _at(element, path):
            kind = _kind(value, path, kinds)
            if kind in kinds and kind not in found and (place := lines.place()) is not None:
                file, row, offset = in_file(source.files, place)
                where = f"line {row + 1}, byte {offset} (inflated)"
                found[kind] = f"{source.files[file].path}, {where}"
        if len(found) == len(kinds):
            break
    return found


def _kind(value: Any, path: Sequence[Any], kinds: Sequence[str]) -> str:
    if not path and type(value) is tuple:
        return f"tuple of {len(value)}"
    kind = kind_of(value)
    # An int that is long is an int, unless that is what matters.
    return "int" if kind == "long int" and kind not in kinds else kind


def _at(value: Any, path: Sequence[Any]) -> Iterator[Any]:
    if not path:
        yield value
    elif path[0] is ITEMS:
        if type(value) in (list, tuple):
            for item in value:
                yield from _at(item, path[1:])
    elif type(value) is dict:
        if path[0] in value:
            yield from _at(value[path[0]], path[1:])
    elif type(value) is tuple and type(path[0]) is int and path[0] < len(value):
        yield from _at(value[path[0]], path[1:])
