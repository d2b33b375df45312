"""What people can call is told: docstrings start with one sentence, commands stand in docs/.

ruff sees that a docstring is there; this sees the names that people reach through the package.
"""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import click

import satchel
from satchel.cli import main


def undocumented(owner: object, names: list[str], where: str) -> Iterator[str]:
    """Yield one sentence for each of our own `names` whose docstring has no one-line summary."""
    for name in names:
        member = getattr(owner, name)
        if not str(getattr(member, "__module__", "")).startswith("satchel"):
            continue  # dask.bag's own, told in Dask's documentation
        lines = (inspect.getdoc(member) or "").splitlines() or [""]
        if not lines[0].endswith((".", "?", ":")) or "".join(lines[1:2]).strip():
            yield f"{where}.{name}: the docstring should start with a sentence on a line of its own"
        if inspect.isclass(member):
            own = [n for n, m in vars(member).items() if callable(m) and not n.startswith("_")]
            yield from undocumented(member, own, f"{where}.{name}")


def untold(pages: str) -> Iterator[str]:
    """Yield one sentence for each command, or long option of one, that no page of docs/ shows."""
    for name in main.list_commands(click.Context(main)):
        if f"satchel {name}" not in pages:
            yield f"docs/: no page shows `satchel {name}`"
        command = main.get_command(click.Context(main), name)
        if command is None or not command.help:
            yield f"satchel {name}: no help text"


if __name__ == "__main__":
    text = "\n".join(path.read_text() for path in sorted(Path("docs").rglob("*.md")))
    public = [name for name in satchel.__all__ if not name.startswith("_")]
    sys.exit("\n".join([*undocumented(satchel, public, "satchel"), *untold(text)]) or 0)
