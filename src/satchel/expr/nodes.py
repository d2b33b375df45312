"""The expression language: one frozen node, its constructors, and one walk.

An expression is a graph of nodes without cycles; a node that several others use is
evaluated once. The meaning of each operation is Python's own, and `interpret` is the
obvious statement of it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Where = tuple[str, int, int]
"""File, line (from 1) and column (from 0) of the user's text that a node comes from."""

SAFE = frozenset(
    ("input", "const", "is", "is_not", "truth", "not", "eq", "ne", "tuple", "list", "if", "seq")
) | {"part"}
"""Operations that cannot raise by themselves on the values that a record can hold."""

BOOLEAN = frozenset(
    ("is", "is_not", "truth", "not", "eq", "ne", "lt", "le", "gt", "ge", "contains")
)
"""Operations whose result is always True or False."""


TEXTUAL = frozenset(
    ("lower", "upper", "title", "capitalize", "strip", "lstrip", "rstrip", "replace", "join")
) | {"removeprefix", "removesuffix"}
"""Methods of str whose result is a str."""

_CERTAIN = frozenset(
    ("lower", "upper", "title", "capitalize", "strip", "lstrip", "rstrip", "isascii", "isdigit")
) | {"split", "rsplit"}
"""Methods of str that without arguments never raise, nor does stripping characters."""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One operation on the results of others.

    Two nodes are equal where they mean the same; `where` takes no part in that.

    >>> const(1) == const(1), const(1) == const(True), const(0.0) == const(-0.0)
    (True, False, False)
    """

    op: str
    args: tuple[Node, ...] = ()
    data: Any = None
    where: Where | None = field(default=None, repr=False)
    can_raise: bool = field(init=False, repr=False)
    depth: int = field(init=False, repr=False)
    # Kept, because hashing a shared graph anew at each use would be exponential.
    _hash: int = field(init=False, repr=False)
    # What `order` found to be its effects, kept because it asks again and again.
    effects: Node | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        risky, depth = not harmless(self), 0
        for arg in self.args:
            risky = risky or arg.can_raise
            depth = max(depth, arg.depth)
        object.__setattr__(self, "can_raise", risky)
        object.__setattr__(self, "depth", depth + 1)
        object.__setattr__(self, "effects", None)
        object.__setattr__(self, "_hash", hash((self.op, self.args, constant_key(self.data))))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Node):
            return NotImplemented
        return self._hash == other._hash and same(self, other)

    def __reduce__(self) -> tuple[type[Node], tuple[Any, ...]]:
        # Hashes of text differ from process to process: they are made anew.
        return Node, (self.op, self.args, self.data, self.where)


def harmless(node: Node) -> bool:
    """Whether an operation cannot raise by itself; its arguments still may."""
    if node.op == "format":
        return bool(node.data[1] == "")
    if node.op == "call":
        return node.data in ("bool", "type") or str(node.data).startswith("isinstance:")
    if node.op == "put":
        return is_dict(node.args[0]) and _hashable(node.args[1])
    if node.op == "merge":
        return all(map(is_dict, node.args))
    if node.op == "method":
        plain = len(node.args) == 1 or ("strip" in node.data and is_text(node.args[1]))
        return plain and node.data in _CERTAIN and is_text(node.args[0])
    if node.op == "bound":
        return is_dict(node.args[0]) if node.data == "get" else is_text(node.args[0])
    if node.op == "dict":
        return all(_hashable(key) for key in node.args[::2])
    return node.op in SAFE


def _hashable(node: Node) -> bool:
    return node.op == "const" and not isinstance(node.data, (list, dict, set, tuple))


def same(one: Node, two: Node) -> bool:
    """Whether two expressions mean the same, in time linear in their nodes."""
    pairs = [(one, two)]
    seen = set()
    while pairs:
        a, b = pairs.pop()
        if a is b or (id(a), id(b)) in seen:
            continue
        seen.add((id(a), id(b)))
        if a._hash != b._hash or a.op != b.op or len(a.args) != len(b.args):
            return False
        if constant_key(a.data) != constant_key(b.data):
            return False
        pairs.extend(zip(a.args, b.args, strict=True))
    return True


def constant_key(value: Any) -> Any:
    """A hashable stand-in for a constant: equal where both type and value are.

    >>> constant_key(1) == constant_key(True)
    False
    """
    kind = type(value)
    if kind is str or value is None:
        return value
    if kind is float:
        return "float", struct.pack(">d", value)
    if kind is tuple or kind is list:
        return kind.__name__, tuple(map(constant_key, value))
    if kind is set or kind is frozenset:
        return kind.__name__, frozenset(map(constant_key, value))
    if kind is dict:
        pairs = ((constant_key(key), constant_key(item)) for key, item in value.items())
        return "dict", tuple(pairs)
    return kind.__name__, value


# Constructors. They simplify only where the result is exactly the same in every case.


def record(name: str = "record") -> Node:
    """An input: "record", "line", "acc", "other" or "item".

    >>> record().data
    'record'
    """
    return Node("input", (), name)


def const(value: Any, where: Where | None = None) -> Node:
    """A constant of one of the types that a record can hold."""
    return Node("const", (), value, where)


NONE = const(None)


def not_(value: Node, where: Where | None = None) -> Node:
    """`not value`."""
    return Node("not", (_untested(value),), None, where)


def truth(value: Node, where: Where | None = None) -> Node:
    """`bool(value)`; a value that is a bool already is left as it is."""
    return value if is_boolean(value) else Node("truth", (value,), None, where)


def if_(condition: Node, yes: Node, no: Node, where: Where | None = None) -> Node:
    """`yes if condition else no`: only the branch that is taken is evaluated.

    >>> if_(const(True), const(1), const(2)).data
    1
    """
    condition = _untested(condition)
    while condition.op == "not":
        condition, yes, no = _untested(condition.args[0]), no, yes
    if condition.op == "const":
        return yes if condition.data else no
    yes, no = _given(yes, condition, True), _given(no, condition, False)
    if yes == no and not condition.can_raise:
        return yes
    return Node("if", (condition, yes, no), None, where)


def _given(node: Node, condition: Node, holds: bool, depth: int = 3) -> Node:
    """A branch of an `if`, where the answer of its condition is known."""
    if node is condition or node == condition:
        return const(holds) if is_boolean(node) else node
    if node.op != "if" or not depth:
        return node
    if node.args[0] == condition:
        return node.args[1 if holds else 2]
    tested, yes, no = (_given(arg, condition, holds, depth - 1) for arg in node.args)
    if tested is node.args[0] and yes is node.args[1] and no is node.args[2]:
        return node
    return if_(tested, yes, no, node.where)


def getitem(value: Node, key: Node, where: Where | None = None) -> Node:
    """`value[key]`; an item of a tuple that is being built is that item.

    What else may raise while the tuple is built is kept by whoever builds it: `order.py`.
    """
    built = value.op == "tuple" and key.op == "const" and type(key.data) is int
    if built and -len(value.args) <= key.data < len(value.args):
        item: Node = value.args[key.data]
        return item
    return Node("getitem", (value, key), None, where)


def format_(value: Node, conversion: str, spec: str, where: Where | None = None) -> Node:
    """`format(value, spec)` after a conversion "", "s", "r" or "a", as in an f-string."""
    if not conversion and value.op == "format" and value.data[0] and not value.data[1]:
        return Node("format", value.args, (value.data[0], spec), where)
    return Node("format", (value,), (conversion, spec), where)


def concat(parts: Iterable[Node], where: Where | None = None) -> Node:
    """The parts of an f-string, put together."""
    return Node("concat", tuple(parts), None, where)


def seq(items: Iterable[Node]) -> Node:
    """Evaluate every item in turn; the value is the last one's.

    >>> seq([const(1)]).op
    'const'
    """
    flat: list[Node] = []
    for item in items:
        flat.extend(item.args if item.op == "seq" else (item,))
    return flat[0] if len(flat) == 1 else Node("seq", tuple(flat))


def bound(value: Node, name: str, where: Where | None = None) -> Node:
    """`value.name`: the look up of a method, which Python does before it evaluates arguments."""
    return Node("bound", (value,), name, where)


def unproved(reason: str, where: Where | None = None, raises: str | None = None) -> Node:
    """A place that only the user's own function can answer, such as a `raise`.

    `raises`: the name of the exception that is raised there, if it is known.
    """
    return Node("unproved", (), (reason, raises), where)


def is_boolean(node: Node, depth: int = 4) -> bool:
    """Whether the value is surely True or False, whatever the record."""
    if node.op == "if":
        return depth > 0 and all(is_boolean(way, depth - 1) for way in node.args[1:])
    if node.op == "call":
        return node.data == "bool" or str(node.data).startswith("isinstance:")
    return node.op in BOOLEAN or (node.op == "const" and type(node.data) is bool)


def is_text(node: Node) -> bool:
    """Whether the value is surely a str."""
    if node.op == "method":
        return node.data in TEXTUAL
    if node.op == "call":
        return node.data in ("str", "type")
    if node.op in ("input", "const"):
        return node.data == "line" if node.op == "input" else type(node.data) is str
    return node.op in ("concat", "format")


def is_dict(node: Node) -> bool:
    """Whether the value is surely a dict."""
    if node.op == "call":
        return bool(node.data == "dict")
    return node.op in ("dict", "put", "merge") or (node.op == "const" and type(node.data) is dict)


def may_be_list(node: Node, depth: int = 4) -> bool:
    """Whether the value could be a list: if it is not known to be something else."""
    if not depth:
        return True
    if node.op == "if":
        return any(may_be_list(way, depth - 1) for way in node.args[1:])
    if node.op == "add":
        return all(may_be_list(arg, depth - 1) for arg in node.args)
    if node.op == "mul":
        return any(may_be_list(arg, depth - 1) for arg in node.args)
    if node.op == "const":
        return type(node.data) is list
    if node.op == "method":
        return node.data in ("split", "rsplit")
    if node.op == "call":
        return node.data in ("min", "max", "sorted", "list", "star")
    return node.op in ("input", "getitem", "get", "slice", "seq", "list", "each", "put_at")


def _untested(value: Node) -> Node:
    """The value whose truth is asked for: a second test of truth adds nothing."""
    if value.op == "truth" or (value.op == "call" and value.data == "bool" and value.args):
        return value.args[0]
    return value


# Walking.


def walk(nodes: Iterable[Node]) -> Iterator[Node]:
    """Every node once, arguments before those that use them.

    >>> [node.op for node in walk([getitem(record(), const("type"))])]
    ['input', 'const', 'getitem']
    """
    seen: set[Node] = set()
    for root in nodes:
        stack = [(root, False)]
        while stack:
            node, ready = stack.pop()
            if node in seen:
                continue
            if ready:
                seen.add(node)
                yield node
            else:
                stack.append((node, True))
                stack.extend((arg, False) for arg in reversed(node.args))


def paths(nodes: Iterable[Node]) -> tuple[tuple[str | int, ...], ...]:
    """The paths of the record that expressions read, for display.

    >>> paths([getitem(getitem(record(), const("actor")), const("login"))])
    (('actor', 'login'),)
    """
    roots = list(nodes)
    known: dict[Node, tuple[str | int, ...]] = {record(): ()}
    read = {known[root]: None for root in roots if root in known}
    for node in walk(roots):
        steps = node.args
        if node.op in ("getitem", "get", "contains") and steps[0] in known and _is_key(steps[1]):
            known[node] = (*known[steps[0]], steps[1].data)
            if node.op == "contains":
                read[known.pop(node)] = None
            steps = steps[2:]
        read.update((known[arg], None) for arg in steps if arg in known)
    read.update((known[root], None) for root in roots if root in known)
    return tuple(sorted(read, key=lambda path: [str(step) for step in path]))


def _is_key(node: Node) -> bool:
    return node.op == "const" and type(node.data) in (str, int)
