"""What a mirror has come to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from satchel.gharchive.fetching import Outcome
from satchel.gharchive.hours import hour_of

__all__ = ["Mirrored"]


@dataclass
class Mirrored:
    """What a mirror has come to; names are of files, in time order.

    Attributes:
        present: how many files were there before, and were left alone.
        fetched: what was fetched.
        found: what was there, whole, and not in the manifest.
        empty: what the source has, and has no bytes; these are among the fetched.
        gaps: what the archive is known not to have.
        missing: what the source does not have, either.
        damaged: what the source itself has damaged, and how; kept if that was asked for.
        failed: what could not be fetched, and why.
        not_over: how many hours of the range are not over yet.
        bytes: how many were received.
        seconds: how long it took.
    """

    present: int = 0
    fetched: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    damaged: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    not_over: int = 0
    bytes: int = 0
    seconds: float = 0.0

    @property
    def is_complete(self) -> bool:
        """Whether all is there that the source has, and that is something."""
        nothing = self.missing and not (self.present or self.fetched or self.found or self.gaps)
        return not (self.failed or nothing or set(self.damaged) - set(self.fetched))

    def add(self, outcome: Outcome) -> None:
        """Sort what has become of an hour in."""
        state = outcome.entry.state if outcome.entry is not None else None
        match outcome.kind:
            case "fetched":
                self.fetched.append(outcome.name)
            case "found":
                self.found.append(outcome.name)
            case "missing":
                self.missing.append(outcome.name)
            case "gap":
                self.gaps.append(outcome.name)
            case "failed":
                self.failed[outcome.name] = outcome.why
        if state == "empty":
            self.empty.append(outcome.name)
        if state in ("damaged", "unfit") and outcome.entry is not None:
            self.damaged[outcome.name] = outcome.entry.why or ""

    def in_order(self) -> Mirrored:
        """Return the same in time order."""
        kinds = ("fetched", "found", "empty", "gaps", "missing", "damaged", "failed")
        ordered: dict[str, Any] = {}
        for kind in kinds:
            names = sorted(getattr(self, kind), key=_hour)
            told = getattr(self, kind)
            ordered[kind] = {n: told[n] for n in names} if isinstance(told, dict) else names
        return replace(self, **ordered)


def _hour(name: str) -> datetime:
    hour = hour_of(name)
    assert hour is not None, name
    return hour
