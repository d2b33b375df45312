"""Reach: a function cannot tell the record from one that holds only what it touches."""

from __future__ import annotations

import copy
import functools
import json
import operator
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from checking import RECORDS, outcome

from satchel.expr import opcodes
from satchel.expr.abstract import ENTRY, GROUP, PAIR
from satchel.expr.reach import Reach, reach

KEY = "type"
NUMBER = operator.itemgetter("n")


def pruned(value: Any, paths: frozenset[tuple[str, ...]]) -> Any:
    """The record with only these parts; what has no parts is left as it is."""
    if () in paths or not isinstance(value, dict):
        return value
    kept = {}
    for key, item in value.items():
        inner = frozenset(path[1:] for path in paths if path[:1] == (key,))
        if inner:
            kept[key] = pruned(item, inner)
    return kept


def check(function: Any, records: Any = RECORDS) -> Reach:
    found = reach(function)
    if found.paths is not None:
        for record in records:
            whole = outcome(lambda: function(copy.deepcopy(record)))
            part = outcome(lambda: function(copy.deepcopy(pruned(record, found.paths))))
            assert part == whole, (record, found)
    return found


def login(actor: Any, key: str = "login") -> Any:
    return actor.get(key) or actor["id"]


def deeper(e: Any, depth: int = 3) -> Any:
    return deeper(e, depth - 1) if depth else e["n"]


def collect(e: Any) -> Any:
    found = []
    for commit in e["payload"]["commits"]:
        found.append(commit["sha"])  # noqa: PERF401 - a loop is what this is about
    return found


def careful(e: Any) -> Any:
    try:
        return e["actor"]["login"]["x"]
    except (KeyError, TypeError):
        return e.get("n")
    finally:
        e["type"]


def waiting(e: Any) -> Any:
    n = 0
    while n < e["n"] and n < 10:
        n += e.get("zero", 1) or 1
    return n


def next_of(e: Any) -> Any:
    part = e
    for _ in range(2):
        part = part["actor"]
    return part


def both(e: Any) -> Any:
    part = e["actor"] if e["public"] else e["repo"]
    return part["name"]


def default(e: Any) -> Any:
    return e.get("gone", e["actor"])["login"]


def handler(e: Any) -> Any:
    part = e["actor"]
    try:
        part = e["repo"]
        part["gone"]
    except Exception:  # noqa: BLE001
        return part["name"]
    return 1


def with_block(e: Any) -> Any:
    from contextlib import suppress

    with suppress(KeyError):
        return e["actor"]["gone"]
    return e["n"]


def generator(e: Any) -> Any:
    yield e["n"]


def swallow(*e: Any) -> Any:
    return e[0]["n"]


def looking(e: Any) -> Any:
    return sorted(locals())


def storing(e: Any) -> Any:
    e["n"] = 1
    return e["n"]


def storing_below(e: Any) -> Any:
    e["actor"]["n"] = 1
    return e["actor"]["login"]


def counting(e: Any) -> Any:
    counts = {"PushEvent": 1}
    counts[e["type"]] = counts.get(e["type"], 0) + 1
    del counts[e["type"]]
    counts[e["n"]] = 2
    return counts


def matching(e: Any) -> Any:
    match e["n"]:
        case 3:
            return e["m"]
        case None:
            return "none"
    return e["x"]


def formatted(e: Any) -> Any:
    return f"{e['actor']['login']:>{e['n']}}" + "%s" % e["type"]  # noqa: UP031


def nested(e: Any) -> Any:
    def inner() -> Any:
        return e["n"]

    return inner()


