"""DuckDB on Parquet: what a user has after converting the archive once.

The columns that the three questions read are converted; the time that it took
is kept beside them and printed, since it is the price of the row.
"""

import json
import resource
from pathlib import Path

from bench.questions import Answer
from bench.rivals.duckdb_json import QUERIES

PACKAGES = ("duckdb",)


def prepare(folder: Path, paths: list[str], threads: int) -> list[str]:
    """Convert the files, unless that was done before; return the Parquet files."""
    target = folder / "parquet"
    target.mkdir(exist_ok=True)
    converted = [target / f"{Path(path).name}.parquet" for path in paths]
    if not all(path.exists() for path in converted):
        import duckdb

        before = resource.getrusage(resource.RUSAGE_SELF)
        connection = duckdb.connect(config={"threads": threads})
        for path, new in zip(paths, converted, strict=True):
            connection.execute(
                "COPY (SELECT * FROM read_json(?, format = 'newline_delimited', "
                "compression = 'gzip', maximum_object_size = 33554432, columns = {type: 'VARCHAR', "
                "actor: 'STRUCT(login VARCHAR)', payload: 'STRUCT(commits STRUCT(sha VARCHAR, "
                f"message VARCHAR)[])'}})) TO '{str(new).replace(chr(39), chr(39) * 2)}' "
                "(FORMAT parquet)",
                [path],
            )
        after = resource.getrusage(resource.RUSAGE_SELF)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        (target / "conversion.json").write_text(json.dumps({"cpu_seconds": spent}))
    return [str(path) for path in converted]


def answer(question: str, paths: list[str], threads: int, variant: str = "") -> Answer:
    import duckdb

    connection = duckdb.connect(config={"threads": threads})
    query = QUERIES[question].format(source="read_parquet(?)")
    return connection.execute(query, [paths]).fetchall()
