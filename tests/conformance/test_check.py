"""The check itself: what it must not let pass."""

from __future__ import annotations

import dask.bag
import pytest

from conformance.check import Outcome, compare, outcome
from conformance.difference import difference


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (1, True),
        (1.0, True),
        (0, False),
        (0.0, -0.0),
        (float("nan"), 1.0),
        ("a", b"a"),
        ("a", "b"),
        (None, False),
        ([1], (1,)),
        ([1, 2], [2, 1]),
        ([1], [1, 2]),
        ([1, 2], [1]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": 1}, {"a": True}),
        ({1: "a"}, {True: "a"}),
        ([("a", {"b": [1, (2.0,)]})], [("a", {"b": [1, (2,)]})]),
        ({1, "a"}, {1.0, "a"}),
        ({1}, frozenset({1})),
        ("\ud800", "\ufffd"),
        (2**63, float(2**63)),
    ],
)
def test_these_differ(one: object, other: object) -> None:
    assert difference(one, other) is not None
    assert difference(other, one) is not None
    with pytest.raises(AssertionError):
        compare(Outcome(value=one), Outcome(value=other), "here")


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, 0, 2**70, -0.0, float("nan"), float("inf"), "", "\ud800", b"a"),
        *([], [[]], (), {}, {"a": {"b": [1]}}, {1, 2, "a"}, frozenset()),
    ],
)
def test_everything_is_what_it_is(value: object) -> None:
    assert difference(value, value) is None


def test_exceptions_compare_by_type_and_message_and_stage() -> None:
    def raises(error: Exception) -> Outcome:
        def pipeline(db: object, path: str) -> None:
            raise error

        return outcome(pipeline, dask.bag, "")

    expected = raises(KeyError("a"))
    compare(expected, raises(KeyError("a")), "here")
    for other in (KeyError("b"), IndexError("a"), LookupError("a")):
        with pytest.raises(AssertionError):
            compare(expected, raises(other), "here")
    late = outcome(lambda db, path: db.range(2, 1).map(lambda n: {}["a"]), dask.bag, "")
    with pytest.raises(AssertionError):
        compare(expected, late, "here")
    with pytest.raises(AssertionError):
        compare(Outcome(value=None), expected, "here")
