"""Expressions: one lambda a row, on every record."""

from __future__ import annotations

import functools
import operator
from typing import Any

import pytest
from checking import check

LIMIT = 10
NAME = "type"
KINDS = ("PushEvent", "ForkEvent")
FROZEN = frozenset(("PushEvent", "ForkEvent"))
TABLE = {"PushEvent": 1, "ForkEvent": 2}
WORDS = ["PushEvent"]
FLAG = False


def login(event: Any) -> Any:
    return event["actor"]["login"]


def either(one: Any, two: Any = "none", *, three: Any = 3) -> Any:
    return one or two or three


ROWS = """
e
1
None
"text"
-1.5
(1, ("a", None))
e["type"]
e["actor"]["login"]
e["payload"]["commits"][0]["sha"]
e["payload"]["commits"][-1]
e["actor"]["tags"][1:]
e["actor"]["tags"][:2]
e["actor"]["tags"][0:3:2]
e["actor"]["tags"][::-1]
e["text"][1:3]
e["text"][-1]
e["created"][:10]
e["created"][e["zero"]:e["n"]]
e["created"][5:7] + "/" + e["created"][:4]
e.get("type")
e.get("gone")
e.get("gone", 5)
e.get("actor", {}).get("login")
e.get("actor", {}).get("login", "?")
(e.get("actor") or {}).get("login")
e["actor"].get("name")
e["actor"].get("name", e["repo"]["name"])
e.get(e["type"])
"type" in e
"type" not in e
"login" in e["actor"]
e["type"] in KINDS
e["type"] in FROZEN
e["type"] in TABLE
e["type"] in WORDS
e["type"] not in KINDS
e["type"] in ("PushEvent", "ForkEvent")
e["type"] in {"PushEvent", "ForkEvent"}
e["type"] in ["PushEvent", e["id"]]
"a" in e["actor"]["tags"]
"Hello" in e["text"]
TABLE[e["type"]]
TABLE.get(e["type"])
TABLE.get(e["type"], 0)
{"PushEvent": "p", "ForkEvent": "f"}[e["type"]]
{"PushEvent": "p"}.get(e["type"], "other")
KINDS[e["zero"]]
WORDS[0]
e["type"] == "PushEvent"
e["type"] != "PushEvent"
e["n"] < 3
e["n"] <= 3
e["n"] > 3
e["n"] >= 3
e["n"] == 3.0
e["n"] == True
e["n"] < e["m"]
e["type"] < e["id"]
e["actor"]["tags"] == ["a", "b", "c"]
e["x"] == e["x"]
e["x"] != e["x"]
1 < e["n"]
0 < e["n"] < 5
0 < e["n"] <= e["m"] < 5
e["zero"] <= e["n"] < e["payload"]["size"] < 99
e["m"] < e["n"] > e["zero"]
e["n"] is None
e["n"] is not None
e["public"] is True
e["public"] is not False
None is e["nothing"]
(e["n"] == 3) is None
not e["public"]
not e
not not e["n"]
e["n"] + 1
e["n"] - e["m"]
e["n"] * 2
e["n"] / e["m"]
e["n"] // e["m"]
e["n"] % e["m"]
e["n"] ** 2
-e["n"]
+e["n"]
-e["n"] + +e["m"] * -1
e["x"] * e["x"] - e["n"]
e["x"] // 1
e["x"] % 1
7 % e["m"]
e["n"] + LIMIT
e["actor"]["login"] + "!"
e["actor"]["tags"] + ["d"]
"=" * e["n"]
(e["type"], e["n"]) + (1,)
e["n"] and e["m"]
e["n"] or e["m"]
e["nothing"] or e["type"]
e["nothing"] and e["gone"]
e["public"] and e["n"] > 1 and e["type"]
e["public"] or e["n"] > 1 or e["type"]
(e["public"] and e["n"]) or (e["zero"] and e["m"]) or e["x"]
(e["public"] or e["n"]) and (e["zero"] or e["m"])
e["zero"] or (e["empty"] or (e["nothing"] or e["n"]))
e["public"] and not (e["n"] == 3 or e["m"] == 0)
e["type"] == "PushEvent" and e["payload"]["size"] > 1
e["type"] == "PushEvent" or e["payload"]["size"] > 1
e["type"] == "PushEvent" and 0 < e["n"] < 5 or e["empty"]
1 < e["n"] <= e["x"] < 3 or e["m"]
e["n"] if e["public"] else e["m"]
e["actor"]["login"] if "actor" in e else None
e["actor"]["login"] if e.get("actor") else e["repo"]["name"]
e["gone"] if e["zero"] else 1
(e["n"] if e["public"] else e["m"]) + (e["x"] if e["n"] > 1 else 1)
"a" if e["n"] > 5 else "b" if e["n"] > 2 else "c"
[e["x"], e["m"] if e["n"] > 1 else e["id"], e["type"]]
e["n"] + (e["m"] if e["public"] else e["gone"])
e["nothing"] if e["nothing"] is not None else "none"
1 if FLAG else e["n"]
e["n"] if not FLAG and e["public"] else 0
(e["type"], e["actor"]["login"])
(e["repo"]["name"], 1)
[e["type"], 1, None]
[1, 2, 3]
{"type": e["type"], "n": e["n"]}
{"type": e["type"], **{}} if FLAG else 1
{"a": 1, "b": {"c": e["n"]}}
{e["type"]: 1}
{e["type"]: 1, "x": 2}
()
[]
{}
(e["n"], (e["m"], [e["x"], {"k": e["id"]}]))
(e["n"], e["m"])[1]
(e["n"], 1)[0]
(1, e["n"])[-1]
[e["n"], e["m"]][0]
len(e)
len(e["type"])
len(e["payload"]["commits"])
len(e["actor"]["tags"]) > 2
len([e["n"], 2])
str(e["n"])
str(e["x"])
str(e["actor"])
int(e["number"])
int(e["x"])
float(e["number"])
float(e["n"])
bool(e["n"])
bool(e["empty"]) == False
abs(e["m"])
abs(e["x"])
round(e["x"])
round(e["x"], 1)
min(e["n"], e["m"])
max(e["n"], e["m"], 0)
max(e["type"], "Q")
isinstance(e["n"], int)
isinstance(e["n"], bool)
isinstance(e, dict) and e.get("type")
isinstance(e["n"], (int, float))
isinstance(e["nothing"], type(None)) if FLAG else 0
isinstance(e["actor"], dict) and isinstance(e["actor"].get("tags"), list)
e["type"].lower()
e["type"].upper()
e["text"].strip()
e["text"].lstrip().rstrip()
e["text"].strip(" H")
e["text"].title()
e["text"].capitalize()
e["type"].startswith("Push")
e["type"].startswith(("Push", "Fork"))
e["type"].endswith("Event")
e["type"].startswith("ush", 1)
e["repo"]["name"].split("/")
e["repo"]["name"].split("/")[0]
e["repo"]["name"].split("/", 1)
e["repo"]["name"].split("/", maxsplit=1)
e["repo"]["name"].split(sep="/")
e["repo"]["name"].rsplit("/", 1)[-1]
e["text"].split()
e["repo"]["name"].partition("/")[2]
e["repo"]["name"].rpartition("/")
e["type"].replace("Event", "")
e["type"].replace("e", "E", 1)
e["type"].find("E")
e["type"].count("e")
e["actor"]["tags"].count("a")
",".join(e["actor"]["tags"])
"-".join([e["type"], e["id"]])
e["number"].isdigit()
(e["text"].isalpha(), e["type"].isalpha(), e["empty"].isalpha(), e["id"].isalnum())
(e["text"].isspace(), e["type"].isupper(), e["type"].islower(), e["id"].isupper())
e["type"].isascii()
e["type"].removeprefix("Push").removesuffix("Event")
e["type"].lower() in ("pushevent", "x")
str.lower(e["type"]) if isinstance(e, dict) and isinstance(e.get("type"), str) else 0
f"{e['type']}"
f"{e['type']}-{e['n']}"
f"{e['n']:05d}"
f"{e['x']:.2f}"
f"{e['type']!r}"
f"{e['type']!s:>12}"
f"{e['actor']!r}"
f"{e['text']!a}"
f"{e['n']}{e['m']}{e['x']}"
f"a{'b'}c{e['n']!r:>{'9'}}"
f"{1}"
(n := e["n"]) + n
(e["n"] if (n := e["m"]) else 0, n)
[y := e["n"], y * y, y]
(lambda: 5)() if FLAG else e["n"]
login(e)
login(e).lower()
either(e["nothing"])
either(e["nothing"], e["n"])
either(e["nothing"], e["zero"], three=e["m"])
either(two=e["n"], one=e["zero"])
either(login(e), three=e["gone"])
operator.add(e["n"], 1)
operator.getitem(e, "type")
operator.contains(e, "type")
operator.not_(e["n"])
operator.is_(e["nothing"], None)
operator.eq(e["n"], 3)
operator.neg(e["n"])
operator.abs(e["m"])
operator.truth(e["n"])
operator.itemgetter("type")(e) if FLAG else 1
functools.reduce if FLAG else e["n"]
e[NAME]
e["n"] < LIMIT
e["n"] != e["m"] != e["x"]
e["n"] in (1, 2, 3.0)
e["nothing"] in (None, 1)
None in e["actor"]["tags"]
e["payload"]["commits"][0]["sha"] if e["payload"]["commits"] else ""
len(e["payload"]["commits"]) if "commits" in e["payload"] else 0
(e.get("payload") or {}).get("size", 0) + 1
e["created"][11:13] == "15"
int(e["created"][11:13]) % 6
e["type"] == "PushEvent" and e["id"] != "bot" and not e["actor"]["login"].endswith("-ci")
(e["type"], len(e["type"]), e["type"][0] if e["type"] else None)
""".strip().splitlines()


