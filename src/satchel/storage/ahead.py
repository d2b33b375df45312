"""Reading ahead of the kernel: the next files are under way while it works on the last.

A few threads fetch *parts*, stretches of files, in the order in which the kernel will read them, as
long as no more than `IN_FLIGHT` bytes wait for it or are on their way. A part that the kernel waits
for is fetched before all others, whatever is in flight.

    files     |---- a ----|-- b --|--------------- c ----------------| ...
    parts     |-----------|-------|-------|-------|-------|----------|
                 read       done    coming  coming  next

The first part of a file tells how long it is and which version; the others follow side by side. A
server that does not do parts sends all of a file as one, and waits until what came is taken.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from satchel.storage.failures import Stopped
from satchel.storage.line import Line
from satchel.storage.parts import FIRST_PART, PART, File, Part
from satchel.storage.store import Bytes, Named, Store

if TYPE_CHECKING:
    from satchel.storage.body import Version

__all__ = ["Ahead", "Feed"]

IN_FLIGHT = 64 << 20
"""The most bytes that wait for the kernel, or are on their way to it, in one process."""

_THREADS = max(8, os.cpu_count() or 1)
_LOOK_AROUND_SECONDS = 0.2
_LAST_WORD_SECONDS = 0.5

T = TypeVar("T")


class Ahead:
    """Brings files to the kernel; `close` it at the end.

    Args:
        files: each with the store that reads it, or ``None`` where the kernel does; in order.
        stopped: whether the run has been stopped; asked while waiting.

    It is an `Origin` of the kernel's for each file (`origin`). Nothing is fetched before the first
    file is opened, and nothing but what is read where only first lines count.
    """

    def __init__(
        self, files: Sequence[tuple[Named, Store | None]], stopped: Callable[[], bool]
    ) -> None:
        self._stopped = stopped
        self._files = [None if store is None else File(file, store) for file, store in files]
        self._lock = threading.RLock()
        self._arrived = threading.Condition(self._lock)  # the kernel's threads wait for it
        self._room = threading.Condition(self._lock)  # ours, to fetch one more part
        self._taken = threading.Condition(self._lock)  # ours, to go on with one
        self._waiting: deque[File] = deque()  # files that the kernel waits for
        self._first = 0  # of which nothing is to be fetched ahead any more
        self._begun = False
        self._in_flight = 0
        self._crew: dict[threading.Thread, Line] = {}
        self._idle = 0
        self._versions: dict[tuple[Store, str], Version] = {}  # all parts of a file are of one
        self._closed = False
        with _count:
            _alive.add(self)

    def origin(self, index: int) -> _Origin | None:
        """What opens a file for the kernel; ``None`` where it does so itself."""
        file = self._files[index]
        return None if file is None else _Origin(self, file)

    def close(self) -> None:
        """Fetch no more, and end what is under way."""
        with self._lock:
            self._closed = True
            crew = dict(self._crew)
            for condition in (self._arrived, self._room, self._taken):
                condition.notify_all()
        for line in crew.values():
            line.end()
        deadline = time.monotonic() + _LAST_WORD_SECONDS
        for thread in crew:
            # One that waits for a server to answer at all cannot be woken, and ends by itself.
            thread.join(max(0, deadline - time.monotonic()))
        with _count:
            _alive.discard(self)

    # What the kernel's threads call.

    def open(self, file: File, first_lines: bool) -> Feed:
        with self._lock:
            file.opened, file.first_lines = True, first_lines
            self._begun = self._begun or not first_lines
            self._hire()
        feed = Feed(self, file)
        self.wait_for(file, lambda: file.known)
        return feed

    def wait_for(self, file: File, ready: Callable[[], T | None]) -> T:
        """Wait until a file has what is asked for.

        Raises:
            Exception: whatever went wrong on the way to it.
            Stopped: if the run has been stopped.
        """
        with self._lock:
            if found := ready():
                return found
            self._waiting.append(file)
            self._hire()
            try:
                while not (found := ready()):
                    if file.error is not None:
                        raise file.error
                    if self._closed or self._stopped():
                        raise Stopped
                    self._arrived.wait(_LOOK_AROUND_SECONDS)
                return found
            finally:
                self._waiting.remove(file)

    def taken(self, part: Part, length: int) -> None:
        """The kernel has read some of a part."""
        with self._lock:
            part.held -= length
            self._settle(part)
            self._taken.notify_all()

    def drop(self, file: File) -> None:
        """Nobody reads the rest of a file."""
        with self._lock:
            file.dropped = True
            for part in file.parts:
                part.held = 0
                part.chunks.clear()
                self._settle(part)
                if part.line is not None:
                    part.line.end()

    def _settle(self, part: Part) -> None:
        """Count what a part has in flight: what it may still bring, or has brought."""
        now = part.held if part.ended else max(part.held, part.promised)
        if part.file.dropped and part.ended:
            now = 0
        self._in_flight += now - part.counted
        if now < part.counted:
            self._room.notify()
        part.counted = now

    def _hire(self) -> None:
        """Let a thread look for something to do: one that is idle, or if it may be, another."""
        if self._idle:
            self._room.notify()
        elif len(self._crew) < _THREADS and not self._closed:
            thread = threading.Thread(target=self._work, name="satchel-ahead", daemon=True)
            self._crew[thread] = Line()
            thread.start()

    # What the fetching threads do.

    def _work(self) -> None:
        me = threading.current_thread()
        while True:
            with self._lock:
                line = self._crew[me]
                if line.ended.is_set() and not self._closed:
                    line = self._crew[me] = Line()  # It was ended for a file that was dropped.
                while (part := self._next()) is None:
                    if self._closed:
                        return
                    self._idle += 1
                    self._room.wait()
                    self._idle -= 1
                part.line = line
                self._hire()
            self._fetch(part, line)

    def _next(self) -> Part | None:
        """The part to fetch next, if there may be one."""
        if self._closed:
            return None
        for file in self._waiting:
            if (part := self._part(file, bounded=False)) is not None:
                return part
        if not self._begun:
            return None
        for index in range(self._first, len(self._files)):
            later = self._files[index]
            if later is None or later.dropped or later.all_ahead:
                self._first += index == self._first
                continue
            if not later.first_lines and (part := self._part(later, bounded=True)) is not None:
                return part
            if self._in_flight + FIRST_PART > _share():
                return None
        return None

    def _part(self, file: File, bounded: bool) -> Part | None:
        """The next part of a file, begun, if there is one that may be."""
        length = file.next_length()
        if length is None or (bounded and self._in_flight + length > _share()):
            return None
        part = file.begin(length)
        self._settle(part)
        return part

    def _fetch(self, part: Part, line: Line) -> None:
        file = part.file
        bytes_: Bytes | None = None
        try:
            version = file.version or self._versions.get((file.store, file.named.path))
            bytes_ = file.store.begin(file.named, line, part.start, part.stop, version)
            self._learn(part, bytes_)
            for chunk in bytes_:
                if not self._keep(part, chunk):
                    break
        except Stopped:
            pass
        except BaseException as error:  # noqa: BLE001 - raised where the kernel waits for it
            with self._lock:
                file.error = file.error or error
        finally:
            if bytes_ is not None:
                bytes_.close()
            with self._lock:
                part.ended, part.line = True, None
                self._settle(part)
                self._arrived.notify_all()

    def _learn(self, part: Part, bytes_: Bytes) -> None:
        """Take down what the beginning of a part tells of the file."""
        file = part.file
        with self._lock:
            if not file.known:
                file.known, file.size, file.version = True, bytes_.size, bytes_.version
                file.modified_ns = bytes_.modified_ns
                if bytes_.version is not None:
                    self._versions.setdefault((file.store, file.named.path), bytes_.version)
                if part.stop is None or not bytes_.ranged or file.size is None:
                    file.next, part.stop = None, None
            if part.stop is None:
                part.promised = PART if file.size is None else min(PART, file.size)
            elif file.size is not None:
                part.promised = max(0, min(part.stop, file.size) - part.start)
            self._settle(part)
            self._arrived.notify_all()
            self._hire()

    def _keep(self, part: Part, chunk: bytes) -> bool:
        """Put a chunk where the kernel finds it; wait, where it has more than it was promised."""
        with self._lock:
            part.chunks.append(chunk)
            part.held += len(chunk)
            self._settle(part)
            self._arrived.notify_all()
            while part.held > part.promised and not (self._closed or part.file.dropped):
                self._taken.wait(_LOOK_AROUND_SECONDS)
            return not (self._closed or part.file.dropped)


class Feed:
    """One file on its way into the kernel."""

    def __init__(self, ahead: Ahead, file: File) -> None:
        self._ahead, self._file = ahead, file

    @property
    def size(self) -> int | None:
        """How many bytes are stored, where that is known."""
        return self._file.size

    @property
    def modified_ns(self) -> int:
        """When it was modified, in nanoseconds since 1970; 0 where nobody knows."""
        return self._file.modified_ns

    def read(self) -> bytes:
        """The next bytes as they are stored; none at the end."""
        return self._ahead.wait_for(self._file, self._ready)[0]

    def _ready(self) -> tuple[bytes] | None:
        """The next chunk, if it is there; called with the lock held."""
        file = self._file
        while file.parts:
            part = file.parts[0]
            if part.chunks:
                chunk = part.chunks.popleft()
                self._ahead.taken(part, len(chunk))
                return (chunk,)
            if not part.ended:
                return None
            if file.error is not None:
                return None
            file.parts.popleft()
            self._ahead._hire()  # Some parts are begun only when those before them are read.
        if self._ahead._closed:
            return None  # What has ended since may not have been all.
        return (b"",) if file.all_begun and file.known else None

    def close(self) -> None:
        """Nothing more will be read."""
        self._ahead.drop(self._file)


class _Origin:
    """Opens one file for the kernel."""

    def __init__(self, ahead: Ahead, file: File) -> None:
        self._ahead, self._file = ahead, file

    def open(self, first_lines: bool, start: int = 0, end: int | None = None) -> Feed:
        """Begin to bring its bytes: the span's ahead, others as they are asked for."""
        file = self._file
        if start != file.start or file.opened:
            file = file.from_byte(start, end)
        return self._ahead.open(file, first_lines)


_count = threading.Lock()
_alive: set[Ahead] = set()


def _share() -> int:
    """What one of those that read ahead in this process may have in flight."""
    return max(PART, IN_FLIGHT // max(1, len(_alive)))