ROWS: list[tuple[Any, set[str] | None]] = [
    (lambda e: e["type"] == "PushEvent", {"type"}),
    (lambda e: e["actor"]["login"], {"actor.login"}),
    (lambda e: e["actor"]["login"] or e["actor"], {"actor"}),
    (lambda e: len(e["payload"]["commits"]), {"payload.commits"}),
    (lambda e: e["payload"]["commits"][0]["sha"], {"payload.commits"}),
    (lambda e: e.get("type"), {"type"}),
    (lambda e: e.get("actor", {}).get("login", e["n"]), {"actor.login", "n"}),
    (lambda e: (e.get("actor") or {}).get("login"), {"actor"}),
    (lambda e: "actor" in e and "login" in e["actor"], {"actor.login"}),
    (lambda e: e["actor"] is None or e["actor"]["id"], {"actor.id"}),
    (
        lambda e: isinstance(e, dict) and isinstance(e["actor"], dict) and e["actor"]["id"],
        {"actor.id"},
    ),
    (lambda e: e[KEY], {"type"}),
    (lambda e, key="n": e[key], {"n"}),
    (lambda e: e["type"][e["n"]], {"type", "n"}),
    (lambda e: login(e["actor"]), {"actor.login", "actor.id"}),
    (lambda e: login(e["actor"], key="name"), {"actor.name", "actor.id"}),
    (lambda e: sorted(e["actor"], key=str), {"actor"}),
    (lambda e: [c["sha"] for c in e["payload"]["commits"]], {"payload.commits"}),
    (lambda e: {k: len(v) for k, v in e["actor"].items()}, {"actor"}),
    (lambda e: any(c["sha"] == "ab" for c in e["payload"]["commits"]), {"payload.commits"}),
    (lambda e: f"{e['n']}{e['m']!r}", {"n", "m"}),
    (lambda e: (e["n"], [e["m"], {"x": e["x"]}]), {"n", "m", "x"}),
    (lambda e: print(e["n"], end=""), {"n"}),
    (lambda e: json.dumps(e["actor"]), {"actor"}),
    (lambda e: (x := e["actor"])["id"] + len(x["login"]), {"actor.id", "actor.login"}),
    (lambda e: e["n"] if e["public"] else e["m"], {"n", "m", "public"}),
    (lambda e: 0 < e["n"] < e["m"], {"n", "m"}),
    (lambda e: -e["n"] + (not e["m"]), {"n", "m"}),
    (lambda e: e["text"].strip().lower()[1:3], {"text"}),
    (lambda e: 5, set()),
    (collect, {"payload.commits"}),
    (careful, {"actor.login.x", "n", "type"}),
    (waiting, {"n", "zero"}),
    (next_of, None),
    (both, {"actor.name", "repo.name", "public"}),
    (default, {"gone.login", "actor.login"}),
    (handler, {"actor.name", "repo.gone", "repo.name"}),
    (with_block, {"actor.gone", "n"}),
    (matching, {"n", "m", "x"}),
    (formatted, {"actor.login", "n", "type"}),
    (operator.itemgetter("type"), {"type"}),
    (operator.itemgetter("type", "n"), {"type", "n"}),
    (functools.partial(lambda k, e: e[k], "n"), {"n"}),
    (lambda e: e, None),
    (lambda e: [e], None),
    (lambda e: len(e), None),
    (lambda e: e == 1, None),
    (lambda e: list(e), None),
    (lambda e: e.items(), None),
    (lambda e: e.get, None),
    (lambda e: bool(e) and e["n"], None),
    (lambda e: e["n"] if e else 1, None),
    (lambda e: e[e["type"]], None),
    (lambda e: e.get(e["type"]), None),
    (lambda e: {**e}, None),
    (lambda e: dict(e, n=1), None),
    (lambda e: e | {"n": 1}, None),
    (lambda e: [e[k] for k in ("n", "m")], None),
    (lambda e: (lambda: e["n"])(), None),
    (lambda e: f"{e}", None),
    (lambda e: json.dumps(e), None),
    (nested, None),
    (deeper, None),
    (generator, None),
    (swallow, None),
    (looking, None),
    (storing, None),
    (storing_below, None),
    (counting, {"type", "n"}),
    (json.dumps, None),
    (str, None),
    (dict, None),
]


@pytest.mark.parametrize(("function", "expected"), ROWS)
def test_reach(function: Any, expected: set[str] | None) -> None:
    found = check(function)
    names = None if found.paths is None else {".".join(path) for path in found.paths}
    # A comprehension is a function of its own in 3.11, and what it captures is needed whole.
    assert names == expected
    assert (found.reason is None) == (found.paths is not None)


def test_of_a_later_parameter() -> None:
    found = reach(lambda total, e: total + len(e["payload"]["commits"]), 1)
    assert found.paths == {("payload", "commits")}
    assert reach(lambda total, e: total[0], 1).paths == frozenset()
    assert reach(lambda e: e, 1).paths is None


@pytest.mark.parametrize(
    ("function", "changes"),
    [
        (lambda e: e["n"] + len(e["type"]), False),
        (lambda e: e["type"].lower().split("/")[0], False),
        (lambda e: sorted(e["actor"].items()), False),
        (lambda e: e["actor"].pop("login"), True),
        (lambda e: e["actor"]["tags"].append(1), True),
        (lambda e: [c.pop("sha") for c in e["payload"]["commits"]], True),
        (lambda e: json.dumps(e["actor"]), True),
        (lambda e: [e["actor"]][0].update(n=1), True),
    ],
)
def test_changes(function: Any, changes: bool) -> None:
    assert reach(function).changes is changes


def gathered(value: Any, paths: frozenset[tuple[str, ...]]) -> Any:
    return [pruned(record, paths) for record in value]


def largest(pair: Any) -> Any:
    key, group = pair
    best = None
    for e in group:
        if best is None or e["n"] > best:
            best = e["n"]
    return key, best, len(group)


def by_type(key: Any, group: Any) -> Any:
    found: dict[Any, Any] = {}
    for index, e in enumerate(group):
        found.setdefault(e["type"], []).append((index, e["actor"]["login"]))
    return key, found


def helped(pair: Any) -> Any:
    return names(pair[1])


def names(group: Any) -> Any:
    return sorted({login(e["actor"]) for e in group if "actor" in e})


def the_last(pair: Any) -> Any:
    last = None
    for e in pair[1]:
        last = e
    return last["n"] if last is not None else None


