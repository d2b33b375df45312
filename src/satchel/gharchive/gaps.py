"""The hours that the archive is known not to have: it answers 404 for them.

Each is from a report at github.com/igrigorik/gharchive.org whose number stands beside it. GitHub or
the crawler was down in them, so that nothing is to be had later either; should one come back, a
mirror that is made after that finds it, since each is asked for once.

>>> from datetime import datetime
>>> is_known(datetime(2020, 8, 22, 5)), is_known(datetime(2020, 8, 24, 5))
(True, False)
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import NamedTuple

from satchel.gharchive.hours import between

__all__ = ["GAPS", "Gap", "is_known"]


class Gap(NamedTuple):
    """Hours without a file, from the first to the last of them, and the report that names them."""

    first: str
    last: str
    report: int


GAPS = (
    Gap("2011-10-27-7", "2011-10-27-7", 52),
    Gap("2012-03-01-8", "2012-03-01-8", 30),
    Gap("2012-03-05-4", "2012-03-05-7", 30),
    Gap("2012-03-10-9", "2012-03-10-21", 30),
    Gap("2012-03-11-2", "2012-03-11-2", 30),
    Gap("2013-03-05-20", "2013-03-05-20", 52),
    Gap("2013-03-10-2", "2013-03-10-2", 52),
    Gap("2013-05-31-22", "2013-05-31-22", 52),
    Gap("2013-08-15-7", "2013-08-15-7", 52),
    Gap("2013-09-06-0", "2013-09-06-0", 52),
    Gap("2013-09-11-23", "2013-09-11-23", 52),
    Gap("2013-09-28-9", "2013-09-28-9", 52),
    Gap("2013-10-24-14", "2013-10-24-14", 52),
    Gap("2013-11-25-15", "2013-11-25-15", 52),
    # Of thirteen hours that 2014 lacks (#141), these are named.
    Gap("2014-01-24-10", "2014-01-24-10", 52),
    Gap("2014-03-09-2", "2014-03-09-2", 52),
    Gap("2014-04-29-11", "2014-04-29-12", 52),
    Gap("2014-04-29-21", "2014-04-29-21", 52),
    Gap("2016-01-28-1", "2016-01-28-1", 136),
    Gap("2016-10-21-18", "2016-10-21-18", 164),
    Gap("2018-10-21-23", "2018-10-22-1", 200),
    Gap("2019-05-08-12", "2019-05-08-13", 225),
    Gap("2019-09-12-8", "2019-09-13-5", 225),
    Gap("2020-03-05-22", "2020-03-05-22", 225),
    Gap("2020-06-10-12", "2020-06-10-21", 225),
    # Some of these hours are files of no bytes at times (#232).
    Gap("2020-08-21-9", "2020-08-23-15", 225),
    Gap("2021-08-25-17", "2021-08-27-22", 225),
    # An hour or two about midnight are there of each of these days.
    Gap("2021-10-22-5", "2021-10-22-22", 225),
    Gap("2021-10-23-2", "2021-10-23-22", 225),
    Gap("2021-10-24-3", "2021-10-24-22", 225),
    Gap("2021-10-25-1", "2021-10-25-22", 225),
    # Where this one ends is told about: the archive was back on the 28th (#260, #261).
    Gap("2021-10-26-0", "2021-10-28-23", 261),
)


def is_known(hour: datetime) -> bool:
    """Tell whether the archive is known not to have this hour.

    >>> is_known(datetime(2016, 10, 21, 18))
    True
    """
    return hour in _hours()


@cache
def _hours() -> frozenset[datetime]:
    return frozenset(hour for gap in GAPS for hour in between(gap.first, gap.last))
