"""A random function of Python's own is worth the same on the parts of a record that it touches."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import given, note
from hypothesis import strategies as st

from properties.examples import Seen, examples
from properties.functions import TYPES, Writer, made
from properties.records import Records
from satchel.expr.reach import reach


def pruned(record: Any, paths: frozenset[tuple[str, ...]]) -> Any:
    """The record with nothing but these paths, in its own order."""
    if () in paths or not isinstance(record, dict):
        return record
    kept = {}
    for key, value in record.items():
        inner = frozenset(path[1:] for path in paths if path[0] == key)
        if inner:
            kept[key] = pruned(value, inner)
    return kept


def came_of(function: Callable[[Any], Any], record: Any) -> tuple[str, str]:
    try:
        return "returns", repr(function(record))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        return type(error).__name__, str(error)


def changed(before: Any, after: Any) -> bool:
    return json.dumps(before) != json.dumps(after)


def test_a_function_is_worth_the_same_on_what_it_touches() -> None:
    seen = Seen()

    @examples(400)
    @given(st.integers(0, 2**48), st.sampled_from([0, 0.1, 0.4]), st.sampled_from([0, 0.1]))
    def holds(seed: int, drift: float, odd: float) -> None:
        random = Random(seed)
        writer = Writer(random, wild=0.05, foreign=1.0)
        source = writer.function(random.choice((*TYPES, "any", "list")))
        note(source)
        function = made(source)
        found = reach(function, 0)
        seen["examples"] += 1
        seen["on fields"] += found.paths is not None
        if found.paths is None:
            return
        lines = Records(random, drift, odd)
        for number in range(8):
            try:
                record = json.loads(lines.line(number))
            except ValueError:
                continue
            part = pruned(copy.deepcopy(record), found.paths)
            whole, before = copy.deepcopy(record), copy.deepcopy(part)
            assert came_of(function, whole) == came_of(function, part), (found.paths, record)
            if changed(before, part) or changed(record, whole):
                assert found.changes, record
            seen["records"] += 1

    holds()
    seen.tell("reach")
    assert seen.share("on fields") > 0.3
