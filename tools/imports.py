"""Imports point one way: bag -> plan -> expr, run -> plan and the kernel.

A part may import itself, `errors` and what its row names; a new part needs a row. Only `DASK` may
import Dask, and `cli` none of those, so that it answers at once. A late import is still an arrow.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path("src/satchel")
PUBLIC = "satchel"  # the public interface
ALLOWED = {
    "errors": set(),
    "expr": set(),
    "storage": set(),
    "plan": {"expr"},
    "run": {"plan", "expr", "storage", "_kernel"},
    "schema": {"plan", "run", "_kernel"},
    "display": {"plan"},
    "arrow": {"plan", "run"},
    "outputs": {"plan", "run", "arrow"},
    "bag": {"plan", "run", "schema", "display", "outputs"},
    "sources": {"plan", "run", "storage", "bag"},
    "interface": {"run", "bag"},
    "__init__": {"bag", "sources", "interface"},
    "gharchive": {"run", "storage", "sources", PUBLIC},
    "cluster": {PUBLIC},
    "cli": {"expr", "plan", "run", "schema", "storage", "gharchive", "cluster", PUBLIC},
    "__main__": {"cli"},
}
PARTS = {*ALLOWED, "_kernel"}
DASK = ("bag", "outputs", "arrow", "sources", "interface", "cluster", "run/on_dask")


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted name) for every import, also of a function's own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def faults(path: Path) -> Iterator[str]:
    """Yield one sentence for each import that points the wrong way."""
    place = path.relative_to(PACKAGE).with_suffix("").as_posix()
    part = place.split("/")[0]
    for line, name in imported(ast.parse(path.read_text())):
        top, _, rest = name.partition(".")
        if top in ("dask", "distributed") and not place.startswith(DASK):
            yield f"{path}:{line}: {part} does not know Dask, but imports {name}"
        if top == "satchel":
            target = rest.split(".")[0] if rest.split(".")[0] in PARTS else PUBLIC
            if target not in ALLOWED.get(part, set()) | {part, "errors"}:
                yield f"{path}:{line}: {part} may not import {name}"


if __name__ == "__main__":
    found = [fault for path in sorted(PACKAGE.rglob("*.py")) for fault in faults(path)]
    sys.exit("\n".join(found) or 0)
