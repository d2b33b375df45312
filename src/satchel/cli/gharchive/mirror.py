"""``satchel gharchive mirror``: fetch a range of the archive."""

from __future__ import annotations

import dataclasses
from typing import Any

import click

from satchel.cli import options as common
from satchel.cli import output
from satchel.cli.gharchive import options
from satchel.cli.group import BAD_DATA
from satchel.gharchive.mirroring import mirror as fetch
from satchel.gharchive.report import Mirrored
from satchel.gharchive.source import ARCHIVE

__all__ = ["mirror"]


@click.command()
@click.argument("start")
@click.argument("end", required=False)
@click.option("--to", required=True, metavar="PLACE", help="A folder, or s3://bucket/prefix.")
@click.option(
    "--source", default=ARCHIVE, show_default=True, metavar="URL", help="Where it is fetched from."
)
@click.option(
    "-j",
    "--at-once",
    type=click.IntRange(1),
    default=4,
    show_default=True,
    metavar="N",
    help="Files to fetch at a time.",
)
@click.option(
    "--tries",
    type=click.IntRange(1),
    default=6,
    show_default=True,
    metavar="N",
    help="How often an hour is tried.",
)
@click.option(
    "--requests-per-second",
    type=click.FloatRange(0, min_open=True),
    default=10.0,
    show_default=True,
    metavar="N",
    help="No more than so many.",
)
@click.option(
    "--bytes-per-second",
    type=click.FloatRange(0, min_open=True),
    metavar="N",
    help="No more than so many.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="Without a byte, a try has failed.",
)
@click.option("--keep-damaged", is_flag=True, help="Keep what the source itself has damaged.")
@click.option("--again", is_flag=True, help="Ask again for known gaps and for damaged files.")
@common.storage_options
@options.progress
@common.as_json
def mirror(start: str, end: str | None, as_json: bool, **how: Any) -> None:
    """Fetch the hours from START to END (2015, 2015-01, 2015-01-31 or 2015-01-31-5, inclusive).

    What is there already, whole, is not fetched. Printed are the files that are missing, empty or
    damaged at the source, known gaps, and what failed; the sum of it goes to standard error.

    Example: satchel gharchive mirror 2015-01-01 2015-05-31 --to archive
    """
    try:
        report = fetch(start, end, **how)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        output.json_line(dataclasses.asdict(report))
    else:
        options.table(
            {
                "gap": report.gaps,
                "missing": report.missing,
                "empty": report.empty,
                "damaged": report.damaged,
                "failed": report.failed,
            }
        )
    click.echo(_sum(report), err=True)
    if not report.is_complete:
        raise click.exceptions.Exit(BAD_DATA)


def _sum(report: Mirrored) -> str:
    counts = {
        "fetched": len(report.fetched),
        "there before": report.present + len(report.found),
        "known gaps": len(report.gaps),
        "missing": len(report.missing),
        "empty": len(report.empty),
        "damaged at the source": len(report.damaged),
        "failed": len(report.failed),
        "not over yet": report.not_over,
    }
    told = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    return f"{told} ({report.bytes / 1e6:,.1f} MB in {report.seconds:,.1f} s)"
