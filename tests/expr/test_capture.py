"""What functions read from around them."""

from __future__ import annotations

import builtins
import functools
import json
import math
import operator
import types
from typing import Any

import cloudpickle
import pytest
import toolz.curried
from checking import PUSH, check, lowered, refused

from satchel.expr.interpret import Unproved, interpret
from satchel.expr.nodes import const, record
from satchel.expr.vocabulary import loader_of


def made(text: str, **scope: Any) -> Any:
    names: dict[str, Any] = {"__builtins__": builtins, **scope}
    return eval(text, names)


def test_two_lambdas_on_one_line() -> None:
    one, two = (lambda e: e["n"] + 1), (lambda e: e["m"] + 2)
    assert lowered(one).node != lowered(two).node
    check(one), check(two)


def test_a_global_that_changes_is_read_anew() -> None:
    function = made("lambda e: e['n'] > LIMIT", LIMIT=1)
    assert interpret(check(function).node, {"record": {"n": 3}}) is True
    function.__globals__["LIMIT"] = 5
    assert interpret(check(function).node, {"record": {"n": 3}}) is False
    del function.__globals__["LIMIT"]
    assert refused(function).reason == "reads 'LIMIT', which is not defined"


def test_constants_are_told_apart_by_type() -> None:
    nodes = {lowered(made("lambda e: x", x=value)).node for value in (1, True, 1.0, 0.0, -0.0, "1")}
    assert len(nodes) == 6


def test_closures() -> None:
    def above(limit: Any) -> Any:
        return lambda e: e["n"] > limit

    check(above(1)), check(above("a")), check(above(None))
    assert lowered(above(1)).node != lowered(above(True)).node


def test_a_cell_that_changes_or_is_empty() -> None:
    limit = 1

    def function(e: Any) -> Any:
        return e["n"] > limit  # noqa: F821 - it is deleted below

    check(function)
    limit = 5
    assert lowered(function).node.args[1] == const(5)
    del limit
    assert refused(function).reason == "reads 'limit', which has no value yet"


def test_defaults() -> None:
    check(lambda e, key="type": e[key])
    check(lambda e, *, key="type", other=None: e[key] or other)
    check(lambda e, /, key=("a", 1): key)


def test_a_shadowed_builtin_is_the_users() -> None:
    check(made("lambda e: len(e)", len=lambda e: e["n"]))
    assert refused(made("lambda e: len(e)", len=reversed)).reason.startswith("calls reversed")


def test_builtins_of_a_function_are_its_own() -> None:
    code = (lambda e: len(e)).__code__
    assert refused(types.FunctionType(code, {"__builtins__": {}})).reason.startswith("reads 'len'")


def test_a_collection_is_flagged() -> None:
    seen = ["PushEvent"]
    assert check(lambda e: e["type"] in seen).mutable
    assert not check(lambda e: e["type"] in ("PushEvent",)).mutable
    before = lowered(lambda e: e["type"] in seen).node
    seen.append("ForkEvent")
    assert lowered(lambda e: e["type"] in seen).node != before


def test_modules() -> None:
    settings = types.ModuleType("settings")
    settings.KEY = "type"  # type: ignore[attr-defined]
    check(lambda e: e[settings.KEY])
    check(lambda e: e["x"] * math.pi)
    assert refused(lambda e: math.floor(e["x"])).reason.startswith("calls math.floor")


def test_bound_method_that_leaves_self_alone() -> None:
    class Rules:
        def push(self, e: Any) -> Any:
            return e["type"] == "PushEvent"

        @staticmethod
        def n(e: Any) -> Any:
            return e["n"]

    check(Rules().push), check(Rules.n), check(Rules().n)


def test_partials_of_partials() -> None:
    def three(a: Any, b: Any, e: Any, c: Any = 1) -> Any:
        return (a, b, e["n"], c)

    check(functools.partial(functools.partial(three, 1, c=3), 2))


def test_pickled_and_read_again() -> None:
    limit = 2
    function = cloudpickle.loads(cloudpickle.dumps(lambda e: e["n"] > limit))
    assert check(function).node == lowered(lambda e: e["n"] > limit).node


def test_helpers_through_closures_and_arguments() -> None:
    def login(e: Any) -> Any:
        return e["actor"]["login"]

    def apply(function: Any, e: Any) -> Any:
        return function(e)

    kind = operator.itemgetter("type")
    check(lambda e: apply(login, e) + apply(kind, e))


def test_toolz() -> None:
    check(lambda e: toolz.get("type", e))
    check(functools.partial(toolz.get, "type"))
    check(lambda e: toolz.get_in(["actor", "login"], e))
    check(lambda e: toolz.get_in(("actor", "login"), e, no_default=True))
    check(toolz.curried.get("type"))
    check(toolz.compose(str.lower, operator.itemgetter("type")))
    check(lambda e: list(toolz.pluck("sha", e["payload"]["commits"])))
    check(lambda e: list(toolz.pluck("login", [e["actor"]])))
    check(toolz.curried.get_in(["actor", "login"]))
    check(lambda e: functools.reduce(operator.add, (e["n"], e["m"], 1), 0))


def test_a_list_that_changes_in_place_is_pythons() -> None:
    def changing(e: Any) -> Any:
        tags = e["actor"]["tags"]
        tags += e["actor"]["tags"]
        return e["actor"]["tags"]

    def iadd(e: Any) -> Any:
        return operator.iadd(e["actor"]["tags"], e["payload"]["commits"]), e["actor"]["tags"]

    for function in (changing, iadd):
        result = check(function)
        with pytest.raises(Unproved):
            interpret(result.node, {"record": PUSH})


def test_loader() -> None:
    result = lowered(lambda line: json.loads(line)["type"], (record("line"),))
    assert result.loader == "json"
    assert interpret(result.node, {"record": PUSH}) == "PushEvent"
    whole = lowered(json.loads, (record("line"),))
    assert whole.loader == "json"
    assert whole.node == record()
    stripped = lowered(lambda line: json.loads(line.strip().rstrip("\n")), (record("line"),))
    assert stripped.node == record()
    assert refused(lambda line: json.loads(line.strip("{}")), ("line",))
    assert refused(lambda line: json.loads(line, parse_int=str), ("line",))
    assert loader_of(json.loads) == "json"
    assert loader_of(json.dumps) is None


def test_line() -> None:
    check(lambda line: "Push" in line and line[:3], ("line",), [("Push\n",), ("",), ("x",)])
