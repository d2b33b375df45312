"""A bag as a stream of Arrow's: types by the table, all values, errors that say where."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pytest
from conformance.schedulers import Schedulers

import satchel
from ways_out.data import files, rows, three, values

ODD = [
    '{"k": "twice", "n": 0, "v": [1], "n": 7}',
    '{"k": "nested", "n": 1, "v": [2], "y": {"a": 1, "a": 2}}',
    '{"k": "NaN beside", "n": 3, "v": [], "z": NaN}',
    ' {"k" : "spaces" , "n" : 4 , "v" : [ 5 , null ] } ',
]
"""Lines of which the first and the NaN's fall back, with values like the others'."""
PARTS = (
    [{"k": "a", "n": 1, "v": [1, 2]}, {"k": "b", "v": []}, *ODD, {"k": "c", "n": None, "v": None}],
    [],
    ODD[::-1],
    [{"k": "日本 \u2028", "n": 5, "v": [3]}],
)

TYPES: dict[str, tuple[list[list[Any]], pa.DataType]] = {
    "null": ([[None], [None, None]], pa.null()),
    "bool": ([[True], [False]], pa.bool_()),
    "bool and null": ([[True], [None], [False, None]], pa.bool_()),
    "int": ([[1, -(2**63)], [2**63 - 1]], pa.int64()),
    "int and null": ([[None, 1], [None]], pa.int64()),
    "float": ([[0.5, -0.0, 1e400]], pa.float64()),
    "int, then float": ([[1], [0.5]], pa.float64()),
    "float, then int": ([[0.5, 1], [2**53, None]], pa.float64()),
    "str": ([["a", ""], ["日本 😀 \x00"]], pa.large_string()),
    "str and null": ([[None, None, "a"], [None]], pa.large_string()),
    "list": ([[[1], []], [[None, 2]]], pa.large_list(pa.int64())),
    "list of int and float": ([[[1]], [[0.5], None]], pa.large_list(pa.float64())),
    "empty lists": ([[[]], [[]]], pa.large_list(pa.null())),
    "lists of lists": ([[[[1]], [[]]], [[None]]], pa.large_list(pa.large_list(pa.int64()))),
    "list of dicts": (
        [[[{"a": 1}, None]], [[{"b": "x"}], []]],
        pa.large_list(pa.struct([("a", pa.int64()), ("b", pa.large_string())])),
    ),
    "dict and null": (
        [[{"a": 1}, None], [{"b": [True], "a": None}]],
        pa.struct([("a", pa.int64()), ("b", pa.large_list(pa.bool_()))]),
    ),
    "nothing": ([[], []], pa.null()),
}


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("way", ["native", "python", "dask.bag"])
def test_the_table_of_types(name: str, way: str, tmp_path: Path) -> None:
    parts, expected = TYPES[name]
    bag = values(tmp_path, *parts)
    if way == "python":
        bag = bag.map(lambda value: [value][0] if isinstance(value, object) else None)
        assert not bag.explain().all_native
    elif way == "dask.bag":
        bag = bag.map_partitions(list)
    table = pa.table(bag)
    assert table.schema == pa.schema([("value", expected)])
    elements = [{"value": value} for part in parts for value in part]
    assert table.to_pylist() == rows(table, elements)


def test_floats_that_are_not_finite(tmp_path: Path) -> None:
    bag = files(tmp_path, ['{"k": NaN}', '{"k": -Infinity}', '{"k": 1}']).pluck("k")
    found = pa.table(bag)["value"].to_pylist()
    assert str(found) == "[nan, -inf, 1.0]"


@pytest.mark.parametrize(
    ("shape", "names"),
    {
        "dicts": (lambda b: b.map(three), ["k", "n", "v"]),
        "tuples": (lambda b: b.map(lambda e: (e["k"], e.get("n"))), ["0", "1"]),
        "plucked": (lambda b: b.pluck(["v", "k"]), ["v", "k"]),
        "filtered": (lambda b: b.filter(lambda e: e.get("n")).map(three), ["k", "n", "v"]),
        "scalars": (lambda b: b.pluck("k"), ["value"]),
        "records": (lambda b: b, ["k", "n", "v", "y", "z"]),
        "records, touched by Python": (lambda b: b.map(dict), ["k", "n", "v", "y", "z"]),
        "what a list held": (lambda b: b.filter(lambda e: e["v"]).pluck("v").flatten(), ["value"]),
        "records of dask.bag": (lambda b: b.map_partitions(list), ["k", "n", "v", "y", "z"]),
        "groups": (lambda b: b.pluck("k").frequencies(), ["0", "1"]),
    }.values(),
)
@pytest.mark.parametrize("scheduler", ["default", "sync", "processes", "client"])
def test_elements_of_every_shape(
    shape: Any, names: list[str], scheduler: str, tmp_path: Path, schedulers: Schedulers
) -> None:
    bag = shape(files(tmp_path, *PARTS))
    with schedulers.use(scheduler):
        table = pa.table(bag)
    assert table.column_names == names
    elements = bag.compute(scheduler="sync")
    if type(elements[0]) is not dict:
        several = [e if type(e) is tuple else (e,) for e in elements]
        elements = [dict(zip(names, one, strict=True)) for one in several]
    if "z" in names:
        # There is a NaN, which is not equal to itself.
        table = table.drop_columns("z")
    assert table.to_pylist() == rows(table, elements)


def test_who_takes_a_stream(tmp_path: Path) -> None:
    bag = files(tmp_path, *PARTS).map(three)
    table = pa.table(bag)
    assert pl.DataFrame(bag).to_dicts() == table.to_pylist()
    assert duckdb.sql("select sum(n), count(*) from bag").fetchall() == [(36, 12)]
    reader = pa.RecordBatchReader.from_stream(bag)
    assert reader.schema == table.schema
    assert [batch.num_rows for batch in reader] == [7, 4, 1]


def test_a_schema_saves_the_first_run(tmp_path: Path) -> None:
    bag = files(tmp_path, *PARTS)
    schema = pa.schema(
        [("n", pa.int16()), ("v", pa.list_(pa.int64())), ("k", pa.string()), ("no", pa.float32())]
    )
    table = pa.table(bag.map(three), schema=schema)
    assert table.schema == schema
    assert table.to_pylist() == rows(table, bag.map(three).compute())
    assert pa.table(bag, schema=schema).to_pylist() == table.to_pylist()
    named = pa.schema([("a", pa.large_string()), ("b", pa.float64())])
    assert pa.table(bag.map(lambda e: (e["k"], e.get("n"))), schema=named)["b"][0].as_py() == 1.0


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        (["a", 1], pa.int64()),
        ([1, "a"], pa.large_string()),
        ([2**70], pa.int64()),
        ([300], pa.int8()),
    ],
)
def test_a_schema_that_does_not_fit(part: list[Any], kind: pa.DataType, tmp_path: Path) -> None:
    bag = values(tmp_path, [], part)
    with pytest.raises((pa.ArrowException, OverflowError)):
        pa.table(bag, schema=pa.schema([("value", kind)]))


@pytest.mark.parametrize("way", ["native", "python"])
@pytest.mark.parametrize(
    ("wrong", "kind"),
    [('"two"', pa.int64()), ("300", pa.int8()), ("[1]", pa.string()), ("{}", pa.float64())],
)
def test_where_a_schema_does_not_fit(
    wrong: str, kind: pa.DataType, way: str, tmp_path: Path
) -> None:
    right = '{"n": "1"}' if pa.types.is_string(kind) else '{"n": 1}'
    bag = files(tmp_path, [right], [right, f'{{"n": {wrong}}}', right])
    if way == "python":
        bag = bag.map(lambda e: {**e, "unseen": object})
    schema = pa.schema([("n", kind)])
    with pytest.raises((pa.ArrowException, OverflowError)) as raised:
        bag.to_parquet(str(tmp_path / "out"), schema=schema)
    notes = "\n".join(raised.value.__notes__)
    assert f"column 'n' has type {kind}" in notes
    assert f"line 2, byte {len(right) + 1} (inflated)\n  " + f'{{"n": {wrong}}}' in notes
    with pytest.raises((pa.ArrowException, OverflowError), match="line 2, byte"):
        # pyarrow tells the whole of an exception that comes through its stream.
        pa.table(bag, schema=schema)


def test_what_only_a_schema_types(tmp_path: Path) -> None:
    bag = values(tmp_path, [1, 2**64 - 1], [3])
    with pytest.raises(
        satchel.errors.NoColumnType, match=r"int beyond 64 bits \(.*line 2, byte 9 "
    ):
        pa.table(bag)
    table = pa.table(bag, schema=pa.schema([("value", pa.uint64())]))
    assert table["value"].to_pylist() == [1, 2**64 - 1, 3]


CONFLICTS = {
    "int and str": ([[1, 2], [3, "a"]], "the elements", "int", "str", (0, 1, 0), (1, 2, 9)),
    "bool and int": ([[True], [1]], "the elements", "bool", "int", (0, 1, 0), (1, 1, 0)),
    "str and list": ([["a", []]], "the elements", "str", "list", (0, 1, 0), (0, 2, 11)),
    "in a dict": (
        [[{"a": {"b": 1}}], [{"a": {"b": ""}}]],
        "'a.b'",
        "int",
        "str",
        (0, 1, 0),
        (1, 1, 0),
    ),
    "in a list": ([[[1]], [[], [True]]], "'[]'", "int", "bool", (0, 1, 0), (1, 2, 10)),
    "a long int and a float": (
        [[1, 2**53 + 1], [0.5]],
        "the elements",
        "an int that is no float exactly",
        "float",
        (0, 2, 9),
        (1, 1, 0),
    ),
}


@pytest.mark.parametrize("name", CONFLICTS)
@pytest.mark.parametrize("way", ["native", "python"])
def test_a_conflict_names_both_places(name: str, way: str, tmp_path: Path) -> None:
    parts, column, one, other, *places = CONFLICTS[name]
    bag = values(tmp_path, *parts)
    if way == "python":
        bag = bag.map(lambda value: [value][0] if isinstance(value, object) else None)
    with pytest.raises(satchel.errors.NoColumnType) as raised:
        pa.table(bag)
    message = str(raised.value)
    assert column in message
    for kind, (file, line, byte) in zip((one, other), places, strict=True):
        assert f"{kind} ({tmp_path}/{file}.json, line {line}, byte {byte} (inflated))" in message


def test_many_rows_come_in_several_batches(tmp_path: Path) -> None:
    lines = [{"n": n, "t": "x" * (n % 50), "v": [n] * (n % 3)} for n in range(150_000)]
    lines[70_000] = '{"n": 1, "t": null, "v": [], "t": "twice"}'  # type: ignore[call-overload]
    bag = files(tmp_path, lines)
    table = pa.table(bag)
    assert len(table["n"].chunks) > 1
    assert table.to_pylist() == bag.compute()


def test_an_exception_of_the_users_comes_through(tmp_path: Path) -> None:
    bag = files(tmp_path, [{"k": 1}, {}]).pluck("k")
    with pytest.raises(KeyError, match="k") as raised:
        pa.table(bag)
    assert "line 2" in "".join(raised.value.__notes__)


def test_a_stream_that_is_not_read_to_its_end(tmp_path: Path) -> None:
    bag = files(tmp_path, *([{"k": n}] * 1000 for n in range(20)))
    reader = pa.RecordBatchReader.from_stream(bag)
    assert reader.read_next_batch().num_rows == 1000
    del reader
    assert bag.count().compute() == 20_000


def test_without_pyarrow_it_says_what_to_install(tmp_path: Path) -> None:
    path = tmp_path / "0.json"
    path.write_text(json.dumps({"k": 1}))
    source = (
        "import sys; sys.modules['pyarrow'] = None\n"
        f"import satchel\nsatchel.read_ndjson({str(path)!r}).__arrow_c_stream__()"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert "pip install 'satchel[arrow]'" in done.stderr
