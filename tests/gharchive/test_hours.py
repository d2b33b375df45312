"""Ranges of time as people write them, and the gaps in them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from satchel.gharchive.gaps import GAPS, is_known
from satchel.gharchive.hours import FIRST, between, hour_name, hour_of

RANGES: dict[str, tuple[tuple[Any, ...], str, str, int]] = {
    "an hour": (("2015-01-01-5",), "2015-01-01-5", "2015-01-01-5", 1),
    "an hour, padded": (("2015-01-01-05",), "2015-01-01-5", "2015-01-01-5", 1),
    "an hour as ISO has it": (("2015-01-01T05:30:00Z",), "2015-01-01-5", "2015-01-01-5", 1),
    "a day": (("2015-01-01",), "2015-01-01-0", "2015-01-01-23", 24),
    "a month": (("2015-02",), "2015-02-01-0", "2015-02-28-23", 672),
    "a month of a leap year": (("2016-02",), "2016-02-01-0", "2016-02-29-23", 696),
    "a month at the end of a year": (("2015-12",), "2015-12-01-0", "2015-12-31-23", 744),
    "a year": (("2015",), "2015-01-01-0", "2015-12-31-23", 8760),
    "the document's": (("2015-01-01", "2015-05-31"), "2015-01-01-0", "2015-05-31-23", 3624),
    "months": (("2015-01", "2015-05"), "2015-01-01-0", "2015-05-31-23", 3624),
    "an hour to a day": (("2015-01-01-22", "2015-01-02"), "2015-01-01-22", "2015-01-02-23", 26),
    "to the day it is in": (("2015-01-01-22", "2015-01-01"), "2015-01-01-22", "2015-01-01-23", 2),
    "dates": ((date(2015, 1, 1), date(2015, 1, 2)), "2015-01-01-0", "2015-01-02-23", 48),
    "datetimes": (
        (datetime(2015, 1, 1, 5, 59), datetime(2015, 1, 1, 7)), "2015-01-01-5", "2015-01-01-7", 3,
    ),
    "datetimes elsewhere": (
        (datetime(2015, 1, 1, 1, tzinfo=timezone(timedelta(hours=2))),
         datetime(2015, 1, 1, 1, tzinfo=UTC)), "2014-12-31-23", "2015-01-01-1", 3,
    ),
    "the archive's first year": (("2011",), "2011-02-12-0", "2011-12-31-23", 7752),
}  # fmt: skip


@pytest.mark.parametrize(("given", "first", "last", "count"), RANGES.values(), ids=RANGES)
def test_range(given: tuple[Any, ...], first: str, last: str, count: int) -> None:
    hours = between(*given)
    assert [hour_name(hours[0]), hour_name(hours[-1])] == [f"{first}.json.gz", f"{last}.json.gz"]
    assert len(hours) == count
    assert hours == [hours[0] + timedelta(hours=number) for number in range(count)]


BAD = {
    "a word": (("yesterday",), "expected a year, month, day or hour such as .*, got 'yesterday'"),
    "nothing": (("",), "expected a year"),
    "a month alone": (("15-01",), "expected a year"),
    "unpadded": (("2015-1-1",), "expected a year"),
    "no such month": (("2015-13",), "'2015-13' is no such date"),
    "no such day": (("2015-02-29",), "'2015-02-29' is no such date"),
    "no such hour": (("2015-01-01-24",), "'2015-01-01-24' is no such date"),
    "the last year": (("9999",), "'9999' is no such date"),
    "a number": ((2015.5,), "expected a year"),
    "the end first": (("2015-02", "2015-01"), "the end, 2015-01, is before the start, 2015-02"),
    "before the archive": (("2010",), "the archive begins at 2011-02-12; 2010 is before it"),
}


@pytest.mark.parametrize(("given", "why"), BAD.values(), ids=BAD)
def test_no_range(given: tuple[Any, ...], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        between(*given)


def test_names_and_hours_are_one_to_one() -> None:
    hours = between("2015-12-31", "2016-01-01")
    assert [hour_of(hour_name(hour)) for hour in hours] == hours
    for name in ("2015-01-01-05.json.gz", "2015-01-01-24.json.gz", "2015-1-1-5.json.gz", "x", ""):
        assert hour_of(name) is None


def test_gaps_are_in_order_and_apart() -> None:
    hours = [hour for gap in GAPS for hour in between(gap.first, gap.last)]
    assert hours == sorted(set(hours))
    assert all(map(is_known, hours))
    assert hours[0] > FIRST
    for name, known in {
        "2018-10-21-22": False, "2018-10-21-23": True, "2018-10-22-1": True, "2018-10-22-2": False,
        "2020-08-22-12": True, "2021-10-24-1": False, "2015-01-01-0": False,
    }.items():  # fmt: skip
        assert is_known(between(name)[0]) is known, name
