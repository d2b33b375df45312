r"""Damage as it is in the archive, done to an hour on purpose, and known.

| kind | what is done | seen in |
|---|---|---|
| truncated | the gzip file ends too early | 2016-08 |
| empty | the file has no bytes | 2020-08-22 |
| page | the file is a page of XML that says that something failed | 2016-01-28-1 |
| missing | there is no file | 2016-10-21-18 |
| zeros | zero bytes stand between two events, in place of the newline | 2018-06-08-2 |
| spliced | an event breaks off, and the next one goes on in its place | 2017-11-08-1 |
| bytes | a string is not UTF-8 | 2012-01-01-9 |
| duplicates | an event is there twice | 2016 |

>>> hour = Text([b'{"a":1}', b'{"a":2}'], [b"\n", b"\n"])
>>> import random
>>> hour.damaged("zeros", random.Random(0))
>>> hour.joined().count(b"\0") > 0, hour.lost
(True, set())
"""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Callable
from typing import Literal, get_args

__all__ = ["KINDS", "PAGE", "Kind", "Text", "truncated"]

Kind = Literal["truncated", "empty", "page", "missing", "zeros", "spliced", "bytes", "duplicates"]
"""What is done to an hour."""

KINDS: tuple[Kind, ...] = get_args(Kind)

PAGE = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>InternalError</Code>'
    b"<Message>We encountered an internal error. Please try again.</Message></Error>\n"
)
"""What a server said where a file was expected."""

_STRING = re.compile(rb'"((?:[^"\\]|\\.)*)"')
_MOST = 3


class Text:
    """An hour's events as bytes, and what follows each of them.

    Attributes:
        lost: the events, by number, that can no longer be read.
        twice: those that are there twice.
        bad: how many parts of lines are no JSON.
    """

    def __init__(self, events: list[bytes], between: list[bytes]) -> None:
        self.events = events
        self.between = between
        self.lost: set[int] = set()
        self.twice: set[int] = set()
        self.bad = 0

    def joined(self) -> bytes:
        """The whole text."""
        return b"".join(
            part for pair in zip(self.events, self.between, strict=True) for part in pair
        )

    def damaged(self, kind: Kind, chance: random.Random) -> None:
        """Do this damage in one to three places; what is done to the file is not done here."""
        ways: dict[str, Callable[[int, random.Random], None]] = {
            "zeros": self._zeros,
            "spliced": self._spliced,
            "bytes": self._bytes,
            "duplicates": self._twice,
        }
        places = range(0, len(self.events) - 1, 4)  # So far apart that they do not meet.
        for place in sorted(chance.sample(places, min(len(places), chance.randint(1, _MOST)))):
            ways[kind](place, chance)

    def _zeros(self, place: int, chance: random.Random) -> None:
        self.between[place] = b"\0" * chance.randrange(1, 3_000)

    def _spliced(self, place: int, chance: random.Random) -> None:
        event, following = self.events[place], self.events[place + 1]
        if _may_close(following):
            return  # Brackets in its strings could end the event before, and nobody could tell.
        self.events[place] = event[: chance.randrange(1, len(event) - 1)]
        self.between[place] = b""
        # What is on the same line is lost with it, so nothing else is.
        self.between[place + 1] = b"\n"
        if place:
            self.between[place - 1] = b"\n"
        self.lost |= {place, place + 1}
        self.bad += 1

    def _bytes(self, place: int, chance: random.Random) -> None:
        event = self.events[place]
        at = chance.choice([found.start(1) for found in _STRING.finditer(event)])
        self.events[place] = event[:at] + chance.choice((b"\xff", b"\xe9", b"\xc3(")) + event[at:]
        self.lost.add(place)
        self.bad += 1

    def _twice(self, place: int, chance: random.Random) -> None:
        event, between = self.events[place], self.between[place]
        self.events[place] = event + (between or b"\n") + event
        self.twice.add(place)


def truncated(packed: bytes, text: Text, chance: random.Random) -> bytes:
    """Return the beginning of a gzip file; `text` is told which events it no longer has."""
    cut = packed[: chance.randrange(20, max(21, len(packed) - 8))]
    left = len(zlib.decompressobj(31).decompress(cut))
    offset = 0
    for number, (event, between) in enumerate(zip(text.events, text.between, strict=True)):
        # An event without its newline is whole, but a reader of lines cannot know.
        if left < offset + len(event) + len(between):
            if left >= offset + len(event):
                return truncated(packed, text, chance)
            text.lost.add(number)
        offset += len(event) + len(between)
    text.bad += 1
    return cut


def _may_close(event: bytes) -> bool:
    """Whether a string of the event closes a bracket that it has not opened."""
    for found in _STRING.finditer(event):
        depth = 0
        for bracket in re.findall(rb"[{}\[\]]", found.group(1)):
            depth += 1 if bracket in b"{[" else -1
            if depth < 0:
                return True
    return False
