r"""The manifest of a mirror: what is there and what it was when it came, one JSON object a line.

The last line about a file is what counts. Lines that cannot be read count as none: the file that
such a line was about is then looked at again, never fetched again if it is whole.

>>> Entry("2015-01-01-0.json.gz", "whole", size=3, sha256="ab").line()
b'{"name": "2015-01-01-0.json.gz", "state": "whole", "size": 3, "sha256": "ab"}\n'
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from satchel.gharchive.hours import hour_of
from satchel.gharchive.place import Place

__all__ = ["Entry", "Manifest", "State", "now"]

State = Literal["whole", "empty", "damaged", "missing", "unfit", "condemned"]

_SECONDS = 15.0
_SHARE = 50
"""A manifest that takes a second to write is written anew every so many seconds."""


@dataclass(frozen=True)
class Entry:
    """What the manifest says of one file.

    Attributes:
        name: of the file.
        state: `"whole"`; `"empty"`, of no bytes, as the source has it; `"damaged"`, as the source
            has it, kept because that was asked for; `"missing"`, the source has no such file;
            `"unfit"`, the source has it damaged, and it was not kept; `"condemned"`, a check has
            found damage, and the next mirror fetches it again.
        size: in bytes.
        sha256: of these bytes.
        inflated: its size inflated.
        lines: how many lines that is.
        why: of what is not whole.
        source: where it was fetched from; `None` where it was found in the mirror.
        etag: the source's mark of it.
        when: this was written down, in UTC.
    """

    name: str
    state: State
    size: int | None = None
    sha256: str | None = None
    inflated: int | None = None
    lines: int | None = None
    why: str | None = None
    source: str | None = None
    etag: str | None = None
    when: str | None = None

    @property
    def is_there(self) -> bool:
        """Whether this is of a file that nobody has found fault with since it came."""
        return self.state in ("whole", "empty", "damaged")

    def line(self) -> bytes:
        """Return the entry as a line of the manifest."""
        told = {name: value for name, value in asdict(self).items() if value is not None}
        return json.dumps(told).encode() + b"\n"


class Manifest:
    """The manifest of one place, as it is read at the beginning and added to since.

    Attributes:
        entries: the last of each file.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self.entries: dict[str, Entry] = {}
        data = place.manifest()
        for line in data.splitlines():
            entry = _read(line)
            if entry is not None:
                self.entries[entry.name] = entry
        # What is not as it would be written today is written anew before anything is added.
        self._tidy = data == self._text()
        self._next_save = 0.0

    def add(self, entry: Entry) -> None:
        """Take an entry down: at once, or in a place that does not append before long."""
        self.entries[entry.name] = entry
        if self._place.appends and self._tidy:
            self._place.append_manifest(entry.line())
        else:
            self._tidy = False
            if self._place.appends or time.monotonic() >= self._next_save:
                self.save()

    def save(self) -> None:
        """Write all of it, unless that has been done."""
        if self._tidy:
            return
        start = time.monotonic()
        self._place.write_manifest(self._text())
        self._tidy = True
        took = time.monotonic() - start
        self._next_save = start + max(_SECONDS, _SHARE * took)

    def _text(self) -> bytes:
        return b"".join(entry.line() for entry in self.entries.values())


def now() -> str:
    """Return the time for an entry.

    >>> now().endswith("Z")
    True
    """
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read(line: bytes) -> Entry | None:
    try:
        told: dict[str, Any] = json.loads(line)
        entry = Entry(**told)
        return entry if hour_of(entry.name) else None
    except (ValueError, TypeError):
        return None
