"""``satchel gharchive sample``: hours that never happened; what it takes, `sample.main` says."""

from __future__ import annotations

import click

__all__ = ["sample"]


@click.command(
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="FOLDER DAY...")
def sample(arguments: tuple[str, ...]) -> None:
    """Write generated hours in the archive's shape into FOLDER; --help tells the options.

    Example: satchel gharchive sample day 2015-01-01 --hours 0 1 2 --events 1000
    """
    from satchel.gharchive.sample import main

    main(arguments)
