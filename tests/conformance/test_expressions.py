"""The expression language: what a lowered function may say, and Python's own answer."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import pytest

import satchel
from conformance.check import Check
from conformance.rows import Row, records

ONE = ("default",)

GREETING = "hello"
LIMITS = (2, 5)
NAMES = {"ann", "bob"}
SCORES = {"ann": 1, "bob": 2.5}


def login(e: Any) -> Any:
    return e["actor"]["login"]


def shout(text: str, mark: str = "!") -> str:
    return text.upper() + mark


def looped(e: Any) -> Any:
    counts: dict[str, Any] = {}
    for label in e["payload"].get("labels") or []:
        try:
            counts[label] = counts.get(label, 0) + 1
        except TypeError:
            break
        if len(counts) > 3:
            return "many"
    for commit in e["payload"].get("commits", ()):
        for letter in ("a", "e", "1"):
            if letter not in commit["sha"]:
                continue
            counts[letter] = commit["author"]["name"]
            break
    return counts


def _many() -> Any:
    """Two hundred ifs, each of which depends on those before."""
    scope: dict[str, Any] = {}
    steps = "".join(f" if n + len(e['type']) > {i}: n += {i}\n" for i in range(200))
    exec(f"def many(e):\n n = 0\n{steps} return n", scope)
    return scope["many"]


many = _many()


def graded(e: Any) -> str:
    if e["type"] == "PushEvent":
        size = e["payload"]["size"]
        if size > 2:
            return "large"
        if size:
            return "some"
        return "none"
    if not e["public"]:
        return "private"
    return e["type"]


def with_names(e: Any) -> Any:
    name = login(e)
    repo, number = e["repo"]["name"], e["repo"]["id"]
    number += 1
    return name, repo, number * 2


# Each lowers, and none raises on an ordinary event.
LOWERED: dict[str, Callable[[Any], Any]] = {
    "subscripts": lambda e: e["actor"]["login"],
    "an index": lambda e: e["id"][0],
    "an index from the end": lambda e: e["id"][-1],
    "get": lambda e: e.get("org"),
    "get with a default": lambda e: e.get("org", "none"),
    "get of a get": lambda e: e.get("org", {}).get("login", "-"),
    "get and subscript": lambda e: e.get("org", {"login": None})["login"],
    "in": lambda e: "org" in e,
    "not in": lambda e: "commits" not in e["payload"],
    "in a text": lambda e: "Event" in e["type"],
    "in a tuple": lambda e: e["type"] in ("PushEvent", "ForkEvent"),
    "in a set": lambda e: e["type"] in {"PushEvent", "ForkEvent"},
    "in a list": lambda e: e["type"] in ["PushEvent", "ForkEvent"],
    "in a captured set": lambda e: e["actor"]["login"] in NAMES,
    "in a captured dict": lambda e: e["actor"]["login"] in SCORES,
    "a captured name": lambda e: GREETING + e["actor"]["login"],
    "a captured tuple": lambda e: LIMITS[0] < e["repo"]["id"] < LIMITS[1],
    "equal": lambda e: e["type"] == "PushEvent",
    "unequal": lambda e: e["type"] != "PushEvent",
    "equal to another type": lambda e: e["type"] == 1,
    "1 == True": lambda e: (e["public"] == 1, e["repo"]["id"] == True),  # noqa: E712
    "text order": lambda e: e["type"] > "M",
    "is None": lambda e: e.get("org") is None,
    "is not None": lambda e: e["payload"].get("action") is not None,
    "is True": lambda e: e["public"] is True,
    "== None": lambda e: e.get("org") == None,  # noqa: E711
    "and gives its value": lambda e: e.get("org") and e["type"],
    "or gives its value": lambda e: e["payload"].get("action") or "nothing",
    "and, or, not": lambda e: not (e["public"] and "org" in e) or e["repo"]["id"] > 4,
    "or of zero": lambda e: e["repo"]["id"] or "zero",
    "a conditional": lambda e: 1 if e["public"] else 0,
    "a conditional that guards": lambda e: e["org"]["id"] if "org" in e else -1,
    "an and that guards": lambda e: "org" in e and e["org"]["id"] > 3,
    "bool": lambda e: bool(e["payload"].get("commits")),
    "len": lambda e: len(e["payload"]),
    "len of a text": lambda e: len(e["actor"]["login"]),
    "len of a foreign text": lambda e: len(str(e["payload"].get("commits", "№"))[:0] + "№日😀"),
    "len of commits": lambda e: len(e["payload"].get("commits", ())),
    "plus": lambda e: e["repo"]["id"] + 1,
    "minus": lambda e: 1 - e["repo"]["id"],
    "times": lambda e: e["repo"]["id"] * e["actor"]["id"],
    "divided": lambda e: e["repo"]["id"] / 3,
    "floor": lambda e: (-e["repo"]["id"]) // 3,
    "remainder": lambda e: (-e["repo"]["id"] % 3, e["repo"]["id"] % -3),
    "power": lambda e: e["repo"]["id"] ** 2,
    "negative power": lambda e: (e["repo"]["id"] + 1) ** -1,
    "overflow": lambda e: e["actor"]["id"] * 10**18,
    "overflow by power": lambda e: e["repo"]["id"] ** 40,
    "overflow by plus": lambda e: e["repo"]["id"] + (2**63 - 5),
    "negated": lambda e: (-e["repo"]["id"], +e["repo"]["id"]),
    "negated bool": lambda e: (-e["public"], +e["public"], e["public"] + e["public"]),
    "a float": lambda e: e["payload"].get("ratio", 0.1) * 3 - 0.5,
    "float floor and remainder": lambda e: (
        e["payload"].get("ratio", -7.5) // 2,
        e["payload"].get("ratio", -7.5) % 2,
    ),
    "int and float": lambda e: e["repo"]["id"] == e["repo"]["id"] + 0.0,
    "abs": lambda e: abs(3 - e["repo"]["id"]),
    "min and max": lambda e: (min(e["repo"]["id"], 3), max(3, e["repo"]["id"], 5)),
    "min of a tie": lambda e: (min(1, e["public"]), max(e["public"], 1.0)),
    "round": lambda e: (round(e["payload"].get("ratio", 2.5)), round(2.675, 2)),
    "int of a text": lambda e: int(e["id"]),
    "int of a float": lambda e: int(e["payload"].get("ratio", -2.7)),
    "float of a text": lambda e: float(e["id"]),
    "str of an int": lambda e: str(e["repo"]["id"]),
    "str of others": lambda e: (str(e["public"]), str(e.get("nothing")), str(0.1)),
    "str of a float": lambda e: str(e["payload"].get("ratio", 1e22)),
    "isinstance": lambda e: (
        isinstance(e["id"], str),
        isinstance(e["public"], int),
        isinstance(e.get("org"), dict),
        isinstance(e["repo"]["id"], (float, bool)),
    ),
    "lower": lambda e: e["type"].lower(),
    "upper": lambda e: e["type"].upper(),
    "strip": lambda e: (" " + e["type"] + "\n").strip(),
    "strip of letters": lambda e: e["type"].strip("tPE"),
    "startswith": lambda e: e["type"].startswith("Push"),
    "startswith one of": lambda e: e["type"].startswith(("Push", "Watch")),
    "endswith": lambda e: e["repo"]["name"].endswith("-1"),
    "split": lambda e: e["repo"]["name"].split("/")[1],
    "split once": lambda e: e["repo"]["name"].split("-", 1)[0],
    "split on spaces": lambda e: (e["type"] + "  " + e["id"]).split(),
    "partition": lambda e: e["repo"]["name"].partition("/")[2],
    "replace": lambda e: e["type"].replace("Event", ""),
    "find": lambda e: e["type"].find("Event"),
    "count": lambda e: e["type"].count("e"),
    "join": lambda e: "-".join([e["id"], e["type"]]),
    "isdigit": lambda e: e["id"].isdigit(),
    "kinds of letters": lambda e: [
        (t.isalpha(), t.isalnum(), t.isspace(), t.isupper(), t.islower())
        for t in (e["id"], e["type"], e["type"].upper(), e["created_at"], " \t\x1c", "", "a1", "A-")
    ],
    "a loop": looped,
    "a loop by index": lambda e: [i for i in range(len(e["type"])) if e["type"][i] == "e"],
    "title": lambda e: e["actor"]["login"].title(),
    "removeprefix": lambda e: e["type"].removeprefix("Push").removesuffix("Event"),
    "a slice": lambda e: e["created_at"][:10],
    "a slice with a step": lambda e: e["created_at"][::-2],
    "a slice of the middle": lambda e: e["created_at"][-9:-1],
    "a slice past the end": lambda e: e["type"][4:1000],
    "an hour": lambda e: int(e["created_at"][11:13]),
    "text times": lambda e: e["type"][:2] * 3,
    "text plus": lambda e: e["type"] + ":" + e["id"],
    "an f-string": lambda e: f"{e['type']}/{e['repo']['id']}",
    "an f-string with a format": lambda e: f"{e['repo']['id']:04d}|{e['type']:>20}",
    "an f-string with repr": lambda e: f"{e['type']!r}",
    "a tuple": lambda e: (e["type"], e["repo"]["id"], None, 1.5, True),
    "a nested tuple": lambda e: ((e["type"], ()), (e["id"],)),
    "a list": lambda e: [e["type"], [e["id"]]],
    "a dict": lambda e: {"type": e["type"], "size": e["payload"].get("size")},
    "a dict with changing keys": lambda e: {e["type"]: 1, e["id"]: 2, "PushEvent": 3},
    "a helper": lambda e: shout(login(e)),
    "a helper with a keyword": lambda e: shout(login(e), mark="?"),
    "statements": graded,
    "two hundred ifs": many,
    "local names": with_names,
    "an index of a list": lambda e: e["payload"].get("labels", ["x", "y"])[0],
    "an index from a list's end": lambda e: e["payload"].get("labels", ["x", [1]])[-1],
    "an object as it is": lambda e: e["actor"],
    "an object in a tuple": lambda e: (e["type"], e["repo"]),
}

# Each raises somewhere in the data, with the user's own exception.
RAISING: dict[str, Callable[[Any], Any]] = {
    "a missing key": lambda e: e["org"]["login"],
    "a key of None": lambda e: e.get("org")["login"],
    "a key of a text": lambda e: e["type"]["login"],
    "an index too far": lambda e: e["payload"].get("commits", [])[2],
    "a division by zero": lambda e: 100 / e["repo"]["id"],
    "a remainder by zero": lambda e: 100 % e["repo"]["id"],
    "zero to a negative power": lambda e: e["repo"]["id"] ** -1,
    "a sum of unlike things": lambda e: e["type"] + e["repo"]["id"],
    "an order of unlike things": lambda e: e["type"] < e["repo"]["id"],
    "an order with None": lambda e: e.get("org") > 1,
    "len of a number": lambda e: len(e["repo"]["id"]),
    "an int of letters": lambda e: int(e["type"]),
    "a method of None": lambda e: e["payload"].get("action").lower(),
    "a method of a number": lambda e: e["repo"]["id"].lower(),
    "an unhashable key": lambda e: {e["actor"]: 1},
    "an unused value that raises": lambda e: (e["org"], 1)[1],
    "in a number": lambda e: "a" in e["repo"]["id"],
    "an unknown name": lambda e: nothing_of_the_sort + 1,  # type: ignore[name-defined]  # noqa: F821
    "the first of two": lambda e: e["absent"] + e["missing"],
    "the second of two": lambda e: e["type"] + e["missing"],
    "a call of a text": lambda e: e["type"](),
    "join of numbers": lambda e: ",".join([e["type"], e["repo"]["id"]]),
    "a format that does not fit": lambda e: f"{e['type']:d}",
    "a sub-record out of range": lambda e: e["payload"][0],
}


@pytest.mark.parametrize("name", LOWERED)
def test_a_lowered_function_gives_pythons_value(name: str, check: Check) -> None:
    function = LOWERED[name]
    check(Row(name, lambda db, p: records(db, p).map(function), "plain", native=True))


@pytest.mark.parametrize("name", LOWERED)
def test_the_same_function_among_odd_events(name: str, check: Check) -> None:
    """Whichever odd event raises first, or answers: as dask.bag has it."""
    function = LOWERED[name]
    check(Row(name, lambda db, p: records(db, p).map(function), "nasty", schedulers=ONE))


@pytest.mark.parametrize("name", LOWERED)
def test_the_same_function_where_only_its_truth_counts(name: str, check: Check) -> None:
    function = LOWERED[name]
    check(
        Row(
            name,
            lambda db, p: records(db, p).filter(function).map(operator.itemgetter("id")),
            "plain",
            schedulers=ONE,
        )
    )


@pytest.mark.parametrize("name", RAISING)
@pytest.mark.parametrize("after", ["compute", "count", "frequencies", "filter"])
def test_a_raise_is_the_users_own(name: str, after: str, check: Check) -> None:
    """Also where nobody asks for the value: counting it still means computing it."""
    function = RAISING[name]
    pipelines = {
        "compute": lambda db, p: records(db, p).map(function),
        "count": lambda db, p: records(db, p).map(function).count(),
        "frequencies": lambda db, p: records(db, p).map(function).frequencies(),
        "filter": lambda db, p: records(db, p).filter(function).count(),
    }
    check(Row(name, pipelines[after], "plain", schedulers=ONE))


GUARDED: dict[str, Callable[[Any], Any]] = {
    "a key": lambda e: e.get("actor"),
    "a login": lambda e: e["actor"]["login"],
    "a login's text": lambda e: str(e["actor"]["login"]),
    "a login in a tuple": lambda e: (e["actor"]["login"], len(e["payload"]["commits"])),
    "an id": lambda e: e.get("id"),
    "an id doubled": lambda e: e.get("id", 0) * 2,
    "an id's truth": lambda e: not e.get("id"),
    "an id's type": lambda e: (isinstance(e.get("id"), int), isinstance(e.get("id"), str)),
    "an id compared": lambda e: e.get("id") == "2489368070",
    "commits": lambda e: e["payload"]["commits"],
    "the truth of commits": lambda e: bool(e["payload"]["commits"]),
    "a payload": lambda e: e["payload"],
    "a length": lambda e: len(e["payload"]["commits"]),
    "keys": lambda e: len(e["payload"]),
    "in": lambda e: ("org" in e, "login" in e["actor"]),
    "in commits": lambda e: "a" in e["payload"]["commits"],
    "a case": lambda e: str(e["actor"]["login"]).lower(),
    "a strip": lambda e: str(e["actor"]["login"]).strip(),
    "a format": lambda e: f"{e['actor']['login']!s:>5}",
    "a slice": lambda e: str(e["actor"]["login"])[:1],
    "a length of a login": lambda e: len(str(e["actor"]["login"])),
    "an object": lambda e: {"who": e["actor"], "what": e["type"]},
}


@pytest.mark.parametrize("name", GUARDED)
def test_odd_values_behind_a_filter(name: str, check: Check) -> None:
    function = GUARDED[name]
    check(
        Row(
            name,
            lambda db, p: records(db, p).filter(lambda e: e["type"] == "PushEvent").map(function),
            "nasty",
            native=True,
        )
    )


def handled(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def answer(e: Any) -> Any:
        try:
            return function(e)
        except (KeyError, IndexError):
            return "missing"
        except TypeError:
            kind = "type"
        except (ValueError, AttributeError):
            return "value"
        except ArithmeticError:
            return "number"
        return kind, e["type"]

    return answer


def login_or_none(actor: Any) -> Any:
    try:
        return actor["login"]
    except KeyError:
        return None


@pytest.mark.parametrize("after", ["map", "filter", "remove", "topk", "foldby", "distinct"])
def test_a_handler_does_not_take_what_an_earlier_step_raised(after: str, check: Check) -> None:
    """The step before it is evaluated for its own sake, not only where the handler asks for it."""

    def pipeline(db: Any, p: str) -> Any:
        orgs = records(db, p).map(lambda e: e["org"])
        if after == "topk":
            return orgs.topk(2, key=lambda o: login_or_none(o) or "")
        if after == "foldby":
            return orgs.foldby(login_or_none, lambda n, o: n + 1, 0, lambda a, b: a + b, 0)
        return getattr(orgs, after)(login_or_none)

    check(Row(after, pipeline, "plain", None if after == "distinct" else True, ONE))


PYTHONS_OWN = ("zero to a negative power", "an unknown name", "a call of a text", "join of numbers")
PYTHONS_OWN += ("a format that does not fit", "a sum of unlike things")


@pytest.mark.parametrize("name", RAISING)
def test_a_raise_that_is_handled(name: str, check: Check) -> None:
    function = handled(RAISING[name])
    check(Row(name, lambda db, p: records(db, p).map(function), "plain", schedulers=ONE))
    check(Row(name, lambda db, p: records(db, p).map(function), "nasty", schedulers=ONE))


@pytest.mark.parametrize("name", [name for name in RAISING if name not in PYTHONS_OWN])
def test_a_handled_raise_is_answered_in_the_kernel(name: str, check: Check) -> None:
    answers = records(satchel, check.places.of("plain")).map(handled(RAISING[name])).count()
    seen = answers.explain(analyze=True)
    assert seen.all_native, seen
    assert "fallback rows: 0" in seen.analysis, seen
