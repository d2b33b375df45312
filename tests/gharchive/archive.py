"""An archive on a server that fails on command, and what a mirror of it must never be."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from servers.control import FaultyServer

from satchel.gharchive import mirror, sample
from satchel.gharchive.report import Mirrored

MIDNIGHT = datetime(2015, 1, 1)
QUICK = {"requests_per_second": 10_000.0, "backoff": 0.001, "timeout": 5.0, "tries": 4}


@dataclass(frozen=True)
class Archive:
    """A source with the hours that a test has asked for, and a folder for the mirror of it."""

    folder: Path
    server: FaultyServer
    made: Path
    to: Path

    @property
    def url(self) -> str:
        return self.server.url

    def has(self, hours: int) -> list[str]:
        """Put so many hours there, and return their names in time order."""
        names = [sample.hour_name(MIDNIGHT + timedelta(hours=n)) for n in range(hours)]
        for name in names:
            (self.folder / name).write_bytes((self.made / name).read_bytes())
        return names

    def mirrored(self, start: str = "2015-01-01-0", end: str | None = None, **how: Any) -> Mirrored:
        return mirror(start, end, **{"to": self.to, "source": self.url, **QUICK, **how})

    def asked(self) -> Counter[str]:
        """How often each file has been asked for."""
        return Counter(seen.path.rpartition("/")[2] for seen in self.server.requests())

    def check_none_was_asked_for_in_vain(self, done: Collection[str], at_once: int) -> None:
        """Of what was `done` when a mirror was killed nothing is asked for again."""
        asked = self.asked()
        twice = {name for name, count in asked.items() if count > 1}
        assert max(asked.values()) <= 2
        assert not twice & set(done)
        assert len(twice) <= at_once

    def there(self, to: Path | None = None) -> list[str]:
        """The files of the mirror, each checked to be the source's; nothing else may be there."""
        to = to or self.to
        names = {path.name for path in to.iterdir()}
        assert names - {path.name for path in to.glob("*.json.gz")} <= {
            "gharchive-manifest.jsonl",
            "gharchive-manifest.lock",
        }
        files = sorted(to.glob("*.json.gz"), key=lambda path: int(path.name.split("-")[3][:-8]))
        for path in files:
            assert path.read_bytes() == (self.made / path.name).read_bytes(), path.name
        return [path.name for path in files]


def environment() -> dict[str, str]:
    """The surroundings of a process that imports from where this one does."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def until(condition: Callable[[], object]) -> None:
    """Wait for it, half a minute at the most."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
