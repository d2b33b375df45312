"""How fast the source is asked: so many requests and bytes a second, none while it asks to wait.

One `Pace` is shared by all threads of a mirror. Its waits end at once when the mirror stops.

>>> pace = Pace(requests_per_second=1_000, bytes_per_second=None)
>>> pace.request()
>>> pace.received(2_000)
>>> pace.bytes
2000
>>> pace.stop.set()
>>> pace.request()
Traceback (most recent call last):
    ...
satchel.gharchive.pace.Stopped
"""

from __future__ import annotations

import random
import threading
import time

__all__ = ["LONGEST_WAIT", "Pace", "Stopped"]

LONGEST_WAIT = 600.0
"""Seconds: a source that asks for a longer wait is given up for this run."""

_LONGEST_BACKOFF = 60.0


class Stopped(Exception):
    """The mirror is being stopped: whoever is at work leaves off."""


class Pace:
    """What every request and every byte goes past.

    Attributes:
        stop: when it is set, waits end and raise `Stopped`.
        bytes: how many have been received.

    Args:
        requests_per_second: at most so many are begun.
        bytes_per_second: at most so many are taken in, by all threads; `None` for no bound.
        backoff: seconds before the second try, on average; it doubles from there.
    """

    def __init__(
        self,
        requests_per_second: float,
        bytes_per_second: float | None = None,
        backoff: float = 1.0,
    ) -> None:
        self.stop = threading.Event()
        self.bytes = 0
        self._lock = threading.Lock()
        self._between_requests = 1 / requests_per_second
        self._per_byte = 1 / bytes_per_second if bytes_per_second else 0.0
        self._backoff = backoff
        self._next_request = self._next_byte = self._held_until = 0.0

    def request(self) -> None:
        """Wait until a request may be made.

        Raises:
            Stopped: if the mirror stops meanwhile.
        """
        with self._lock:
            turn = max(time.monotonic(), self._next_request, self._held_until)
            self._next_request = turn + self._between_requests
        self.wait(turn - time.monotonic())
        # The source may have asked for a pause after this turn was given out.
        while (held := self._held_until - time.monotonic()) > 0:
            self.wait(held)

    def received(self, count: int) -> None:
        """Take note of bytes that came, and wait if they came too fast.

        Raises:
            Stopped: if the mirror stops meanwhile.
        """
        with self._lock:
            self.bytes += count
            now = time.monotonic()
            self._next_byte = max(now, self._next_byte) + count * self._per_byte
            ahead = self._next_byte - now
        self.wait(ahead if self._per_byte else 0.0)

    def hold(self, seconds: float) -> None:
        """Let nobody make a request for so many seconds: the source has asked for that."""
        with self._lock:
            self._held_until = max(self._held_until, time.monotonic() + seconds)

    def back_off(self, tries: int) -> None:
        """Wait after a failed try: twice as long after each, and never just as long as others.

        Raises:
            Stopped: if the mirror stops meanwhile.
        """
        seconds = min(_LONGEST_BACKOFF, self._backoff * 2 ** (tries - 1))
        self.wait(seconds * random.uniform(0.5, 1.5))

    def wait(self, seconds: float) -> None:
        """Wait for so many seconds, none if there are none.

        Raises:
            Stopped: if the mirror stops meanwhile.
        """
        if self.stop.wait(seconds) if seconds > 0 else self.stop.is_set():
            raise Stopped
