"""What commands print: columns for people on a terminal, tabs in a pipe, or JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

__all__ = ["cell", "json_line", "line", "rows"]

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def line(text: str) -> None:
    """Print one line; what the terminal's encoding lacks is spelled out."""
    try:
        sys.stdout.write(f"{text}\n")
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "utf-8"
        shown = text.encode(encoding, "backslashreplace").decode(encoding)
        sys.stdout.write(f"{shown}\n")


def json_line(value: Any) -> None:
    """Print a value as one line of JSON, in ASCII, so that it is the same everywhere."""
    line(json.dumps(value))


def cell(value: Any) -> str:
    r"""A value between tabs: text as it is but for tabs and newlines, the rest as JSON.

    >>> cell("a\tb"), cell(None), cell((1, "x")), cell(True)
    ('a\\tb', 'null', '[1, "x"]', 'true')
    """
    if type(value) is str:
        return value.translate(_ESCAPES)
    return json.dumps(value, ensure_ascii=False, default=repr)


def rows(table: Sequence[Sequence[Any]]) -> None:
    """Print rows: aligned on a terminal, with a tab between cells in a pipe."""
    cells = [[cell(value) for value in row] for row in table]
    if not sys.stdout.isatty():
        for row in cells:
            line("\t".join(row))
        return
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    numbers = [
        all(type(value) in (int, float) for value in column) for column in zip(*table, strict=True)
    ]
    for row in cells:
        shown = [
            text.rjust(width) if number else text.ljust(width)
            for text, width, number in zip(row, widths, numbers, strict=True)
        ]
        line("  ".join(shown).rstrip())
