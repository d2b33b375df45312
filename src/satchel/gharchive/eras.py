"""What the archive's files looked like when: four eras, told by the hour.

>>> from datetime import datetime
>>> [era_of(datetime(year, 1, 1)) for year in (2012, 2013, 2015, 2026)]
['A', 'B', 'C', 'D']
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from satchel.gharchive.records import Shape

__all__ = ["ERAS", "Era", "era_of", "shape_of"]

Era = Literal["A", "B", "C", "D"]
"""A and B are of GitHub's Timeline API, A with several events on a line; C and D of its Events API,
D with much left out of the payloads."""

ERAS: tuple[Era, ...] = get_args(Era)

_UNTIL: tuple[tuple[datetime, Era], ...] = (
    (datetime(2012, 9, 1), "A"),
    (datetime(2015, 1, 1), "B"),
    (datetime(2025, 10, 7), "C"),
)

# Within C, fields were added now and then; the sample knows them of two years.
_LATER = datetime(2019, 1, 1)


def era_of(hour: datetime) -> Era:
    """Return the era of an hour, in UTC."""
    return next((era for until, era in _UNTIL if hour < until), "D")


def shape_of(era: Era, hour: datetime) -> Shape:
    """Return the shape that the sample gives an hour of an era."""
    match era:
        case "A" | "B":
            return "timeline"
        case "C":
            return "2015" if hour < _LATER else "2023"
        case "D":
            return "trimmed"
