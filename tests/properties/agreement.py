"""Whether satchel and dask.bag agree on pipelines over the same files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dask
import dask.bag
from conformance.check import Outcome, outcome
from conformance.difference import difference

import satchel
from properties.examples import Seen
from properties.pipelines import Pipeline


def of_dask(pipeline: Any, files: Sequence[str]) -> Outcome:
    """dask.bag's answer, under the scheduler that adds nothing of its own."""
    with dask.config.set(scheduler="sync"):
        return outcome(pipeline, dask.bag, list(files))  # type: ignore[arg-type]


def of_satchel(pipeline: Any, files: Sequence[str], scheduler: str | None = None) -> Outcome:
    with dask.config.set(scheduler=scheduler) if scheduler else dask.config.set():
        return outcome(pipeline, satchel, list(files))  # type: ignore[arg-type]


def agree(pipelines: Sequence[Pipeline], files: Sequence[str], scheduler: str, seen: Seen) -> None:
    """Compute the pipelines together in both libraries, and compare all that shows."""

    def together(library: Any, path: Any) -> Any:
        results = tuple(pipeline(library, path) for pipeline in pipelines)
        return results[0] if len(results) == 1 else results

    if len(pipelines) > 1:
        scheduler = scheduler or "threads"  # Starting processes for each example takes too long.
    expected = of_dask(together, files)
    found = of_satchel(together, files, scheduler)
    native = all(_native(pipeline, files) for pipeline in pipelines)
    seen["examples"] += 1
    seen["native"] += native
    seen["raising"] += expected.error is not None
    seen["native with an answer"] += native and expected.error is None
    if found.error is None and expected.error is None:
        problem = difference(expected.value, found.value)
    elif expected.error == found.error or _excused(pipelines, files, expected, found):
        problem = None
    else:
        problem = f"expected {_shown(expected)}, found {_shown(found)}"
    assert problem is None, "\n".join([problem, *map(str, pipelines)])


def _native(pipeline: Pipeline, files: Sequence[str]) -> bool:
    try:
        return bool(pipeline(satchel, list(files)).explain().all_native)
    except (AttributeError, TypeError, ValueError):  # It cannot be built, in dask.bag either.
        return False


def _excused(
    pipelines: Sequence[Pipeline], files: Sequence[str], expected: Outcome, found: Outcome
) -> bool:
    """The differences that docs/exactness.md tells of."""
    if expected.error is None:
        return False
    if found.error is None:
        # `take` does not look behind what it returns: as if the later files were not there.
        return any(call[0] == "take" for pipeline in pipelines for call in pipeline.calls) and any(
            difference(prefix.value, found.value) is None
            for count in range(1, len(files))
            for prefix in [of_dask(pipelines[0], files[:count])]
            if len(pipelines) == 1
        )
    # Of several partitions or results that fail, any one's exception may show.
    return any(
        of_dask(pipeline, part).error == found.error
        for pipeline in pipelines
        for part in (files, *([file] for file in files))
    )


def _shown(outcome: Outcome) -> str:
    if outcome.error is None:
        return f"{outcome.value!r:.400}"
    return f"{outcome.error[0].__name__}: {outcome.error[1][:400]}"
