"""Files of JSON lines, and what their values are as rows of a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa

import satchel


def files(folder: Path, *parts: list[Any]) -> Any:
    """A bag of the records that these lists become, a file each; text stands as it is."""
    for number, part in enumerate(parts):
        lines = [line if isinstance(line, str) else json.dumps(line) for line in part]
        (folder / f"{number}.json").write_text("".join(f"{line}\n" for line in lines))
    return satchel.read_ndjson(f"{folder}/*.json", blocksize=None)


def values(folder: Path, *parts: list[Any]) -> Any:
    """A bag of these values, which are the key k of records."""
    return files(folder, *([{"k": value} for value in part] for part in parts)).pluck("k")


def rows(table: pa.Table, found: list[Any]) -> list[Any]:
    """Elements as the rows of a table have them: a key that is missing is null."""
    return [_as(pa.struct(list(table.schema)), element) for element in found]


def _as(kind: pa.DataType, value: Any) -> Any:
    if value is None:
        return None
    if pa.types.is_struct(kind):
        return {one.name: _as(one.type, value.get(one.name)) for one in kind}
    if pa.types.is_large_list(kind):
        return [_as(kind.value_type, item) for item in value]
    return float(value) if pa.types.is_floating(kind) else value


def three(e: Any) -> Any:
    return {"k": e["k"], "n": e.get("n"), "v": e["v"]}
