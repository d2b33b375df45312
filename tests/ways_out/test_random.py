"""Random records, a third of them odd: the kernel's table is that of its slow twin in Python."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from properties.examples import Seen, examples

import satchel
from satchel.run.types import Conflict, describe, fields_of

TEXT = st.text(max_size=5)
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "ints": st.integers(-(2**63), 2**63 - 1),
    "small ints": st.integers(-100, 100),
    "floats": st.floats() | st.integers(-5, 5),
    "texts": TEXT,
    "bools": st.booleans(),
    "nothing": st.none(),
}


def nested(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Strategies of values that all have one type."""

    def lists(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.lists(value | st.none(), max_size=3)

    def dicts(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.dictionaries(st.sampled_from("abc"), value | st.none(), max_size=3)

    return st.sampled_from([of, lists(of), dicts(of), lists(dicts(of)), dicts(lists(of))])


KINDS = st.sampled_from(list(SCALARS)).flatmap(lambda name: nested(SCALARS[name]))
FILES = st.lists(KINDS, max_size=3).flatmap(
    lambda kinds: st.lists(
        st.lists(
            st.fixed_dictionaries({}, optional={f"k{i}": kind for i, kind in enumerate(kinds)}),
            max_size=6,
        ),
        min_size=1,
        max_size=3,
    )
)


def same(one: Any, other: Any) -> bool:
    """Equality in which a NaN is a NaN, and 1 is not 1.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return bool(one == other)


def test_any_records(tmp_path: Path) -> None:
    seen = Seen()

    @examples(150)
    @given(FILES, st.data(), st.sampled_from(["records", "columns", "one"]))
    def holds(files: list[list[Any]], data: st.DataObject, shape: str) -> None:
        for old in tmp_path.iterdir():
            old.unlink()
        for number, part in enumerate(files):
            lines = [json.dumps(record) for record in part]
            for place, line in enumerate(lines):
                if data.draw(st.integers(0, 2)) == 0 and line != "{}":
                    # The first key once more: the row falls back.
                    lines[place] = f'{{"k0": "twice", {line[1:]}' if '"k0"' in line else line
            (tmp_path / f"{number}.json").write_text("".join(f"{line}\n" for line in lines))
        bag: Any = satchel.read_ndjson(f"{tmp_path}/*.json", blocksize=None)
        if shape == "columns":
            bag = bag.map(lambda e: {"x": e.get("k0"), "y": e.get("k1"), "z": 1})
        elif shape == "one":
            bag = bag.map(lambda e: e.get("k0"))
        elements = bag.compute(scheduler="sync")
        seen["examples"] += 1
        try:
            root, schema = fields_of(describe(elements), None)
        except Conflict:
            seen["conflicts"] += 1
            try:
                pa.table(bag)
            except satchel.errors.NoColumnType:
                return
            raise AssertionError("a conflict that the kernel does not see") from None
        table = pa.table(bag)
        assert table.schema.equals(schema), (table.schema, schema)
        expected = elements if root == "struct" else [{"value": one} for one in elements]
        wanted = pa.Table.from_pylist(expected, schema).to_pylist()
        assert same(table.to_pylist(), wanted), (table.to_pylist(), wanted)
        seen["rows"] += bool(elements)

    holds()
    seen.tell("random tables")
    assert seen.share("rows") > 0.5
