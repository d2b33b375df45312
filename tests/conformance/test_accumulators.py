"""Accumulators that are tuples, lists and dicts, made anew or changed, and those that may stay."""

from __future__ import annotations

import json
from typing import Any

from conformance.check import Check
from conformance.rows import EVERYWHERE, Row, dumped, each, records

ORDINARY = [{"k": "abc"[i % 3], "n": i, "x": i / 4, "s": "z" * (i % 5)} for i in range(40)]
PLAIN = dumped(ORDINARY[:25], ORDINARY[25:26], [], ORDINARY[26:])
# Rows that only Python can answer, between those that it need not see.
_ODD = (
    '{"k": "a", "n": 1, "n": 2, "x": 0.5, "s": "d"}',
    '{"k": "b", "n": true, "x": 3, "s": "\\ud800"}',
    '{"k": "c", "n": 9223372036854775807, "x": 1e308, "s": "é"}',
    '{"k": "a", "n": 2.5, "x": NaN, "s": ""}',
)
ODD = tuple(
    tuple(line for pair in zip(lines, _ODD * 10, strict=False) for line in pair)
    for lines in (PLAIN[0], PLAIN[3])
)
GONE = dumped([*ORDINARY[:5], {"k": "a"}, *ORDINARY[5:9]])
TYPED = dumped([*ORDINARY[:5], {"k": "a", "n": "7", "x": None, "s": 1}, *ORDINARY[5:9]])


def pair(acc: Any, e: Any) -> Any:
    return acc[0] + 1, acc[1] + e["n"]


def pairs(one: Any, two: Any) -> Any:
    return one[0] + two[0], one[1] + two[1]


def bounds(acc: Any, e: Any) -> Any:
    low, high, _ = acc
    return min(low, e["n"]), max(e["x"], high), e["s"]


def wider(one: Any, two: Any) -> Any:
    return min(one[0], two[0]), max(two[1], one[1]), two[2]


def best(acc: Any, e: Any) -> Any:
    return max(acc, (e["n"], e["s"]))


def anew(acc: Any, e: Any) -> Any:
    return {"n": acc["n"] + 1, "sum": acc["sum"] + e["n"]}


def summed(one: Any, two: Any) -> Any:
    return {"n": one["n"] + two["n"], "sum": one["sum"] + two["sum"]}


def changed(acc: Any, e: Any) -> Any:
    acc["n"] += 1
    acc["sum"] = acc["sum"] + e["n"]
    if e["x"] > 3:
        acc["late"] = e["s"]
    return acc


def looked_at(acc: Any, e: Any) -> Any:
    acc["gone"]
    return {"n": acc["n"] + e["n"]}


def asked_first(acc: Any, e: Any) -> Any:
    e["x"] + 1
    acc["n"] += len(e["s"])
    return acc


def counted(acc: Any, e: Any) -> Any:
    acc[e["s"]] = acc.get(e["s"], 0) + 1
    return acc


def merged(one: Any, two: Any) -> Any:
    for key, count in two.items():
        one[key] = one.get(key, 0) + count
    return one


def appended(acc: Any, e: Any) -> Any:
    acc.append(e["n"])
    return acc


def placed(acc: Any, e: Any) -> Any:
    acc[0] += 1
    acc[-1] = e["s"]
    return acc


def forgotten(acc: Any, e: Any) -> Any:
    acc["n"] = e["n"]


def handled(acc: Any, e: Any) -> Any:
    try:
        acc["sum"] = acc.get("sum", 0) + e["n"]
    except (KeyError, TypeError):
        acc["odd"] = acc.get("odd", 0) + 1
    return acc


def looped(acc: Any, e: Any) -> Any:
    for letter in e["s"]:
        acc.append(letter)
    return acc


def joined(one: Any, two: Any) -> Any:
    return one + two


def either(one: Any, two: Any) -> Any:
    return {**one, **two}


def zero() -> Any:
    return {"n": 0, "sum": 0}


STEPS: dict[str, tuple[Any, ...]] = {
    "a tuple": (pair, (0, 0), pairs),
    "a tuple of kinds": (bounds, (100, -1, None), wider),
    "a tuple that grows": (lambda acc, e: (*acc, e["n"]) if e["n"] % 7 else acc, (), joined),
    "the best pair": (best, (-1, ""), max),
    "under a condition": (lambda acc, e: acc + e["n"] if e["x"] > 2 else acc, 0, joined),
    "one of two": (lambda acc, e: (acc[0] + 1, acc[1]) if e["x"] > 2 else (acc[0], acc[1] + 1),
                   (0, 0), pairs),
    "a condition on it": (lambda acc, e: acc if acc > e["n"] else e["n"], 0, max),
    "the last": (lambda acc, e: e["s"], None, lambda one, two: two),
    "the least, either way": (lambda acc, e: min(e["n"], acc), 50, min),
    "of equals the first": (lambda acc, e: max(acc, e["n"] % 2), False, max),
    "of equals the other": (lambda acc, e: max(e["n"] % 2, acc), True, max),
    "text": (lambda acc, e: acc + e["s"], "", joined),
    "floats": (lambda acc, e: (acc[0] + e["x"], e["x"] + acc[1]), (0, 0.0), pairs),
    "a dict": (anew, {"n": 0, "sum": 0}, summed),
    "a dict unpacked": (lambda acc, e: {**acc, "x": e["n"], "n": acc["n"] + 1}, {"n": 0}, either),
    "a dict, merged": (lambda acc, e: acc | {"n": acc["n"] + e["n"]}, {"n": 0}, either),
    "a dict, copied": (lambda acc, e: {**dict(acc), e["k"]: e["n"]}, {}, either),
    "a list": (lambda acc, e: [*acc, e["n"]], [], joined),
    "a list, added to": (lambda acc, e: acc + [e["n"], e["s"]], [], joined),  # noqa: RUF005
}  # fmt: skip

