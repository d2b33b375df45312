"""`to_dataframe`: the same frame, column by column, whatever pandas finds in each partition."""

from __future__ import annotations

import json
from typing import Any

import dask
import dask.bag.core
import pytest

import satchel
from conformance.check import Check
from conformance.rows import EVERYWHERE, LOCAL, Lines, Row, dumped, each, ours_only, records
from conformance.test_fallback import ODD, ordinary

pytest.importorskip("dask.dataframe")

PLAIN = (tuple(map(ordinary, range(5))), (), tuple(map(ordinary, range(5, 9))))
MIXED = (
    (
        *map(ordinary, range(5)),
        ODD["a duplicate key"],
        ODD["foreign text"],
        *map(ordinary, range(3)),
    ),
    tuple(map(ordinary, range(5, 9))),
)
"""A row that falls back among others, and yet of the same types."""

SHOWN = {
    "ints": [1, -(2**63), 2**63 - 1, 0],
    "floats": [0.1, -0.0, 1e308, 5e-324],
    "ints and floats": [1, 0.5, 2**53 + 1],
    "a float in the end": [1, 2, 3, 0.5],
    "bools": [True, False, True],
    "texts": ["a", "", "日本\n\u2028", "\x00"],
    "texts and null": ["a", None, "c"],
    "null and texts": [None, "a"],
    "ints and null": [1, None, 3],
    "big ints and null": [2**62 + 1, None],
    "floats and null": [0.5, None],
    "null and floats": [None, None, 0.5],
    "nulls": [None, None],
    "bools and null": [True, None],
    "bools and ints": [True, 1],
    "ints and texts": [1, "a"],
    "floats and texts": [0.5, "a"],
    "big ints": [1, 2**63],
    "bigger ints": [1, 2**70],
    "negative big ints": [-(2**64), 1],
    "lists": [[1], []],
    "dicts": [{"x": 1}, {"x": 2, "y": 3}],
    "NaN": [0.5, float("nan")],
    "NaN and null": [None, float("nan")],
    "infinity": [float("inf"), 1],
    "a lone surrogate": ["\ud800", "a"],
    "one": ["only"],
    "none": [],
}


def of(values: list[Any], *more: list[Any]) -> Lines:
    """A file of records with these values under k, and one for each list that follows."""
    return dumped(*([{"k": value} for value in part] for part in (values, *more)))


def shown(frame: Any, **options: Any) -> Any:
    """All that can be told of a frame, computed."""
    found = frame.compute(**options)
    assert list(found.columns) == list(frame.columns)
    return {
        "meta": [(str(name), str(dtype)) for name, dtype in frame._meta.dtypes.items()],
        "columns": (type(found.columns).__name__, str(found.columns.dtype), found.columns.tolist()),
        "dtypes": [(str(dtype), repr(dtype)) for dtype in found.dtypes],
        "index": (type(found.index).__name__, found.index.tolist()),
        "values": [[tell(value) for value in found.iloc[:, i]] for i in range(found.shape[1])],
        "partitions": [len(part) for part in dask.compute(*frame.to_delayed())],
    }


def tell(value: Any) -> tuple[str, str]:
    return type(value).__name__, repr(value)


def dicts(db: Any, path: str) -> Any:
    return records(db, path).map(lambda e: {"k": e["k"], "n": 1})


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize(
    "element",
    {
        "in dicts": lambda db, p: dicts(db, p).to_dataframe(),
        "in tuples": lambda db, p: records(db, p).map(lambda e: (1, e["k"])).to_dataframe(),
        "alone": lambda db, p: records(db, p).pluck("k").to_dataframe(columns=["k"]),
        "of records": lambda db, p: records(db, p).to_dataframe(columns=["k"]),
        "of whole records": lambda db, p: records(db, p).to_dataframe(),
        "with meta": lambda db, p: dicts(db, p).to_dataframe(meta={"n": "float64", "k": object}),
    }.items(),
    ids=lambda case: case[0],
)
def test_what_pandas_infers(name: str, element: Any, check: Check) -> None:
    pipeline = element[1]
    check(Row(name, lambda db, p: shown(pipeline(db, p)), of(SHOWN[name]), None, ("sync",)))


TYPES = (
    "int64",
    "float64",
    "int8",
    "float32",
    "bool",
    "str",
    "object",
    "category",
    "datetime64[ns]",
)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize(
    "name", ["ints", "floats", "bools", "texts", "ints and null", "nulls", "none"]
)
def test_what_it_is_cast_to(name: str, dtype: str, check: Check) -> None:
    def pipeline(db: Any, path: str) -> Any:
        return shown(records(db, path).pluck("k").to_dataframe(meta={"k": dtype}))

    check(Row(name, pipeline, of(SHOWN[name]), None, ("sync",)))


FIRST = {
    "the same": of([1, 2], [3]),
    "null in the second": of([1, 2], [3, None]),
    "floats in the second": of([1, 2], [0.5]),
    "texts in the second": of([1, 2], ["a"]),
    "nulls first": of([None], [1]),
    "an empty one first": of([], [1]),
    "an empty one last": of([1], []),
    "another key in the second": dumped([{"k": 1, "j": 2}], [{"j": 3}, {"k": 4}]),
    "other keys": dumped([{"k": 1, "j": "a"}, {"j": "b"}, {}, {"k": 2, "l": []}]),
    "null and missing": dumped([{"k": None, "j": 1}, {"j": 2}], [{"j": 1}, {"k": None, "j": 1}]),
    "missing": dumped([{"k": None, "j": 1}], [{"j": 1}, {"j": 2}]),
    "no records": dumped([{"k": 1}, [1], 5]),
    "lists of the same length": dumped([[1, "a"], [2, "b"]]),
    "lists of another length": dumped([[1, "a"], [2]]),
}


