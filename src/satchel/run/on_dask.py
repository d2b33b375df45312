"""Everything that knows Dask's schedulers: the graph of a plan, and who runs it.

A plan's graph is one lazy layer: Dask's functions ask for graphs while a pipeline is being built,
and building must neither lower nor read. When the layer's tasks are asked for, on the client at
compute, the plan is staged and becomes low-level tasks: one scan a partition, one merge.

    Bag.compute -> nothing configured, no Client, all native -> run.local, without Dask's schedulers
                -> otherwise -> dask.compute -> optimize (plans of one source share a scan) -> tasks
"""

from __future__ import annotations

import functools
import operator
import os
import sys
import uuid
import warnings
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence, Set
from typing import Any

import dask
from dask import multiprocessing, threaded
from dask._task_spec import List, Task, TaskRef, cull
from dask.bag import core
from dask.base import compute as dask_compute
from dask.base import dont_optimize, tokenize
from dask.callbacks import Callback
from dask.context import globalmethod
from dask.core import flatten
from dask.highlevelgraph import HighLevelGraph, Layer, MaterializedLayer
from dask.utils import parse_bytes

from satchel import _kernel
from satchel.plan import nodes as p
from satchel.plan.nodes import Text
from satchel.plan.segments import Segment, Staged
from satchel.plan.stages import stage
from satchel.run import local, notice, progress
from satchel.run.bad_lines import Refused, by_source
from satchel.run.merge import Merger
from satchel.run.part import Part
from satchel.run.scan import Scan
from satchel.run.sharing import share
from satchel.run.storage import Storage

__all__ = ["PlanLayer", "compute", "graph", "in_order", "optimize", "schedule", "token"]

Tasks = dict[Any, Any]

# The runs of this process that are under way, so that Ctrl-C can stop their scans.
_running: dict[str | None, _kernel.Control] = {}

# Below this, starting processes would take longer than the Python work that they share.
_PROCESSES_WORTH_BYTES = 32 << 20


class PlanLayer(Layer):
    """The tasks of one plan, made each time that they are asked for.

    A captured name may have changed between two computes, so nothing is kept from one listing of
    the tasks to the next.
    """

    def __init__(self, plan: p.Plan, name: str, item: bool) -> None:
        super().__init__()
        self.plan = plan
        self.name = name
        self.item = item
        self._tasks: Tasks | None = None

    @property
    def tasks(self) -> Tasks:
        if self._tasks is None:
            self._tasks = _tasks([self])
        return self._tasks

    def is_materialized(self) -> bool:
        return self._tasks is not None

    def get_output_keys(self) -> Set[Any]:
        if self.item:
            return {self.name}
        return {(self.name, i) for i in range(p.npartitions(self.plan))}

    def __getitem__(self, key: Hashable) -> Any:
        return self.tasks[key]

    def __iter__(self) -> Iterator[Any]:
        self._tasks = None
        return iter(self.tasks)

    def __len__(self) -> int:
        return len(self.tasks)

    def cull(
        self, keys: set[Any], all_keys: Collection[Any]
    ) -> tuple[Layer, Mapping[Any, set[Any]]]:
        return MaterializedLayer(self.tasks).cull(set(keys), all_keys)

    def __reduce__(self) -> tuple[Any, ...]:
        # Where a graph goes to a scheduler elsewhere, captured names must be read here and now.
        return MaterializedLayer, (_tasks([self]),)


class ReadyLayer(MaterializedLayer):
    """The tasks of plans that have been staged: there is nothing left to optimise in them."""


def graph(plan: p.Plan, name: str, item: bool) -> HighLevelGraph:
    """The graph of a plan: one lazy layer."""
    return HighLevelGraph({name: PlanLayer(plan, name, item)}, {name: set()})


def token(plan: p.Plan) -> str:
    """What names a plan: its methods and their arguments, from the source on.

    A step keeps its own, since the names of all steps behind it are made of it.
    """
    if isinstance(plan, Text):
        return tokenize("satchel", *_files(plan.files), *_READ(plan))
    known: str | None = vars(plan).get("_token")
    if known is None:
        arguments = (
            repr(value) if value is p.MISSING else value
            for name, value in vars(plan).items()
            if name not in ("parent", "_written")
        )
        known = tokenize(token(plan.parent), type(plan).__name__, *arguments)
        vars(plan)["_token"] = known
    return known


