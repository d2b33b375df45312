"""What goes wrong on the way to a server: what is worth another attempt, and what it is called.

throttled (429, 503), 5xx, a reset, a short body, silence  -> again, after a pause
401, 403 -> PermissionError   404, 410 -> FileNotFoundError   412 -> ChangedError
the rest -> OSError
"""

from __future__ import annotations

import random
import re
import threading
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from satchel.errors import ChangedError

__all__ = ["Answer", "Broken", "Patience", "Stopped", "answered", "raised"]

_WORTH_IT = frozenset({408, 425, 429, 500, 502, 503, 504})
# S3 says so with status 400.
_WORTH_IT_CODES = frozenset({"RequestTimeout", "SlowDown", "ThrottlingException"})

_ATTEMPTS = 8
_SECONDS = 120.0
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0


class Stopped(Exception):
    """The run has ended, and nobody waits for these bytes."""


class Broken(Exception):
    """The connection did not bring what was promised; the text says how.

    Attributes:
        hopeless: another attempt would bring the same.
    """

    hopeless = False


@dataclass(eq=False)  # what is frozen cannot be read back by pickle as an exception is
class Answer(Exception):
    """An answer that is not the bytes.

    Attributes:
        status: of HTTP.
        code: the store's own word for it, or HTTP's.
        message: what the server says beside it.
        pause: for how many seconds it wants to be left alone.
    """

    status: int
    code: str
    message: str = ""
    pause: float | None = None

    @property
    def worth_another(self) -> bool:
        return self.status in _WORTH_IT or self.code in _WORTH_IT_CODES

    def __str__(self) -> str:
        said = f": {self.message}" if self.message else ""
        return f"{self.status} {self.code}{said}"


def answered(status: int, reason: str, headers: dict[str, str], body: bytes) -> Answer:
    """Read what a server says in place of the bytes.

    >>> body = b"<Error><Code>SlowDown</Code><Message>Reduce your rate</Message></Error>"
    >>> str(answered(503, "Service Unavailable", {}, body))
    '503 SlowDown: Reduce your rate'
    """
    text = body.decode("utf-8", "replace")
    code, message = (re.search(f"<{tag}>([^<]*)</{tag}>", text) for tag in ("Code", "Message"))
    return Answer(
        status,
        code[1] if code else reason,
        message[1] if message and code else "",
        _pause(headers.get("retry-after")),
    )


def _pause(said: str | None) -> float | None:
    """The seconds of a ``Retry-After``, which may be a number or a date."""
    if said is None:
        return None
    if said.strip().isdigit():
        return float(said)
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except ValueError:
        return None


class Patience:
    """How often, and for how long, the bytes of one stretch are asked for again.

    Args:
        name: the address, as errors call it.
        stopped: set where nobody waits any more.
    """

    def __init__(self, name: str, stopped: threading.Event) -> None:
        self._name = name
        self._stopped = stopped
        self._failures = 0
        self._deadline = time.monotonic() + _SECONDS

    def after(self, failure: Answer | Broken) -> None:
        """Wait until it is time for another attempt.

        Raises:
            OSError: if another is not worth it, or these have been enough.
            Stopped: if nobody waits any more.
        """
        if self._stopped.is_set():
            raise Stopped
        hopeless = isinstance(failure, Broken) and failure.hopeless
        if hopeless or (isinstance(failure, Answer) and not failure.worth_another):
            raise raised(self._name, failure) from None
        self._failures += 1
        # With the full pause at random, many that were thrown out together do not return so.
        pause = random.uniform(0, min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**self._failures))
        if isinstance(failure, Answer) and failure.pause is not None:
            pause += failure.pause
        late = time.monotonic() + pause > self._deadline
        if self._failures >= _ATTEMPTS or late:
            raise raised(self._name, failure, self._failures) from None
        if self._stopped.wait(pause):
            raise Stopped


def raised(name: str, failure: Answer | Broken, attempts: int = 1) -> Exception:
    """The exception that a user gets, with the address and the cause."""
    text = f"{name}: {failure}"
    if attempts > 1:
        text += f" ({attempts} attempts)"
    if isinstance(failure, Broken):
        return ConnectionError(text)
    match failure.status:
        case 401 | 403:
            return PermissionError(text)
        case 404 | 410:
            return FileNotFoundError(text)
        case 412:
            return ChangedError(f"{name}: it has changed while it was being read (try: again)")
    return OSError(text)
