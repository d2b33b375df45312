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


def untold(group: click.Group, typed: str, pages: str) -> Iterator[str]:
    """Yield one sentence for each command that no page of docs/ shows, or that has no help."""
    for name in group.list_commands(click.Context(group)):
        path = f"{typed} {name}"
        if path not in pages:
            yield f"docs/: no page shows `{path}`"
        command = group.get_command(click.Context(group), name)
        if command is None or not command.help:
            yield f"{path}: no help text"
        if isinstance(command, click.Group):
            yield from untold(command, path, pages)


if __name__ == "__main__":
    text = "\n".join(path.read_text() for path in sorted(Path("docs").rglob("*.md")))
    public = [name for name in satchel.__all__ if not name.startswith("_")]
    sys.exit(
        "\n".join([*undocumented(satchel, public, "satchel"), *untold(main, "satchel", text)]) or 0
    )
