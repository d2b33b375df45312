"""``satchel top``: the groups with the most records, or the largest sum."""

from __future__ import annotations

import operator
from typing import Any

import click

from satchel.cli import options, output
from satchel.cli.expression import Expression, Total
from satchel.cli.query import answer, records
from satchel.plan.nodes import File, FoldBy, Frequencies, Map, Plan, TopK

__all__ = ["top"]


@click.command()
@options.files
@click.argument("key", type=options.EXPRESSION)
@click.option(
    "-s",
    "--sum",
    "addend",
    type=options.EXPRESSION,
    metavar="EXPR",
    help="Order by the sum of this over each group's records (else by their number).",
)
@options.where
@click.option(
    "-k",
    "--top",
    "k",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    metavar="K",
    help="How many groups.",
)
@options.reading
@options.as_json
def top(
    files: tuple[File, ...],
    key: Expression,
    addend: Expression | None,
    where: Expression | None,
    k: int,
    validate: str,
    threads: int | None,
    as_json: bool,
) -> None:
    """Group the records of FILE... by KEY and print the largest groups.

    Example: satchel top day/*.json.gz 'e["actor"]["login"]' -k 5
    --where 'e["type"] == "PushEvent"' --sum 'len(e["payload"]["commits"])'
    """
    chosen = records(files, where, validate)
    groups: Plan
    if addend is None:
        groups = Frequencies(Map(chosen, key))
    else:
        groups = FoldBy(chosen, key, Total(addend), 0, operator.add)
    pairs = answer(TopK(groups, k, _amount), threads)
    if as_json:
        name = "count" if addend is None else "sum"
        for group, amount in pairs:
            output.json_line({"key": group, name: amount})
    else:
        output.rows(pairs)


def _amount(group: Any, amount: Any) -> Any:
    return amount
