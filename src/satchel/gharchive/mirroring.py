"""A mirror of a range of the archive: what is not there yet is fetched, and nothing else."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import Any

from satchel.errors import MirrorError
from satchel.gharchive.crew import work
from satchel.gharchive.fetching import Outcome, adopt, fetch
from satchel.gharchive.gaps import is_known
from satchel.gharchive.hours import Moment, between, hour_name, over
from satchel.gharchive.manifest import Manifest
from satchel.gharchive.pace import Pace
from satchel.gharchive.place import Place, place
from satchel.gharchive.report import Mirrored
from satchel.gharchive.source import ARCHIVE, Source
from satchel.gharchive.told import shown

__all__ = ["mirror"]

_FAILURES_IN_A_ROW = 10


def mirror(
    start: Moment,
    end: Moment | None = None,
    *,
    to: str | os.PathLike[str],
    source: str = ARCHIVE,
    at_once: int = 4,
    tries: int = 6,
    requests_per_second: float = 10.0,
    bytes_per_second: float | None = None,
    timeout: float = 30.0,
    backoff: float = 1.0,
    keep_damaged: bool = False,
    again: bool = False,
    storage_options: Mapping[str, Any] | None = None,
    progress: bool | None = None,
) -> Mirrored:
    """Fetch the hours of a range that are not in a mirror yet, each whole or not at all.

    A file is taken if all bytes came that the source said, and the gzip is whole to its end. What
    is taken is written down in the manifest beside the files. A mirror can be stopped at any
    moment, by whatever means; the next one goes on where it was.

    Args:
        start: a year, month, day or hour, as `"2015"`, `"2015-01"`, `"2015-01-31"`,
            `"2015-01-31-5"`, a date or a datetime; in UTC.
        end: the last of them, inclusive; without it, `start` is all of the range.
        to: a folder, or the address of a store such as `"s3://bucket/prefix"`.
        source: the address of an archive of the same names, without the names.
        at_once: how many files to fetch at a time.
        tries: how often an hour is tried.
        requests_per_second: at most so many are made.
        bytes_per_second: at most so many are received.
        timeout: seconds without a byte, or with next to none, after which a try has failed.
        backoff: seconds before the second try, on average; twice as many before each after that.
        keep_damaged: keep what the source itself has damaged, as it is there.
        again: ask once more for what is a known gap, and for what was damaged at the source.
        storage_options: for the store's file system.
        progress: show how far it is; `None` is where a terminal looks on.

    Returns:
        What has become of the hours.

    Raises:
        ValueError: for a range that has no hours, or an argument that cannot be.
        MirrorError: if another mirror is at work in the folder, or the source gives nothing any
            more; what has been fetched stays.
        OSError: if the place cannot be written to.

    >>> mirror("2015-01-02", "2015-01-01", to="archive")
    Traceback (most recent call last):
        ...
    ValueError: the end, 2015-01-01, is before the start, 2015-01-02
    """
    _above_zero(
        at_once=at_once,
        tries=tries,
        requests_per_second=requests_per_second,
        bytes_per_second=bytes_per_second,
        timeout=timeout,
    )
    began = time.monotonic()
    wanted = between(start, end)
    hours = over(wanted)
    where = place(to, storage_options)
    pace = Pace(requests_per_second, bytes_per_second, backoff)
    with closing(Source(source, pace, at_once, timeout)) as server, where.locked():
        run = _Run(where, server.address)
        todo = run.todo(hours, keep_damaged, again)

        def each(hour: datetime) -> Outcome:
            name = hour_name(hour)
            if name not in run.unlisted:
                return fetch(hour, server, where, pace, tries, keep_damaged)
            found = adopt(name, where)
            if found is not None:
                return found
            outcome = fetch(hour, server, where, pace, tries, keep_damaged)
            why = f"{outcome.why}; the file that is there is not whole"
            return outcome if outcome.kind == "fetched" else replace(outcome, why=why)

        def stop() -> None:
            pace.stop.set()
            server.cut()

        with shown(len(todo), progress) as tell:
            try:
                work(
                    todo,
                    each,
                    run.take_down,
                    at_once=at_once,
                    idle=lambda: tell(run.done, pace.bytes, run.troubles()),
                    stop=stop,
                )
            finally:
                run.manifest.save()
    return replace(
        run.report.in_order(),
        not_over=len(wanted) - len(hours),
        bytes=pace.bytes,
        seconds=time.monotonic() - began,
    )


class _Run:
    """One mirror at work: what it knows, and what has become of the hours so far.

    Attributes:
        unlisted: the files that are there and not in the manifest.
        done: how many hours have been worked through.
    """

    def __init__(self, where: Place, source: str) -> None:
        self.report = Mirrored()
        self._sizes = where.sizes()
        self.manifest = Manifest(where)
        self.unlisted: set[str] = set()
        self.done = 0
        self._source = source
        self._failures = 0

    def todo(self, hours: Sequence[datetime], keep_damaged: bool, again: bool) -> list[datetime]:
        """The hours that have to be looked at or fetched; of the others it is taken down."""
        return [hour for hour in hours if not self._is_settled(hour, keep_damaged, again)]

    def _is_settled(self, hour: datetime, keep_damaged: bool, again: bool) -> bool:
        name = hour_name(hour)
        entry, size = self.manifest.entries.get(name), self._sizes.get(name)
        if entry is not None and entry.is_there and size == entry.size:
            self.report.present += 1
            return True
        if size is not None:
            if entry is None or entry.state in ("missing", "unfit"):
                self.unlisted.add(name)
        elif entry is not None and not again:
            if entry.state == "missing" and is_known(hour):
                self.report.gaps.append(name)
                return True
            if entry.state == "unfit" and not keep_damaged:
                self.report.damaged[name] = entry.why or ""
                return True
        return False

    def take_down(self, outcome: Outcome) -> None:
        """Write down what has become of an hour.

        Raises:
            MirrorError: if hour after hour fails: then the next one will, too.
        """
        if outcome.entry is not None:
            self.manifest.add(outcome.entry)
        self.report.add(outcome)
        self.done += 1
        self._failures = self._failures + 1 if outcome.kind == "failed" else 0
        if self._failures >= _FAILURES_IN_A_ROW:
            raise MirrorError(
                f"{self._failures} hours in a row could not be had from {self._source}, the last "
                f"of them {outcome.name}: {outcome.why} (try: later; it goes on where it is)"
            )

    def troubles(self) -> str:
        """What is worth a word while the mirror is at work."""
        of = {name: len(getattr(self.report, name)) for name in ("missing", "damaged", "failed")}
        return ", ".join(f"{count:,} {name}" for name, count in of.items() if count)


def _above_zero(**numbers: float | None) -> None:
    for name, number in numbers.items():
        if number is not None and number <= 0:
            raise ValueError(f"expected {name} above zero, got {number}")
