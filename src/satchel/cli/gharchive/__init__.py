"""``satchel gharchive``: to have the archive here, and to know that all of it is."""

from __future__ import annotations

from typing import Any

import click

from satchel.cli.group import Commands

__all__ = ["gharchive"]


class _GhArchive(Commands):
    home = "satchel.cli.gharchive"
    names = ("mirror", "sample", "verify")


@click.command(cls=_GhArchive)
def gharchive(**_: Any) -> None:
    """GH Archive: fetch hours of GitHub's public events, check them, or make some."""
