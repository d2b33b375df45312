"""``satchel schema``: every path of the records, its types, how often it is there, an example."""

from __future__ import annotations

import sys

import click

from satchel.cli import options, output
from satchel.cli.expression import Expression
from satchel.cli.query import records
from satchel.plan.nodes import File
from satchel.schema import schema as schema_of

__all__ = ["schema"]


@click.command()
@options.files
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(1),
    metavar="N",
    help="Look at the first N records only (else at all).",
)
@options.where
@options.as_json
def schema(
    files: tuple[File, ...], limit: int | None, where: Expression | None, as_json: bool
) -> None:
    """Print every path of the records of FILE...: types, share of records, an example.

    In a pipe the columns are path, records that have it, types with their counts, example.

    Example: satchel schema hour.json.gz -n 1000
    """
    found = schema_of(records(files, where, "strict"), limit)
    if as_json:
        for path, row in found.to_dict()["paths"].items():
            output.json_line({"path": path, **row})
    elif sys.stdout.isatty():
        output.line(str(found))
    else:
        click.echo(found.headline, err=True)
        output.rows(
            [(path, row.records, row.counts, row.example) for path, row in found.paths.items()]
        )