def capturing(pair: Any) -> Any:
    limit = pair[0]
    return [e["n"] for e in pair[1] if e["m"] != limit]


def keeping(pair: Any) -> Any:
    return [e for e in pair[1] if e["n"]]


def changing(pair: Any) -> Any:
    for e in pair[1]:
        e["n"] = 1
    return len(pair[1])


def either(pair: Any) -> Any:
    part = pair[1] if pair[0] else pair
    return part[0]["n"]


def sliced(pair: Any) -> Any:
    return [e["n"] for e in pair[1][:2]] + [pair[1][0]["m"], pair[1][-1]["type"]]


def parted(pair: Any) -> Any:
    first, *_rest = pair[1]
    return first["n"]


def produced(pair: Any) -> Any:
    return sum(e["n"] for e in (x for x in pair[1] if x["public"]))


GROUPS: list[tuple[Any, set[str] | None]] = [
    (lambda pair: pair[0], set()),
    (lambda pair: len(pair[1]), set()),
    (lambda pair: not pair[1], set()),
    (lambda pair: (pair[0], sum(e["n"] for e in pair[1])), {"n"}),
    (lambda pair: [e["actor"]["login"] for e in pair[1]], {"actor.login"}),
    (lambda pair: {e["type"]: e["n"] for e in pair[1]}, {"type", "n"}),
    (lambda pair: len({e.get("n") for e in pair[-1] if "m" in e}), {"n", "m"}),
    (lambda pair: any(e["n"] == 3 for e in pair[1]), {"n"}),
    (lambda pair: list(map(NUMBER, pair[1])), {"n"}),
    (lambda pair: list(map(operator.itemgetter("n"), pair[1])), None),
    (lambda pair: sum(map(lambda e: e["n"], pair[1])), {"n"}),  # noqa: C417
    (lambda pair: [e["m"] for e in sorted(pair[1], key=lambda e: str(e["n"]))], {"n", "m"}),
    (lambda pair: max(pair[1], key=lambda e: str(e["n"]))["m"], {"n", "m"}),
    (lambda pair: len(list(filter(lambda e: e["n"], pair[1]))), {"n"}),
    (lambda pair: [e["n"] for e in reversed(list(pair[1]))], {"n"}),
    (lambda pair: [[x["n"] for x in pair[1]] for _ in range(2)], None),
    (largest, {"n"}),
    (helped, {"actor.login", "actor.id"}),
    (the_last, {"n"}),
    (sliced, {"n", "m", "type"}),
    (produced, {"n", "public"}),
    (capturing, {"n", "m"}),
    (keeping, None),
    (changing, None),
    (either, None),
    (parted, None),
    (lambda pair: pair, None),
    (lambda pair: pair[1], None),
    (lambda pair: pair[pair[0]], None),
    (lambda pair: [*pair[1]], None),
    (lambda pair: [e["n"] for e in pair[1]] if {} in pair[1] else 0, None),
    (lambda pair: pair[1] == [], None),
    (lambda pair: json.dumps(pair[1]), None),
    (lambda pair: str(pair[1]), None),
    (lambda pair: max(pair[1], key=lambda e: str(e["n"])), None),
    (lambda pair: sorted(pair[1], key=str), None),
    (lambda pair: list(filter(None, pair[1])), None),
    (lambda pair: pair[1].sort(key=lambda e: e["n"]), None),
    (lambda pair: [pair[0] for e in pair[1]], None),
]


@pytest.mark.parametrize(("function", "expected"), GROUPS)
def test_of_a_group(function: Any, expected: set[str] | None) -> None:
    found = reach(function, given=PAIR)
    paths = None if found.paths is None else {".".join(path) for path in found.paths}
    # A comprehension is a function of its own in 3.11, and what it captures is needed whole.
    if sys.version_info < (3, 12) or expected is not None:
        assert paths == expected
    for key in ("PushEvent", 0, None):
        whole = outcome(lambda key=key: listed(function((key, copy.deepcopy(RECORDS)))))
        if found.paths is not None:
            part = gathered(copy.deepcopy(RECORDS), found.paths)
            assert outcome(lambda key=key, part=part: listed(function((key, part)))) == whole


def listed(value: Any) -> Any:
    return list(value) if isinstance(value, Iterator) else value


def test_of_a_group_as_an_argument() -> None:
    assert reach(by_type, 1, GROUP).paths == {("type",), ("actor", "login")}
    assert reach(lambda *pair: pair[1][0]["n"], 1, GROUP).paths is None
    assert reach(lambda records: sum(e["n"] for e in records), 0, GROUP).paths == {("n",)}


def test_of_a_pair_with_a_record() -> None:
    assert reach(lambda pair: (pair[0], pair[1]["n"]), given=ENTRY).paths == {("n",)}
    assert reach(lambda pair: pair[1], given=ENTRY).paths is None
    assert reach(lambda other, e: e["n"], 1).paths == {("n",)}


def test_an_unknown_release_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opcodes, "RELEASE", None)
    assert reach(lambda e: e["n"]).paths is None
