"""A native query is ours from byte to answer: nothing of dask.bag touches an element."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import dask.bag.chunk
import dask.bag.core
import dask.bag.text
import pytest

from conformance.check import Check, compare, outcome
from conformance.rows import Row, ours_only, pushes, records, subject
from conformance.test_document import all_three, events_by_type, top_committers, top_pushers
from conformance.test_to_textfiles import written

# Every name of dask.bag.core that is given elements, or results made of them. What only
# builds graphs (partition_all, compose, merge, ...) is left alone: the control plane is Dask's.
OF_CORE = """
    accumulate accumulate_part apply chunk_distinct collect count dictitems
    empty_safe_aggregate empty_safe_apply filter finalize first frequencies groupby join
    make_group map_chunk max merge_distinct merge_frequencies merge_with min partition peek
    pluck random_sample reduceby reify remove safe_take second split starmap_chunk sum take
    to_dataframe topk total_mem_usage unique _MapChunk _reduce _to_textfiles_chunk is_empty
    lazify_task
"""
OF_CHUNK = "barrier foldby_combine2 getitem groupby_tasks_group_hash var_aggregate var_chunk"
OF_TEXT = "attach_path concat decode file_to_blocks"


class Touched(AssertionError):
    """A function of dask.bag was called with elements."""


def refusing(module: Any, name: str) -> Callable[..., Any]:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise Touched(f"{module.__name__}.{name} was called")

    return refuse


def poison(patch: pytest.MonkeyPatch) -> None:
    """Make everything in dask.bag that touches an element raise."""
    for module, names in (
        (dask.bag.core, OF_CORE),
        (dask.bag.chunk, OF_CHUNK),
        (dask.bag.text, OF_TEXT),
    ):
        for name in names.split():
            # A name that the module has from the builtins is shadowed in the module.
            patch.setattr(module, name, refusing(module, name), raising=False)


class RefusesToParse:
    """In place of json's decoder: the loader keeps its identity, and cannot be called."""

    def decode(self, text: str) -> Any:
        raise Touched("json.loads was called")


NATIVE = {
    "events by type": events_by_type,
    "top pushers": top_pushers,
    "top committers": top_committers,
    "all three": all_three,
    "count": lambda db, p: pushes(db, p).count(),
    "sum": lambda db, p: pushes(db, p).map(lambda e: e["payload"]["size"]).sum(),
    "max": lambda db, p: pushes(db, p).map(lambda e: e["payload"]["ratio"]).max(),
    "min": lambda db, p: records(db, p).map(lambda e: e["created_at"]).min(),
    "distinct": lambda db, p: records(db, p).pluck("type").distinct(),
    "fold": lambda db, p: records(db, p).fold(
        lambda n, e: n + len(e["type"]), lambda a, b: a + b, initial=0
    ),
    "foldby with combine_initial": lambda db, p: records(db, p).foldby(
        "type", lambda n, e: n + 1, 0, lambda a, b: a + b, 0
    ),
    "map": lambda db, p: pushes(db, p).map(lambda e: (e["actor"]["login"], e["repo"]["id"])),
    "remove": lambda db, p: records(db, p).remove(lambda e: e["public"]).pluck("id"),
    "sorted frequencies": lambda db, p: records(db, p).pluck("type").frequencies(sort=True),
    "topk of a map": lambda db, p: records(db, p).map(lambda e: e["id"]).topk(3),
    "take": lambda db, p: records(db, p).pluck("type").take(3),
    "to_textfiles": lambda db, p: written(
        db.read_text(p).filter(lambda line: json.loads(line)["type"] == "PushEvent"), "*.gz"
    ),
    "to_dataframe": lambda db, p: (
        pushes(db, p)
        .map(lambda e: {"login": e["actor"]["login"], "size": e["payload"]["size"]})
        .to_dataframe()
        .compute()
    ),
}


@ours_only
@pytest.mark.parametrize("scheduler", ["default", "sync", "threads"])
@pytest.mark.parametrize("name", NATIVE)
def test_nothing_of_dask_bag_touches_an_element(
    name: str, scheduler: str, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = check.places.of("plain")
    expected = check.oracle(Row(name, NATIVE[name], "plain"), path)
    with monkeypatch.context() as patch, check.schedulers.use(scheduler):
        poison(patch)
        patch.setattr(json, "_default_decoder", RefusesToParse())
        found = outcome(NATIVE[name], subject, path)
    compare(expected, found, f"under {scheduler}")


@ours_only
@pytest.mark.parametrize("scheduler", ["default", "sync", "threads"])
def test_nor_where_rows_fall_back_to_python(
    scheduler: str, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = check.places.of("nasty")
    expected = check.oracle(Row("all three", all_three), path)
    with monkeypatch.context() as patch, check.schedulers.use(scheduler):
        poison(patch)
        found = outcome(all_three, subject, path)
    compare(expected, found, f"under {scheduler}")


def test_the_poison_works(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    """dask.bag itself cannot answer under it: none of the questions, not even a count."""
    path = check.places.of("plain")
    for pipeline in NATIVE.values():
        with monkeypatch.context() as patch, check.schedulers.use("sync"):
            poison(patch)
            found = outcome(pipeline, dask.bag, path)
        assert found.error is not None


def test_the_refusing_decoder_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json, "_default_decoder", RefusesToParse())
    with pytest.raises(Touched):
        json.loads("{}")