_READ = operator.attrgetter(*(name for name in Text.__slots__ if name != "files"))
_TOLD = operator.attrgetter(*(name for name in p.File.__slots__ if name != "store"))


def _files(files: Sequence[p.File]) -> Iterator[Any]:
    """What files are named by; there may be a hundred thousand of one store."""
    stores = {id(file.store): file.store for file in files}
    places = dict(zip(stores, range(len(stores)), strict=True))
    yield list(stores.values())
    yield repr([(places[id(file.store)], _TOLD(file)) for file in files])


def _optimize(dsk: Mapping[Any, Any], keys: Any, **kwargs: Any) -> Any:
    """Give the plans in a graph their tasks, together, then let dask.bag optimise the rest."""
    if isinstance(dsk, HighLevelGraph):
        planned = [layer for layer in dsk.layers.values() if isinstance(layer, PlanLayer)]
        tasks = _tasks(planned)
        others = [layer for layer in dsk.layers.values() if not isinstance(layer, PlanLayer)]
        for layer in others:
            tasks.update(layer)
        if all(_optimal(layer) for layer in others):
            return cull(tasks, list(flatten(keys)))
        dsk = tasks
    return core.optimize(dsk, keys, **kwargs)


def _optimal(layer: Layer) -> bool:
    """Whether a layer holds staged tasks, or what Dask adds to bring a result together."""
    if isinstance(layer, ReadyLayer):
        return True
    return all(map(_finalizes, layer))


def _finalizes(key: Any) -> bool:
    return isinstance(key, str) and key.startswith("finalize-")


optimize = globalmethod(_optimize, key="bag_optimize", falsey=dont_optimize)


def _tasks(
    layers: Sequence[PlanLayer], run: str | None = None, storage: Storage | None = None
) -> Tasks:
    """The tasks of plans: a scan for each partition, shared where it can be, and the merges."""
    tasks: Tasks = {}
    refused: list[tuple[Text, list[TaskRef]]] = []
    staged = [stage(layer.plan) for layer in layers]
    if _strict():
        notice.require_native(staged)
    staged = [each.for_workers() for each in staged]
    for indices, scan in share(staged, storage or _storage()):
        joined = "+".join(layers[index].name for index in indices)
        scanned = f"satchel-scan-{tokenize(joined)}"
        partitions = _needed(staged[indices[0]])
        for partition in range(partitions):
            key = (scanned, partition)
            tasks[key] = Task(key, _scan, scan.only(partition), partition, run)
        skips = scan.source.on_bad_lines == "skip" or scan.source.on_damage == "keep"
        tell = scan.source if skips and run is None else None
        for position, index in enumerate(indices):
            _results(tasks, layers[index], staged[index], scanned, position, partitions, tell)
        if skips and run is not None:
            keys = [(f"{scanned}-refused", partition) for partition in range(partitions)]
            for partition, key in enumerate(keys):
                tasks[key] = Task(key, _refused, TaskRef((scanned, partition)))
            refused.append((scan.source, [TaskRef(key) for key in keys]))
    if refused and run is not None:
        sources = tuple(source for source, _ in refused)
        refs = List(*(List(*refs) for _, refs in refused))
        tasks[_told(run)] = Task(_told(run), _all_refused, sources, refs)
    return tasks


def _told(run: str) -> str:
    """The key of what a run left out."""
    return f"satchel-refused-{run}"


def _refused(parts: list[Part]) -> list[Refused | None]:
    return [part.refused for part in parts]


def _all_refused(
    sources: Sequence[Text], scans: list[list[list[Refused | None]]]
) -> list[tuple[Text, Refused]]:
    """What was left out of each source, from what each query of a scan has seen in a partition."""
    found: list[tuple[Text, Refused | None]] = []
    for source, partitions in zip(sources, scans, strict=True):
        queries = zip(*partitions, strict=True)
        found += [(source, functools.reduce(_plus, query)) for query in queries]
    return by_source(found)


def _plus(left: Refused | None, right: Refused | None) -> Refused | None:
    return right if left is None else left + right


