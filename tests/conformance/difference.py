"""Where do two answers differ? Equality as a user sees it, types and order included.

Python's ``==`` is too kind for a drop-in: it takes ``1``, ``1.0`` and ``True`` for one
another, and two dicts in different orders for the same dict.

>>> difference([1, (2, "a")], [1, (2, "a")]) is None
True
>>> difference([1], [1.0])
'answer[0]: expected int 1, found float 1.0'
"""

from __future__ import annotations

import math
import struct
from typing import Any


def difference(expected: Any, found: Any, where: str = "answer") -> str | None:
    """Say where ``found`` first differs from ``expected``; None where it does not."""
    if type(expected) is not type(found):
        return f"{where}: expected {_shown(expected)}, found {_shown(found)}"
    if isinstance(expected, float):
        same = _bits(expected) == _bits(found)
        return None if same else f"{where}: expected {expected!r}, found {found!r}"
    if isinstance(expected, complex):
        parts = (expected.real, expected.imag), (found.real, found.imag)
        return difference(*parts, f"parts of {where}")
    if isinstance(expected, (list, tuple)):
        return _of_sequences(expected, found, where)
    if isinstance(expected, dict):
        return _of_dicts(expected, found, where)
    if isinstance(expected, (set, frozenset)):
        return difference(_ordered(expected), _ordered(found), f"elements of {where}")
    if type(expected).__module__.startswith("pandas"):
        return None if expected.equals(found) else f"{where}: frames differ"
    return None if expected == found else f"{where}: {expected!r} became {found!r}"


def _of_sequences(expected: Any, found: Any, where: str) -> str | None:
    for index, (left, right) in enumerate(zip(expected, found, strict=False)):
        told = difference(left, right, f"{where}[{index}]")
        if told:
            return told
    if len(expected) != len(found):
        return f"{where}: expected {len(expected)} elements, found {len(found)}"
    return None


def _of_dicts(expected: dict[Any, Any], found: dict[Any, Any], where: str) -> str | None:
    told = difference(list(expected), list(found), f"keys of {where}")
    if told:
        return told
    for key, value in expected.items():
        told = difference(value, found[key], f"{where}[{key!r}]")
        if told:
            return told
    return None


def _ordered(elements: Any) -> list[Any]:
    return sorted(elements, key=lambda element: (type(element).__name__, repr(element)))


def _bits(number: float) -> bytes:
    """The bits tell 0.0 from -0.0; any NaN is as good as another."""
    return b"nan" if math.isnan(number) else struct.pack("<d", number)


def _shown(value: Any) -> str:
    text = repr(value)
    if len(text) > 80:
        text = text[:77] + "..."
    return f"{type(value).__name__} {text}"
