"""A random groupby over random files, in memory and on disk: dask.bag's groups, in row order.

The oracle is dask.bag's shuffle by tasks, whose groups are in the order of their rows.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import dask
import dask.bag
from conformance.check import Outcome, outcome
from conformance.difference import difference
from hypothesis import given, note
from hypothesis import strategies as st

import satchel
from properties.examples import Seen, examples
from properties.functions import TYPES, Writer, made
from properties.test_pipelines import written

Function = Callable[[Any], Any]


def listed(f: Function, g: Function) -> Function:
    return lambda pair: [f(e) for e in pair[1]]


def looped(f: Function, g: Function) -> Function:
    def after(pair: Any) -> Any:
        _key, group = pair
        found = []
        for index, e in enumerate(group):
            if index % 3 != 1:
                found.append((index, f(e)))
            if "type" in e:
                found.append(e["type"])
        return found, len(group)

    return after


def ordered(f: Function, g: Function) -> Function:
    return lambda pair: [f(e) for e in sorted(pair[1], key=lambda e: repr(g(e)))]


def chosen(f: Function, g: Function) -> Function:
    return lambda pair: [f(e) for e in (x for x in pair[1] if repr(g(x)) > "a")]


def ends(f: Function, g: Function) -> Function:
    return lambda pair: (f(pair[1][0]), g(pair[-1][-1]), len(pair[1]))


def mapped(f: Function, g: Function) -> Function:
    return lambda pair: list(map(f, pair[1][:3]))


def whole(f: Function, g: Function) -> Function:
    return lambda pair: pair[1]


def by_key(pairs: Any) -> Any:
    """The groups in an order of their own."""
    return sorted(pairs, key=lambda pair: (type(pair[0]).__name__, repr(pair[0])))


def ambiguous(pairs: Any) -> bool:
    """Whether some of the keys may be one group or several: equal ones of different types, NaN."""
    keys = [key for key, _ in pairs]
    return len(set(keys)) < len(keys) or "nan" in repr(keys)


def groups(
    source: str, after: Function, shuffle: str, memory: int | None
) -> Callable[[Any, Any], Any]:
    def pipeline(library: Any, paths: Any) -> Any:
        import json

        bag = library.read_text(list(paths)).map(json.loads)
        found = bag.groupby(made(source), shuffle=shuffle)
        with dask.config.set({"satchel.groupby-memory": memory}):
            return found.map(lambda pair: (pair[0], after(pair))).compute()

    return pipeline


def test_groups(tmp_path: Path) -> None:
    seen = Seen()

    @examples(80)
    @given(
        st.integers(0, 2**48),
        st.lists(st.sampled_from([0, 1, 3, 10, 30]), min_size=1, max_size=6),
        st.sampled_from([0, 0.1, 0.4]),
        st.sampled_from([0, 0.1]),
        st.sampled_from([listed, looped, ordered, chosen, ends, mapped, whole]),
        st.sampled_from([None, None, 0, 3000]),
        st.sampled_from([None, "sync", "threads"]),
    )
    def holds(
        seed: int,
        sizes: list[int],
        drift: float,
        odd: float,
        kind: Callable[[Function, Function], Function],
        memory: int | None,
        scheduler: str | None,
    ) -> None:
        random = Random(seed)
        writer = Writer(random, wild=0.02, foreign=0.3)
        key = Writer(random).function(random.choice(("str", *TYPES)))
        sources = [writer.function(random.choice((*TYPES, "any", "list"))) for _ in range(2)]
        note("\n".join([key, *sources]))
        after = kind(*map(made, sources))
        files = written(tmp_path / "files", seed, sizes, drift, odd)

        def of(library: Any, after: Function, paths: list[str]) -> Outcome:
            if library is dask.bag:
                with dask.config.set(scheduler="sync"):
                    return outcome(groups(key, after, "tasks", None), library, paths)  # type: ignore[arg-type]
            with dask.config.set(scheduler=scheduler) if scheduler else dask.config.set():
                return outcome(groups(key, after, "disk", memory), library, paths)  # type: ignore[arg-type]

        expected, found = of(dask.bag, after, files), of(satchel, after, files)
        bag: Any = satchel.read_ndjson(files, blocksize=None).groupby(made(key), shuffle="disk")
        told = bag.map(after).explain()
        seen["examples"] += 1
        seen["native keys"] += told.lines[-2].tier == "native"
        seen["on fields"] += told.lines[-1].tier.endswith("fields")
        seen["raising"] += expected.error is not None
        seen["on disk"] += memory is not None
        if expected.error is None and found.error is None:
            if not any(map(ambiguous, (expected.value, found.value))):
                assert difference(by_key(expected.value), by_key(found.value)) is None
                seen["compared"] += 1
            return
        assert expected.error is not None
        assert found.error is not None, expected.error
        # Where several partitions fail, or several groups, any one's exception may show.
        grouping = [
            of(dask.bag, len, paths).error for paths in (files, *([file] for file in files))
        ]
        assert found.error in grouping or not any(grouping), (expected.error, found.error)

    holds()
    seen.tell("groups")
    assert seen.share("native keys") > 0.5
    assert seen.share("on fields") > 0.3
    assert seen.share("compared") > 0.3
