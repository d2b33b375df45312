"""`"..." % values` and `"...".format(...)`: as the f-string that means the same.

The text is known, so that each is its fixed parts and one `format` a field:

```text
"%s-%02d" % (a, b)         str(a) & "-" & format(b, "02d")     where b is an int; else unproved
"{}: {0[k]:>5}".format(a)  format(a, "") & ": " & format(a["k"], ">5")
```

Sources: the Python library reference, "printf-style String Formatting" and "Format String Syntax".
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from typing import TYPE_CHECKING

from satchel.expr.capture import Held
from satchel.expr.nodes import Node, concat, const, format_, getitem, if_, unproved

if TYPE_CHECKING:
    from satchel.expr.frame import Value
    from satchel.expr.symbolic import Execution

_PERCENT = re.compile(r"%(?P<flags>[-0]*)(?P<width>\d*)(?P<precision>\.\d+)?(?P<kind>.)", re.DOTALL)
_NUMERIC = {"d": "int", "i": "int", "f": "int,float"}


def percent(frame: Execution, text: str, value: Value) -> Node:
    """What `text % value` means."""
    given = _values(frame, value)
    parts: list[Node] = []
    at = 0
    for match in _PERCENT.finditer(text):
        parts.append(const(text[at : match.start()]))
        at = match.end()
        if match[0] == "%%":
            parts.append(const("%"))
        elif not given:
            frame.refuse("formats with % more values than it has")
        else:
            parts.append(_converted(frame, match, given.pop(0)))
    rest = text[at:]
    if given or "%" in rest:
        frame.refuse("formats with % in a form that is not in the vocabulary")
    return _together(frame, [*parts, const(rest)])


def _values(frame: Execution, value: Value) -> list[Node]:
    """The values that are formatted: the items of a tuple, or the one value."""
    if isinstance(value, Held) and type(value.value) is tuple:
        return [frame.node(Held(item)) for item in value.value]
    node = frame.node(value)
    if node.op == "tuple":
        return list(node.args)
    if not _is_no_tuple(node):
        frame.refuse("formats with % what may be a tuple")
    return [node]


def _is_no_tuple(node: Node) -> bool:
    """Whether a value is surely no tuple: a part of the record, or what makes other types."""
    if node.op in ("getitem", "get", "input"):
        return _is_part(node)
    if node.op == "const":
        return type(node.data) is not tuple
    if node.op == "call":
        return node.data not in ("tuple", "min", "max")
    if node.op == "method":
        return node.data not in ("partition", "rpartition")
    return node.op in (
        "concat",
        "format",
        "list",
        "dict",
        "each",
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
    )


def _is_part(node: Node) -> bool:
    """Whether a value is surely a part of what a loader returned."""
    if node.op == "get" and not (_is_part(node.args[2]) or _is_no_tuple(node.args[2])):
        return False
    if node.op in ("getitem", "get"):
        return _is_part(node.args[0])
    return node.op == "input" and node.data in ("record", "line")


def _converted(frame: Execution, match: re.Match[str], value: Node) -> Node:
    flags, width, precision, kind = match.group("flags", "width", "precision", "kind")
    here = frame.here()
    if kind in "sr" and "0" not in flags and not precision:
        side = "" if not width else "<" if "-" in flags else ">"
        return frame.emit(format_(value, kind, f"{side}{width}", here))
    if kind not in _NUMERIC or "-" in flags or (precision and kind != "f"):
        frame.refuse("formats with % in a form that is not in the vocabulary")
    spec = f"{'0' if flags else ''}{width}{precision or ''}{'f' if kind == 'f' else 'd'}"
    numeric = Node("call", (value,), f"isinstance:{_NUMERIC[kind]}", here)
    other = unproved("formats something else as a number", here)
    chosen = if_(numeric, format_(value, "", spec, here), other, here)
    frame.log(chosen)
    return chosen


def braces(frame: Execution, text: str, args: list[Value], keywords: dict[str, Value]) -> Node:
    """What `text.format(*args, **keywords)` means."""
    numbers = iter(range(len(args)))
    parts: list[Node] = []
    try:
        fields = list(string.Formatter().parse(text))
    except ValueError:
        frame.refuse("formats with a text that has no form")
    starts = [re.split(r"[.\[]", name)[0] for _, name, _, _ in fields if name is not None]
    if "" in starts and any(start.isdecimal() for start in starts):
        frame.refuse("counts fields both by itself and by hand")
    for literal, name, spec, conversion in fields:
        parts.append(const(literal))
        if name is None:
            continue
        if spec and ("{" in spec or "}" in spec):
            frame.refuse("computes a format specification")
        value = _field(frame, name, numbers, args, keywords)
        parts.append(frame.emit(format_(value, conversion or "", spec or "", frame.here())))
    return _together(frame, parts)


def _field(
    frame: Execution,
    name: str,
    numbers: Iterator[int],
    args: list[Value],
    keywords: dict[str, Value],
) -> Node:
    """The value of a field: an argument by number or name, and items of it."""
    found = re.fullmatch(r"(\w*)((?:\[[^\]\[]+\])*)", name)
    if found is None:
        frame.refuse("formats an attribute")
    first, items = found.groups()
    if not first or first.isdecimal():
        index = int(first) if first else next(numbers, len(args))
        if index >= len(args):
            frame.refuse("formats more values than it has")
        value = args[index]
    elif first in keywords:
        value = keywords[first]
    else:
        frame.refuse(f"formats {first!r}, which it is not given")
    node = frame.node(value)
    for item in re.findall(r"\[([^\]]+)\]", items):
        key = const(int(item) if item.isdecimal() else item)
        node = frame.emit(getitem(node, key, frame.here()))
    return node


def _together(frame: Execution, parts: list[Node]) -> Node:
    kept = [part for part in parts if not (part.op == "const" and part.data == "")]
    return frame.emit(concat(kept, frame.here())) if kept else const("", frame.here())
