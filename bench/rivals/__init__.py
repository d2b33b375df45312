"""The rivals, one file each: `answer(question, paths, threads)`, and what they are called.

A rival may also have `prepare(folder, paths, threads)`, which runs before the
clock starts and returns the paths that it will read instead, and `PACKAGES`,
whose versions are recorded.
"""

from typing import NamedTuple


class Rival(NamedTuple):
    """A row of the table: its name, the module that answers, the module's variant, a label."""

    name: str
    module: str
    variant: str
    label: str
    ours: bool = False


RIVALS = (
    Rival("satchel-strict", "satchel_strict", "", "satchel, every line checked whole", ours=True),
    Rival("satchel-touched", "satchel_touched", "", 'satchel, validate="touched"', ours=True),
    Rival("inflate-only", "inflate_only", "", "inflate only, no question answered", ours=True),
    Rival("chdb-json", "chdb_json", "", "ClickHouse (chdb) on JSON"),
    Rival("duckdb-json", "duckdb_json", "", "DuckDB on JSON"),
    Rival("duckdb-parquet", "duckdb_parquet", "", "DuckDB on Parquet, converted before"),
    Rival("polars-json", "polars_json", "", "Polars on JSON"),
    Rival("dask-json", "dask_bag", "json", "dask.bag with json"),
    Rival("dask-ujson", "dask_bag", "ujson", "dask.bag with ujson"),
    Rival("dask-orjson", "dask_bag", "orjson", "dask.bag with orjson"),
)
BY_NAME = {rival.name: rival for rival in RIVALS}