def _results(
    tasks: Tasks,
    layer: PlanLayer,
    staged: Staged,
    scanned: str,
    position: int,
    partitions: int,
    tell: Text | None,
) -> None:
    refs = [TaskRef((scanned, partition)) for partition in range(partitions)]
    key: Any = layer.name if layer.item else (layer.name, 0)
    sink = staged.segments[0].sink
    if isinstance(sink, p.GroupBy):
        later = staged.segments[1:]
        name = layer.name if later[0].sink is None else f"{layer.name}-groups"
        from satchel.run import on_dask_groups  # Most plans have no groups.

        grouped = on_dask_groups.partitions(tasks, name, staged, refs, position)
        if later[0].sink is not None:
            tasks[key] = Task(key, _merge_values, later, List(*grouped))
        return
    if sink is None or isinstance(sink, p.Output):
        for partition, ref in enumerate(refs):
            key = (layer.name, partition)
            told = tell and tell.only(partition)
            tasks[key] = Task(key, _elements, ref, position, told)
        return
    tasks[key] = Task(key, _merge, staged.segments, List(*refs), position, tell)


def _needed(staged: Staged) -> int:
    total = staged.source.npartitions
    sink = staged.segments[0].sink
    return min(sink.partitions, total) if isinstance(sink, p.Take) else total


def _scan(scan: Scan, partition: int, run: str | None = None) -> list[Part]:
    parts, _ = scan.partition(partition, _running.get(run))
    return parts


def _elements(parts: list[Part], position: int, tell: Text | None = None) -> Any:
    _tell(tell, parts[position].refused)
    return parts[position].value


def _tell(source: Text | None, refused: Refused | None) -> None:
    """Warn where the task runs: the compute is Dask's own, and has no other way back."""
    if source is None or refused is None:
        return
    distributed = sys.modules.get("distributed")
    warn = warnings.warn if distributed is None else distributed.worker.warn
    notice.left_out([(source, refused)], warn)


def _merge(
    segments: tuple[Segment, ...],
    scanned: list[list[Part]],
    position: int,
    tell: Text | None = None,
) -> Any:
    merger = Merger(segments, len(scanned), keep=True)
    for partition, parts in enumerate(scanned):
        merger.push(partition, parts[position])
    _tell(tell, merger.refused)
    return merger.finish()


def _merge_values(segments: tuple[Segment, ...], values: Sequence[Any]) -> Any:
    merger = Merger(segments, len(values))
    for partition, value in enumerate(values):
        merger.push(partition, Part(None, value))
    return merger.finish()


def compute(*args: Any, get: Callable[..., Any] | None = None, **kwargs: Any) -> tuple[Any, ...]:
    """As ``dask.compute``, with ``get=``, and without Dask's schedulers where they add nothing."""
    if get is not None:
        kwargs["scheduler"] = get
    if not _configured(kwargs):
        planned = _all_planned(args, kwargs)
        if planned is not None:
            staged = [stage(collection._plan) for collection in planned]
            if _strict():
                notice.require_native(staged)
            if _alone(staged):
                threads = kwargs.get("num_workers") or dask.config.get("num_workers", None)
                if not all(plan.all_native or plan.groups_natively for plan in staged):
                    threads = 1  # Functions in Python would only wait for each other.
                storage = _storage()
                with progress.shown(staged) as tell:
                    results, measured = local.execute(staged, threads, tell, storage)
                notice.fell_back(staged, measured, _strict())
                notice.left_out(measured.refused)
                return tuple(results)
        kwargs["scheduler"] = schedule
    run = uuid.uuid4().hex
    control = _running[run] = _kernel.Control()
    storage = _storage()
    try:
        results = dask_compute(*(lowered := _lowered(args, run, storage)), **kwargs)
        if len(lowered) > len(args):
            *results, refused = results
            notice.left_out(refused)
        return tuple(results)
    except BaseException:
        # Dask's threads go on after Ctrl-C: the scans in this process are told to stop.
        control.cancel()
        raise
    finally:
        del _running[run]
        storage.close()