FACTORIES: dict[str, tuple[Any, ...]] = {
    "changed": (changed, zero, summed),
    "counted": (counted, dict, merged),
    "appended": (appended, list, joined),
    "appended as a tuple": (lambda acc, e: (*acc, e["n"]), tuple, joined),
    "placed": (placed, lambda: [0, None], lambda one, two: [one[0] + two[0], two[1]]),
    "handled": (handled, dict, merged),
    "looped": (looped, list, joined),
    "of a tuple": (pair, lambda: (0, 0), pairs),
    "made anew": (anew, zero, summed),
}


@each(
    *(
        Row(f"{name}, {what}", pipeline, data, native=data is PLAIN or None)
        for name, (step, initial, combine) in STEPS.items()
        for data in (PLAIN, ODD)
        for what, pipeline in {
            f"fold {len(data)}": lambda db, p, f=step, i=initial, c=combine: records(db, p).fold(
                f, c, initial=i
            ),
            f"foldby {len(data)}": lambda db, p, f=step, i=initial, c=combine: records(
                db, p
            ).foldby("k", f, i, c),
            f"foldby, initials {len(data)}": lambda db, p, f=step, i=initial, c=combine: records(
                db, p
            ).foldby("k", f, i, c, i),
        }.items()
    )
)
def test_values_that_start_it(row: Row, check: Check) -> None:
    check(row)


@each(
    *(
        Row(f"{name}{what}", pipeline, data, native=(data is PLAIN and step is not looped) or None)
        for name, (step, initial, combine) in FACTORIES.items()
        for data in (PLAIN, ODD)
        for what, pipeline in {
            f" {len(data)}": lambda db, p, f=step, i=initial, c=combine: records(db, p).foldby(
                "k", f, i, c
            ),
            f", initials {len(data)}": lambda db, p, f=step, i=initial, c=combine: records(
                db, p
            ).foldby("k", f, i, c, i),
        }.items()
    ),
    Row(
        "everywhere",
        lambda db, p: records(db, p).foldby("k", changed, zero, summed, zero),
        PLAIN,
        native=True,
        schedulers=EVERYWHERE,
    ),
)
def test_factories_that_start_it(row: Row, check: Check) -> None:
    check(row)


