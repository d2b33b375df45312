"""Hours of the archive: a range of time as people write it, and the names of its files.

A moment is written as finely as it is meant: `"2015"`, `"2015-01"`, `"2015-01-31"` and
`"2015-01-31-5"` are a year, a month, a day and an hour, and so are a `date` (a day) and a
`datetime` (an hour). All of it is UTC, as in the archive.

>>> [hour_name(hour) for hour in between("2015-01-31-22", "2015-02-01-1")]
... # doctest: +NORMALIZE_WHITESPACE
['2015-01-31-22.json.gz', '2015-01-31-23.json.gz', '2015-02-01-0.json.gz',
 '2015-02-01-1.json.gz']
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from satchel.gharchive.sample import hour_name

__all__ = ["FIRST", "Moment", "between", "hour_name", "hour_of", "over"]

FIRST = datetime(2011, 2, 12)
"""The archive has nothing of an earlier hour."""

HOUR = timedelta(hours=1)

Moment = str | date | datetime

_WRITTEN = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[-T ](\d\d?)(?::\d\d){0,2}Z?)?)?)?")
_NAME = re.compile(r"(\d{4})-(\d\d)-(\d\d)-(0|[1-9]\d?)\.json\.gz")


def between(start: Moment, end: Moment | None = None) -> list[datetime]:
    """Return the hours from `start` to `end` in time order, both inclusive.

    Args:
        start: the first of them is the first hour of this year, month, day or hour.
        end: the last of them is the last hour of this; without it, of `start`.

    Raises:
        ValueError: for what is no such moment, an end before the start, and a range before the
            archive begins.

    >>> len(between("2015-02")), len(between("2015-01-01", "2015-05-31"))
    (672, 3624)
    >>> between(date(2015, 1, 1))[-1]
    datetime.datetime(2015, 1, 1, 23, 0)
    >>> between("2015-02-30")
    Traceback (most recent call last):
        ...
    ValueError: '2015-02-30' is no such date: day is out of range for month
    """
    first, _ = _span(start)
    _, after = _span(start if end is None else end)
    if after <= first:
        raise ValueError(f"the end, {end!s}, is before the start, {start!s}")
    if after <= FIRST:
        raise ValueError(f"the archive begins at {FIRST:%Y-%m-%d}; {end or start!s} is before it")
    first = max(first, FIRST)
    return [first + HOUR * number for number in range((after - first) // HOUR)]


def over(hours: list[datetime]) -> list[datetime]:
    """Return those of `hours` that are over, since no other is in the archive.

    Raises:
        ValueError: if none is.

    >>> over(between("2999-12"))
    Traceback (most recent call last):
        ...
    ValueError: 2999-12-01-0.json.gz is in the future: no hour of this range is over yet
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    found = [hour for hour in hours if hour + HOUR <= now]
    if not found:
        raise ValueError(
            f"{hour_name(hours[0])} is in the future: no hour of this range is over yet"
        )
    return found


def hour_of(name: str) -> datetime | None:
    """Return the hour that a file's name stands for; `None` for another file's.

    >>> hour_of("2015-01-01-5.json.gz")
    datetime.datetime(2015, 1, 1, 5, 0)
    >>> hour_of("2015-01-01-05.json.gz"), hour_of("2015-13-01-5.json.gz"), hour_of("a.json.gz")
    (None, None, None)
    """
    written = _NAME.fullmatch(name)
    if written is None:
        return None
    try:
        return datetime(*map(int, written.groups()))  # type: ignore[arg-type]  # four of them
    except ValueError:
        return None


def _span(moment: Moment) -> tuple[datetime, datetime]:
    """The first hour of a moment, and the first after it."""
    if isinstance(moment, datetime):
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        hour = moment.replace(minute=0, second=0, microsecond=0)
        return hour, hour + HOUR
    if isinstance(moment, date):
        return _span(moment.isoformat())
    written = _WRITTEN.fullmatch(str(moment))
    if written is None:
        raise ValueError(
            f"expected a year, month, day or hour such as '2015', '2015-01', '2015-01-31' or "
            f"'2015-01-31-5', got {moment!r}"
        )
    numbers = [int(part) for part in written.groups() if part is not None]
    try:
        first = datetime(*(numbers + [1, 1, 0][len(numbers) - 1 :]))  # type: ignore[arg-type]
        return first, _after(first, len(numbers))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{moment!r} is no such date: {error}") from None


def _after(first: datetime, precision: int) -> datetime:
    match precision:
        case 1:
            return first.replace(year=first.year + 1)
        case 2:
            return (first + timedelta(days=31)).replace(day=1)
        case 3:
            return first + timedelta(days=1)
        case _:
            return first + HOUR
