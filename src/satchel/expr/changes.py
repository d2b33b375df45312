"""What a function does to the lists and dicts that it has made itself, or that it owns.

Values do not change; what such a list or dict holds is another expression after each step. One that
has become part of another value may not change any more: `Execution.change` refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from satchel.expr.capture import Held
from satchel.expr.frame import Fresh
from satchel.expr.nodes import Node, const

if TYPE_CHECKING:
    from satchel.expr.frame import Value
    from satchel.expr.symbolic import Execution


def method(
    frame: Execution, made: Fresh, name: str, args: list[Value], keywords: dict[str, Value]
) -> Held:
    """`made.append(value)` and `made.extend(values)`."""
    if len(args) != 1 or keywords:
        frame.refuse(f"calls .{name}() with other arguments than one")
    if name == "append" and made.kind == "list":
        item = frame.kept(args[0])
        _join(frame, made, Node("list", (item,), None, frame.here()))
    elif not extend(frame, made, args[0]):
        frame.refuse("calls .extend() with something that may be no list")
    return Held(None)


def extend(frame: Execution, made: Fresh, value: Value) -> bool:
    """`made += value`, if both are surely lists or tuples."""
    more = frame.kept(value)
    items = more.args
    if more.op == "const" and type(more.data) is tuple:
        items = tuple(map(const, more.data))
    elif more.op not in ("list", "tuple"):
        return False
    if made.kind != "list":
        return False
    _join(frame, made, Node("list", items, None, frame.here()))
    return True


def store(frame: Execution, made: Value, key: Value, value: Value) -> None:
    """`made[key] = value`."""
    if not isinstance(made, Fresh):
        frame.refuse("stores into an item")
    holds = frame.node(made)
    index, item = frame.kept(key), frame.kept(value)
    if made.kind == "list":
        changed = Node("put_at", (holds, index, item), None, frame.here())
    elif holds.op == "dict":
        changed = Node("dict", (*holds.args, index, item), None, frame.here())
    else:
        changed = Node("put", (holds, index, item), None, frame.here())
    frame.change(made, frame.emit(changed))


def unpack(frame: Execution, depth: int, made: Value, more: Value) -> Fresh:
    """`[..., *more]`, of which `made` is the part before."""
    if depth != 1 or not isinstance(made, Fresh):
        frame.refuse("unpacks with a star")
    node = frame.kept(more)
    if node.op == "const" and type(node.data) is tuple:
        _join(frame, made, Node("list", tuple(const(item, node.where) for item in node.data)))
    elif node.op in ("tuple", "list"):
        _join(frame, made, Node("list", node.args, None, frame.here()))
    else:
        listed = frame.emit(Node("call", (frame.iterated(node),), "star", frame.here()))
        if frame.node(made).args:
            _join(frame, made, listed)
        else:
            frame.change(made, listed)
    return made


def tupled(frame: Execution, made: Value) -> Node:
    """The tuple of a list that is written as one with a star in it."""
    items = frame.node(made)
    if items.op == "list":
        return Node("tuple", items.args, None, frame.here())
    return frame.emit(Node("call", (items,), "tuple", frame.here()))


def update(frame: Execution, depth: int, made: Value, more: Value) -> Fresh:
    """`{..., **more}`, of which `made` is the part before."""
    if depth != 1 or not isinstance(made, Fresh):
        frame.refuse("merges dicts")
    return merge(frame, made, more, "**")


def merge(frame: Execution, made: Fresh, more: Value, how: str) -> Fresh:
    """A dict of the function's own with another one stored into it, by ``**`` or ``|=``."""
    merged = Node("merge", (frame.node(made), frame.kept(more)), how, frame.here())
    frame.change(made, frame.emit(merged))
    return made


def _join(frame: Execution, made: Fresh, more: Node) -> None:
    holds = frame.node(made)
    if holds.op == "list" and more.op == "list":
        frame.change(made, Node("list", holds.args + more.args, None, frame.here()))
    else:
        frame.change(made, frame.emit(Node("add", (holds, more), None, frame.here())))
