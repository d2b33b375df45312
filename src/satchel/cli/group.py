"""The `satchel` command itself: finds the subcommand, and says in one line what went wrong.

Exit codes: 0 done, 1 bad data, 2 wrong usage, 130 interrupted, 141 nobody reads the output.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from satchel import __version__

__all__ = ["BAD_DATA", "Commands", "main"]

COMMANDS = ("count", "explain", "freq", "gharchive", "head", "schema", "top")

BAD_DATA, USAGE, INTERRUPTED, CLOSED_PIPE = 1, 2, 130, 141


class Commands(click.Group):
    """Commands that are imported when they are asked for, each from the file of its name.

    Attributes:
        home: the package of these files.
        names: of the commands.
    """

    home: str
    names: tuple[str, ...]

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, for help."""
        return list(self.names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of the file of that name."""
        if cmd_name not in self.names:
            return None
        command = getattr(importlib.import_module(f"{self.home}.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command


class Satchel(Commands):
    """All of them; whatever goes wrong in one is told here."""

    home = "satchel.cli"
    names = COMMANDS

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, and end with an exit code and at most one line of talk."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except (click.exceptions.Exit, click.UsageError):
            raise
        except BrokenPipeError:
            _close_quietly()
        except (KeyboardInterrupt, click.Abort):
            _end(INTERRUPTED, "interrupted")
        except Exception as error:  # noqa: BLE001 - one line is what a command line owes.
            from satchel.cli.errors import message  # What it needs takes long to import.

            _end(BAD_DATA, message(error))
        return result

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> NoReturn:
        """Run, and exit; a wrong usage is one line too."""
        try:
            code = super().main(args, prog_name, complete_var, False, **extra)
        except click.ClickException as error:
            context = getattr(error, "ctx", None)
            name = context.command_path if context is not None else "satchel"
            if isinstance(error, click.exceptions.NoArgsIsHelpError):
                click.echo(error.format_message(), err=True)
            else:
                text = " ".join(error.format_message().split("\n", 1)[0].split())
                rest = error.format_message().partition("\n")[2]
                hint = "" if "(try: " in text else f" (try: {name} --help)"
                click.echo("\n".join(filter(None, [f"{name}: {text}{hint}", rest])), err=True)
            sys.exit(USAGE)
        except (KeyboardInterrupt, click.Abort):
            _end(INTERRUPTED, "interrupted")
        sys.exit(code if isinstance(code, int) else 0)


def _end(code: int, line: str) -> NoReturn:
    click.echo(f"satchel: {line}", err=True)
    sys.exit(code)


def _close_quietly() -> NoReturn:
    """Leave without a word, and without a second error when Python flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(CLOSED_PIPE)


@click.command(cls=Satchel, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="satchel", message="%(prog)s %(version)s")
def main() -> None:
    """Questions to gzipped JSON lines, at about the speed at which the gzip inflates.

    Expressions are Python's, on a record `e`: 'e["actor"]["login"]', 'len(e["payload"])',
    'e.get("n", 0) > 3 and e["type"] in ("a", "b")'. Results go to standard output, as
    columns that cut and sort understand, or with --json as JSON lines.
    """
