"""``satchel explain``: which steps run native, what is read, what is checked."""

from __future__ import annotations

import click

from satchel.cli import options, output
from satchel.cli.expression import Expression
from satchel.cli.query import records
from satchel.plan.explain import explain as explained
from satchel.plan.nodes import File, Frequencies, Map
from satchel.run.local import execute

__all__ = ["explain"]


@click.command()
@options.files
@click.argument("expr", type=options.EXPRESSION)
@options.where
@click.option("--analyze", is_flag=True, help="Run it, and add rows, bytes, seconds.")
@options.reading
def explain(
    files: tuple[File, ...],
    expr: Expression,
    where: Expression | None,
    analyze: bool,
    validate: str,
    threads: int | None,
) -> None:
    """Say how EXPR is evaluated over the records of FILE..., as `satchel freq` would do it.

    Example: satchel explain hour.json.gz 'e["actor"]["login"].lower()' --analyze
    """
    plan = Frequencies(Map(records(files, where, validate), expr))
    if not analyze:
        output.line(str(explained(plan)))
        return
    output.line(str(explained(plan, lambda staged: execute(staged, threads))))
