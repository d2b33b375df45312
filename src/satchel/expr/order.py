"""What must be evaluated, and in which order, so that nothing that may raise gets lost.

Code is a list of operations that may raise, in Python's order, and a value. Most of them
are evaluated anyhow, in that very order, by evaluating the value: those need no mention.
What is left stands before the value in a `seq`.

    n = len(e["commits"])     the value total + n evaluates e["commits"], len, +
    return total + n          in that order: nothing to add

    e["id"]                   the value does not evaluate e["id"]:
    return e["type"]          seq(e["id"], e["type"])
"""

from __future__ import annotations

from collections.abc import Callable

from satchel.expr.interpret import in_order
from satchel.expr.nodes import NONE, Node, bound, harmless, if_, seq

Done = Callable[[Node], bool]


def prefixed(log: list[Node], rest: list[Node], done: Done) -> list[Node]:
    """`log` before `rest`, without what evaluating the next item would do just so.

    `done` tells what has been evaluated before all of these.
    """
    earlier = set(log)
    items = rest
    for effect in reversed(log):
        earlier.discard(effect)
        if not effect.can_raise or done(effect) or effect in earlier:
            continue
        if not _begins(items[0], effect, lambda node: node in earlier or done(node)):
            items = [effect, *items]
    return items


def branched(condition: Node, yes: list[Node], no: list[Node]) -> tuple[list[Node], list[Node]]:
    """What the branches of an `if` differ in, and the items that both of them end in."""
    common = 0
    for one, two in zip(reversed(yes), reversed(no), strict=False):
        if one is not two and one != two:
            break
        common += 1
    if not common:
        return [], [if_(condition, seq(yes), seq(no))]
    shared = yes[len(yes) - common :]
    yes, no = yes[: len(yes) - common], no[: len(no) - common]
    if not yes and not no:
        return [], shared
    return [effect_of(if_(condition, seq([*yes, NONE]), seq([*no, NONE])))], shared


def effect_of(node: Node) -> Node:
    """The same evaluation with the value left out where it has no part in raising.

    Two nodes with equal effects evaluate, and so may raise, exactly the same.
    """
    return _effects(node) if node.can_raise else NONE


def _alike(one: Node, two: Node) -> bool:
    if one is two or one == two:
        return True
    if one.op != "if" or two.op != "if" or one.args[0] != two.args[0]:
        return False
    return effect_of(one) == effect_of(two)


def _effects(root: Node) -> Node:
    stack = [root]
    while stack:
        node = stack[-1]
        inner = _parts(node)
        waiting = [part for part in inner if part.effects is None]
        if waiting:
            stack.extend(waiting)
            continue
        stack.pop()
        if node.effects is None:
            found = _rebuilt(node, [part.effects for part in inner if part.effects is not None])
            object.__setattr__(node, "effects", found)
    assert root.effects is not None
    return root.effects


def _parts(node: Node) -> tuple[Node, ...]:
    """The nodes whose effects are this node's, where it has none of its own."""
    return node.args if node.can_raise and harmless(node) else ()


def _rebuilt(node: Node, parts: list[Node]) -> Node:
    if not node.can_raise:
        return NONE
    if not harmless(node):
        return node
    if node.op == "if":
        # A condition that is also the value has been evaluated when it was tested.
        tested, *ways = parts
        yes, no = (
            NONE if way == node.args[0] else part
            for way, part in zip(node.args[1:], ways, strict=True)
        )
        return tested if yes is NONE and no is NONE else if_(node.args[0], yes, no)
    kept = [part for part in parts if part is not NONE]
    return seq(kept) if kept else NONE


def _begins(root: Node, effect: Node, done: Done) -> bool:
    """Whether evaluating `root` begins with this effect, past what is done."""
    stack = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if not node.can_raise or done(node):
            continue
        if not ready and (node is effect or node == effect):
            return True
        if ready:
            if node.op == "if":
                if any(branch.can_raise for branch in node.args[1:]):
                    return _alike(node, effect)
            elif not harmless(node):
                return _alike(node, effect)
        else:
            stack.append((node, True))
            args = in_order(node)
            if node.op in ("method", "get"):
                args = (args[0], bound(args[0], node.data or "get"), *args[1:])
            stack.extend((arg, False) for arg in reversed(args))
    return False
