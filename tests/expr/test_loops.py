"""Comprehensions, and the builtins that use a list up."""

from __future__ import annotations

import operator  # noqa: F401 (the rows use it)
from typing import Any

import pytest
from checking import check

from satchel.expr.lower import NotLowered, lower
from satchel.expr.nodes import record

NAMES = ("ab", "zz")
WORDS = ["ab", "cd"]


def long_enough(commit: Any, least: int) -> bool:
    return len(commit["sha"]) >= least


GENERATORS = """
any(c["sha"] == "cd" for c in e["payload"]["commits"])
all(c["sha"] for c in e["payload"]["commits"])
any(c["sha"] in NAMES for c in e["payload"]["commits"] if c.get("sha"))
any(tag == e["type"] for tag in e["actor"]["tags"])
any(tag for tag in e["actor"]["tags"] if tag > "a" or tag == e["type"])
all(tag < "b" or tag == "c" for tag in e["actor"]["tags"])
sum(len(c["sha"]) for c in e["payload"]["commits"])
sum(1 for c in e["payload"]["commits"] if long_enough(c, e["n"]))
min(len(c["sha"]) for c in e["payload"]["commits"])
max(c["sha"] for c in e["payload"]["commits"])
sorted(c["sha"] for c in e["payload"]["commits"])
list(c.get("sha") for c in e["payload"]["commits"])
tuple((c["sha"], e["type"]) for c in e["payload"]["commits"])
",".join(c["sha"] for c in e["payload"]["commits"])
"/".join(word.upper() for word in e["text"].split())
any(word == e["type"] for word in WORDS)
any(any(x == tag for x in e["actor"]["tags"]) for tag in e["actor"]["tags"])
sum(len(tag) for tag in (e["type"], e["number"]))
any(c["sha"] == "cd" for c in e["payload"]["commits"]) and e["type"]
e["type"] if any(tag == "b" for tag in e["actor"]["tags"]) else e["gone"]
sum(1 for a in e["actor"]["tags"] for b in e["payload"]["commits"] if b["sha"] > a)
any(x == y for x in e["actor"]["tags"] if x != "b" for y in NAMES + (x,) if y)
list((x, y, z) for x in "ab".split("b") for y in e["actor"]["tags"] for z in NAMES)
sum(i for i in range(4))
next((c["sha"] for c in e["payload"]["commits"] if c["sha"] > "a"), e["type"])
next((e[k] for k in ("gone", "type", "id") if k in e), "")
next(tag for tag in e["actor"]["tags"] if tag == "b")
next(iter_of for iter_of in e["payload"]["commits"])["sha"]
len(list(tag for tag in e["actor"]["tags"] if tag != "a"))
"""

LISTS = """
[c["sha"] for c in e["payload"]["commits"]]
[x for word in [e["text"].split(), e["type"].split("E")] for x in word]
[(i, tag) for i in range(1, 6, 2) for tag in e["actor"]["tags"] if tag > "a"]
[c["sha"].upper() for c in e["payload"]["commits"] if c["sha"] != "ab"]
[(e["type"], c["sha"]) for c in e["payload"]["commits"]]
[{"type": e["type"], "sha": c["sha"]} for c in e["payload"]["commits"]]
len([c for c in e["payload"]["commits"] if "sha" in c])
sum([len(c["sha"]) for c in e["payload"]["commits"]])
any([c["sha"] == "ab" for c in e["payload"]["commits"]])
[tag if tag != "a" else e["type"] for tag in e["actor"]["tags"]]
[[x for x in e["actor"]["tags"] if x != tag] for tag in e["actor"]["tags"]]
[a + b for a, b in (("x", e["type"]), ("y", e["number"]))]
"""

BUILTINS = """
any(e["actor"]["tags"])
all(e["actor"]["tags"])
all(e["payload"]["commits"])
sum((e["n"], e["m"]))
sum([])
sorted(e["actor"]["tags"])
list(e["actor"]["tags"])
tuple(e["actor"]["tags"])
min(e["actor"]["tags"])
max([e["n"], e["m"]])
"""


APPLIED = """
list(map(len, e["actor"]["tags"]))
list(map(str.upper, e["actor"]["tags"]))
list(map(lambda c: c["sha"], e["payload"]["commits"]))
sum(map(lambda c: len(c["sha"]), e["payload"]["commits"]))
list(filter(None, e["actor"]["tags"]))
list(filter(lambda t: t != "a", e["actor"]["tags"]))
len(list(filter(lambda t: t > e["type"], e["actor"]["tags"])))
",".join(map(str, e["payload"]["commits"]))
",".join(map(str, e["actor"]["tags"]))
"-".join(filter(str.isdigit, e["number"].split()))
[list(map(lambda t: t + x, e["actor"]["tags"])) for x in e["actor"]["tags"]]
(lambda x, y: x + y)(e["n"], e["m"])
list(map(operator.itemgetter("sha"), e["payload"]["commits"]))
list(map(lambda c: c.get("sha") or e["gone"], e["payload"]["commits"]))
next(filter(lambda c: c["sha"] == "cd", e["payload"]["commits"]), None)
max(map(int, e["actor"]["tags"]))
"""


@pytest.mark.parametrize("text", APPLIED.split("\n")[1:-1])
def test_what_is_applied(text: str) -> None:
    check(made(text))


def made(text: str) -> Any:
    return eval("lambda e: " + text, globals())


@pytest.mark.parametrize("text", (GENERATORS + BUILTINS).split("\n")[1:-1])
def test_what_is_used_up(text: str) -> None:
    if text:
        check(made(text))


@pytest.mark.parametrize("text", LISTS.split("\n")[1:-1])
def test_lists(text: str) -> None:
    check(made(text))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(c for c in e['payload']['commits'])", "uses an iterator as a value"),
        ("[*(c for c in e['actor']['tags'])]", "uses an iterator as a value"),
        ("[lambda x: x][0](e)", "defines a function"),
        ("map(len, e['actor']['tags'])", "uses an iterator as a value"),
        ("list(map(lambda *a: a, e['actor']['tags']))", "calls a function that it defines"),
        ("list(map(len, e))", "iterates over the record"),
        ("{c for c in e['actor']['tags']}", ""),
        ("{c: 1 for c in e['actor']['tags']}", ""),
    ],
)
def test_what_is_not(text: str, reason: str) -> None:
    result = lower(made(text), (record(),))
    assert isinstance(result, NotLowered)
    assert reason in result.reason


def test_a_name_outlives_a_comprehension_that_uses_it() -> None:
    def function(e: Any) -> Any:
        c = e["type"]
        found = [c for c in e["actor"]["tags"] if c != "a"]
        return c, found

    check(function)


def test_a_name_may_have_no_value_in_a_comprehension() -> None:
    def function(e: Any) -> Any:
        if e["public"]:
            sign = e["type"]
        return [tag + sign for tag in e["actor"]["tags"]]

    check(function)


def test_a_loop_over_the_accumulator_is_not_lowered() -> None:
    result = lower(lambda acc, e: sum(1 for c in e["cs"] if c > acc), (record("acc"), record()))
    assert isinstance(result, NotLowered)
    assert "accumulator" in result.reason


def test_what_is_read_before_the_loop_raises_without_a_round() -> None:
    def function(e: Any) -> Any:
        found = e["gone"]
        return any(c == found for c in e["payload"]["commits"])

    check(function)
