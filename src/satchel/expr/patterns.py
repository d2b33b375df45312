r"""Regular expressions whose pattern is known: `re.search` and its kin, on a text of the record.

A pattern is written anew, from the tree that `re` itself parses, for the kernel's engine, which
finds what a backtracking one finds (leftmost, alternatives in their order) in linear time. What
the two could see differently is refused: references back, looking around, repetitions of what may
be empty. `\d`, `\w` and `\b` know more letters than ASCII; a pattern with one of these leaves
texts beyond ASCII to Python.

A match never becomes a value of the language: it is a stand-in for the tuple of its groups, or
None.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from re import _constants as c  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

from satchel.expr.capture import Held
from satchel.expr.nodes import NONE, Node, const, getitem, if_, unproved

if TYPE_CHECKING:
    from satchel.expr.frame import Value
    from satchel.expr.symbolic import Execution

FINDING = ("search", "match", "fullmatch")
METHODS = ("group", "groups", "groupdict")
_EVERY = ("findall", "split", "sub")
_FUNCTIONS = {
    id(getattr(re, name)): (name, index + 2)
    for index, names in enumerate(((*FINDING, "findall", "split"), ("sub",)))
    for name in names
}
_FLAGS = int(re.UNICODE | re.ASCII | re.IGNORECASE | re.MULTILINE | re.DOTALL | re.VERBOSE)
_MOST = 1000
_SPACE = "".join(letter for letter in map(chr, range(0x3001)) if letter.isspace())


class Matched:
    """What `search` returned: the tuple of its groups, or None."""

    def __init__(self, node: Node, pattern: re.Pattern[str]) -> None:
        self.node = node
        self.pattern = pattern


class Method:
    """A method of a pattern that is known, not yet called."""

    def __init__(self, name: str, pattern: re.Pattern[str]) -> None:
        self.name = name
        self.pattern = pattern


def method_of(value: Any, name: str) -> Method | None:
    """The method of a pattern, if it is one that is known."""
    known = type(value) is re.Pattern and name in FINDING + _EVERY
    return Method(name, value) if known else None


def function_called(
    frame: Execution, function: Any, args: list[Value], keywords: dict[str, Value]
) -> Value | None:
    """The value of a call of a function of `re`, or None where it is another function."""
    if function is re.compile:
        return Held(_compiled(frame, args, keywords))
    if id(function) not in _FUNCTIONS:
        return None
    name, count = _FUNCTIONS[id(function)]
    flags = [keywords.pop("flags")] if "flags" in keywords else args[count:]
    if keywords or len(args) < count or (len(args) > count and name in ("sub", "split")):
        frame.refuse(f"calls re.{name} with arguments that are not in the vocabulary")
    pattern = _compiled(frame, [args[0], *flags], {})
    return method_called(frame, Method(name, pattern), args[1:count], {})


def _compiled(frame: Execution, args: list[Value], keywords: dict[str, Value]) -> re.Pattern[str]:
    args = [*args, *keywords.values()]
    known = [each.value for each in args if isinstance(each, Held)]
    if len(known) != len(args) or not 1 <= len(args) <= 2 or not keywords.keys() <= {"flags"}:
        frame.refuse("uses a regular expression that is not known")
    text, flags = known[0], known[1] if len(known) > 1 else 0
    if type(text) is re.Pattern and not flags:
        return text
    if type(text) is not str or not isinstance(flags, int):
        frame.refuse("uses a regular expression that is not known")
    try:
        return re.compile(text, flags)
    except (re.error, ValueError, OverflowError, RecursionError) as error:
        raise frame.refusal(f"uses a regular expression that is wrong: {error}") from None


def method_called(
    frame: Execution, method: Method, args: list[Value], keywords: dict[str, Value]
) -> Value:
    """The value of `pattern.search(text)` and the like."""
    name, pattern = method.name, method.pattern
    if keywords or len(args) != (2 if name == "sub" else 1):
        frame.refuse(f"calls .{name}() of a pattern with arguments that are not in the vocabulary")
    if type(pattern.pattern) is not str:
        frame.refuse("uses a regular expression of bytes")
    written = rewritten(pattern.pattern, pattern.flags, name)
    if isinstance(written, Reason):
        frame.refuse(written)
    nodes = [frame.node(args[-1])]
    if name == "sub":
        by = args[0].value if isinstance(args[0], Held) else None
        if type(by) is not str or "\\" in by or not by.isprintable():
            frame.refuse("substitutes by something other than a plain text")
        nodes.append(const(by))
    data = (name, pattern.pattern, pattern.flags, *written)
    node = frame.emit(Node("regex", tuple(nodes), data, frame.here()))
    return Matched(node, pattern) if name in FINDING else node


def match_called(
    frame: Execution, matched: Matched, name: str, args: list[Value], keywords: dict[str, Value]
) -> Node:
    """The value of `match.group(1)` and the like."""
    pattern = matched.pattern
    if keywords or (args and name != "group"):
        frame.refuse(f"calls .{name}() of a match with arguments that are not in the vocabulary")
    if name == "groups":
        picked: Iterable[int] = range(1, pattern.groups + 1)
    elif name == "groupdict":
        picked = pattern.groupindex.values()
    else:
        picked = [_number(frame, matched, each) for each in args] or [0]
    items = [getitem(matched.node, const(number)) for number in picked]
    if name == "groupdict":
        keys = map(const, pattern.groupindex)
        pairs = (part for pair in zip(keys, items, strict=True) for part in pair)
        value = Node("dict", tuple(pairs), None, frame.here())
    elif name == "groups" or len(items) > 1:
        value = Node("tuple", tuple(items), None, frame.here())
    else:
        (value,) = items
    return _of_a_match(frame, matched, value)


def item(frame: Execution, matched: Matched, key: Value) -> Node:
    """The value of `match[1]`."""
    number = _number(frame, matched, key)
    return _of_a_match(frame, matched, getitem(matched.node, const(number)))


def _of_a_match(frame: Execution, matched: Matched, value: Node) -> Node:
    where = frame.here()
    missing = Node("is", (matched.node, NONE), None, where)
    result = if_(missing, unproved("asks for a group where nothing matched", where), value, where)
    frame.log(result)
    return result


def _number(frame: Execution, matched: Matched, key: Value) -> int:
    name = key.value if isinstance(key, Held) else None
    number = matched.pattern.groupindex.get(name, name) if type(name) is str else name
    if type(number) is not int or not 0 <= number <= matched.pattern.groups:
        frame.refuse("asks for a group that is not there or not known")
    return number


# Writing a pattern anew.


class Reason(str):
    """Why a pattern is Python's."""

    __slots__ = ()


