"""``satchel gharchive verify``: whether a mirror is still whole."""

from __future__ import annotations

import dataclasses
from typing import Any

import click

from satchel.cli import options as common
from satchel.cli import output
from satchel.cli.gharchive import options
from satchel.cli.group import BAD_DATA
from satchel.gharchive.verifying import Verified
from satchel.gharchive.verifying import verify as check

__all__ = ["verify"]


@click.command()
@click.argument("place", metavar="PLACE")
@click.option(
    "-j",
    "--at-once",
    type=click.IntRange(1),
    metavar="N",
    help="Files to read at a time (one a core).",
)
@common.storage_options
@options.progress
@common.as_json
def verify(place: str, as_json: bool, **how: Any) -> None:
    """Read all of the mirror at PLACE, and say what is damaged, lost, or not in its manifest.

    What is damaged is noted in the manifest: the next mirror fetches it again.

    Example: satchel gharchive verify archive
    """
    try:
        report = check(place, **how)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        output.json_line(dataclasses.asdict(report))
    else:
        options.table(
            {
                "damaged": report.damaged,
                "lost": report.lost,
                "kept damaged": report.kept,
                "not in the manifest": report.unlisted,
                "empty": report.empty,
                "missing": report.missing,
            }
        )
    click.echo(_sum(report), err=True)
    if not report.is_whole:
        raise click.exceptions.Exit(BAD_DATA)


def _sum(report: Verified) -> str:
    told = (
        f"{len(report.whole):,} whole, {len(report.damaged):,} damaged, {len(report.lost):,} lost"
    )
    hint = "(try: satchel gharchive mirror, which fetches them again)"
    if report.is_whole:
        return told
    if not report.noted:
        hint = "(the manifest could not be written: the next mirror does not know of it)"
    return f"{told} {hint}"
