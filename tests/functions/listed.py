"""Ordinary functions, as public analyses of event archives, logs and dumps apply them to a record.

Each is written anew, with the operations of its source; none may be dropped or bent to fit, and
what becomes of each is for others to say. `line` functions take the text of a line, the others the
record that `json.loads` makes of it.
"""

from collections.abc import Callable
from typing import Any, NamedTuple


class Listed(NamedTuple):
    """A function, what kind of record it takes, and where its like was found."""

    function: Callable[[Any], Any]
    kind: str
    source: str


LISTED: list[Listed] = []


def listed(kind: str, source: str) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    def add(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        LISTED.append(Listed(function, kind, source))
        return function

    return add


# Each of these puts its functions on the list.
from functions import events, logs, people, posts, reviews  # noqa: E402, F401
