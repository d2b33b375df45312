"""``satchel gharchive sample``: hours that never happened, as the archive has them."""

from __future__ import annotations

from typing import Any

import click

from satchel.cli import options as common
from satchel.cli import output
from satchel.gharchive.damage import KINDS
from satchel.gharchive.eras import ERAS

__all__ = ["sample"]


@click.command()
@click.argument("folder")
@click.argument("start")
@click.argument("end", required=False)
@click.option(
    "--era",
    type=click.Choice(ERAS),
    help="Of every hour: A several events on a line, B Timeline API, C Events API, D trimmed "
    "(that of its date).",
)
@click.option(
    "--damage",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    metavar="SHARE",
    help="Of the hours, how many are damaged.",
)
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(KINDS),
    multiple=True,
    help="What may be done to them; can be given several times (anything).",
)
@click.option(
    "--events",
    type=click.IntRange(1),
    default=7_700,
    show_default=True,
    metavar="N",
    help="Records in each hour.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Another gives other hours.")
@common.as_json
def sample(folder: str, as_json: bool, kinds: tuple[Any, ...], **what: Any) -> None:
    """Write generated hours from START to END (2015-01, 2015-01-31 or 2015-01-31-5) into FOLDER.

    Printed are their paths and eras, how many records can be read of each, and its damage.

    Example: satchel gharchive sample day 2014-12-31-23 2015-01-01-1 --events 100
    """
    from satchel.gharchive.ranges import write_range

    try:
        hours = write_range(folder, kinds=kinds or KINDS, **what)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    for hour in hours:
        if as_json:
            output.json_line(
                {
                    "path": str(hour.path),
                    "era": hour.era,
                    "damage": hour.damage,
                    "events": hour.events,
                    "records": hour.records,
                    "rejects": hour.rejects,
                    "lost": list(hour.lost),
                    "twice": list(hour.twice),
                }
            )
    if not as_json:
        output.rows([(str(h.path), h.era, h.records, h.damage or "") for h in hours])
