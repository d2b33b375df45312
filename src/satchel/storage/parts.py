"""How far files are that come in parts: what is on its way, what is there, what comes next.

It is changed by `Ahead` alone, with its lock held.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from satchel.storage.line import Line
from satchel.storage.store import Named, Store

if TYPE_CHECKING:
    from satchel.storage.body import Version

__all__ = ["FIRST_PART", "PART", "File", "Part"]

PART = 8 << 20
"""The longest part."""

FIRST_PART = 256 << 10
"""The first part of a file of which only the first lines are read."""


_BEHIND = 128 << 10
"""What is fetched behind a part of a file: the kernel reads on to the end of a line, or a block."""


class File:
    """How far one file is."""

    def __init__(self, named: Named, store: Store) -> None:
        self.named, self.store = named, store
        self.start, end = named.span or (0, None)
        self.until = None if end is None else end + _BEHIND
        self.opened = self.dropped = self.first_lines = False
        self.known = False  # what its first part tells: the next three
        self.size: int | None = named.size
        self.version: Version | None = None
        self.modified_ns = 0
        # The first byte that no part has; None where all are begun.
        self.next: int | None = self.start
        self.parts: deque[Part] = deque()
        self.error: BaseException | None = None

    def from_byte(self, start: int, until: int | None) -> File:
        """The same file from another byte on, of which nothing has been fetched."""
        other = File(self.named, self.store)
        other.start = other.next = start
        other.until, other.version = until, self.version
        return other

    @property
    def all_begun(self) -> bool:
        """Whether every byte of it is some part's."""
        return self.next is None or (
            self.known and self.size is not None and self.next >= self.size
        )

    @property
    def all_ahead(self) -> bool:
        """Whether nothing more is fetched before the kernel waits for it."""
        behind = self.until is not None and self.next is not None and self.next >= self.until
        return behind or self.all_begun

    def next_length(self) -> int | None:
        """How long the next part is; ``None`` where there is none, or none yet."""
        if self.next is None or self.error is not None or self.dropped or self.all_begun:
            return None
        if self.next > self.start and not self.known:
            return None
        longest = PART
        if self.until is not None and self.next >= self.until:
            if self.parts:
                return None
            longest = FIRST_PART
        elif self.until is not None:
            longest = min(PART, self.until - self.next)
        if self.first_lines:
            if self.parts:
                return None
            longest = min(longest, max(FIRST_PART, self.next - self.start))
        return longest if self.size is None else max(1, min(longest, self.size - self.next))

    def begin(self, length: int) -> Part:
        """The next part, of this length."""
        assert self.next is not None, "there is a next part"
        start, stop = self.next, self.next + length
        # A file that is told to be as short as this is asked for as a whole.
        whole = start == 0 and self.size is not None and self.size <= length
        part = Part(self, start, None if whole else stop, length)
        self.next = stop
        self.parts.append(part)
        return part


class Part:
    """A stretch of a file, on its way or there."""

    def __init__(self, file: File, start: int, stop: int | None, promised: int) -> None:
        self.file, self.start, self.stop = file, start, stop
        self.promised = promised
        self.chunks: deque[bytes] = deque()
        self.held = 0  # bytes of chunks
        self.counted = 0  # what is in flight of it
        self.ended = False
        self.line: Line | None = None
