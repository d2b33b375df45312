"""Python functions to expressions: `lower` is the way in.

A function is lowered anew at each compute, from its bytecode and the values that it reads
then. Where it cannot be, the answer says why and where.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any, cast

from satchel.expr.calls import Caller
from satchel.expr.capture import Held
from satchel.expr.frame import Own, Refused, Value
from satchel.expr.nodes import Node, Where, record, seq
from satchel.expr.opcodes import unknown_release
from satchel.expr.symbolic import Execution
from satchel.expr.vocabulary import NAMES, loader_of

DEEPEST = 650
"""How deep an expression may nest: the kernel evaluates it by recursion."""


@dataclass(frozen=True, slots=True, eq=False)
class Lowered:
    """What a function means.

    `mutable`: it looks into a captured list, dict or set, which a Python step could change.
    `loader`: it parses the line itself, with this loader; `node` then reads the record.
    """

    node: Node
    mutable: bool = False
    loader: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class NotLowered:
    """Why a function has to be called as it is, and where in the user's text."""

    reason: str
    where: Where | None = None


def mistaken(error: Exception) -> NotLowered:
    """A mistake of ours in reading a function: it costs speed, and never the answer."""
    said = f"{type(error).__name__}: {error}"
    return NotLowered(f"satchel made a mistake in reading it, please report it ({said})")


class SourceError(ValueError):
    """An expression on the command line that cannot be used; the text shows where."""


def lower(
    function: Any, args: Sequence[Value], keywords: Mapping[str, Value] | None = None
) -> Lowered | NotLowered:
    """What `function(*args, **keywords)` means as an expression.

    The arguments are nodes, or objects `Held`, or an `Own`, which the function may change.

    >>> from satchel.expr.render import render
    >>> lowered = lower(lambda e: e["type"] == "PushEvent", (record(),))
    >>> render(lowered.node)
    'record["type"] == "PushEvent"'
    """
    plain = [arg.node if isinstance(arg, Own) else arg for arg in args]
    means = getattr(type(function), "__satchel_lower__", None)
    if means is not None and (meant := means(function, plain)) is not None:
        # An expression of the command line is an object that knows its meaning.
        return cast(Lowered | NotLowered, meant)
    problem = unknown_release()
    if problem is not None:
        return NotLowered(problem)
    caller = Caller()
    try:
        if type(function) is FunctionType and loader_of(function) is None:
            node = seq(caller.function(function, list(args), dict(keywords or {})))
        else:
            node = seq(_applied(caller, function, plain, dict(keywords or {})))
    except Refused as refused:
        return NotLowered(refused.reason, refused.where)
    except Exception as error:  # noqa: BLE001 (`mistaken` says why)
        return mistaken(error)
    if node.depth > DEEPEST:
        return NotLowered("nests too deep")
    return Lowered(node, "mutable" in caller.noted, caller.loader)


def lower_source(text: str, names: Sequence[str] = ("e",)) -> Lowered:
    """What an expression in Python's own words means, never running any of it.

    Each name stands for the input: the first for the record.

    >>> lower_source('e["type"]').node.op
    'getitem'
    >>> lower_source("open(e)")
    Traceback (most recent call last):
    ...
    satchel.expr.lower.SourceError: reads 'open', which is not defined
      open(e)
      ^
    """
    import ast  # For the command line alone.

    problem = unknown_release()
    if problem is not None:
        raise SourceError(problem)
    stripped = text.strip()
    try:
        tree = ast.parse(stripped, "<expression>", "eval")
        arguments = ast.arguments([], [ast.arg(name) for name in names], None, [], [], None, [])
        lambda_ = ast.fix_missing_locations(ast.Expression(ast.Lambda(arguments, tree.body)))
        whole = compile(lambda_, "<expression>", "eval")
    except SyntaxError as error:
        # Where the text ends too early, there is no offset.
        column = error.offset - 1 if error.offset else len(stripped.encode(errors="replace"))
        raise SourceError(_shown(stripped, error.msg, error.lineno or 1, column)) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise SourceError(f"{error}: {stripped[:60]}") from None
    code = next(each for each in whole.co_consts if isinstance(each, CodeType))
    known = vars(sys.modules["builtins"])
    allowed = {name: known[name] for name in NAMES}
    function = FunctionType(code, {"__builtins__": allowed})
    inputs = [record("record" if index == 0 else name) for index, name in enumerate(names)]
    result = lower(function, inputs)
    if isinstance(result, NotLowered):
        _, line, column = result.where or ("", 1, 0)
        raise SourceError(_shown(stripped, result.reason, line, column))
    return result


def tracing() -> str | None:
    """Why Python must call the functions itself: somebody is watching them.

    >>> import sys
    >>> before = sys.gettrace()
    >>> sys.settrace(lambda *args: None); tracing(); sys.settrace(before)
    'a trace function is active (sys.settrace)'
    """
    if sys.gettrace() is not None:
        return "a trace function is active (sys.settrace)"
    monitoring = getattr(sys, "monitoring", None)
    tool = monitoring and monitoring.get_tool(monitoring.DEBUGGER_ID)
    return f"a debugger is active ({tool})" if tool else None


def _applied(
    caller: Caller, function: Any, args: list[Value], keywords: dict[str, Value]
) -> list[Node]:
    """A call of something that is not a Python function, such as `operator.itemgetter`."""
    given = {str(index): arg for index, arg in enumerate([*args, *keywords.values()])}
    frame = Execution(_NOTHING, given, caller.call, caller.note)
    try:
        result = frame.node(caller.call(frame, Held(function), args, keywords))
    except Refused as refused:
        inside = refused.where is not None and refused.where[0] == __file__
        raise Refused(refused.reason, None if inside else refused.where) from None
    frame.block.result = result
    frame.blocks = [frame.block]
    return frame.items()


_NOTHING = FunctionType((lambda: None).__code__, {})
"""Whose frame a call of a builtin is made from."""


def _shown(text: str, message: str, line: int, column: int) -> str:
    lines = text.splitlines() or [""]
    shown = lines[min(line, len(lines)) - 1]
    # Columns of positions count bytes; the caret stands under a letter.
    letters = len(shown.encode(errors="replace")[:column].decode(errors="ignore"))
    return f"{message}\n  {shown}\n  {' ' * letters}^"
