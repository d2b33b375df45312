"""The arguments and options that several commands share."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

from satchel.cli import files as named
from satchel.cli.expression import Expression, SourceError, expression

__all__ = ["EXPRESSION", "as_json", "files", "reading", "storage_options", "where"]


class _ExpressionType(click.ParamType[Expression]):
    """An expression on `e`, checked before anything is read."""

    name = "expression"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Expression:
        if isinstance(value, Expression):
            return value
        if os.path.exists(value):
            wanted = "the expression comes last (try: 'e[\"type\"]')"
            self.fail(f"{value} is a file; {wanted}", param, ctx)
        try:
            return expression(value)
        except SourceError as error:
            self.fail(str(error), param, ctx)


class _Files(click.Argument):
    """One or more names or patterns, as the files that they stand for."""

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        return named.files(super().process_value(ctx, value), ctx.meta.get(_STORAGE))


_STORAGE = "satchel.storage"

EXPRESSION = _ExpressionType()

where = click.option(
    "-w", "--where", type=EXPRESSION, metavar="EXPR", help="Only records for which this holds."
)

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON lines.")

Command = Callable[..., Any]


def files(command: Command) -> Command:
    """Which files are read, and how their store is spoken to."""
    command = _storage(is_eager=True, expose_value=False, callback=_remember)(command)
    return click.argument("files", nargs=-1, required=True, metavar="FILE...", cls=_Files)(command)


def storage_options(command: Command) -> Command:
    """How a store is spoken to, as a dict."""
    return _storage(callback=lambda _ctx, _param, value: named.storage_options(value))(command)


def _storage(**how: Any) -> Callable[[Command], Command]:
    return click.option(
        "-o",
        "--storage-option",
        "storage_options",
        multiple=True,
        metavar="NAME=VALUE",
        help="For the store of an address: anon=true, endpoint_url=..., as in Python.",
        **how,
    )


def _remember(ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> None:
    ctx.meta[_STORAGE] = named.storage_options(value)


def reading(command: Command) -> Command:
    """The options that say how files are read."""
    command = click.option(
        "-j",
        "--threads",
        type=click.IntRange(1),
        metavar="N",
        help="Files to read at once (one a core).",
    )(command)
    return click.option(
        "--validate",
        type=click.Choice(["strict", "touched"]),
        default="strict",
        show_default=True,
        help="Check every line whole, as json.loads would, or only what is read of it.",
    )(command)
