"""The files that a command is given: names as they are, patterns in the order of their text."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence

import click

from satchel.plan.nodes import File

__all__ = ["files"]

# What the library reads through fsspec, and this command line does not: the way to the file.
_UNPACK = {
    ".bz2": "bunzip2 -k",
    ".xz": "xz -dk",
    ".zst": "zstd -d",
    ".zip": "unzip",
}


def files(names: Sequence[str]) -> tuple[File, ...]:
    """The files that `names` stand for, in their order.

    A name that exists is that file, whatever is in it; another with ``*``, ``?`` or ``[`` in it is
    a pattern. Compression is told by the name, as dask.bag does it.

    Raises:
        click.UsageError: for a name that is no file and a pattern that matches none.
    """
    found = [File(path, "gzip" if path.endswith(".gz") else None) for path in _paths(names)]
    for file in found:
        _check(file.path)
    return tuple(found)


def _paths(names: Sequence[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        if os.path.exists(name) or not glob.has_magic(name):
            found.append(name)
            continue
        matches = sorted(path for path in glob.glob(name, recursive=True) if os.path.isfile(path))
        if not matches:
            raise click.UsageError(f"{name}: no file matches this pattern (try: ls {name})")
        found += matches
    return found


def _check(path: str) -> None:
    """Say what is wrong with a path before anything is read."""
    if path == "-":
        raise click.UsageError("-: standard input is not read (try: a file)")
    if "://" in path:
        raise click.UsageError(
            f"{path}: the command line reads local files (try: satchel.read_text in Python)"
        )
    if os.path.isdir(path):
        raise click.UsageError(f"{path}: is a folder (try: '{os.path.join(path, '*.json.gz')}')")
    if not os.path.exists(path):
        raise click.UsageError(f"{path}: no such file (try: ls {os.path.dirname(path) or '.'})")
    if not os.access(path, os.R_OK):
        raise click.UsageError(f"{path}: may not be read (try: ls -l {path})")
    unpack = _UNPACK.get(os.path.splitext(path)[1])
    if unpack is not None:
        raise click.UsageError(f"{path}: only plain text and .gz are read (try: {unpack} {path})")
