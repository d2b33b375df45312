"""The bag of a range of the archive."""

from __future__ import annotations

import glob
import os
import warnings
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from satchel.errors import MissingHoursWarning
from satchel.gharchive.gaps import is_known
from satchel.gharchive.hours import Moment, between, hour_name, over
from satchel.gharchive.place import place
from satchel.gharchive.source import ARCHIVE

if TYPE_CHECKING:
    from satchel import Bag

__all__ = ["events"]

_NAMED = 5


def events(
    start: Moment,
    end: Moment | None = None,
    *,
    root: str | os.PathLike[str] = ARCHIVE,
    missing: str = "warn",
    **reading: Any,
) -> Bag:
    r"""Return the events of a range of time, hours in time order.

    ``events(start, end, root=root)`` is ``read_ndjson`` of the range's files.

    Args:
        start: a year, month, day or hour, as ``"2015"``, ``"2015-01"``, ``"2015-01-31"``,
            ``"2015-01-31-5"``, a date or a datetime; in UTC.
        end: the last of them, inclusive; without it, ``start`` is all of the range.
        root: the folder or store that a mirror is in, or the address of a web server. What is
            there is looked up in a folder or store; from a web server all hours of the range are
            read that are not known gaps of the archive.
        missing: what to do about hours that a folder or store does not have, though the archive
            is not known to lack them: ``"warn"``, ``"raise"`` or ``"skip"``.
        reading: as of ``read_ndjson``: ``storage_options``, ``on_bad_lines``, ``validate``, ...

    Raises:
        ValueError: for a range without hours.
        FileNotFoundError: if none of them is there, or with ``missing="raise"`` one is not.

    >>> import tempfile
    >>> from datetime import date, datetime
    >>> from satchel.gharchive import events, sample
    >>> root = tempfile.mkdtemp()
    >>> _ = sample.write_day(root, date(2015, 1, 1), hours=[9, 10], events=100)
    >>> events("2015-01-01-9", datetime(2015, 1, 1, 10), root=root).count().compute()
    200
    """
    if missing not in ("warn", "raise", "skip"):
        raise ValueError(f"missing is 'warn', 'raise' or 'skip', not {missing!r}")
    from satchel import sources  # and with it Dask

    sizes: Sequence[int] = ()
    shown = address = os.fspath(root).rstrip("/")
    hours = over(between(start, end))
    if address.startswith(("http://", "https://")):
        there = [hour for hour in hours if not is_known(hour)]
    else:
        names = place(root, reading.get("storage_options")).sizes()
        if "://" not in address:
            address = glob.escape(address)  # These are names, not patterns.
        there = [hour for hour in hours if hour_name(hour) in names]
        sizes = [names[hour_name(hour)] for hour in there]
        absent = set(hours).difference(there)
        _tell([hour for hour in hours if hour in absent and not is_known(hour)], shown, missing)
    if not there:
        first, last = hour_name(hours[0]), hour_name(hours[-1])
        raise FileNotFoundError(
            f"{shown} has no hour from {first} to {last} "
            "(try: satchel gharchive mirror, which fetches them)"
        )
    urls = [f"{address}/{hour_name(hour)}" for hour in there]
    how = {
        name: reading.pop(name) for name in ("compression", "storage_options") if name in reading
    }
    return sources.records(sources.files_of(urls, sizes=sizes, **how), **reading)


def _tell(hours: Sequence[datetime], root: str, missing: str) -> None:
    """Say which hours are missing, as it is asked for."""
    if not hours or missing == "skip":
        return
    names = ", ".join(hour_name(hour) for hour in hours[:_NAMED])
    more = f" and {len(hours) - _NAMED:,} more" if len(hours) > _NAMED else ""
    number = "1 hour is" if len(hours) == 1 else f"{len(hours):,} hours are"
    text = f"{number} not in {root}: {names}{more} (try: satchel gharchive mirror)"
    if missing == "raise":
        raise FileNotFoundError(text)
    warnings.warn(text, MissingHoursWarning, stacklevel=3)
