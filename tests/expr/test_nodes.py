"""Nodes, their wire form, their text."""

from __future__ import annotations

import json
import operator
import pickle
import sys
from typing import Any

import pytest
from checking import lowered
from hypothesis import given
from hypothesis import strategies as st

from satchel.expr.lower import Lowered, SourceError, lower, lower_source, tracing
from satchel.expr.nodes import Node, const, getitem, if_, not_, paths, record, seq, walk
from satchel.expr.render import render
from satchel.expr.wire import decode, encode, from_wire, to_wire


def test_equality_is_by_type_and_value() -> None:
    values: list[Any] = [
        1,
        True,
        1.0,
        "1",
        None,
        0.0,
        -0.0,
        (1,),
        [1],
        {1: 1},
        {1},
        frozenset((1,)),
    ]
    values += [(True,), {1: True}, float("nan"), ()]
    assert len({const(value) for value in values}) == len(values)
    assert const(float("nan")) == const(float("nan"))
    assert const(1, ("a", 1, 1)) == const(1, ("b", 2, 2))


def test_equal_deep_graphs_are_compared_in_linear_time() -> None:
    def tower() -> Node:
        node = record()
        for _ in range(2000):
            node = Node("add", (node, node))
        return node

    assert tower() == tower()
    assert len(list(walk([tower()]))) == 2001
    assert pickle.loads(pickle.dumps(getitem(record(), const("a")))) == getitem(
        record(), const("a")
    )


def test_simplifications() -> None:
    x, y = record("acc"), record("other")
    assert if_(not_(x), y, x) == if_(x, x, y)
    assert if_(const(0), x, y) is y
    assert if_(x, y, y) is y
    risky = getitem(x, y)
    assert if_(risky, y, y).op == "if"
    assert seq([seq([risky, x]), y]).args == (risky, x, y)


def _size(e: Any) -> int:
    return len(e["c"]) if e["t"] == 1 else 0


def _twice(e: Any) -> Any:
    return 1 - 2 * (_size(e) > 9)


def _size_is_later(e: Any) -> Any:
    size = _size(e)
    return (e["id"], size)


SIZE = 'len(record["c"]) if record["t"] == 1 else 0'


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (_twice, f"1 - 2 * (({SIZE}) > 9)"),
        (_size_is_later, f'{{{SIZE}; (record["id"], {SIZE})}}'),
    ],
)
def test_only_what_the_value_evaluates_later_is_mentioned(function: Any, expected: str) -> None:
    assert render(lowered(function).node) == expected


def test_what_a_builtin_is_called_with_is_not_mentioned() -> None:
    value = lowered(_twice).node
    made = lower(operator.mul, (record("acc"), value))
    assert isinstance(made, Lowered)
    assert render(made.node) == f"acc * ({render(value)})"


CONSTANTS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: st.tuples(inner, inner) | st.lists(inner, max_size=3),
)


@given(CONSTANTS)
def test_constants_survive_the_wire(value: Any) -> None:
    there = json.loads(json.dumps(encode(value)))
    assert const(decode(there)) == const(value)


@pytest.mark.parametrize("value", [{1: "a"}, {1, 2}, frozenset(("a",)), {"a": (1, None)}])
def test_collections_survive_the_wire(value: Any) -> None:
    assert decode(json.loads(json.dumps(encode(value)))) == value


def test_wire_shares_equal_nodes() -> None:
    node = lowered(lambda e: (e["a"]["b"], e["a"]["c"], f"{e['a']!r:>5}")).node
    rows, ids = to_wire([node])
    assert sum(row[0] == "getitem" for row in rows) == 3
    assert from_wire(json.loads(json.dumps(rows)))[ids[node]] == node


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('e["type"] == "PushEvent"', 'record["type"] == "PushEvent"'),
        ("e['a'] and e['b']", 'record["a"] and record["b"]'),
        ("e['a'] or e['b']", 'record["a"] or record["b"]'),
        ("1 < e['a'] < 3", '1 < record["a"] and record["a"] < 3'),
        ("e.get('a')", 'record.get("a")'),
        ("e.get('a', 0)", 'record.get("a", 0)'),
        ("'a' not in e", 'not "a" in record'),
        ("(e['a'] + 1) * -2", '(record["a"] + 1) * -2'),
        ("e['a'] - (e['b'] - 1)", 'record["a"] - (record["b"] - 1)'),
        ("1 if e else 2", "1 if record else 2"),
        ("e['a'][:3]", 'record["a"][:3]'),
        ("e['a'][::2]", 'record["a"][::2]'),
        ("e['a'].lower().split('/')", 'record["a"].lower().split("/")'),
        ("(e,)", "(record,)"),
        ("{'a': [e]}", '{"a": [record]}'),
        ("f\"{e['a']!r:>5}\"", "f'{record[\"a\"]!r:>5}'"),
        ("isinstance(e, (int, str))", "isinstance(record, int | str)"),
    ],
)
def test_render(text: str, expected: str) -> None:
    assert render(lower_source(text).node) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("e['a']['b'] + e['a']['c']", [("a", "b"), ("a", "c")]),
        ("e['a'] + e['a']['c']", [("a",), ("a", "c")]),
        ("len(e['a'])", [("a",)]),
        ("e.get('a', {}).get('b')", [("a", "b")]),
        ("'a' in e['b']", [("b", "a")]),
        ("e[e['a']]", [(), ("a",)]),
        ("e['a'][0]['b']", [("a", 0, "b")]),
        ("e", [()]),
        ("1", []),
    ],
)
def test_paths(text: str, expected: list[Any]) -> None:
    assert list(paths([lower_source(text).node])) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("e[", "'[' was never closed\n  e[\n   ^"),
        ("1 +", "invalid syntax\n  1 +\n     ^"),
        ("open('x')", "reads 'open', which is not defined\n  open('x')\n  ^"),
        ("1 + é.x", "reads 'é', which is not defined\n  1 + é.x\n      ^"),
        ("__import__('os')", "reads '__import__', which is not defined\n  __import__('os')\n  ^"),
        ("e.__class__", "reads attribute .__class__\n  e.__class__\n  ^"),
        ("{x for x in e}", None),
        ("1) + (2", None),
        ("x = 1", None),
        ("", None),
        ("a\0b", None),
        ("(" * 500 + ")" * 500, None),
    ],
)
def test_source_errors(text: str, message: str | None) -> None:
    with pytest.raises(SourceError) as caught:
        lower_source(text)
    assert message is None or str(caught.value) == message


def test_source_names() -> None:
    assert lower_source("a + b", ("a", "b")).node == Node("add", (record(), record("b")))


def test_tracing() -> None:
    before = sys.gettrace()
    sys.settrace(lambda *args: None)
    try:
        said = tracing()
    finally:
        sys.settrace(before)
    assert said == "a trace function is active (sys.settrace)"
    if before is None:
        assert tracing() is None
