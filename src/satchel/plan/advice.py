"""The cheapest change that would make a step native, for each reason why it is not."""

from __future__ import annotations

import re

__all__ = ["advice"]

_ADVICE = {
    r"loops with the accumulator": "sum up the record's list first, and add that",
    r"loops": "a for statement or a comprehension over a list of the record",
    r"iterates over the record": "name the keys that are wanted: e['a'], e.get('b')",
    r"builds a (set|dict)": "a list in its place, or a dict with its keys written out",
    r"(passes|takes) \*": "name the arguments",
    r"defines a function|keeps a function": "define it at the top of the module",
    r"uses an iterator": "list(...) around it",
    r"uses an exception": "return a constant from the handler",
    r"formats|computes a format": "an f-string with plain widths and precisions",
    r".* calls itself|calls go more than": "unroll it to the depth that the data has",
    r"imports a": "import it at the top of the module",
    r"has a with block": "open it outside of the function",
    r"is a generator": "return a list",
    r"reads '.*', which is not defined": "define it before the compute",
    r"stores into|changes|deletes": "make a new list or dict with what it should hold",
    r"unpacks with a star": "take the items by index or slice",
    r"calls range with": "a comprehension over the list itself",
    r".*a time": "of a constant form, only .year, .month, .day, .hour, .minute, .second, "
    ".weekday() or .date().isoformat()",
    r".*(regular expression|of a match|of a pattern|substitutes)": "a constant pattern, of which "
    "only the truth or the groups are used",
    r"parses something other": "give the loader the line, or the line stripped",
    r"it follows a step": "move it before that step, if it does not need its result",
    r"it reads a": "keep what the Python step fills apart from what this one reads",
    r"a trace function|a debugger": "run it without the debugger",
    r"initial is a function": "a value as initial",
    r"calls isinstance with a type|asks for a type": "str, int, float, bool, list or dict",
    r"calls|reads attribute|uses the operator": "call it in a step of its own, after those that "
    "need only the record: it is then given what they return",
}


def advice(reason: str) -> str | None:
    """What to change so that a step that gave `reason` runs native; `None` where nothing is known.

    >>> advice("has a with block")
    'open it outside of the function'
    """
    return next((text for pattern, text in _ADVICE.items() if re.match(pattern, reason)), None)
