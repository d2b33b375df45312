"""Rows that are out of the ordinary, in the middle of rows that are not.

They cost speed, never truth: a fold that cares for order, a tie and a first-seen key must
come out as if every row had gone the same way.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.check import Check
from conformance.rows import EVERYWHERE, LOCAL, Lines, Row, records

# A record has a key k, mostly a number v, a text w, and a rank r with many ties.
ODD = {
    "a duplicate key": '{"k": "b", "v": 1, "w": "no", "r": 9, "v": 0.7, "w": "dup", "r": 2}',
    "NaN where no one looks": '{"k": "a", "v": 0.3, "w": "nan", "r": 2, "z": NaN}',
    "NaN": '{"k": "c", "v": NaN, "w": "NaN", "r": 2}',
    "infinity": '{"k": "c", "v": -Infinity, "w": "inf", "r": 2}',
    "a lone surrogate": '{"k": "\\ud800", "v": 0.1, "w": "\\udfff", "r": 2}',
    "a big int": '{"k": "b", "v": 123456789012345678901234567890, "w": "big", "r": 2}',
    "a big exponent": '{"k": "b", "v": 1e400, "w": "exp", "r": 2}',
    "a missing key": '{"k": "d"}',
    "an empty record": "{}",
    "nulls": '{"k": null, "v": null, "w": null, "r": null}',
    "deep nesting": '{"k": "a", "v": 0.1, "w": "deep", "r": 2, "z": ' + ("[" * 70 + "]" * 70 + "}"),
    "an escaped key": '{"\\u006b": "e", "\\u0076": 0.1, "w": "\\u0041\\n", "r": 2}',
    "a true number": '{"k": 1, "v": true, "w": "t", "r": 2}',
    "an equal key": '{"k": 1.0, "v": 1, "w": "f", "r": 2.0}',
    "foreign text": '{"k": "ÅSSß", "v": 1, "w": "日本", "r": 2}',
    "spaces": ' \t{ "k" : "a" ,\t"v":0.1,"w" : " s " , "r":2 } ',
}


def ordinary(number: int) -> str:
    return json.dumps(
        {"k": "abc"[number % 3], "v": number * 0.1, "w": f"{number}", "r": number % 3}
    )


def v(x: Any) -> Any:
    """What is missing, null or infinite counts as a number that does not vanish."""
    value = x.get("v", 0.1)
    return value if value is not None else 0.2


def rank(x: Any) -> Any:
    return x.get("r") or 0


def w(x: Any) -> Any:
    return f"{x.get('w', '-')};"


def add(left: Any, right: Any) -> Any:
    return left + right


def pairwise(left: Any, right: Any) -> Any:
    return (left[0] + right[0], left[1] + right[1], right[2])


FOLDS = {
    "a float fold": lambda db, p: records(db, p).fold(lambda acc, x: acc + v(x), add, initial=0.0),
    "a float fold by key": lambda db, p: records(db, p).foldby(
        lambda x: x.get("k"), lambda acc, x: acc + v(x), 0.0, add
    ),
    "a tuple fold": lambda db, p: records(db, p).fold(
        lambda acc, x: (acc[0] + 1, acc[1] + v(x), x.get("w")), pairwise, initial=(0, 0, None)
    ),
    "a tuple fold by key": lambda db, p: records(db, p).foldby(
        lambda x: x.get("k"),
        lambda acc, x: (acc[0] + 1, acc[1] + v(x), x.get("w")),
        (0, 0, None),
        pairwise,
    ),
    "texts one after another": lambda db, p: records(db, p).fold(
        lambda acc, x: acc + w(x), add, initial=""
    ),
    "texts by key": lambda db, p: records(db, p).foldby(
        lambda x: x.get("k"), lambda acc, x: acc + w(x), "", add
    ),
    "a fold of values": lambda db, p: records(db, p).map(v).fold(add),
    "the last of each": lambda db, p: records(db, p).foldby(
        lambda x: x.get("k"), lambda acc, x: x.get("w"), None, lambda a, b: b
    ),
    "a count by key": lambda db, p: records(db, p).foldby(
        lambda x: x.get("k"), lambda n, x: n + 1, 0, add, 0
    ),
    "frequencies": lambda db, p: records(db, p).map(lambda x: x.get("k")).frequencies(),
    "distinct": lambda db, p: records(db, p).map(lambda x: x.get("w")).distinct(),
    "ties of topk": lambda db, p: (
        records(db, p).map(lambda x: (x.get("w"), rank(x))).topk(4, key=lambda pair: pair[1])
    ),
    "min": lambda db, p: records(db, p).map(rank).min(),
    "max": lambda db, p: records(db, p).map(rank).max(),
    "sum": lambda db, p: records(db, p).map(v).sum(),
    "count": lambda db, p: records(db, p).filter(lambda x: rank(x) == 2).count(),
    "values": lambda db, p: records(db, p).map(lambda x: (x.get("k"), v(x), x.get("w"))),
    "records": lambda db, p: records(db, p).filter(lambda x: rank(x) == 2),
}


def in_the_middle(odd: list[str]) -> Lines:
    """Ordinary rows with odd ones at the start, in the middle and at the end."""
    rows = [ordinary(number) for number in range(40)]
    return (
        tuple(rows[:9] + odd + rows[9:20]),
        tuple(odd + rows[20:30]),
        tuple(rows[30:] + odd),
    )


@pytest.mark.parametrize("fold", FOLDS)
@pytest.mark.parametrize("odd", ODD)
def test_an_odd_row_among_ordinary_ones(odd: str, fold: str, check: Check) -> None:
    data = in_the_middle([ODD[odd]])
    check(Row(odd, FOLDS[fold], data, native=True, schedulers=("default",)))


@pytest.mark.parametrize("fold", FOLDS)
def test_all_kinds_of_odd_rows_in_a_row(fold: str, check: Check) -> None:
    data = in_the_middle(list(ODD.values()))
    check(Row("all kinds", FOLDS[fold], data, native=True, schedulers=EVERYWHERE))


@pytest.mark.parametrize("fold", FOLDS)
def test_all_rows_are_odd(fold: str, check: Check) -> None:
    odd = tuple(ODD.values()) * 3
    check(Row("all rows", FOLDS[fold], (odd, odd[::-1]), native=True, schedulers=LOCAL))


CARES_FOR_ORDER = (
    "a float fold",
    "a tuple fold by key",
    "texts by key",
    "ties of topk",
    "distinct",
)


@pytest.mark.parametrize("fold", CARES_FOR_ORDER)
@pytest.mark.parametrize("every", [100, 7])
def test_odd_rows_in_many_blocks(every: int, fold: str, check: Check) -> None:
    """A file of more than a megabyte: blocks are filled and folded one after another."""
    kinds = list(ODD.values())
    rows = tuple(
        kinds[number // every % len(kinds)] if number % every == 5 else ordinary(number)
        for number in range(20_000)
    )
    check(Row(f"every {every}th", FOLDS[fold], (rows,), native=True, schedulers=("default",)))


def test_an_accumulator_that_leaves_64_bits_and_comes_back(check: Check) -> None:
    data = tuple(
        tuple(json.dumps({"k": "a", "v": value}) for value in values)
        for values in ((2**62, 2**62, 2**62, -(2**63), 5), (2**63 - 1, 1), (-(2**63), -1, 1))
    )
    for row in (
        Row(
            "foldby",
            lambda db, p: records(db, p).foldby("k", lambda n, x: n + x["v"], 0, add, 0),
            data,
            True,
            EVERYWHERE,
        ),
        Row(
            "fold",
            lambda db, p: records(db, p).fold(lambda n, x: n + x["v"], add, initial=0),
            data,
            True,
            EVERYWHERE,
        ),
        Row(
            "products",
            lambda db, p: records(db, p).fold(
                lambda n, x: n * x["v"], lambda a, b: a * b, initial=1
            ),
            data,
            True,
        ),
    ):
        check(row)


def test_an_accumulator_that_changes_its_type(check: Check) -> None:
    data = tuple(
        tuple(json.dumps({"k": key, "v": value}) for key, value in pairs)
        for pairs in (
            (("a", 1), ("b", 0.5), ("a", 0.5), ("c", True), ("c", 2)),
            (("c", 1), ("b", 2), ("a", 2**70), ("d", True)),
        )
    )
    check(
        Row(
            "numbers",
            lambda db, p: records(db, p).foldby("k", lambda n, x: n + x["v"], 0, add),
            data,
            True,
            EVERYWHERE,
        )
    )
    check(
        Row(
            "or",
            lambda db, p: records(db, p).foldby(
                "k", lambda n, x: n or x["v"], None, lambda a, b: a or b
            ),
            data,
        )
    )
