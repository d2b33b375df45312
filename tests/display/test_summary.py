"""What a bag says of itself."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import satchel as db


def is_push(e):
    return e["type"] == "PushEvent"


def opaque(e):
    return print(e)


ROWS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "lines": (
        lambda b: b,
        "satchel.Bag: 2 files, 0.0 MB, 2 partitions\n  read_text   native",
    ),
    "native": (
        lambda b: b.map(json.loads).filter(is_push).pluck("actor"),
        "satchel.Bag: 2 files, 0.0 MB, 2 partitions\n"
        "  read_text                               native\n"
        "  map(json.loads)                         native\n"
        '  filter(record["type"] == "PushEvent")   native\n'
        '  pluck(record["actor"])                  native',
    ),
    "python": (
        lambda b: b.map(json.loads).map(opaque).frequencies(),
        "satchel.Bag: 2 files, 0.0 MB, 2 partitions\n"
        "  read_text         native\n"
        "  map(json.loads)   native\n"
        "  map(opaque)       python, whole record\n"
        "  frequencies()     python",
    ),
}


@pytest.fixture
def lines(tmp_path: Path) -> Any:
    for name in ("a", "b"):
        (tmp_path / f"{name}.json.gz").write_bytes(gzip.compress(b'{"type": "PushEvent"}\n'))
    return db.read_text(str(tmp_path / "*.json.gz"))


@pytest.mark.parametrize(("make", "shown"), ROWS.values(), ids=ROWS)
def test_repr(make: Callable[[Any], Any], shown: str, lines: Any) -> None:
    bag = make(lines)
    assert repr(bag) == str(bag) == shown
    page = bag._repr_html_()
    assert page.count("<tr>") == page.count("</tr>") == len(shown.splitlines()) - 1
    assert '"PushEvent"' not in page  # It is escaped.


def test_a_bag_without_a_plan_is_shown_as_dask_does() -> None:
    bag = db.from_sequence([1, 2], npartitions=2)
    assert repr(bag) == f"satchel.Bag<{bag.name}, npartitions=2>"
    assert bag._repr_html_() == f"<pre>satchel.Bag&lt;{bag.name}, npartitions=2&gt;</pre>"


def test_repr_survives_files_that_are_gone(lines: Any, tmp_path: Path) -> None:
    for path in tmp_path.iterdir():
        path.unlink()
    assert repr(lines).startswith("satchel.Bag: 2 files, 0.0 MB")


def test_repr_survives_anything(lines: Any) -> None:
    bag = lines.map(json.loads)
    bag._plan = object()
    assert repr(bag) == f"satchel.Bag<{bag.name}, npartitions=2>"
