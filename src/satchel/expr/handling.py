"""Exceptions that a function handles itself: `try` and `except`, as values.

Which exception an operation raises, the kernel knows for some: a missing key, an index that is out
of range, an int in place of a dict. `raised` is the name of that exception, or None where nothing
is raised; so a step inside a `try` is a branch, to its handler or on. Any other exception leaves
the row to the function itself.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from satchel.expr.capture import Held
from satchel.expr.nodes import NONE, Node, const, seq, walk
from satchel.expr.opcodes import QUIET, Handler, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from satchel.expr.frame import Value
    from satchel.expr.symbolic import Execution

KINDS = (
    "KeyError",
    "IndexError",
    "TypeError",
    "ValueError",
    "AttributeError",
    "ZeroDivisionError",
)
"""The exceptions that can be told apart: just these types, none of their subclasses."""


class Caught:
    """An exception that a handler has got, of which only the type may be asked."""

    def __init__(self, kind: Node) -> None:
        self.kind = kind


def raised(steps: Iterable[Node]) -> Node:
    """The name of the exception that evaluating these in turn raises, or None."""
    return Node("raised", (seq(steps),))


def is_lazy(node: Node) -> bool:
    """Whether a generator may be in it, which Python need not run to its end."""
    return any(each.op == "each" for each in walk([node]))


def matches(frame: Execution, caught: Value, kinds: Value) -> Value:
    """Whether an `except` clause takes what was caught."""
    if not isinstance(caught, Caught) or not isinstance(kinds, Held):
        frame.refuse("handles an exception that is not known")
    wanted = kinds.value if type(kinds.value) is tuple else (kinds.value,)
    if not all(isinstance(kind, type) and issubclass(kind, BaseException) for kind in wanted):
        frame.refuse("handles something that is no exception")
    taken = tuple(kind for kind in KINDS if issubclass(getattr(builtins, kind), wanted))
    if not taken or taken == KINDS:
        return Held(bool(taken))
    return Node("contains", (const(taken), caught.kind), None, frame.here())


def fails(caught: Node) -> Node:
    """Whether anything was raised."""
    return Node("is_not", (caught, NONE))


def guards(rows: list[Handler], listing: list[Step]) -> dict[int, Handler]:
    """The handler of each guarded step that does anything with the exception, by unit.

    What the compiler adds only cleans up and raises again: it is passed over.
    """
    units = {step.unit for step in listing if step.kind not in QUIET}
    return dict(_guards(rows, listing, units))


def _guards(
    rows: list[Handler], listing: list[Step], units: set[int]
) -> Iterator[tuple[int, Handler]]:
    for unit in units:
        row = _row(rows, unit)
        # Every turn leads further out.
        for _ in range(len(rows)):
            again = None if row is None else _reraised(listing, row.target)
            if row is None or again is None:
                break
            row = _row(rows, again)
        if row is not None:
            yield unit, row


def _row(rows: list[Handler], unit: int) -> Handler | None:
    return next((row for row in rows if row.start <= unit < row.end), None)


def _reraised(listing: list[Step], target: int) -> int | None:
    """Where a handler that only cleans up raises again."""
    for step in listing:
        if step.unit < target or step.kind in _CLEANING:
            continue
        return step.unit if step.kind == "reraise" else None
    return None


_CLEANING = frozenset(("nop", "const", "store", "delete", "pop", "copy", "swap", "pop_exc"))
