"""A row is a pipeline, the data that it runs on, and what is asked of the answer.

The pipeline takes the library (dask.bag or satchel) and a path, and gives back a
collection, a tuple of collections to be computed together, or a plain value.
"""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

MODULE = os.environ.get("SATCHEL_CONFORMANCE_MODULE", "satchel")
"""What is under test; with ``dask.bag`` here the suite tests itself."""

subject = importlib.import_module(MODULE)
OURS = MODULE != "dask.bag"

ours_only = pytest.mark.skipif(not OURS, reason="dask.bag does not promise this")

LOCAL = ("default", "sync", "threads")
EVERYWHERE = (*LOCAL, "processes", "client")
PROCESSES = (*LOCAL, "processes")

Lines = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Row:
    """One line of a table of tests."""

    name: str
    pipeline: Callable[[Any, str], Any]
    data: str | Lines = "nasty"
    """A data set of ``places``, or one tuple of lines for each file."""
    native: bool | None = None
    """True: no function of the user's may be called. False: it must say why not."""
    schedulers: tuple[str, ...] = LOCAL
    ours_only: bool = False
    needs: tuple[str, ...] = ()
    """Modules without which the row is skipped."""


def each(*rows: Row) -> Any:
    """Run a test once for each row, under the row's own name.

    A row that only satchel can answer is skipped where dask.bag stands in its place.
    """
    return pytest.mark.parametrize(
        "row",
        [
            pytest.param(row, id=row.name, marks=[ours_only] if row.ours_only else [])
            for row in rows
        ],
    )


def dumped(*partitions: list[Any]) -> Lines:
    """Write Python values as JSON lines, one list for each file."""
    return tuple(tuple(json.dumps(value) for value in partition) for partition in partitions)


def records(db: Any, path: str) -> Any:
    """Read JSON lines the way the document does."""
    return db.read_text(path).map(json.loads)


def pushes(db: Any, path: str) -> Any:
    """The document's own filter."""
    return records(db, path).filter(lambda x: x["type"] == "PushEvent")