def in_order(bag: Any) -> Iterator[Any]:
    """The values of a bag's partitions, one after another, a few being made ahead."""
    if bag._plan is not None and not _configured({}):
        staged = stage(bag._plan)
        yield from local.in_order(staged, None if staged.all_native else 1)
        return
    delayed, width = bag.to_delayed(), os.cpu_count() or 1
    for start in range(0, len(delayed), width):
        yield from dask_compute(*delayed[start : start + width])


def _lowered(args: Sequence[Any], run: str, storage: Storage) -> list[Any]:
    """The arguments, their plans replaced by the tasks that they mean at this moment.

    Where lines may be left out, what was is asked for as one more result.

    The tasks are under new names: a scheduler that still knows the keys of an earlier compute
    would answer from before a captured name changed.
    """
    planned = [arg for arg in args if getattr(arg, "_plan", None) is not None]
    if not planned:
        return list(args)
    layers = {
        id(arg): PlanLayer(arg._plan, f"{arg.name}-{run}", hasattr(arg, "key")) for arg in planned
    }
    tasks = ReadyLayer(_tasks(list(layers.values()), run, storage))
    lowered = [
        arg._with_tasks(layers[id(arg)].name, tasks) if id(arg) in layers else arg for arg in args
    ]
    if _told(run) in tasks.mapping:
        lowered.append(_Told(HighLevelGraph({_told(run): tasks}, {_told(run): set()}), _told(run)))
    return lowered


def _storage() -> Storage:
    """Where groups go that memory does not hold, as configured."""
    memory = dask.config.get("satchel.groupby-memory", None)
    folder = dask.config.get("temporary-directory", None)
    return Storage(None if memory is None else parse_bytes(memory), folder)


def _strict() -> bool:
    """Whether somebody wants an error where something is not native."""
    return bool(dask.config.get("satchel.strict-native", False))


def _configured(kwargs: Mapping[str, Any]) -> bool:
    """Whether somebody has said where to compute: then Dask finds the way."""
    if kwargs.get("scheduler") is not None or dask.config.get("scheduler", None):
        return True
    if Callback.active or dask.config.get("pool", None) or kwargs.get("pool"):
        return True
    # There is no Client where distributed has not been imported, and importing it takes a second.
    distributed = sys.modules.get("distributed")
    if distributed is None:
        return False
    try:
        distributed.get_client()
    except (ValueError, AttributeError):
        return False
    return True


def _all_planned(args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[Any] | None:
    """The arguments, where each is a Bag or Item that is a plan and nothing else."""
    if set(kwargs) - {"num_workers", "optimize_graph", "traverse", "scheduler"}:
        return None
    plain = all(getattr(arg, "_plan", None) is not None for arg in args)
    return list(args) if plain and args else None


def _alone(staged: Sequence[Staged]) -> bool:
    """Whether the plans can, and should, be run without Dask's schedulers."""
    if any(plan.shuffles_in_dask for plan in staged):
        return False
    return all(plan.all_native or plan.groups_natively for plan in staged) or _small(staged)


def _small(staged: Sequence[Staged]) -> bool:
    files = {file for plan in staged for file in plan.source.files}
    return sum(file.stored_bytes() for file in files) < _PROCESSES_WORTH_BYTES


def schedule(dsk: Any, keys: Any, **kwargs: Any) -> Any:
    """The default scheduler of our collections: threads for native tasks, else processes."""
    tasks = dsk.__dask_graph__() if hasattr(dsk, "__dask_graph__") else dsk
    if all(_native_task(task) for task in dict(tasks).values()):
        return threaded.get(tasks, keys, **kwargs)
    return multiprocessing.get(tasks, keys, **kwargs)


def _native_task(task: Any) -> bool:
    if not isinstance(task, Task) or _finalizes(task.key):
        return True
    if task.func is _scan:
        scan = task.args[0]
        return all(segment.python_from is None for segment in scan.segments)
    if task.func in (_merge, _merge_values, _elements, _refused, _all_refused):
        return True
    groups = sys.modules.get("satchel.run.on_dask_groups")
    return groups is not None and task.func is groups.collect


class _Told(core.Item):
    """What a run left out, as one more of its results."""

    __dask_optimize__ = optimize
    __dask_scheduler__ = staticmethod(schedule)
