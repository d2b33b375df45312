"""The tables of faults: what the server does, and how reading may end.

A fault that passes ends in the right answer. One that lasts ends in an error that names the address
and the cause. Nothing ends in another answer, or not at all.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from servers import FaultyServer

INSIDE = 30_000  # bytes of an object's body, which is longer in all kinds of file


@dataclass(frozen=True)
class Fault:
    """Rules for the server, and what an error has to say (in lower case) if one comes.

    `says` without `right` means that only an error will do; of several words one is enough.
    """

    rules: tuple[dict[str, Any], ...]
    right: bool = True
    says: tuple[str, ...] = ()
    errors: tuple[type[Exception], ...] = (OSError, EOFError)
    kinds: tuple[str, ...] = ("gzip", "members", "plain")

    def set_up(self, server: FaultyServer, path: str) -> None:
        """Give the server its rules; a pattern of theirs takes the place of `path`."""
        for rule in self.rules:
            server.fail(**{"path": path, "method": "GET", **rule})


def passing(*rules: dict[str, Any]) -> Fault:
    """A fault after which the answer is right."""
    return Fault(rules)


def lasting(*rules: dict[str, Any], says: tuple[str, ...], **more: Any) -> Fault:
    """A fault that ends in an error."""
    return Fault(rules, right=False, says=says, **more)


def once(fault: str, **arguments: Any) -> dict[str, Any]:
    """A rule for the first request of each object."""
    return {"fault": fault, "each": 1, **arguments}


def always(fault: str, **arguments: Any) -> dict[str, Any]:
    """A rule for every request."""
    return {"fault": fault, **arguments}


# The answers that are worth another request, on whatever protocol.
PASSING = {
    "503 SlowDown": passing(once("status", code=503)),
    "503, then 500, then 502": passing(
        once("status", code=503), once("status", code=500), once("status", code=502)
    ),
    "429 with Retry-After": passing(once("status", code=429, retry_after=1)),
    "429 with a date for Retry-After": passing(
        once("status", code=429, retry_after="Thu, 01 Jan 2015 00:00:00 GMT")
    ),
    "a Retry-After that is no number": passing(once("status", code=503, retry_after="soon")),
    "504": passing(once("status", code=504)),
    "reset before a word": passing(once("reset")),
    "reset before the body": passing(once("reset", after=0)),
    "reset inside": passing(once("reset", after=INSIDE)),
    "short": passing(once("short", after=INSIDE)),
    "short by one byte, then reset": passing(
        once("short", after=INSIDE), once("reset", after=INSIDE // 2)
    ),
    "nothing of the body": passing(once("short", after=0)),
    "a part where the whole was promised, and ranges ignored": passing(
        once("short", after=INSIDE), once("ignore_range")
    ),
    "stalled inside": passing(once("stall", after=INSIDE)),
    "no answer": passing(once("silence")),
    "drip": passing(once("drip", size=9000, seconds=0.01)),
    "late": passing(always("delay", seconds=0.05)),
}

LASTING = {
    "throttled for ever": lasting(always("status", code=503), says=("503", "slowdown")),
    "broken for ever": lasting(always("status", code=500), says=("500", "internalerror")),
    "forbidden": lasting(
        always("status", code=403), says=("403", "forbidden"), errors=(PermissionError,)
    ),
    "gone": lasting(
        always("status", code=404), says=("404", "nosuchkey"), errors=(FileNotFoundError,)
    ),
    "a status that nobody knows": lasting(always("status", code=499), says=("499",)),
    "reset for ever": lasting(
        always("reset"), says=("reset", "connection"), errors=(ConnectionError,)
    ),
    "silent for ever": lasting(always("silence"), says=("no byte", "time")),
    "stalled for ever": lasting(always("stall", after=0), says=("no byte", "time")),
    "changed in the middle": lasting(
        once("short", after=INSIDE), always("change"), says=("changed",)
    ),
    "redirected for ever": lasting(always("redirect"), says=("redirect",)),
}

# Answers that look well; what they hold is not what was asked for.
LIES = {
    "a page in place of the file": lasting(always("page"), says=("gzip",), kinds=("gzip",)),
    "a page of XML": lasting(always("page", kind="xml"), says=("gzip",), kinds=("members",)),
    "bytes that are wrong": lasting(
        always("corrupt", at=INSIDE),
        says=("gzip", "crc", "invalid"),
        errors=(OSError, zlib.error),
        kinds=("gzip", "members"),
    ),
    "a length too small": lasting(
        always("understate", by=2000),
        says=("ended", "end-of-stream"),
        kinds=("gzip", "members"),
    ),
}
# Where a listing has said how long each object is, no kind of file may come up short.
LIES_AGAINST_A_LISTING = {
    "a page in place of the object": lasting(always("page"), says=("changed",)),
    "a page of XML": lasting(always("page", kind="xml"), says=("changed",)),
    "nothing at all": lasting(always("page", kind="empty"), says=("changed",)),
    "a length too small": lasting(always("understate", by=2000), says=("changed",)),
    "bytes that are wrong": LIES["bytes that are wrong"],
}

LISTING = {
    "an HTML page": lasting(always("page"), says=("changed",)),
    "an XML page": lasting(always("page", kind="xml"), says=("changed",)),
    "nothing at all": lasting(always("page", kind="empty"), says=("changed",)),
    "a length too small": lasting(always("understate", by=2000), says=("changed",)),
    "another object": lasting(always("change"), says=("changed", "gzip")),
}

LISTING = {
    "503 once": passing({"fault": "status", "times": 1}),
    "503 at the second page": passing({"fault": "status", "skip": 1, "times": 1}),
    "reset once": passing({"fault": "reset", "times": 1}),
    "cut once": passing({"fault": "short", "after": 3000, "times": 1}),
    "cut once, at the second page": passing(
        {"fault": "short", "after": 3000, "skip": 1, "times": 1}
    ),
    "throttled for ever": lasting(always("status"), says=("503", "slowdown", "reduce")),
    "forbidden": lasting(
        always("status", code=403), says=("403", "forbidden", "accessdenied", "access denied")
    ),
    "cut for ever": lasting(always("short", after=3000), says=("ended", "body", "connection")),
    "nothing in place of the second": lasting(
        {"fault": "page", "kind": "empty", "skip": 1}, says=("list", "xml")
    ),
}
