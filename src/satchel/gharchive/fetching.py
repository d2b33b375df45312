"""One hour of the archive from its source to its place: tried as often as it is worth it.

A file is taken if it has as many bytes as the source said and is gzip that is whole to its end.
What is not so twice, with the same bytes both times, is so at the source: no other try would help.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from satchel.gharchive.gaps import is_known
from satchel.gharchive.hours import hour_name
from satchel.gharchive.manifest import Entry, now
from satchel.gharchive.pace import Pace
from satchel.gharchive.place import Place
from satchel.gharchive.source import Absent, Body, Failed, Refused, Source
from satchel.gharchive.whole import Check, NotGzip, checked

__all__ = ["Kind", "Outcome", "adopt", "fetch"]

Kind = Literal["fetched", "found", "missing", "gap", "damaged", "failed"]

_TRIES_OF_ABSENT = 2


@dataclass(frozen=True)
class Outcome:
    """What became of an hour.

    Attributes:
        name: of its file.
        kind: `"fetched"`; `"found"`, it was there already, whole; `"missing"`, the source does not
            have it; `"gap"`, that is known; `"damaged"`, at the source; `"failed"`.
        entry: what the manifest is to say of it; `None` for nothing new.
        why: it was not fetched.
    """

    name: str
    kind: Kind
    entry: Entry | None = None
    why: str = ""


def adopt(name: str, place: Place) -> Outcome | None:
    """Return the outcome for a file that is there, but not in the manifest; `None` if not whole.

    It may have come just before a mirror was killed, or in another way. A file of no bytes is not
    taken over: whether that is all of it, only the source knows.
    """
    check, damage = checked(place.chunks(name))
    if damage is not None or not check.bytes:
        return None
    return Outcome(name, "found", _entry(name, check, None))


def fetch(
    hour: datetime, source: Source, place: Place, pace: Pace, tries: int, keep_damaged: bool
) -> Outcome:
    """Fetch one hour, and say what became of it.

    Raises:
        MirrorError: if the source asks for a longer pause than is worth waiting for.
        OSError: if the place takes no more.
        Stopped: if the mirror stops.
    """
    name, known = hour_name(hour), is_known(hour)
    take = _Taking(name, place, pace, keep_damaged)
    why = ""
    for attempt in range(1, tries + 1):
        if attempt > 1:
            pace.back_off(attempt - 1)
        try:
            with source.get(name) as body:
                return Outcome(name, "fetched", take(body))
        except Absent as error:
            why = str(error)
            if known or attempt >= min(_TRIES_OF_ABSENT, tries):
                return _absent(name, known, why)
        except NotGzip as error:
            why = str(error)
            if known:  # For some hours that it does not have, the archive has a page.
                return _absent(name, known, why)
        except _Unfit as error:
            why, check = error.args
            unfit = Entry(name, "unfit", check.bytes, check.sha256, why=why, when=now())
            return Outcome(name, "damaged", unfit, why)
        except Refused as error:
            return Outcome(name, "failed", why=str(error))
        except Failed as error:
            why = str(error)
    return Outcome(name, "failed", why=f"{why} (tried {tries} times)")


class _Unfit(Exception):
    """The source has the file damaged: its arguments are how, and the check of it."""


class _Taking:
    """Takes what the source sends for one hour, and remembers what it was not sure about."""

    def __init__(self, name: str, place: Place, pace: Pace, keep_damaged: bool) -> None:
        self._name, self._place, self._pace = name, place, pace
        self._keep_damaged = keep_damaged
        self._doubted = ""

    def __call__(self, body: Body) -> Entry:
        check = Check()
        with self._place.draft(self._name) as draft:
            for chunk in body:
                check.feed(chunk)
                draft.write(chunk)
            damage = check.damage()
            if damage is not None or not check.bytes:
                self._doubt(check, damage or "a file of no bytes")
            if damage is not None and not self._keep_damaged:
                raise _Unfit(damage, check)
            self._pace.wait(0)
            draft.commit()
        return _entry(self._name, check, damage, body)

    def _doubt(self, check: Check, why: str) -> None:
        """Fail, unless the very same bytes have come before."""
        if self._doubted != check.sha256:
            self._doubted = check.sha256
            raise Failed(why)


def _absent(name: str, known: bool, why: str) -> Outcome:
    entry = Entry(name, "missing", why=why, when=now())
    return Outcome(name, "gap" if known else "missing", entry, why)


def _entry(name: str, check: Check, damage: str | None, body: Body | None = None) -> Entry:
    return Entry(
        name,
        "damaged" if damage is not None else "whole" if check.bytes else "empty",
        size=check.bytes,
        sha256=check.sha256,
        inflated=check.inflated,
        lines=check.lines,
        why=damage,
        source=body.url if body else None,
        etag=body.etag if body else None,
        when=now(),
    )
