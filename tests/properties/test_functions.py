"""A function in the kernel is worth what it is worth in Python, record by record."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from conformance.difference import difference
from hypothesis import given, note
from hypothesis import strategies as st

import satchel
from properties.examples import Seen, examples
from properties.functions import TYPES, Writer, made
from properties.records import Records


def called(function: Callable[[Any], Any], line: str) -> tuple[Any, Exception | None]:
    try:
        return function(json.loads(line)), None
    except Exception as error:  # noqa: BLE001 (any exception is an outcome)
        return None, error


def test_a_function_is_worth_the_same_in_the_kernel(tmp_path: Path) -> None:
    """All rows that give a value at once; rows that raise one by one, a few of each function."""
    seen = Seen()
    path = tmp_path / "lines.json"

    @examples(250)
    @given(
        st.randoms(use_true_random=True),
        st.integers(0, 2**32),
        st.integers(1, 60),
        st.sampled_from([0, 0, 0.1, 0.4]),
        st.sampled_from([0, 0, 0.1, 0.4]),
        st.sampled_from([0, 0, 0, 0.1]),
    )
    def holds(
        choices: Random, seed: int, count: int, drift: float, odd: float, wild: float
    ) -> None:
        source = Writer(choices, wild=wild).function(choices.choice((*TYPES, "any", "list")))
        note(source)
        function = made(source)
        random = Random(seed)
        records = Records(random, drift, odd)
        rows = [(line, *called(function, line)) for line in map(records.line, range(count))]
        answered = [(line, value) for line, value, error in rows if error is None]
        raised = [(line, error) for line, _, error in rows if error is not None]
        seen["examples"] += 1

        path.write_text("".join(f"{line}\n" for line, _ in answered), "utf-8")
        records_of = satchel.read_text(str(path)).map(json.loads)
        native = records_of.map(function).explain().all_native
        seen["native"] += native
        seen["native with answers"] += native and bool(answered)
        seen["rows"] += len(answered)
        values = [value for _, value in answered]
        found = records_of.map(function).compute()
        assert difference(values, found) is None, _first(answered, found)
        truths = records_of.filter(function).count().compute()
        assert truths == sum(map(bool, values))

        for line, error in raised[:2]:
            seen["raises"] += 1
            path.write_text(line + "\n", "utf-8")
            counted, ours = called(lambda _: records_of.map(function).count().compute(), "0")
            assert ours is not None, f"no {error!r}, but {counted} for {line}"
            assert (type(ours), str(ours)) == (type(error), str(error)), line

    holds()
    seen.tell("functions")
    assert seen.share("native with answers") > 0.7


def _first(answered: list[tuple[str, Any]], found: list[Any]) -> str:
    """What differs first, with its line."""
    for (line, value), ours in zip(answered, found, strict=False):
        problem = difference(value, ours)
        if problem:
            return f"{problem} for {line}"
    return f"expected {len(answered)} elements, found {len(found)}"
