"""A range of generated hours, each as the archive had them at its time, and damaged where asked.

What was written is known to the last event, so that whoever reads it can be held to it.

>>> import tempfile
>>> hours = write_range(tempfile.mkdtemp(), "2014-12-31-23", "2015-01-01-0", events=50)
>>> [(hour.path.name, hour.era, hour.records) for hour in hours]
[('2014-12-31-23.json.gz', 'B', 50), ('2015-01-01-0.json.gz', 'C', 50)]
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from satchel.gharchive import sample
from satchel.gharchive.damage import KINDS, PAGE, Kind, Text, truncated
from satchel.gharchive.eras import ERAS, Era, era_of, shape_of
from satchel.gharchive.hours import Moment, between
from satchel.gharchive.records import Shape

__all__ = ["Hour", "write_range"]


@dataclass(frozen=True)
class Hour:
    """What was written for an hour, and what of it can be read.

    Attributes:
        path: the file, which is not there if it is missing.
        hour: in UTC.
        era: A, B, C or D.
        damage: what was done to it; ``None`` if nothing was.
        events: how many it would have without.
        lost: which of them, from 0, cannot be read.
        twice: which of them are there twice.
        rejects: how many parts of lines, or of the file, are no record.
    """

    path: Path
    hour: datetime
    era: Era
    damage: Kind | None
    events: int
    lost: tuple[int, ...] = ()
    twice: tuple[int, ...] = ()
    rejects: int = 0

    @property
    def records(self) -> int:
        """How many records can be read of it."""
        return self.events - len(self.lost) + len(self.twice)


def write_range(
    folder: str | Path,
    start: Moment,
    end: Moment | None = None,
    *,
    era: Era | None = None,
    damage: float = 0.0,
    kinds: Sequence[Kind] = KINDS,
    events: int = 7_700,
    seed: int = 0,
    workers: int | None = None,
) -> list[Hour]:
    """Write the generated hours of a range, as the archive's names, shapes and eras are.

    The same arguments give the same files, and each hour is the same whatever range it is in.

    Args:
        folder: where they go.
        start: a year, month, day or hour, as for `gharchive.events`.
        end: the last of them, inclusive; without it, ``start`` is all of the range.
        era: of every hour: ``"A"`` has several events on a line; ``"B"``, as A, the Timeline
            API's; ``"C"`` the Events API's, ``"D"`` those with trimmed payloads. Without it,
            that of the hour's date.
        damage: the share of the hours that are damaged, 0 to 1.
        kinds: what may be done to them; one kind to each.
        events: how many records an hour has.
        seed: another gives other hours.
        workers: how many processes write (one a core).

    Returns:
        What was written, in time order.

    Raises:
        ValueError: for an argument that is none of those named here.
    """
    if era is not None and era not in ERAS:
        raise ValueError(f"expected an era of {', '.join(map(repr, ERAS))}, got {era!r}")
    if not 0 <= damage <= 1:
        raise ValueError(f"expected a share of damaged hours between 0 and 1, got {damage}")
    strange = set(kinds) - set(KINDS)
    if strange or not kinds:
        found = repr(min(strange)) if strange else "none"
        raise ValueError(f"expected kinds of damage of {', '.join(KINDS)}, got {found}")
    root = Path(folder)
    root.mkdir(parents=True, exist_ok=True)
    hours: dict[datetime, Hour] = {}
    plain: dict[tuple[date, Shape], list[int]] = defaultdict(list)
    for hour in between(start, end):
        its = era or era_of(hour)
        chance = random.Random(f"satchel damage {sample.VERSION} {hour} {seed}")
        kind = chance.choice(list(kinds)) if chance.random() < damage else None
        shape = shape_of(its, hour)
        path = root / sample.hour_name(hour)
        if kind is None and its != "A":
            plain[hour.date(), shape].append(hour.hour)
            hours[hour] = Hour(path, hour, its, None, events)
            continue
        recipe = sample.Recipe(hour, events, 60_000, 40_000, 0.0, seed, shape)
        hours[hour] = _written(path, recipe, its, kind, chance)
    for (day, shape), numbers in plain.items():
        sample.write_day(
            root, day, hours=numbers, events=events, seed=seed, shape=shape, workers=workers
        )
    return list(hours.values())


def _written(
    path: Path, recipe: sample.Recipe, era: Era, kind: Kind | None, chance: random.Random
) -> Hour:
    """Write an hour that is not as `sample.write_hour` makes it."""
    count = recipe.events
    if kind in ("missing", "empty", "page"):
        path.unlink(missing_ok=True)
        if kind != "missing":
            path.write_bytes(PAGE if kind == "page" else b"")
        return Hour(
            path, recipe.hour, era, kind, count, tuple(range(count)), (), int(kind == "page")
        )
    events = [line.encode() for line in sample.lines(recipe)]
    text = Text(events, _between(era, count, chance))
    if kind is not None and kind != "truncated":
        text.damaged(kind, chance)
        if not (text.lost or text.twice or kind == "zeros"):
            kind = None  # There was no place for it.
    packed = sample.packed(path, recipe, text.joined())
    if kind == "truncated":
        packed = truncated(packed, text, chance)
    path.write_bytes(packed)
    lost, twice = tuple(sorted(text.lost)), tuple(sorted(text.twice))
    return Hour(path, recipe.hour, era, kind, count, lost, twice, text.bad)


def _between(era: Era, count: int, chance: random.Random) -> list[bytes]:
    """What follows each event: in era A a newline at times, or nowhere."""
    if era != "A":
        return [b"\n"] * count
    newlines = chance.choice((0.0, 0.3, 0.9))
    return [b"\n" if chance.random() < newlines else b"" for _ in range(count)]
