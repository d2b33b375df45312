"""A bag as Parquet files: one a partition, whole or absent, under every scheduler."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conformance.rows import EVERYWHERE
from conformance.schedulers import Schedulers

import satchel
from ways_out.data import files, rows, three
from ways_out.test_arrow import PARTS


@pytest.mark.parametrize(
    "shape",
    {
        "native": lambda b: b.map(three),
        "records": lambda b: b,
        "by Python": lambda b: b.map(lambda e: dict(three(e))),
        "of dask.bag": lambda b: b.map(three).map_partitions(list),
    }.items(),
    ids=lambda case: case[0],
)
@pytest.mark.parametrize("scheduler", EVERYWHERE)
def test_a_file_a_partition(
    shape: Any, scheduler: str, tmp_path: Path, schedulers: Schedulers
) -> None:
    (tmp_path / "in").mkdir()
    bag = shape[1](files(tmp_path / "in", *PARTS))
    with schedulers.use(scheduler):
        paths = bag.to_parquet(str(tmp_path / "out"))
    assert [os.path.basename(path) for path in paths] == [f"part.{n}.parquet" for n in range(4)]
    assert sorted(os.listdir(tmp_path / "out")) == sorted(map(os.path.basename, paths))
    tables = [pq.read_table(path) for path in paths]
    assert len({table.schema for table in tables}) == 1
    assert [table.num_rows for table in tables] == [7, 0, 4, 1]
    found = pa.concat_tables(tables).select(["k", "n", "v"])
    assert found.to_pylist() == rows(found, bag.compute(scheduler="sync"))


def test_a_schema_and_a_compression_that_are_given(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    bag = files(tmp_path / "in", *PARTS)
    schema = pa.schema([("n", pa.int32()), ("k", pa.string())])
    paths = bag.to_parquet(str(tmp_path / "out"), schema=schema, compression="zstd")
    file = pq.ParquetFile(paths[0])
    assert file.schema_arrow == schema
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    assert file.read().to_pylist() == rows(file.read(), bag.compute()[:7])


def test_many_rows_are_written_as_they_come(tmp_path: Path) -> None:
    bag = files(tmp_path, [{"n": n, "t": "x" * (n % 50)} for n in range(150_000)])
    (path,) = bag.to_parquet(str(tmp_path / "out"))
    file = pq.ParquetFile(path)
    assert file.num_row_groups > 1
    assert file.read().to_pylist() == bag.compute()


@pytest.mark.parametrize("by", [lambda e: e["k"], lambda e: [e["k"]][0]])
def test_a_failure_leaves_no_file(by: Any, tmp_path: Path) -> None:
    source = tmp_path / "0.json"
    source.write_text("".join(f"{json.dumps({'k': n})}\n" for n in range(1000)) + "{}\n")
    schema = pa.schema([("value", pa.int64())])
    bag = satchel.read_ndjson(str(source)).map(by)
    with pytest.raises(KeyError):
        bag.to_parquet(str(tmp_path / "out"), schema=schema)
    assert not any((tmp_path / "out").glob("**/*"))


def test_a_value_that_does_not_fit_leaves_no_file(tmp_path: Path) -> None:
    bag = files(tmp_path, [{"k": 1}, {"k": "a"}]).pluck("k")
    with pytest.raises(pa.ArrowException):
        bag.to_parquet(str(tmp_path / "out"), schema=pa.schema([("value", pa.int64())]))
    assert not any((tmp_path / "out").glob("**/*"))


def test_a_link_is_written_through_also_where_python_takes_over(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    bag = files(tmp_path / "in", [{"k": 1}, {"k": 2**64 - 1}]).pluck("k")
    out, real = tmp_path / "out", tmp_path / "real"
    out.mkdir()
    real.touch()
    (out / "part.0.parquet").symlink_to(real)
    bag.to_parquet(str(out), schema=pa.schema([("value", pa.uint64())]))
    assert pq.read_table(real)["value"].to_pylist() == [1, 2**64 - 1]
    assert (out / "part.0.parquet").is_symlink()


def test_what_is_written_twice_is_written_again(tmp_path: Path) -> None:
    bag = files(tmp_path, [{"k": 1}])
    (path,) = bag.to_parquet(str(tmp_path / "out"))
    os.remove(path)
    assert bag.to_parquet(str(tmp_path / "out")) == [path]
    assert pq.read_table(path).to_pylist() == [{"k": 1}]


def test_a_file_system_that_is_not_local(tmp_path: Path) -> None:
    bag = files(tmp_path, *PARTS).map(three)
    paths = bag.to_parquet("memory://ways-out", scheduler="threads")
    with fsspec.open(f"memory://{paths[2]}", "rb") as file:
        assert pq.read_table(file).num_rows == 4
