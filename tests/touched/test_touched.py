"""``validate="touched"``: strict's answers on good lines, and no look at what nobody reads."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import satchel as db

Query = Callable[[Any], Any]

QUERIES: dict[str, Query] = {
    "a filter first": lambda b: b.filter(lambda e: e["t"] == "a").pluck("n").sum(),
    "remove": lambda b: b.remove(lambda e: e["t"] == "a").pluck("n").frequencies(),
    "two filters": lambda b: (
        b.filter(lambda e: e["t"] != "c").filter(lambda e: e["n"] > 2).pluck("s").distinct()
    ),
    "a map before the filter": lambda b: (
        b.map(lambda e: (e["t"], e["n"])).filter(lambda pair: pair[0] == "b").count()
    ),
    "a filter that misses a key": lambda b: b.filter(lambda e: e.get("m") is None).pluck("n").max(),
    "no filter": lambda b: b.pluck("s").frequencies(),
    "a fold behind a filter": lambda b: b.filter(lambda e: e["t"] == "b").foldby(
        lambda e: e["s"], lambda total, e: total + len(e["l"]), 0
    ),
}


def record(i: int) -> dict[str, Any]:
    """Records of three kinds, whose first key is now what is filtered by and now another."""
    fields = [("t", "abc"[i % 3]), ("n", i), ("s", f"é{i % 5}"), ("l", [1] * (i % 4))]
    if i % 7 == 0:
        fields.append(("m", None if i % 2 else "x"))
    return dict(fields[i % 4 :] + fields[: i % 4])


def written(path: Path, lines: list[str]) -> str:
    path.write_bytes(gzip.compress("".join(line + "\n" for line in lines).encode()))
    return str(path)


@pytest.mark.parametrize("query", QUERIES.values(), ids=list(QUERIES))
@pytest.mark.parametrize("odd", [False, True], ids=["clean", "with rows that fall back"])
def test_the_same_answer_as_strict(query: Query, odd: bool, tmp_path: Path) -> None:
    lines = [json.dumps(record(i), ensure_ascii=bool(i % 2)) for i in range(400)]
    if odd:
        lines[17] = '{"t": "a", "n": 1e400, "s": "\\ud800", "l": []}'
        lines[203] = '{"t": "b", "n": 5, "s": "", "l": [NaN]}'
    path = written(tmp_path / "some.json.gz", lines)
    strict = query(db.read_ndjson(path)).compute()
    assert query(db.read_ndjson(path, validate="touched")).compute() == strict


def test_what_a_dropped_row_holds_is_not_looked_at(tmp_path: Path) -> None:
    lines = ['{"t": "a", "n": 1}', '{"t": "b", "n": oops', '{"t": "a", "n": 2}']
    path = written(tmp_path / "some.json.gz", lines)
    kept = db.read_ndjson(path, validate="touched").filter(lambda e: e["t"] == "a")
    assert kept.pluck("n").sum().compute() == 3
    with pytest.raises(json.JSONDecodeError):
        db.read_ndjson(path).filter(lambda e: e["t"] == "a").pluck("n").sum().compute()


def test_what_a_kept_row_reads_is(tmp_path: Path) -> None:
    path = written(tmp_path / "some.json.gz", ['{"t": "a", "n": 1}', '{"t": "a", "n": oops}'])
    kept = db.read_ndjson(path, validate="touched").filter(lambda e: e["t"] == "a")
    with pytest.raises(json.JSONDecodeError):
        kept.pluck("n").sum().compute()
