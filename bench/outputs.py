"""What the ways out cost: five fields to a DataFrame, and one type's lines to files.

`python -m bench.outputs '{"paths": [...], "rounds": 5}'` prints the CPU seconds of each case, a
list with one figure a round. Every answer is compared before its time counts.
"""

import gzip
import json
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any


def five(e: Any) -> dict[str, Any]:
    """Return five fields: texts, a number and a truth value."""
    return {
        "id": e["id"],
        "type": e["type"],
        "login": e["actor"]["login"],
        "repo": e["repo"]["id"],
        "public": e["public"],
    }


def is_push(line: str) -> bool:
    """Tell whether the line is a push's."""
    return bool(json.loads(line)["type"] == "PushEvent")


def frame(library: str, paths: list[str]) -> Any:
    """Return five fields as a DataFrame of pandas."""
    frame = _db(library).read_text(paths).map(json.loads).map(five).to_dataframe()
    return frame.compute(scheduler="sync")


def polars_frame(paths: list[str]) -> Any:
    """Return the same by Polars, whose schema is given."""
    import polars as pl

    schema: dict[str, Any] = {
        "id": pl.String,
        "type": pl.String,
        "actor": pl.Struct({"login": pl.String}),
        "repo": pl.Struct({"id": pl.Int64}),
        "public": pl.Boolean,
    }
    login = pl.col("actor").struct.field("login")
    repo = pl.col("repo").struct.field("id").alias("repo")
    fields = pl.scan_ndjson(paths, schema=schema).select("id", "type", login, repo, "public")
    return fields.collect(engine="streaming").to_pandas()


def lines(library: str, paths: list[str], folder: str) -> list[str]:
    """Write the lines of one type to files, and return their paths."""
    kept = _db(library).read_text(paths).filter(is_push)
    written = kept.to_textfiles(f"{folder}/*.json.gz", scheduler="sync")
    assert isinstance(written, list)
    return written


def _db(library: str) -> Any:
    import dask.bag

    import satchel

    return satchel if library == "satchel" else dask.bag


def _texts(paths: list[str]) -> list[bytes]:
    found = []
    for path in paths:
        with gzip.open(path) as file:
            found.append(file.read())
    return found


def main() -> None:
    """Measure, in turns, and print."""
    import dask

    task = json.loads(sys.argv[1])
    seconds: dict[str, list[float]] = {}
    known: dict[str, Any] = {}

    def measure(name: str, turn: int, function: Callable[..., Any], *args: Any) -> Any:
        start = time.process_time()
        found = function(*args)
        if turn:  # The first round warms up.
            seconds.setdefault(name, []).append(time.process_time() - start)
        return found

    with dask.config.set(scheduler="sync"):
        for turn in range(task["rounds"] + 1):
            for library in ("satchel", "dask.bag"):
                one_round(library, turn, task["paths"], measure, known)
            found = measure("frame, polars", turn, polars_frame, task["paths"])
            assert (found.to_numpy() == known["frame"].to_numpy()).all()
    print(json.dumps(seconds))


def one_round(
    library: str, turn: int, paths: list[str], measure: Callable[..., Any], known: dict[str, Any]
) -> None:
    """Measure a library once; what it gives must be what the other one gave."""
    found = measure(f"frame, {library}", turn, frame, library, paths)
    assert known.setdefault("frame", found).equals(found), library
    with tempfile.TemporaryDirectory() as folder:
        written = measure(f"lines, {library}", turn, lines, library, paths, folder)
        texts = _texts(written)
    assert known.setdefault("lines", texts) == texts, library


if __name__ == "__main__":
    main()
