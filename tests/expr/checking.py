"""One check for all: what a function lowers to is worth what calling the function is worth."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from satchel.expr.interpret import Unproved, interpret
from satchel.expr.lower import Lowered, NotLowered, lower
from satchel.expr.nodes import Node, record
from satchel.expr.wire import from_wire, to_wire

PUSH: dict[str, Any] = {
    "id": "2489395767",
    "type": "PushEvent",
    "actor": {"login": "Ann-Lee", "id": 7, "name": None, "tags": ["a", "b", "c"]},
    "repo": {"name": "dask/dask", "stars": 1200, "score": 4.5},
    "payload": {"size": 2, "ref": "refs/heads/main", "commits": [{"sha": "ab"}, {"sha": "cd"}]},
    "public": True,
    "created": "2015-01-01T15:00:00Z",
    "n": 3,
    "m": -2,
    "x": 2.5,
    "zero": 0,
    "empty": "",
    "nothing": None,
    "text": "  Hello, World  ",
    "number": "42",
}


def _records() -> list[Any]:
    """A typical record, and what real data does to it."""
    missing = [{k: v for k, v in PUSH.items() if k != gone} for gone in PUSH]
    nulls = [{**PUSH, key: None} for key in PUSH]
    wrong = [{**PUSH, key: value} for key in PUSH for value in (5, "é\u0130ß", [1, 2], {"k": 1})]
    bounds = [
        {**PUSH, "n": 2**63 - 1, "m": -(2**63)},
        {**PUSH, "n": 2**70, "x": 1e308, "m": 10**400},
        {**PUSH, "n": -0.0, "x": float("nan")},
        {**PUSH, "n": True, "x": float("inf"), "m": 0},
        {**PUSH, "number": "1_000", "text": "\x1cA\u2003", "type": ""},
        {**PUSH, "number": " ٣ ", "text": "\ud800", "type": "pushevent"},
        {**PUSH, "actor": {}, "repo": {"name": ""}, "payload": {"commits": []}},
        {**PUSH, "actor": [], "repo": "dask", "payload": {"commits": None}},
        {"n": 0, "m": 1, "x": 0.0, "type": "ForkEvent"},
    ]
    return [PUSH, {}, None, [], "text", 5, *missing, *nulls, *wrong, *bounds]


RECORDS = _records()

Outcome = tuple[str, Any]


def outcome(run: Callable[[], object]) -> Outcome:
    """What comes of it, in a form that tells 1 from True and keeps NaN equal to itself."""
    try:
        value = run()
    except Unproved:
        return "unproved", None
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        # `x += y` is lowered to x + y, whose message has another sign.
        return "raises", (type(error).__name__, repr(error.args).replace("=: ", ": "))
    return "returns", repr(value)


def lowered(function: Any, args: tuple[Node, ...] = (record(),)) -> Lowered:
    result = lower(function, args)
    assert isinstance(result, Lowered), result
    return result


def check(
    function: Any,
    names: tuple[str, ...] = ("record",),
    rows: Iterable[tuple[Any, ...]] | None = None,
    exactly: bool = True,
) -> Lowered:
    """`function` and its expression agree on every row.

    Where an expression is unproved, the function may do whatever it likes: there the
    kernel would call it. `exactly=False`: which exception is raised may differ.
    """
    result = lowered(function, tuple(map(record, names)))
    again = from_wire(to_wire([result.node])[0])[-1]
    assert again == result.node
    for row in rows if rows is not None else ((each,) for each in RECORDS):
        expected = outcome(lambda: function(*copy.deepcopy(row)))
        inputs: Mapping[str, object] = dict(zip(names, copy.deepcopy(row), strict=True))
        got = outcome(lambda: interpret(result.node, inputs))
        if got[0] == "unproved":
            continue
        if exactly:
            assert got == expected, (row, got, expected)
        else:
            assert got[0] == expected[0], (row, got, expected)
    return result


def refused(function: Any, names: tuple[str, ...] = ("record",)) -> NotLowered:
    result = lower(function, tuple(map(record, names)))
    assert isinstance(result, NotLowered), result
    return result