class _Refused(Exception):
    pass


@functools.lru_cache(maxsize=256)
def rewritten(pattern: str, flags: int, how: str) -> tuple[str, bool, bool] | Reason:
    r"""What the kernel's engine is given for a pattern.

    The pattern; whether only ASCII texts may be asked; and whether what counts is its first
    group, before a newline that may end the text.

    >>> rewritten(r"[ab]+\d", 32, "search")
    ('[a-ab-b]{1,}[0-9-9]', True, False)
    """
    if flags & ~_FLAGS:
        return Reason("uses a regular expression with flags that are not in the vocabulary")
    tree = parser.parse(pattern, flags)
    if how in _EVERY and tree.getwidth()[0] == 0:
        return Reason("uses a regular expression that may match nothing")
    writer = _Writer(tree.state.flags)
    items = list(tree)
    # `$` also stands before a newline that ends the text.
    wrapped = bool(items) and items[-1] == (c.AT, c.AT_END) and not flags & re.MULTILINE
    if wrapped:
        if how in _EVERY:
            return Reason("uses a regular expression that may end before the last newline")
        items.pop()
    try:
        text = writer.sequence(items)
    except _Refused as refused:
        return Reason(f"uses a regular expression with {refused}")
    if how == "fullmatch":
        return rf"\A(?:{text})\z", writer.ascii, False
    text = rf"({text})\n?\z" if wrapped else text
    return (rf"\A(?:{text})" if how == "match" else text), writer.ascii, wrapped


