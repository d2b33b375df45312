"""Whether two values are the same object, or a value of a type: `is`, and `type(x) == str`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from satchel.expr.capture import Held
from satchel.expr.frame import TypeOf
from satchel.expr.nodes import NONE, Node, const, is_boolean
from satchel.expr.vocabulary import ISINSTANCE

if TYPE_CHECKING:
    from satchel.expr.frame import Value
    from satchel.expr.symbolic import Execution


def of_type(frame: Execution, one: Value, two: Value, negated: bool) -> Node | None:
    """`type(value) is str`: whether that is the name of its type."""
    if isinstance(two, TypeOf):
        one, two = two, one
    if not isinstance(one, TypeOf) or not isinstance(two, Held):
        return None
    name = ISINSTANCE.get(id(two.value))
    if name is None:
        frame.refuse("asks for a type that is not in the vocabulary")
    named = Node("call", (one.node,), "type", frame.here())
    return Node("ne" if negated else "eq", (named, const(name)), None, frame.here())


def identity(frame: Execution, one: Value, two: Value, negated: bool) -> Value:
    """`one is two`, where one of them is None, True or False."""
    if same := of_type(frame, one, two, negated):
        return same
    constants = [value for value in (one, two) if _is_singleton(value)]
    if not constants:
        frame.refuse("asks for the identity of something other than None, True, False")
    if isinstance(one, Held) and isinstance(two, Held):
        return Held((one.value is two.value) != negated)
    first, second = frame.asked(one), frame.asked(two)
    if is_boolean(first) and second == NONE:
        return Held(negated)
    op = "is_not" if negated else "is"
    return Node(op, (first, second), None, frame.here())


def _is_singleton(value: Value) -> bool:
    held = isinstance(value, Held) and (value.value is None or type(value.value) is bool)
    return held or (
        isinstance(value, Node)
        and value.op == "const"
        and (value.data is None or type(value.data) is bool)
    )
