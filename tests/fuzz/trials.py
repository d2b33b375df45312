"""The triples of a table, each computed by dask.bag and by satchel, and compared.

Where no pipeline raises, dask.bag computes all of them in one call, as it then reads and parses
once; where one does, the others are computed without it. So every triple's own outcome is known
for both, and each is compared with its own.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import dask
import dask.bag
from conformance.check import Outcome
from conformance.difference import difference
from properties.pipelines import Opened, Pipeline

import satchel
from fuzz.observed import observed
from fuzz.tables import WIDTH, Table
from satchel.plan.nodes import GroupBy, has
from satchel.plan.segments import Staged

Build = Callable[[], Any]

OWN = frozenset(("groupby", "accumulate"))
"""Methods that one of the two is given whole partitions for."""


@dataclass(frozen=True)
class Trial:
    """One triple, and what came of it.

    Attributes:
        problem: how the outcomes differ; ``None`` where they do not.
        staged: satchel's plan (``None`` where it raised before there was one).
        fell_back: whether rows of it were left to Python.
    """

    number: int
    pipeline: Pipeline
    expected: Outcome
    found: Outcome
    problem: str | None
    staged: Staged | None
    fell_back: bool


def trials(table: Table, folder: Path) -> Iterator[Trial]:
    """Compute and compare all triples of a table."""
    paths = table.write(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # What falls back is what many pipelines are for.
        found = _by_satchel(table, paths)
        expected = _by_dask(table, paths, [outcome.error is not None for outcome, *_ in found])
        for index, pipeline in enumerate(table.pipelines):
            ours, staged, fell_back = found[index]
            oracle = expected[index]
            problem = _problem(table, paths, pipeline, oracle, ours)
            if problem is not None:
                # Alone, dask.bag hands on iterators instead of lists, which `heapq.nlargest` orders
                # otherwise where there is a NaN: that is the answer that counts.
                oracle = _of_dask(pipeline, paths, table.files_per_partition)
                problem = _problem(table, paths, pipeline, oracle, ours)
            number = table.number * WIDTH + index
            yield Trial(number, pipeline, oracle, ours, problem, staged, fell_back)


def one(table: Table, index: int, folder: Path) -> tuple[Outcome, Outcome, str | None]:
    """One triple by itself: dask.bag's outcome, satchel's, and how they differ."""
    paths = table.write(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pipeline = table.pipelines[index]
        expected = _of_dask(pipeline, paths, table.files_per_partition)
        with dask.config.set(scheduler=table.scheduler or None):
            found = _alone(lambda: pipeline.on(_opened(satchel, table, paths)))
        return expected, found, _problem(table, paths, pipeline, expected, found)


def _opened(library: Any, table: Table, paths: Sequence[str]) -> Opened:
    return Opened(library, list(paths), table.files_per_partition)


def _by_satchel(table: Table, paths: Sequence[str]) -> list[tuple[Outcome, Staged | None, bool]]:
    opened = _opened(satchel, table, paths)
    found: list[tuple[Outcome, Staged | None, bool]] = []
    size = table.together
    with dask.config.set(scheduler=table.scheduler or None):
        for at in range(0, len(table.pipelines), size):
            chosen = table.pipelines[at : at + size]
            with observed() as seen:
                outcomes = _together([lambda p=p: p.on(opened) for p in chosen])
            if outcomes is not None and len(seen.staged) == len(chosen):
                pairs = [(each, seen.fell_back(each)) for each in seen.staged]
                found += [(o, *pair) for o, pair in zip(outcomes, pairs, strict=True)]
                continue
            for pipeline in chosen:
                with observed() as seen:
                    outcome = _alone(lambda p=pipeline: p.on(opened))
                staged = seen.staged[0] if seen.staged else None
                found.append((outcome, staged, bool(staged and seen.fell_back(staged))))
    return found


def _by_dask(table: Table, paths: Sequence[str], raising: Sequence[bool]) -> list[Outcome]:
    opened = _opened(dask.bag, table, paths)
    builds: list[Build] = [lambda p=p: p.on(opened) for p in table.pipelines]
    # A function that changes its record would change it for the others as well.
    apart = [raises or _changes(p) for raises, p in zip(raising, table.pipelines, strict=True)]
    with dask.config.set(scheduler="sync"):
        group = [build for build, alone in zip(builds, apart, strict=True) if not alone]
        together = iter(_together(group) or [_alone(build) for build in group])
        return [
            _alone(build) if alone else next(together)
            for build, alone in zip(builds, apart, strict=True)
        ]


def _changes(pipeline: Pipeline) -> bool:
    return any("e['m'] =" in arg for call in pipeline.calls for arg in map(str, call[1]))


def _together(builds: Sequence[Build]) -> list[Outcome] | None:
    """The outcomes of collections that are computed in one call; ``None`` where one raises."""
    if len(builds) < 2:
        return [_alone(build) for build in builds]
    try:
        collections = [build() for build in builds]
        ours = all(isinstance(each, satchel.Bag | satchel.Item) for each in collections)
        compute = satchel.compute if ours else dask.compute
        return [Outcome(value) for value in compute(*collections, **_where(collections))]
    except Exception:  # noqa: BLE001 (whose it is, shows where each is computed alone)
        return None


def _alone(build: Build) -> Outcome:
    stage = "while building"
    try:
        collection = build()
        stage = "while computing"
        return Outcome(collection.compute(**_where([collection])))
    except Exception as error:  # noqa: BLE001 (any exception is an outcome)
        return Outcome(error=(type(error), str(error)), stage=stage, exception=error)


def _where(collections: Sequence[Any]) -> dict[str, str]:
    """Keeps what is dask.bag's own out of processes, which take too long to start."""
    plans = [getattr(collection, "_plan", None) for collection in collections]
    own = any(plan is None or has(plan, GroupBy) for plan in plans)
    return {"scheduler": "sync"} if own else {}