class _Writer:
    """Writes parts of a pattern in the engine's syntax; `ascii` says what it had to assume."""

    def __init__(self, flags: int) -> None:
        self.flags = flags
        self.ascii = bool(flags & re.IGNORECASE)

    def sequence(self, items: Iterable[Any]) -> str:
        return "".join(self.item(op, value) for op, value in items)

    def item(self, op: Any, value: Any) -> str:
        if op is c.LITERAL:
            return self.one_of([(c.LITERAL, value)]) if self.folds(value) else _letter(value)
        if op is c.NOT_LITERAL:
            return self.one_of([(c.NEGATE, None), (c.LITERAL, value)])
        if op is c.ANY:
            return r"(?s:.)" if self.flags & re.DOTALL else r"[^\n]"
        if op is c.IN:
            return self.one_of(value)
        if op is c.BRANCH:
            return "(?:" + "|".join(f"(?:{self.sequence(way)})" for way in value[1]) + ")"
        if op is c.SUBPATTERN:
            group, added, removed, inside = value
            if added or removed:
                raise _Refused("flags inside")
            return f"({'' if group else '?:'}{self.sequence(inside)})"
        if op is c.MAX_REPEAT or op is c.MIN_REPEAT:
            return self.repeated(*value) + ("?" if op is c.MIN_REPEAT else "")
        if op is c.AT:
            return self.place(value)
        raise _Refused(f"{str(op).lower().replace('_', ' ')}, which is not in the vocabulary")

    def repeated(self, least: int, most: int, inside: Any) -> str:
        if inside.getwidth()[0] == 0:
            raise _Refused("a repetition of what may be empty")
        if least > _MOST or (most is not c.MAXREPEAT and most > _MOST):
            raise _Refused("a long repetition")
        text = self.sequence(inside)
        simple = len(inside) == 1 and inside[0][0] in (c.IN, c.ANY, c.SUBPATTERN, c.LITERAL)
        return (
            f"{text if simple else f'(?:{text})'}{{{least},{'' if most is c.MAXREPEAT else most}}}"
        )

    def place(self, where: Any) -> str:
        lines = bool(self.flags & re.MULTILINE)
        if where is c.AT_BEGINNING:
            return "(?m:^)" if lines else r"\A"
        if where is c.AT_END and lines:
            return "(?m:$)"
        if where is c.AT_BEGINNING_STRING:
            return r"\A"
        if where is c.AT_END_STRING:
            return r"\z"
        if where is c.AT_BOUNDARY:
            self.ascii = True
            return r"(?-u:\b)"
        raise _Refused("a place that is not in the vocabulary")

    def folds(self, code: int) -> bool:
        return bool(self.flags & re.IGNORECASE)

    def one_of(self, items: list[Any]) -> str:
        """A class of letters."""
        negated = bool(items) and items[0][0] is c.NEGATE
        parts = [part for item in items[negated:] for part in self.members(*item)]
        return f"[{'^' if negated else ''}{''.join(parts)}]"

    def members(self, op: Any, value: Any) -> Iterator[str]:
        if op is c.CATEGORY:
            yield self.category(value)
            return
        first, last = (value, value) if op is c.LITERAL else value
        yield f"{_letter(first)}-{_letter(last)}"
        if self.flags & re.IGNORECASE:
            if last > 127:
                raise _Refused("letters beyond ASCII whose case does not matter")
            for code in range(first, last + 1):
                yield _letter(ord(chr(code).swapcase()))

    def category(self, name: Any) -> str:
        only_ascii = bool(self.flags & re.ASCII)
        if name in (c.CATEGORY_SPACE, c.CATEGORY_NOT_SPACE):
            letters = " \t\n\r\f\v" if only_ascii else _SPACE
            inside = "".join(_letter(ord(letter)) for letter in letters)
        elif name in (c.CATEGORY_DIGIT, c.CATEGORY_NOT_DIGIT):
            inside = "0-9"
            self.ascii = self.ascii or not only_ascii
        elif name in (c.CATEGORY_WORD, c.CATEGORY_NOT_WORD):
            inside = "0-9A-Za-z_"
            self.ascii = self.ascii or not only_ascii
        else:
            raise _Refused("a class that is not in the vocabulary")
        negated = name in (c.CATEGORY_NOT_SPACE, c.CATEGORY_NOT_DIGIT, c.CATEGORY_NOT_WORD)
        return f"[^{inside}]" if negated else inside


def _letter(code: int) -> str:
    if 0xD800 <= code <= 0xDFFF:
        raise _Refused("a lone surrogate")
    letter = chr(code)
    return letter if letter.isascii() and letter.isalnum() else rf"\x{{{code:X}}}"
