"""The one check: run a row on dask.bag and on satchel, and compare all that shows."""

from __future__ import annotations

import glob
import warnings
from dataclasses import dataclass
from typing import Any

import dask
import dask.bag
import pytest
from dask.base import is_dask_collection

from conformance.difference import difference
from conformance.places import REAL_HOUR, Places
from conformance.rows import OURS, Row, subject
from conformance.schedulers import Schedulers


@dataclass(frozen=True)
class Outcome:
    """What came of a pipeline: an answer or an exception, and the warnings."""

    value: Any = None
    error: tuple[type[BaseException], str] | None = None
    stage: str = "computed"
    warnings: tuple[tuple[type[Warning], str], ...] = ()
    exception: BaseException | None = None


def outcome(pipeline: Any, library: Any, path: str) -> Outcome:
    """Build and compute a pipeline; an exception is an outcome like any other."""
    stage = "while building"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = pipeline(library, path)
            stage = "while computing"
            value = computed(result)
        except Exception as error:  # noqa: BLE001 (any exception is an outcome)
            return Outcome(
                error=(type(error), str(error)),
                stage=stage,
                warnings=told(caught),
                exception=error,
            )
    return Outcome(value=value, warnings=told(caught))


def computed(result: Any) -> Any:
    """The answer; a tuple of collections is computed together."""
    if is_dask_collection(result):
        return result.compute()
    if isinstance(result, tuple) and result and all(map(is_dask_collection, result)):
        return dask.compute(*result)
    return result


def told(
    caught: list[warnings.WarningMessage],
) -> tuple[tuple[type[Warning], str], ...]:
    return tuple(
        (warning.category, str(warning.message))
        for warning in caught
        if warning.category is UserWarning
    )


def compare(expected: Outcome, found: Outcome, under: str) -> None:
    """Fail, saying what differs, unless the two outcomes are the same."""
    if expected.error != found.error:
        problem = f"{under}: expected {_brief(expected)}, found {_brief(found)}"
        raise AssertionError(problem) from found.exception
    assert expected.stage == found.stage, f"{under}: raised {found.stage}"
    problem = difference(expected.value, found.value)
    assert problem is None, f"{under}: {problem}"


def _brief(outcome: Outcome) -> str:
    if outcome.error is None:
        return f"the answer {outcome.value!r:.200}"
    kind, message = outcome.error
    return f"{kind.__module__}.{kind.__name__}({message[:300]!r}) {outcome.stage}"


class Check:
    """Holds the data and the schedulers of a session; called with a row."""

    def __init__(self, places: Places, schedulers: Schedulers) -> None:
        self.places = places
        self.schedulers = schedulers
        self.expected: dict[Any, Outcome] = {}

    def __call__(self, row: Row) -> None:
        for module in row.needs:
            pytest.importorskip(module)
        if row.data == "real" and not REAL_HOUR.exists():
            pytest.skip(f"the real hour is not at {REAL_HOUR}")
        path = self.places.of(row.data)
        expected = self.oracle(row, path)
        for scheduler in row.schedulers:
            with self.schedulers.use(scheduler):
                found = outcome(row.pipeline, subject, path)
            if not self.fails_in_another_partition(row, path, expected, found):
                compare(expected, found, f"under {scheduler}")
            if scheduler == "sync":
                assert expected.warnings == found.warnings
        if OURS:
            self.tiers(row, path)

    def oracle(self, row: Row, path: str) -> Outcome:
        """dask.bag's answer, under the scheduler that adds nothing of its own."""
        if row.ours_only:
            raise TypeError(f"row {row.name!r} has no oracle: assert its answer itself")
        if (row.pipeline, path) not in self.expected:
            with dask.config.set(scheduler="sync"):
                found = outcome(row.pipeline, dask.bag, path)
            self.expected[row.pipeline, path] = found
        return self.expected[row.pipeline, path]

    def fails_in_another_partition(
        self, row: Row, path: str, expected: Outcome, found: Outcome
    ) -> bool:
        """Whether ``found`` is the exception that another of the files raises.

        Where several partitions fail, the scheduler decides whose exception is seen;
        inside a partition it is the first in the order of its rows.
        """
        if not expected.error or not found.error or expected.error == found.error:
            return False
        return any(self.oracle(row, file).error == found.error for file in sorted(glob.glob(path)))

    def tiers(self, row: Row, path: str) -> None:
        """Hold the row to what it says about the tier that it runs in."""
        if row.native is None:
            return
        result = row.pipeline(subject, path)
        for collection in result if isinstance(result, tuple) else (result,):
            explained = collection.explain()
            assert explained.all_native is row.native, f"\n{explained}"
            if not row.native:
                assert "python" in str(explained)
