"""What a user who counts on native speed is told when some of it was not."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import dask
import pytest

import satchel as db
from satchel.errors import FallbackWarning, NotNative
from satchel.expr.lower import mistaken


def records(folder: Path, odd: int, of: int = 1000) -> Any:
    """So many records, of which the first few lack the name."""
    lines = [json.dumps({"n": i} if i < odd else {"n": i, "name": f"x{i % 7}"}) for i in range(of)]
    file = folder / "records.json"
    file.write_text("".join(f"{line}\n" for line in lines))
    return db.read_text(str(file)).map(json.loads)


def name(e: Any) -> Any:
    try:
        return e["name"]
    except KeyError as error:
        return str(error)


def unknown(e: Any) -> Any:
    return repr(e["name"])


def told(run: Any) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run()
    return [str(each.message) for each in caught if each.category is FallbackWarning]


def test_many_rows_that_fell_back_are_told(tmp_path: Path) -> None:
    query = records(tmp_path, 11).map(name).frequencies()
    (text,) = told(query.compute)
    assert text.startswith("11 rows of 1,000 (1.1%) fell back to Python")
    assert f"{tmp_path}/records.json, line 1, byte 0: a place that only the function" in text


def test_the_warning_points_at_the_compute(tmp_path: Path) -> None:
    query = records(tmp_path, 500).map(name).count()
    with pytest.warns(FallbackWarning) as caught:
        query.compute()
    assert caught[0].filename == __file__


def test_a_native_run_is_silent(tmp_path: Path) -> None:
    assert told(records(tmp_path, 0).map(name).frequencies().compute) == []


def test_a_step_in_python_is_no_fallback(tmp_path: Path) -> None:
    assert told(records(tmp_path, 0).map(unknown).count().compute) == []


def test_strict_native_takes_no_fallback(tmp_path: Path) -> None:
    query = records(tmp_path, 20).map(name).count()
    with dask.config.set({"satchel.strict-native": True}):
        with pytest.raises(NotNative, match=r"20 rows of 1,000 .* fell back to Python"):
            query.compute()
        assert records(tmp_path, 0).map(name).count().compute() == 1000


@pytest.mark.parametrize("scheduler", [None, "sync", "threads"])
def test_strict_native_takes_no_step_in_python(tmp_path: Path, scheduler: str | None) -> None:
    query = records(tmp_path, 0).map(unknown).count()
    options = {} if scheduler is None else {"scheduler": scheduler}
    text = r"(?s)map\(unknown\).*python, 1 fields.*calls repr"
    with (
        dask.config.set({"satchel.strict-native": True}),
        pytest.raises(NotNative, match=text),
    ):
        query.compute(**options)
    assert query.compute(**options) == 1000


def test_a_mistake_in_reading_a_function_costs_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*args: Any) -> Any:
        raise KeyError("*0")

    monkeypatch.setattr("satchel.expr.lower.mistaken", mistaken)
    monkeypatch.setattr("satchel.expr.calls.Caller.function", breaks)
    query = records(tmp_path, 1).map(name).frequencies()
    assert dict(query.compute())["'name'"] == 1
    assert "a mistake in reading it, please report it (KeyError: '*0')" in str(query.explain())