def _of_dask(pipeline: Pipeline, paths: Sequence[str], per: int | None) -> Outcome:
    with dask.config.set(scheduler="sync"):
        return _alone(lambda: pipeline.on(Opened(dask.bag, list(paths), per)))


def _problem(
    table: Table, paths: Sequence[str], pipeline: Pipeline, expected: Outcome, found: Outcome
) -> str | None:
    """How two outcomes differ; ``None`` where they do not, or as docs/exactness.md tells."""
    if expected.error is None and found.error is None:
        values = expected.value, found.value
        if any(call[0] == "groupby" for call in pipeline.calls):
            # The order of groups among each other is nobody's promise.
            values = sorted(values[0], key=repr), sorted(values[1], key=repr)
        try:
            return difference(*values)
        except RecursionError:
            # A record that a function has stored into itself: `repr` knows what to do.
            same = repr(values[0]) == repr(values[1])
            return None if same else "values that hold themselves differ"
    if expected.error == found.error or _excused(table, paths, pipeline, expected, found):
        return None
    return f"expected {shown(expected)}, found {shown(found)}"


def _excused(
    table: Table, paths: Sequence[str], pipeline: Pipeline, expected: Outcome, found: Outcome
) -> bool:
    partitions = table.partitions(paths)
    per = table.files_per_partition
    if expected.error is None:
        return False
    for at, call in enumerate(pipeline.calls):
        # dask.bag's own method is given whole partitions: what raised before it raises first.
        if call[0] in OWN and found.error is not None:
            before = replace(pipeline, calls=pipeline.calls[:at])
            pipelines = pipeline, before
            break
    else:
        pipelines = (pipeline,)
    if found.error is None:
        # `take` does not look behind what it returns: as if the later files were not there.
        return any(call[0] == "take" for call in pipeline.calls) and any(
            difference(prefix.value, found.value) is None
            for count in range(1, len(partitions))
            for prefix in [_of_dask(pipeline, paths[: count * (per or 1)], per)]
            if prefix.error is None
        )
    # Of several partitions that fail, any one's exception may show; of neighbours that do not go
    # together, too, as in `max(split_every=2)`.
    return any(
        _of_dask(each, [path for part in run for path in part], per).error == found.error
        for each in pipelines
        for width in range(1, len(partitions) + 1)
        for start in range(len(partitions) - width + 1)
        for run in [partitions[start : start + width]]
    )


def shown(outcome: Outcome) -> str:
    """An outcome in a line."""
    if outcome.error is None:
        return f"{outcome.value!r:.600}"
    return f"{outcome.error[0].__name__}: {outcome.error[1][:600]}"
