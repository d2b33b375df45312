"""Imports point one way: bag -> plan -> expr, run -> plan and the kernel, tools on the outside.

Each part of the package may import itself, `errors`, and what its row names; nothing else of
satchel. Dask may be imported only where `DASK` says so. Imports inside functions count: a late
import is still an arrow.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path("src/satchel")
PUBLIC = "satchel"  # the public interface: `import satchel`, `from satchel import name`

ALLOWED = {
    "errors": set(),
    "expr": set(),
    "storage": set(),
    "plan": {"expr"},
    "run": {"plan", "expr", "storage", "_kernel"},
    "sources": {"plan", "run", "storage"},
    "bag": {"plan", "run", "sources"},
    "gharchive": {PUBLIC},
    "cluster": {PUBLIC},
    "cli": {PUBLIC, "gharchive", "cluster"},
}
PARTS = {*ALLOWED, "_kernel"}
DASK = ("bag", "sources", "cluster", "__init__", "run/on_dask")


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted name) for every name that is imported, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def faults(path: Path) -> Iterator[str]:
    """Yield one sentence for each import of `path` that points the wrong way."""
    place = path.relative_to(PACKAGE).with_suffix("").as_posix()
    part = place.split("/")[0]
    for line, name in imported(ast.parse(path.read_text())):
        top, _, rest = name.partition(".")
        if top in ("dask", "distributed") and not place.startswith(DASK):
            yield f"{path}:{line}: {part} does not know Dask, but imports {name}"
        if top == "satchel" and part in ALLOWED:
            target = rest.split(".")[0]
            target = target if target in PARTS else PUBLIC
            if target not in ALLOWED[part] | {part, "errors"}:
                yield f"{path}:{line}: {part} may not import {name}"


if __name__ == "__main__":
    files = sorted(PACKAGE.rglob("*.py"))
    sys.exit("\n".join(fault for path in files for fault in faults(path)) or 0)