@each(
    *(
        Row(f"{way}, {name}", pipeline, data, None, LOCAL)
        for name, data in FIRST.items()
        for way, pipeline in {
            "whole": lambda db, p: shown(records(db, p).to_dataframe()),
            "k": lambda db, p: shown(records(db, p).to_dataframe(columns=["k"])),
            "k and j": lambda db, p: shown(records(db, p).to_dataframe(columns=["j", "k"])),
            "plucked": lambda db, p: shown(records(db, p).pluck("k").to_dataframe()),
            "got": lambda db, p: shown(
                records(db, p).map(lambda e: {"k": e.get("k"), "j": e.get("j")}).to_dataframe()
            ),
        }.items()
    )
)
def test_partitions_that_differ(row: Row, check: Check) -> None:
    check(row)


def three(e: Any) -> Any:
    return {"k": e["k"], "v": e["v"], "w": e["w"]}


@each(
    Row(
        "everywhere",
        lambda db, p: shown(records(db, p).map(three).to_dataframe()),
        MIXED,
        None,
        EVERYWHERE,
    ),
    Row(
        "plucked",
        lambda db, p: shown(records(db, p).pluck(["k", "v"]).to_dataframe(columns=["a", "b"])),
        MIXED,
    ),
    Row(
        "filtered",
        lambda db, p: shown(records(db, p).filter(lambda e: e["r"] == 1).map(three).to_dataframe()),
        MIXED,
    ),
    Row(
        "some columns",
        lambda db, p: shown(records(db, p).map(three).to_dataframe(columns=["w", "k"])),
        MIXED,
    ),
    Row(
        "a column too many",
        lambda db, p: shown(records(db, p).map(three).to_dataframe(columns=["w", "x"])),
        MIXED,
    ),
    Row(
        "a column twice",
        lambda db, p: shown(records(db, p).map(three).to_dataframe(columns=["w", "w"])),
        MIXED,
    ),
    Row(
        "a tuple's column twice",
        lambda db, p: shown(records(db, p).pluck(["k", "v"]).to_dataframe(columns=["a", "a"])),
        MIXED,
    ),
    Row(
        "too many for a tuple",
        lambda db, p: shown(records(db, p).pluck(["k", "v"]).to_dataframe(columns=["a"])),
        MIXED,
    ),
    Row(
        "columns that are tuples",
        lambda db, p: shown(
            records(db, p).pluck(["k", "v"]).to_dataframe(columns=[("a", 1), ("b", 2)])
        ),
        MIXED,
    ),
    Row(
        "odd values",
        lambda db, p: shown(
            records(db, p).map(lambda e: {"k": e.get("k"), "v": e.get("v")}).to_dataframe()
        ),
        (tuple(ODD.values()), *PLAIN),
    ),
    Row(
        "odd rows",
        lambda db, p: shown(records(db, p).map(three).to_dataframe()),
        (tuple(ODD.values()), *PLAIN),
    ),
    Row(
        "of lists",
        lambda db, p: shown(records(db, p).flatten().to_dataframe(columns=["n"])),
        dumped([[1, 2], [], [3]]),
    ),
    Row(
        "by Python",
        lambda db, p: shown(records(db, p).map(lambda e: dict(e)).to_dataframe()),
        PLAIN,
        None,
        EVERYWHERE,
    ),
    Row("lines", lambda db, p: shown(db.read_text(p).to_dataframe(columns=["line"])), MIXED),
    Row(
        "meta and columns",
        lambda db, p: records(db, p).to_dataframe(meta={"k": str}, columns=["k"]),
        PLAIN,
    ),
    Row(
        "meta of pairs",
        lambda db, p: shown(records(db, p).to_dataframe(meta=[("v", "f8"), ("k", "str")])),
        PLAIN,
    ),
    Row(
        "nothing, with meta",
        lambda db, p: shown(records(db, p).to_dataframe(meta={"v": "f8", "k": "str"})),
        ((), ()),
    ),
    Row("nothing", lambda db, p: records(db, p).to_dataframe(), ((), ())),
    Row(
        "not optimized",
        lambda db, p: shown(records(db, p).map(three).to_dataframe(optimize_graph=False)),
        MIXED,
    ),
    Row(
        "a sum",
        lambda db, p: float(records(db, p).map(three).to_dataframe().v.sum().compute()),
        MIXED,
    ),
    Row(
        "of a result",
        lambda db, p: shown(
            records(db, p).pluck("k").frequencies().to_dataframe(columns=["k", "n"])
        ),
        MIXED,
    ),
)
def test_frames(row: Row, check: Check) -> None:
    check(row)


@ours_only
def test_a_captured_value_is_that_of_the_compute(check: Check) -> None:
    bag = satchel.read_text(check.places.of(PLAIN)).map(json.loads)
    by = 1

    frame = bag.map(lambda e: {"v": e["v"] * by}).to_dataframe()
    first = frame.compute().v.tolist()
    by = 2
    assert frame.compute().v.tolist() == [value * 2 for value in first]


@ours_only
def test_a_row_that_falls_back_leaves_the_partition_to_the_kernel(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any) -> Any:
        raise AssertionError("pandas was given elements")

    bag = satchel.read_text(check.places.of(MIXED)).map(json.loads).map(three)
    expected = bag.to_dataframe().compute()
    monkeypatch.setattr(dask.bag.core, "to_dataframe", refuse)
    assert expected.equals(bag.to_dataframe().compute())
