"""What is not lowered, why, and on which line."""

from __future__ import annotations

import enum
import functools
import operator
import re  # noqa: F401 - the rows name it
import time
from typing import Any

import pytest
from checking import refused

from satchel.expr import opcodes
from satchel.expr.lower import lower
from satchel.expr.nodes import record


class Colour(enum.Enum):
    RED = 1


class Text(str):
    pass


class Adder:
    step = 2

    def by_self(self, e: Any) -> Any:
        return e["n"] + self.step

    def __call__(self, e: Any) -> Any:
        return e


BIG = 2**64
BYTES = b"x"
SUBCLASS = Text("x")
NESTED = {"a": ["b"]}

ROWS = [
    ("return time.sleep(e)", "calls time.sleep, which is not in the vocabulary", 1),
    ("x = 1\n return time.sleep(e)", "calls time.sleep, which is not in the vocabulary", 2),
    ("return gone(e)", "reads 'gone', which is not defined", 1),
    ("return time.gone(e)", "reads time.gone, which is not there", 1),
    ("for x in e: pass", "iterates over the record", 1),
    ('while e["a"]: pass', "loops", 1),
    ("x = 1\n while x < e['n']: x += 1\n return x", "loops", 2),
    ("return {x for x in e}", None, 1),
    ("return next(x for x in e)", None, 1),
    ("yield e", "is a generator or a coroutine", 0),
    ("e['n'] = 1", "stores into an item", 1),
    ("del e['n']", "deletes an item", 1),
    ("e.n = 1", "stores into an attribute", 1),
    ("global BIG\n BIG = e", "stores into a global", 2),
    ("return e.n", "reads attribute .n", 1),
    ("return e.items()", "calls .items(), which is not in the vocabulary", 1),
    ("return e['a'].append(1)", "calls .append(), which is not in the vocabulary", 1),
    ("return e['type'].lower", "reads attribute .lower", 1),
    ("return '%x' % e['n']", "formats with % in a form that is not in the vocabulary", 1),
    ("return f\"{e['x']:{e['n']}}\"", "computes a format specification", 1),
    ("return e['n'] & 1", "uses the operator &", 1),
    ("return ~e['n']", "uses the operator ~", 1),
    (
        "return e['a'] is e['b']",
        "asks for the identity of something other than None, True, False",
        1,
    ),
    ("return lambda: e", None, 1),
    ("return max()", "calls max with 0 arguments", 1),
    ("return int(e, 16)", "calls int with 2 arguments", 1),
    ("return int(x=e)", "calls int with keywords", 1),
    ("return reversed(e)", "calls reversed, which is not in the vocabulary", 1),
    ("return str(e, 'x', *e)", "iterates over the record", 1),
    ("return str(*e)", "passes * or ** arguments", 1),
    ("return BIG", "uses an int beyond 64 bits as a value", 1),
    ("return e['n'] + BIG", "uses an int beyond 64 bits as a value", 1),
    ("return {1180591620717411303424: e['n'], 'b': 1}", "uses an int beyond 64 bits as a value", 1),
    ("return {'\\ud800': e['n'], 'b': 1}", "uses text with a lone surrogate as a value", 1),
    ("return BYTES", "uses a value of type bytes as a value", 1),
    ("return SUBCLASS", "uses a value of type Text as a value", 1),
    ("return '\\ud800'", "uses text with a lone surrogate as a value", 1),
    (
        "return NESTED[e['n']]",
        "looks into a captured collection that holds a value of type list",
        1,
    ),
    ("return NESTED", "uses a value of type dict as a value", 1),
    ("return len", "uses len as a value", 1),
    ("return Colour.RED", None, 1),
    ("return re.match('a', e)", "uses a match of a regular expression as a value", 1),
    ("return again(e)", None, 1),
    (
        "return isinstance(e, Colour)",
        "calls isinstance with a type that is not in the vocabulary",
        1,
    ),
    ("a, *b = e\n return a", "unpacks with a star", 1),
    ("return [*e]", "iterates over the record", 1),
    ("return dict(**e)", "passes ** arguments", 1),
    ("return {e['n']}", "builds a set", 1),
    ("with open(e) as f: return f", None, 1),
    ("import json\n return json", "imports a module", 1),
    ("return e(1)", "calls a value of the record", 1),
    (
        "return e['type'].split(x=1)",
        "calls .split() with arguments that are not in the vocabulary",
        1,
    ),
    ("return e.get()", "calls .get() with other arguments than a key and a default", 1),
    ("f = len if e['n'] else str\n return f(e)", None, 2),
    (
        "x = [1]\n y = (x, x)\n x += [e]\n return y",
        "changes a list or dict that is part of another value",
        3,
    ),
]


@pytest.mark.parametrize(("body", "reason", "line"), ROWS)
def test_refused(body: str, reason: str | None, line: int) -> None:
    scope = dict(globals())
    exec("def again(e):\n return again(e)", scope)
    exec(compile(f"def function(e):\n {body}\n", "rows.py", "exec"), scope)
    answer = refused(scope["function"])
    assert reason is None or answer.reason == reason
    assert answer.where is not None
    if "again" in body:
        assert answer.reason == "again calls itself"
    else:
        assert answer.where[:2] == ("rows.py", line + 1)


WHOLE = [
    (time.sleep, "calls time.sleep, which is not in the vocabulary"),
    (operator.attrgetter("a"), "calls a value of type attrgetter, which is not in the vocabulary"),
    (operator.methodcaller("items"), "calls .items(), which is not in the vocabulary"),
    (Adder(), "calls a value of type Adder, which is not in the vocabulary"),
    (Adder().by_self, "reads attribute 'step' of a value of type Adder"),
    (
        functools.lru_cache(lambda e: e),
        "calls a value of type _lru_cache_wrapper, which is not in the vocabulary",
    ),
    (lambda *e: e, "takes * or ** arguments"),
    (lambda: 1, "is called with 1 arguments, which do not fit"),
    (lambda e, f: 1, "is called with 1 arguments, which do not fit"),
    (lambda e, *, f: 1, "is called with 1 arguments, which do not fit"),
    (functools.partial(lambda e: 1, 2), "is called with 2 arguments, which do not fit"),
    (5, "calls a value of type int, which is not in the vocabulary"),
    (reversed, "calls reversed, which is not in the vocabulary"),
]


@pytest.mark.parametrize(("function", "reason"), WHOLE)
def test_refused_as_a_whole(function: Any, reason: str) -> None:
    assert refused(function).reason == reason


def test_position_is_a_column_too() -> None:
    answer = refused(lambda e: (e["n"], time.sleep(e)))
    assert answer.where is not None
    name, line, column = answer.where
    with open(name) as file:
        assert file.read().splitlines()[line - 1][column:].startswith("time.sleep(e)")


def test_refused_in_a_helper_points_at_the_helper() -> None:
    def helper(e: Any) -> Any:
        return time.sleep(e)

    answer = refused(lambda e: helper(e))
    assert answer.where is not None
    assert answer.where[1] == helper.__code__.co_firstlineno + 1


def test_a_release_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opcodes, "RELEASE", None)
    answer = lower(lambda e: e, (record(),))
    assert "is not one that satchel's tests have run under" in str(answer)
