"""`datetime.fromisoformat` and `strptime`, where only parts of the result are used.

What they return never becomes a value of the language: it is a stand-in for the text and the form
that it is read in, and each part that is asked for (`.hour`, `.weekday()`, `.date().isoformat()`)
is an operation on the text.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from satchel.expr.capture import Held
from satchel.expr.nodes import Node, concat, const, format_, if_, unproved

if TYPE_CHECKING:
    from satchel.expr.frame import Value
    from satchel.expr.symbolic import Execution

PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")
DATE = PARTS[:3]
METHODS = ("weekday", "isoweekday", "date", "isoformat", "strftime")
_DIRECTIVES = {
    "Y": ("year", "04d"),
    "m": ("month", "02d"),
    "d": ("day", "02d"),
    "H": ("hour", "02d"),
    "M": ("minute", "02d"),
    "S": ("second", "02d"),
    "f": ("microsecond", "06d"),
}


class Parser:
    """`datetime.fromisoformat` or `datetime.strptime`, not yet called."""

    def __init__(self, name: str) -> None:
        self.name = name


class Moment:
    """A point in time, or with `is_date` a day, that a text names."""

    def __init__(self, text: Node, form: str, is_date: bool = False) -> None:
        self.text = text
        self.form = form
        self.is_date = is_date

    def part(self, frame: Execution, name: str) -> Node:
        """What one part of it is."""
        return frame.emit(Node("moment", (self.text,), (self.form, name), frame.here()))


def parser(kind: Any, name: str) -> Parser | None:
    """The parser that an attribute of a class is, if it is one that is known."""
    found = sys.modules.get("datetime")
    known = found is not None and vars(found).get("datetime") is kind
    return Parser(name) if known and name in ("fromisoformat", "strptime") else None


def parsed(frame: Execution, parser: Parser, args: list[Value]) -> Moment:
    """What a parser returns."""
    if parser.name == "fromisoformat" and len(args) == 1:
        form = "iso"
    elif parser.name == "strptime" and len(args) == 2:
        form = _form(frame, args[1])
    else:
        frame.refuse(f"calls {parser.name} with other arguments than a text")
    moment = Moment(frame.node(args[0]), form)
    # A text that names no moment raises here, whatever is asked of it then.
    moment.part(frame, "year")
    return moment


def _form(frame: Execution, value: Value) -> str:
    form = value.value if isinstance(value, Held) else None
    if type(form) is not str or form == "iso":
        frame.refuse("parses a time in a form that is not known")
    found = ["m" if letter == "b" else letter for letter in re.findall("%(.)", form)]
    simple = re.fullmatch(r"(%[YmdHMSfab]|[-A-Za-z:,./_ ])*", form)
    # White space in a form stands for any; next to a directive's digits one space is one space.
    if simple is None or len(set(found)) != len(found) or re.search("(^ | $|  )", form):
        frame.refuse("parses a time in a form that is not in the vocabulary")
    if re.search("%[fab]%|%[ab][A-Za-z]", form):
        frame.refuse("parses a time in a form that is not in the vocabulary")
    if re.search("%[ab]", form) and not _in_english():
        frame.refuse("parses a time by names that are not English here")
    return str(form)


def _in_english() -> bool:
    """Whether days and months have their English names, as the C locale gives them."""
    import calendar

    days, months = list(calendar.day_abbr), list(calendar.month_abbr)
    return days == _DAYS.split() and months[1:] == _MONTHS.split()


_DAYS = "Mon Tue Wed Thu Fri Sat Sun"
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"


def attribute(frame: Execution, moment: Moment, name: str) -> Node:
    """`moment.hour` and the like."""
    if name not in (DATE if moment.is_date else PARTS):
        frame.refuse(f"reads .{name} of a time")
    return moment.part(frame, name)


def method(
    frame: Execution, moment: Moment, name: str, args: list[Value], keywords: dict[str, Value]
) -> Value:
    """`moment.weekday()` and the like."""
    if name == "strftime" and len(args) == 1 and not keywords:
        return _written(frame, moment, args[0])
    if args or keywords:
        frame.refuse(f"calls .{name}() of a time with arguments")
    if name == "weekday":
        return moment.part(frame, "weekday")
    if name == "isoweekday":
        return frame.binary("+", moment.part(frame, "weekday"), const(1))
    if name == "date" and not moment.is_date:
        return Moment(moment.text, moment.form, is_date=True)
    if name == "isoformat" and moment.is_date:
        return moment.part(frame, "date")
    raise frame.refusal(f"calls .{name}() of a time, which is not in the vocabulary")


def _written(frame: Execution, moment: Moment, value: Value) -> Node:
    form = value.value if isinstance(value, Held) else None
    if (
        type(form) is not str
        or not re.fullmatch(r"(%[YmdHMSf]|[^%\0])*", form)
        or not form.isascii()
    ):
        frame.refuse("writes a time in a form that is not in the vocabulary")
    parts: list[Node] = []
    for directive, literal in re.findall(r"%(.)|([^%]+)", form):
        if literal:
            parts.append(const(literal))
            continue
        name, spec = _DIRECTIVES[directive]
        if moment.is_date and name not in DATE:
            parts.append(const("0" * int(spec[1])))
        else:
            written = format_(moment.part(frame, name), "", spec, frame.here())
            if name == "year":
                # The C library decides whether earlier years are padded.
                late = Node("ge", (written.args[0], const(1000)), None, frame.here())
                written = if_(late, written, unproved("writes an early year", frame.here()))
                frame.log(written)
            parts.append(written)
    return frame.emit(concat(parts, frame.here())) if parts else const("", frame.here())
