"""Expressions as plain JSON data: what the kernel is given.

Every distinct node is written once, arguments before those that use them. Constants carry
their type in a tag, because JSON has no tuples and one kind of number.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any

from satchel.expr.nodes import Node, walk

Row = list[Any]


def to_wire(nodes: Iterable[Node]) -> tuple[list[Row], dict[Node, int]]:
    """The rows `[op, data, [ids]]` of all expressions, and the id of every node.

    >>> from satchel.expr.nodes import const, getitem, record
    >>> to_wire([getitem(record(), const("type"))])[0]
    [['input', 'record', []], ['const', {'s': 'type'}, []], ['getitem', None, [0, 1]]]
    """
    ids: dict[Node, int] = {}
    rows: list[Row] = []
    for node in walk(nodes):
        ids[node] = len(rows)
        data = encode(node.data) if node.op == "const" else _plain(node.data)
        rows.append([node.op, data, [ids[arg] for arg in node.args]])
    return rows, ids


def from_wire(rows: Iterable[Row]) -> list[Node]:
    """The nodes that `to_wire` wrote, in its order."""
    nodes: list[Node] = []
    for op, data, args in rows:
        value = decode(data) if op == "const" else _frozen(data)
        nodes.append(Node(op, tuple(nodes[index] for index in args), value))
    return nodes


def encode(value: Any) -> Any:
    """A constant with its type in a tag.

    >>> encode((1, "a", None))
    {'t': [{'i': '1'}, {'s': 'a'}, None]}
    """
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is dict:
        return {"d": [[encode(key), encode(item)] for key, item in value.items()]}
    return {_TAGS[kind]: _WRITE[kind](value)}


def decode(data: Any) -> Any:
    """The constant that `encode` wrote."""
    if data is None or isinstance(data, bool):
        return data
    ((tag, body),) = data.items()
    if tag == "d":
        return {decode(key): decode(item) for key, item in body}
    return _READ[tag](body)


def _items(values: Iterable[Any]) -> list[Any]:
    return [encode(value) for value in values]


def _bits(value: float) -> str:
    return struct.pack(">d", value).hex()


_TAGS = {int: "i", float: "f", str: "s", tuple: "t", list: "l", set: "S", frozenset: "F"}
_WRITE: dict[type, Any] = {
    int: str,
    float: _bits,
    str: str,
    tuple: _items,
    list: _items,
    set: _items,
    frozenset: _items,
}
_READ: dict[str, Any] = {
    "i": int,
    "f": lambda body: struct.unpack(">d", bytes.fromhex(body))[0],
    "s": str,
    "t": lambda body: tuple(map(decode, body)),
    "l": lambda body: list(map(decode, body)),
    "S": lambda body: set(map(decode, body)),
    "F": lambda body: frozenset(map(decode, body)),
}


def _plain(data: Any) -> Any:
    return list(data) if isinstance(data, tuple) else data


def _frozen(data: Any) -> Any:
    return tuple(data) if isinstance(data, list) else data