@pytest.mark.parametrize("text", ROWS)
def test_expression(text: str) -> None:
    check(eval(f"lambda e: {text}", globals()))


FUNCTIONS = [
    len,
    str,
    int,
    bool,
    abs,
    operator.itemgetter("type"),
    operator.itemgetter("type", "n"),
    operator.itemgetter(0),
    operator.itemgetter(slice(1, 3)),
    operator.methodcaller("get", "type"),
    operator.methodcaller("lower"),
    operator.not_,
    functools.partial(either, 0),
    functools.partial(either, three=5),
    functools.partial(operator.getitem, {"text": 1}),
    {"text": 1}.get,
    "a text".find,
    login,
]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda value: repr(value).split(" at 0x")[0])
def test_function(function: Any) -> None:
    check(function)


@pytest.mark.parametrize(
    "function", [str.lower, str.strip, str.title], ids=lambda value: repr(value).split(" at 0x")[0]
)
def test_method_of_a_type(function: Any) -> None:
    check(function, exactly=False)


PAIRS = [(1, 2), (2.5, 1), ("a", "b"), (None, 1), ([1], [2]), ((1, 2), (3,)), (2**62, 2**63 - 1)]
TWO = [
    operator.add,
    operator.sub,
    max,
    min,
    lambda a, b: a + b,
    lambda name, count: count,
    lambda a, b: max(a, b) - min(a, b),
    lambda acc, x: (acc[0] + x, acc[1] + 1),
    lambda a, b: a if a > b else b,
]


@pytest.mark.parametrize("function", TWO)
def test_of_two(function: Any) -> None:
    check(function, ("acc", "other"), PAIRS)


@pytest.mark.parametrize(
    "text",
    [
        'type(e["n"]).__name__',
        'type(e["n"]) is int',
        'type(e["n"]) == str',
        'type(e["actor"]) is not dict',
        'str != type(e["text"])',
        'type(e["nothing"]) is type(None) or type(e).__name__',
        'e["n"] in range(1, 4)',
        'int(e["number"]) not in range(0, 100, 7)',
        "dict()",
        'dict(kind=e["type"], n=e["n"])',
        'list() or dict() or e["id"]',
    ],
)
def test_types_ranges_and_constructors(text: str) -> None:
    check(eval("lambda e: " + text))
