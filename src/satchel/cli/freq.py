"""``satchel freq``: how often each value of an expression occurs."""

from __future__ import annotations

from typing import Any

import click

from satchel.cli import options, output
from satchel.cli.expression import Expression
from satchel.cli.query import answer, records
from satchel.plan.nodes import File, Frequencies, Map, Plan, TopK

__all__ = ["freq"]


@click.command()
@options.files
@click.argument("expr", type=options.EXPRESSION)
@options.where
@click.option("-k", "--top", type=click.IntRange(1), metavar="K", help="Only the K most frequent.")
@options.reading
@options.as_json
def freq(
    files: tuple[File, ...],
    expr: Expression,
    where: Expression | None,
    top: int | None,
    validate: str,
    threads: int | None,
    as_json: bool,
) -> None:
    """Count each value of EXPR over the records of FILE..., the most frequent first.

    Values as frequent as each other stand in the order in which they were first seen.

    Example: satchel freq day/*.json.gz 'e["type"]'
    """
    values = Map(records(files, where, validate), expr)
    plan: Plan = Frequencies(values, sort=True)
    if top is not None:
        plan = TopK(Frequencies(values), top, _count)
    pairs = answer(plan, threads)
    if as_json:
        for value, number in pairs:
            output.json_line({"value": value, "count": number})
    else:
        output.rows(pairs)


def _count(value: Any, count: int) -> int:
    return count
