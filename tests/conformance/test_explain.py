"""explain(): each step's tier, and why it is not a faster one."""

from __future__ import annotations

import zlib
from typing import Any

import pytest

from conformance.check import Check
from conformance.rows import Row, each, ours_only, pushes, records, subject

SEEN: list[Any] = []


def remembered(e: Any) -> Any:
    SEEN.append(e["type"])
    return e["actor"]["login"]


def escapes(e: Any) -> Any:
    return sorted(e)


@each(
    Row("a captured mutable", lambda db, p: records(db, p).map(remembered), "plain", False),
    Row("a record that escapes", lambda db, p: records(db, p).map(escapes), "plain", False),
    Row("an unknown call", lambda db, p: records(db, p).map(repr), "plain", False),
    Row("one step of two", lambda db, p: pushes(db, p).map(escapes).count(), "plain", False),
    Row(
        "a loop",
        lambda db, p: records(db, p).map(
            lambda e: [c for c in e.get("payload", {}) for _ in range(2)]
        ),
        "plain",
    ),
    Row("a try", lambda db, p: records(db, p).map(tried), "plain"),
    Row("a regular expression", lambda db, p: records(db, p).map(matched).sum(), "plain"),
)
def test_what_does_not_lower_answers_all_the_same(row: Row, check: Check) -> None:
    check(row)


def tried(e: Any) -> Any:
    try:
        return e["org"]["login"]
    except KeyError as error:
        return str(error)


def matched(e: Any) -> int:
    import re

    return len(re.findall("[aeiou]", e["type"]))


def explained(pipeline: Any, check: Check) -> str:
    return str(pipeline(subject, check.places.of("plain")).explain())


@ours_only
def test_a_native_pipeline_says_so(check: Check) -> None:
    text = explained(lambda db, p: pushes(db, p).pluck("type").frequencies(), check)
    assert "native" in text
    assert "python" not in text


@ours_only
def test_the_middle_tier_says_how_many_fields(check: Check) -> None:
    text = explained(lambda db, p: records(db, p).map(remembered).frequencies(), check)
    assert "python, 2 fields" in text
    assert "whole record" not in text


@ours_only
def test_the_last_tier_says_that_the_record_escapes(check: Check) -> None:
    text = explained(lambda db, p: records(db, p).map(escapes), check)
    assert "python, whole record" in text


@ours_only
def test_a_reason_names_file_and_line(check: Check) -> None:
    text = explained(lambda db, p: records(db, p).map(remembered), check)
    line = remembered.__code__.co_firstlineno + 1
    assert "test_explain.py" in text
    assert str(line) in text


@ours_only
@pytest.mark.parametrize(
    ("function", "advice"),
    [
        (matched, "import it at the top of the module"),
        (lambda e: sorted(k for k in e), "name the keys that are wanted"),
        (lambda e: {e["id"]}, "a list in its place"),
        (lambda e: zlib.crc32(e["id"].encode()), "call it in a step of its own"),
    ],
)
def test_the_cheapest_change_is_told(function: Any, advice: str, check: Check) -> None:
    text = explained(lambda db, p: records(db, p).map(function).count(), check)
    assert f"\ntry:    {advice}" in text, text


@ours_only
def test_analyze_adds_what_was_measured(check: Check) -> None:
    bag = pushes(subject, check.places.of("plain")).pluck("type").frequencies()
    text = str(bag.explain(analyze=True))
    assert "180" in text, "the number of rows"
    assert "fallback" in text


@ours_only
@pytest.mark.parametrize("build", ["count", "sum", "max", "fold"])
def test_items_explain_themselves(build: str, check: Check) -> None:
    bag = records(subject, check.places.of("plain")).map(lambda e: e["repo"]["id"])
    item = bag.fold(lambda a, b: a + b) if build == "fold" else getattr(bag, build)()
    assert item.explain().all_native


@ours_only
def test_explaining_computes_nothing(check: Check, tmp_path: Any) -> None:
    path = tmp_path / "absent.json.gz"
    assert "native" in str(records(subject, str(path)).pluck("type").explain())
