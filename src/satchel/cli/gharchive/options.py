"""What the commands on a mirror share: options, and how a report is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import click

from satchel.cli import output

__all__ = ["progress", "table"]

Command = Callable[..., Any]

progress: Callable[[Command], Command] = click.option(
    "--progress/--no-progress",
    default=None,
    help="Show on standard error how far it is (where that is a terminal).",
)


def table(of: Mapping[str, Iterable[str] | Mapping[str, str]]) -> None:
    """Print a row for each file: its name, what is with it, and why, if that is known."""
    output.rows(
        [
            (name, kind, told[name] if isinstance(told, Mapping) else "")
            for kind, told in of.items()
            for name in told
        ]
    )
