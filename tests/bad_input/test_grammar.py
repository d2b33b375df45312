"""JSON text by table: the value, or the error with its message and position, of `json.loads`."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conformance.difference import difference
from conformance.rows import ours_only, subject

from bad_input.grammar import RIGHT, UTF8, WRONG

QUERIES: dict[str, Callable[[Any], Any]] = {
    "a field that it is": lambda e: e["x"],
    "a field beside it": lambda e: e["t"],
    "whether it is there": lambda e: ("x" in e, e.get("t"), len(e)),
    "the record": lambda e: e,
    "Python": lambda e: sorted(e.items(), key=repr),
}
PLACES = {
    "before": '{"x": %, "t": "é"}',
    "after": '{"t": [1, "]"], "x":%}',
    "within": '{"t": 1, "x": {"y": [0, %, {"z": []}]}, "u": ""}',
    "alone": "%",
}


def rows(table: dict[str, dict[str, str]]) -> list[Any]:
    return [
        pytest.param(text, id=f"{production}: {name}")
        for production, texts in table.items()
        for name, text in texts.items()
    ]


def loaded(text: str, query: Callable[[Any], Any]) -> tuple[Any, Exception | None]:
    try:
        return query(json.loads(text)), None
    except Exception as error:  # noqa: BLE001 (any exception is an outcome)
        return None, error


def computed(path: Path, query: Callable[[Any], Any]) -> tuple[Any, Exception | None]:
    try:
        (value,) = subject.read_text(str(path), encoding="utf-8").map(json.loads).map(query)
    except Exception as error:  # noqa: BLE001 (any exception is an outcome)
        return None, error
    return value, None


def seen(error: Exception | None) -> tuple[Any, ...]:
    """What can be told of an error: its class, its message, and where it points."""
    places = (getattr(error, name, None) for name in ("msg", "pos", "lineno", "colno", "doc"))
    return type(error), str(error), *places


def same(text: str, path: Path) -> None:
    """Each query of each place, on satchel and on `json.loads`."""
    for place, around in PLACES.items():
        line = around.replace("%", text)
        path.write_bytes(line.encode("utf-8"))
        for name, query in QUERIES.items():
            expected, error = loaded(line, query)
            found, ours = computed(path, query)
            where = f"{name}, {place}: {line[:200]}"
            assert seen(ours) == seen(error), where
            assert difference(expected, found) is None, where


@ours_only
@pytest.mark.parametrize("text", rows(RIGHT))
def test_right(text: str, tmp_path: Path) -> None:
    json.loads(text)
    same(text, tmp_path / "line.json")


@ours_only
@pytest.mark.parametrize("text", rows(WRONG))
def test_wrong(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        json.loads(text)
    same(text, tmp_path / "line.json")


@ours_only
@pytest.mark.parametrize("odd", [pytest.param(odd, id=name) for name, odd in UTF8.items()])
def test_not_utf8(odd: bytes, tmp_path: Path) -> None:
    path = tmp_path / "line.json"
    for around in (b'{"x": "%"}', b'{"t": 1, "%": "x"}', b'{"x": %}', b"%", b'{"x": 2}%'):
        data = around.replace(b"%", odd)
        path.write_bytes(data)
        with pytest.raises(UnicodeDecodeError) as expected:
            list(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        for query in QUERIES.values():
            _, error = computed(path, query)
            assert (type(error), str(error)) == (UnicodeDecodeError, str(expected.value)), around
