"""``satchel count``: how many records."""

from __future__ import annotations

import click

from satchel.cli import options, output
from satchel.cli.expression import Expression
from satchel.cli.query import answer, records
from satchel.plan.nodes import Count, File

__all__ = ["count"]


@click.command()
@options.files
@options.where
@options.reading
@options.as_json
def count(
    files: tuple[File, ...],
    where: Expression | None,
    validate: str,
    threads: int | None,
    as_json: bool,
) -> None:
    """Count the records of FILE..., each line checked to be JSON.

    Example: satchel count day/*.json.gz --where 'e["type"] == "PushEvent"'
    """
    number = answer(Count(records(files, where, validate)), threads)
    if as_json:
        output.json_line({"count": number})
    else:
        output.line(str(number))
