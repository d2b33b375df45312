"""A command line and what it must print, and the events that most of them read."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

EVENTS = [
    {"type": "PushEvent", "actor": {"login": "qdm"}, "n": 2, "commits": [{}, {}]},
    {"type": "ForkEvent", "actor": {"login": "ana"}, "n": 1},
    {"type": "PushEvent", "actor": {"login": "ana"}, "n": 3, "commits": [{}]},
    {"type": "PushEvent", "actor": {"login": "qdm"}, "n": 1, "commits": []},
]


class Row(NamedTuple):
    """A command line, and what it must print; a text that ends in ``...`` is a beginning."""

    arguments: tuple[str, ...]
    out: str = ""
    code: int = 0
    err: str = ""


Check = Callable[[Row], None]


def texts(events: Sequence[Any]) -> str:
    """The events as JSON lines."""
    return "".join(json.dumps(event, separators=(",", ":")) + "\n" for event in events)
