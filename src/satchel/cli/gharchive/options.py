"""What the commands on a mirror share: options, and how a report is printed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import click

from satchel.cli import output

__all__ = ["progress", "storage_options", "table"]

Command = Callable[..., Any]

progress: Callable[[Command], Command] = click.option(
    "--progress/--no-progress",
    default=None,
    help="Show on standard error how far it is (where that is a terminal).",
)


class _Options(click.ParamType[dict[str, Any]]):
    """The options of a store, as one writes them in Python."""

    name = "JSON"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, Any]:
        try:
            found = json.loads(value)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            self.fail("expected an object of JSON, such as '{\"anon\": true}'", param, ctx)
        return found


storage_options: Callable[[Command], Command] = click.option(
    "--storage-options", type=_Options(), help="For the store's file system, as in Python."
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
