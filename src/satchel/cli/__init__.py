"""The command line: one file per command; each parses, calls the library, and prints.

``group`` finds the command and turns errors into one line and an exit code, ``files`` says what to
read, ``expression`` what the expressions on `e` mean, ``query`` runs a plan, ``output`` prints.
Nothing here imports Dask: a count of a small file should not take longer to start than to run.
"""

from satchel.cli.group import main

__all__ = ["main"]
