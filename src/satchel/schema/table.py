"""How a schema is shown: a table as wide as the terminal, and one for notebooks."""

from __future__ import annotations

import html as escaping
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from satchel.schema.found import Field, Schema

__all__ = ["html", "text"]

_NARROWEST, _WIDEST = 60, 180
_CONTAINERS = ("dict", "list", "tuple")
_GAP = "  "


def text(schema: Schema, width: int | None = None) -> str:
    """The table: a path a line, what is in it indented below.

    Args:
        schema: what was found.
        width: of a line, in letters; by default the terminal's, within bounds.
    """
    if width is None:
        width = shutil.get_terminal_size((100, 24)).columns
    width = min(max(width, _NARROWEST), _WIDEST)
    rows = [("path", "records", "types", "example")]
    for path, row in schema.paths.items():
        name = "  " * row.depth + (row.name if path else "(record)")
        rows.append((_printable(name), _percent(row.share), _types(row), _printable(_example(row))))
    names = min(max(len(row[0]) for row in rows), width * 2 // 5)
    types = min(max(len(row[2]) for row in rows), width // 4)
    rest = width - names - types - len("records") - 3 * len(_GAP)
    lines = [schema.headline, ""]
    for name, share, kinds, example in rows:
        cells = (
            _cut(name, names).ljust(names),
            share.rjust(len("records")),
            _cut(kinds, types).ljust(types),
            _cut(example, rest),
        )
        lines.append(_GAP.join(cells).rstrip())
    return "\n".join(lines)


def html(schema: Schema) -> str:
    """The table for a notebook, in a box that scrolls."""
    rows = []
    for path, row in schema.paths.items():
        cells = (
            f'<td style="text-align:left;padding-left:{row.depth * 1.5 + 0.5}em" '
            f'title="{_escaped(path)}">{_escaped(row.name if path else "(record)")}</td>',
            f"<td>{_percent(row.share)}</td>",
            f'<td style="text-align:left">{_escaped(_types(row))}</td>',
            f'<td style="text-align:left"><code>{_escaped(_example(row))}</code></td>',
        )
        rows.append(f"<tr>{''.join(cells)}</tr>")
    head = "".join(f"<th>{name}</th>" for name in ("path", "records", "types", "example"))
    return (
        f"<p>{_escaped(schema.headline)}</p>"
        '<div style="max-height:40em;overflow:auto">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _types(row: Field) -> str:
    if len(row.types) == 1:
        return next(iter(row.types))
    return ", ".join(f"{name} {count:,}" for name, count in row.types.items())


def _example(row: Field) -> str:
    """The example, but for containers: what is in them has rows of its own."""
    common = next(iter(row.types), "")
    return "" if common in _CONTAINERS else row.example


def _percent(share: float) -> str:
    """A share, where neither 100 % nor 0 % is said of what is not.

    >>> _percent(1.0), _percent(0.9999), _percent(0.5), _percent(0.0001)
    ('100 %', '>99.9 %', '50.0 %', '<0.1 %')
    """
    if share >= 1.0:
        return "100 %"
    if share > 0.999:
        return ">99.9 %"
    return "<0.1 %" if share < 0.001 else f"{share * 100:.1f} %"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(width - 3, 0)] + "..."


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(c if c.isprintable() else "?" for c in text)


def _escaped(text: str) -> str:
    return escaping.escape(_printable(text))
