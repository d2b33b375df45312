"""``satchel head``: the first records, as they stand in the files."""

from __future__ import annotations

import json

import click

from satchel.cli import options, output
from satchel.cli.expression import Expression, OnLine
from satchel.cli.query import answer
from satchel.plan.nodes import File, Filter, Plan, Take, Text

__all__ = ["head"]


@click.command()
@options.files
@click.option(
    "-n",
    "--lines",
    "n",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    metavar="N",
    help="How many records.",
)
@options.where
@click.option("--pretty", is_flag=True, help="Indent each record (the values stay the same).")
def head(files: tuple[File, ...], n: int, where: Expression | None, pretty: bool) -> None:
    """Print the first records of FILE..., line for line, reading no further than needed.

    Example: satchel head day/*.json.gz -n 1 --pretty --where 'e["type"] == "ForkEvent"'
    """
    lines: Plan = Text(files)
    if where is not None:
        lines = Filter(lines, OnLine(where.node, where.text))
    for text in answer(Take(lines, n, len(files), warn=False), None):
        if pretty:
            output.line(json.dumps(json.loads(text), indent=2, ensure_ascii=False))
        else:
            output.line(text.removesuffix("\n"))
