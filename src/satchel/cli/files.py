"""The files that a command is given: names as they are, patterns in the order of their text."""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

import click

from satchel.plan.nodes import File

__all__ = ["files", "storage_options"]


def files(
    names: Sequence[str], storage_options: Mapping[str, Any] | None = None
) -> tuple[File, ...]:
    """The files that `names` stand for, in their order.

    A name that exists is that file, whatever is in it; another with ``*``, ``?`` or ``[`` in it is
    a pattern, of an address only with ``*``. Compression is told by the name, as dask.bag does it.

    Raises:
        click.UsageError: for a name that is no file and a pattern that matches none.
        OSError: if a store cannot be listed.
    """
    found: list[File] = []
    for name in names:
        if "://" in name and not os.path.exists(name):
            found += _stored(name, storage_options)
            continue
        for path in _paths(name):
            _check(path)
            found += [File(path, "gzip")] if path.endswith(".gz") else _packed(path)
    return tuple(found)


def storage_options(texts: Sequence[str]) -> dict[str, Any]:
    """What ``name=value`` says, as Python would: ``true`` is a bool, ``{...}`` a dict of JSON.

    >>> storage_options(["anon=true", "endpoint_url=http://localhost:9000"])
    {'anon': True, 'endpoint_url': 'http://localhost:9000'}
    >>> storage_options(['client_kwargs={"region_name": "eu-west-1"}'])
    {'client_kwargs': {'region_name': 'eu-west-1'}}
    """
    found: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.UsageError(f"{name}: a storage option is NAME=VALUE (try: anon=true)")
        found[name] = {"true": True, "false": False}.get(value.lower(), value)
        if value.startswith("{"):
            try:
                found[name] = json.loads(value)
            except ValueError:
                raise click.UsageError(
                    f"{name}: what starts with {{ is an object of JSON"
                ) from None
    return found


def _stored(name: str, options: Mapping[str, Any] | None) -> list[File]:
    from satchel import storage

    found = storage.expand(name, "infer", options)
    if not found:
        raise click.UsageError(f"{name}: nothing matches this pattern")
    return [File(file.path, file.compression, file.store, file.size) for file in found]


def _packed(path: str) -> list[File]:
    """A file that may be compressed in a way that fsspec takes off."""
    if "." not in os.path.basename(path) or path.endswith((".json", ".jsonl", ".ndjson", ".txt")):
        return [File(path, None)]  # Without fsspec: it takes longer to import than this to count.
    from satchel import storage

    found = storage.expand([glob.escape(path)], "infer", None)
    return [File(path, file.compression, file.store, file.size) for file in found]


def _paths(name: str) -> list[str]:
    if os.path.exists(name) or not glob.has_magic(name):
        return [name]
    matches = sorted(path for path in glob.glob(name, recursive=True) if os.path.isfile(path))
    if not matches:
        raise click.UsageError(f"{name}: no file matches this pattern (try: ls {name})")
    return matches


def _check(path: str) -> None:
    """Say what is wrong with a path before anything is read."""
    if path == "-":
        raise click.UsageError("-: standard input is not read (try: a file)")
    if os.path.isdir(path):
        raise click.UsageError(f"{path}: is a folder (try: '{os.path.join(path, '*.json.gz')}')")
    if not os.path.exists(path):
        raise click.UsageError(f"{path}: no such file (try: ls {os.path.dirname(path) or '.'})")
    if not os.access(path, os.R_OK):
        raise click.UsageError(f"{path}: may not be read (try: ls -l {path})")
