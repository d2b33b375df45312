"""The schema of records: the kernel's against the obvious one in Python, and how it is shown."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import satchel as db
from satchel.schema import Schema
from satchel.schema.table import text
from satchel.schema.tree import MOST_PLACES, Tree

RECORDS = [
    '{"a": null, "list": [{"n": 1}, {"n": 2.5}]}',
    ' {"a": "text", "list": [], "deep": {"deeper": {"deepest": true}}}',
    '{"a.b": 1, "": 2, "[]": [[1], [null]], "\\u00e9\\n": "\\ud83d\\ude00"}',
    "3",
    "null",
    '"text"',
]
ODD = [
    '{"twice": 1, "twice": "last"}',
    '{"nan": NaN, "large": 123456789012345678901234567890}',
    '{"lone": "\\ud800"}',
    "[" * 70 + "]" * 70,
]
BAD = ['{"cut": ', "", "nothing"]

FILES = {
    "one": [RECORDS],
    "several": [RECORDS[:2], RECORDS[2:], RECORDS],
    "odd": [RECORDS, ODD],
    "bad": [[*RECORDS[:3], *BAD], [*ODD, BAD[0], *RECORDS[3:]]],
    "none": [[]],
}


def read(folder: Path, files: list[list[str]]) -> Any:
    for number, lines in enumerate(files):
        content = "".join(line + "\n" for line in lines).encode()
        (folder / f"{number}.json.gz").write_bytes(gzip.compress(content))
    return db.read_text(str(folder / "*.json.gz"))


def obvious(files: list[list[str]], limit: int | None = None) -> Schema:
    """What a loop over the lines finds."""
    tree = Tree()
    for line in [line for lines in files for line in lines][:limit]:
        try:
            tree.add(json.loads(line))
        except ValueError:
            tree.unreadable += 1
    return Schema(tree, limit)


def facts(schema: Schema) -> dict[str, Any]:
    """All that is told but for examples, which the kernel copies from the line as it stands."""
    found = schema.to_dict()
    for row in found["paths"].values():
        del row["example"]
    return found


@pytest.mark.parametrize("files", FILES.values(), ids=FILES)
@pytest.mark.parametrize("limit", [None, 1, 4, 1_000])
def test_the_kernel_finds_what_a_loop_finds(
    files: list[list[str]], limit: int | None, tmp_path: Path
) -> None:
    found = read(tmp_path, files).map(json.loads).schema(limit)
    assert facts(found) == facts(obvious(files, limit))
    assert found.headline == obvious(files, limit).headline


STEPS: dict[str, Callable[[Any], Any]] = {
    "native filter": lambda b: b.map(json.loads).filter(lambda e: isinstance(e, dict)),
    "text filter": lambda b: b.filter(lambda line: "list" in line).map(json.loads),
    "python filter": lambda b: b.map(json.loads).filter(lambda e: type(e).__name__ == "dict"),
    "mapped": lambda b: b.map(json.loads).map(lambda e: [e, 1]),
    "reduced": lambda b: b.map(json.loads).map(str).frequencies(),
    "without a plan": lambda b: b.map(json.loads).map_partitions(list),
}


@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
@pytest.mark.parametrize("limit", [None, 2])
def test_of_any_pipeline(steps: Callable[[Any], Any], limit: int | None, tmp_path: Path) -> None:
    bag = steps(read(tmp_path, [RECORDS, RECORDS[1:]]))
    tree = Tree()
    for element in bag.compute(scheduler="sync")[:limit]:
        tree.add(element)
    assert facts(bag.schema(limit)) == facts(Schema(tree, limit))


def test_what_is_told_of_a_path(tmp_path: Path) -> None:
    schema = read(tmp_path, FILES["one"]).map(json.loads).schema()
    row = schema.paths["list[].n"]
    assert (row.types, row.records, row.share) == ({"int": 1, "float": 1}, 1, 1 / 6)
    assert (row.depth, row.name, row.example, row.counts) == (2, "n", "1", "int 1, float 1")
    assert list(schema.paths) == [
        "", "a", "list", "list[]", "list[].n", "deep", "deep.deeper", "deep.deeper.deepest",
        '["a.b"]', '[""]', '["[]"]', '["[]"][]', '["[]"][][]', '["é\\n"]',
    ]  # fmt: skip


def test_the_table() -> None:
    schema = obvious([[*RECORDS[:2], '{"a": "' + "x" * 90 + '"}']])
    assert text(schema, 60).splitlines() == [
        "3 records (all), 7 paths",
        "",
        "path         records  types           example",
        'a              100 %  str 2, None 1   "text"',
        "list          66.7 %  list",
        "  []          33.3 %  dict",
        "    n         33.3 %  int 1, float 1  1",
        "deep          33.3 %  dict",
        "  deeper      33.3 %  dict",
        "    deepest   33.3 %  bool            true",
    ]


def test_many_paths_stay_within_the_width() -> None:
    wide = {f"key {i} {'k' * i}": {"x" * 200: [["é" * 300, i]]} for i in range(400)}
    schema = obvious([[json.dumps(wide), "1"]])
    lines = text(schema, 80).splitlines()
    assert len(schema.paths) == 1_601
    assert len(lines) == 1_604
    assert max(map(len, lines)) <= 80


def test_a_page_is_escaped(tmp_path: Path) -> None:
    page = obvious([['{"<b>": "<script>"}']])._repr_html_()
    assert "<b>" not in page
    assert "<script>" not in page
    assert page.count("<tr>") == 2


def test_keys_that_are_data_do_not_fill_the_memory(tmp_path: Path) -> None:
    keys = json.dumps(dict.fromkeys(map(str, range(MOST_PLACES + 5)), 0))
    found = read(tmp_path, [[keys], [keys]]).map(json.loads).schema()
    assert len(found.paths) == MOST_PLACES - 1
    assert not found.complete
    assert found.headline.endswith("the others left out")


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda b: b.schema(), TypeError),
        (lambda b: b.map(json.loads).schema(0), ValueError),
        (lambda b: b.map(json.loads).filter(lambda e: e["no"]).schema(), KeyError),
    ],
    ids=["lines", "limit", "the user's own"],
)
def test_errors(make: Callable[[Any], Any], error: type[Exception], tmp_path: Path) -> None:
    with pytest.raises(error):
        make(read(tmp_path, [RECORDS[:1]]))


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "0.json.gz").write_bytes(gzip.compress(b'{"a": 1}\n' * 9_000)[:50])
    with pytest.raises(EOFError) as caught:
        db.read_text(str(tmp_path / "0.json.gz")).map(json.loads).schema()
    assert "0.json.gz" in str(caught.value.__notes__)