@each(
    *(
        Row(f"{name} {len(data)} {data is GONE}", pipeline, data)
        for data in (GONE, TYPED)
        for name, pipeline in {
            "a tuple": lambda db, p: records(db, p).foldby("k", pair, (0, 0), pairs),
            "a dict": lambda db, p: records(db, p).foldby("k", changed, zero, summed),
            "handled": lambda db, p: records(db, p).foldby("k", handled, dict, merged),
            "the best": lambda db, p: records(db, p).fold(best, max, initial=(-1, "")),
            "appended": lambda db, p: records(db, p).foldby("k", appended, list, joined),
        }.items()
    ),
    Row(
        "a key that the dict has not",
        lambda db, p: records(db, p).foldby("k", changed, dict, summed),
        PLAIN,
    ),
    Row(
        "an index that the list has not",
        lambda db, p: records(db, p).foldby("k", placed, list, joined),
        PLAIN,
    ),
    Row(
        "a key that is looked at for nothing",
        lambda db, p: records(db, p).foldby("k", looked_at, lambda: {"n": 0}, either),
        PLAIN,
    ),
    Row(
        "a sum that is made for nothing",
        lambda db, p: records(db, p).foldby("k", asked_first, lambda: {"n": 0}, either),
        TYPED,
    ),
    Row(
        "an initial of another type",
        lambda db, p: records(db, p).foldby("k", changed, lambda: [0], summed),
        PLAIN,
    ),
    Row(
        "nothing is returned",
        lambda db, p: records(db, p).foldby("k", forgotten, dict, either),
        PLAIN,
    ),
    Row(
        "a factory that raises",
        lambda db, p: records(db, p).foldby("k", changed, lambda: {"n": 1 // 0}, summed),
        PLAIN,
    ),
    Row(
        "sums leave 64 bits",
        lambda db, p: records(db, p).foldby("k", pair, (0, 2**62), pairs),
        dumped([{"k": "a", "n": 2**62 - 1}] * 5, [{"k": "a", "n": 2**60}] * 3),
    ),
)
def test_what_goes_wrong(row: Row, check: Check) -> None:
    check(row)


@each(
    Row(
        "a dict that all share",
        lambda db, p: records(db, p).fold(counted, merged, initial={}),
        PLAIN[:1],
        native=False,
    ),
    Row(
        "a dict that all groups share",
        lambda db, p: records(db, p).foldby("k", counted, {}, merged),
        PLAIN[:1],
        native=False,
    ),
    Row(
        "a list in a tuple",
        lambda db, p: records(db, p).foldby(
            "k", lambda acc, e: (acc[0].append(e["n"]), acc)[1], lambda: ([],), joined
        ),
        PLAIN,
        native=False,
    ),
    Row(
        "a factory that hands out one list",
        lambda db, p, one=[]: records(db, p).foldby("k", appended, lambda: one, joined),
        PLAIN[:1],
        native=False,
    ),
)
def test_what_stays_in_python(row: Row, check: Check) -> None:
    check(row)


LONG = dumped([{"k": "a", "s": f"key {i}", "n": i} for i in range(700)] * 2)


@each(
    Row("many keys", lambda db, p: records(db, p).foldby("k", counted, dict, merged), LONG, True),
    Row("many items", lambda db, p: records(db, p).foldby("k", appended, list, joined), LONG, True),
    Row(
        "many keys of copies",
        lambda db, p: records(db, p).fold(
            lambda acc, e: {**acc, e["s"]: acc.get(e["s"], 0) + 1}, either, initial={}
        ),
        LONG,
        True,
    ),
)
def test_accumulators_that_grow(row: Row, check: Check) -> None:
    check(row)


KEYED = dumped(
    [{"k": 1, "v": "a"}, {"k": True, "v": "b"}, {"k": "1", "v": "c"}, {"k": 1.0, "v": "d"}],
    [],
    [{"v": "e", "k": None}, {"k": "1", "v": "f"}, {"k": None, "v": [1, {"x": 2}]}],
)
NAN = (tuple('{"k": NaN, "v": 1}' for _ in range(3)), ('{"k": 1, "v": "é", "v": 2}',) * 2)


@each(
    Row("a key", lambda db, p: records(db, p).distinct("k"), KEYED, True, EVERYWHERE),
    Row("a function", lambda db, p: records(db, p).distinct(lambda e: e["k"]), KEYED, True),
    Row("of events", lambda db, p: records(db, p).distinct("type"), native=True),
    Row(
        "of pairs",
        lambda db, p: records(db, p).map(lambda e: (e["k"], e["n"])).distinct(0),
        PLAIN,
        True,
    ),
    Row("then steps", lambda db, p: records(db, p).distinct("k").pluck("v").map(str), KEYED),
    Row("then a fold", lambda db, p: records(db, p).distinct("k").count(), KEYED),
    Row("rows that fall back", lambda db, p: records(db, p).distinct("k"), ODD, True),
    Row("keys that are no keys", lambda db, p: records(db, p).distinct("k"), NAN),
    Row("lists for keys", lambda db, p: records(db, p).distinct("v"), KEYED),
    Row("a list of keys", lambda db, p: records(db, p).distinct(["k", "v"]), KEYED),
    Row("a missing key", lambda db, p: records(db, p).distinct("n"), GONE),
    Row("nothing", lambda db, p: records(db, p).filter(lambda e: False).distinct("k"), KEYED),
    Row("ints", lambda db, p: records(db, p).pluck("n").distinct(lambda n: n % 3), PLAIN, True),
    Row(
        "of elements",
        lambda db, p: records(db, p).map(lambda e: [e, e]).flatten().distinct("k"),
        PLAIN,
        True,
    ),
)
def test_distinct_by_a_key(row: Row, check: Check) -> None:
    check(row)


@each(
    Row("std", lambda db, p: records(db, p).pluck("n").std(), PLAIN, True, EVERYWHERE),
    Row("std of a sample", lambda db, p: records(db, p).pluck("x").std(ddof=1), PLAIN, True),
    Row("std of nothing", lambda db, p: records(db, p).filter(lambda e: False).pluck("n").std()),
    Row("std of too few", lambda db, p: records(db, p).pluck("n").std(ddof=5), dumped([{"n": 1}])),
    Row("std of text", lambda db, p: records(db, p).pluck("s").std(), PLAIN),
    Row(
        "std below nothing",
        lambda db, p: records(db, p).pluck("n").std(),
        dumped([{"n": 1e9 + i * 1e-9} for i in range(7)]),
    ),
)
def test_the_standard_deviation(row: Row, check: Check) -> None:
    check(row)


def test_the_data_is_what_it_says() -> None:
    assert all(json.loads(line) for lines in ODD for line in lines)
