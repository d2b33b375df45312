"""`groupby` as tasks: of groups that a scan has set aside, and by dask.bag's own shuffle.

set aside     scan tasks -> one task for each partition of groups, on all shards
its shuffle   scan tasks -> lists of elements -> dask.bag's tasks -> one task for each partition
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dask._task_spec import List, Task, TaskRef, convert_legacy_graph
from dask.bag import core
from dask.base import tokenize
from dask.utils import get_default_shuffle_method

from satchel.plan.grouping import needed
from satchel.plan.nodes import GroupBy, Plan
from satchel.plan.segments import Segment, Staged
from satchel.run import reduce
from satchel.run.chain import apply
from satchel.run.getter import getter
from satchel.run.groups import collected
from satchel.run.notes import named, note
from satchel.run.part import Part

__all__ = ["collect", "groupby", "partitions"]

Tasks = dict[Any, Any]


def groupby(
    parent: Plan,
    count: int,
    grouper: Any,
    npartitions: int | None,
    blocksize: int,
    max_branch: int | None,
    shuffle: str | None,
) -> GroupBy | None:
    """The node of a `groupby`; None for arguments that dask.bag's own method should speak about.

    Args:
        parent: what is grouped.
        count: in how many partitions.
        grouper: as given to the method, and so are the others.
        npartitions: how many partitions of groups, of a shuffle on disk.
        blocksize: how many elements are grouped at a time, of a shuffle on disk.
        max_branch: how many ways a partition is split, of a shuffle by tasks.
        shuffle: ``"disk"``, ``"tasks"`` or, as the scheduler has it, ``None``.
    """
    if shuffle is None:
        shuffle = get_default_shuffle_method()
        shuffle = "tasks" if shuffle == "p2p" else shuffle
    if shuffle == "disk":
        numbers = (count if npartitions is None else npartitions, blocksize)
        if not all(type(number) is int and number > 0 for number in numbers):
            return None
        return GroupBy(parent, grouper, shuffle, numbers[0], _on_disk, blocksize)
    branch = max_branch or 32
    if shuffle != "tasks" or type(branch) is not int or branch < 2 or not count:
        return None
    # As dask.bag has it: so many stages, in each of which a partition is split so many ways.
    stages = math.ceil(math.log(count) / math.log(branch)) or 1
    ways = math.ceil(count ** (1 / stages)) if stages > 1 else count
    return GroupBy(parent, grouper, shuffle, ways**stages, _on_disk, max_branch=max_branch)


def _on_disk(key: Any) -> int:
    """dask.bag's rule of where a key goes."""
    return _of_text(key) if type(key) is str else _of_any(key)


def _of_any(key: Any) -> int:
    return abs(int(tokenize(key), 16))


# A key comes once for each partition; equal keys that are no texts may go to different places.
_of_text = functools.lru_cache(1 << 15)(_of_any)


def partitions(
    tasks: Tasks, name: str, staged: Staged, scanned: Sequence[TaskRef], position: int
) -> list[TaskRef]:
    """Add the tasks that make the partitions of groups, and what comes after of each.

    Args:
        tasks: where to add them.
        name: the first half of their keys.
        staged: a plan whose first segment ends in a groupby.
        scanned: the parts of each partition of the source.
        position: which part of them is this plan's.
    """
    first, following = staged.segments[:2]
    step = first.sink
    assert isinstance(step, GroupBy)
    wanted = range(needed(step, following.sink))
    keys = [(name, number) for number in wanted]
    if first.python_from is None:
        for number, key in zip(wanted, keys, strict=True):
            parts = List(*scanned)
            tasks[key] = Task(key, collect, step, first.load, following, parts, position, number)
    else:
        shuffled = _shuffle(tasks, name, step, scanned, position)
        only = step.partitions == 1
        for number, key in zip(wanted, keys, strict=True):
            tasks[key] = Task(key, _continue, following, TaskRef((shuffled, number)), only)
    return [TaskRef(key) for key in keys]


def collect(
    step: GroupBy,
    load: Callable[[str], Any] | None,
    following: Segment,
    scanned: Sequence[Sequence[Part]],
    position: int,
    number: int,
) -> Any:
    """A task: one partition of the groups that the scans have set aside."""
    shards = [parts[position].value for parts in scanned]
    return collected(step, load, following, shards, number)


def _shuffle(
    tasks: Tasks, name: str, step: GroupBy, scanned: Sequence[TaskRef], position: int
) -> str:
    """Add dask.bag's own tasks; the name of what they make."""
    elements = f"{name}-elements"
    for number, ref in enumerate(scanned):
        tasks[elements, number] = Task((elements, number), _elements, ref, position)
    own = core.Bag({(elements, i): None for i in range(len(scanned))}, elements, len(scanned))
    theirs: Any = core
    grouper = step.grouper
    if step.shuffle == "tasks":
        # It calls the grouper, which need not be a function on disk.
        called = grouper if callable(grouper) else getter(grouper)
        noted = _Noted(called, named(step))
        grouped = theirs.groupby_tasks(own, noted, max_branch=step.max_branch)
    else:
        noted = _Noted(grouper, named(step)) if callable(grouper) else grouper
        grouped = theirs.groupby_disk(own, noted, step.partitions, step.blocksize)
    legacy = {key: task for key, task in dict(grouped.dask).items() if key[0] != elements}
    tasks.update(convert_legacy_graph(legacy, {*legacy, *tasks}))
    found: str = grouped.name
    return found


@dataclass(frozen=True, eq=False, repr=False)
class _Noted:
    """A key that dask.bag calls: what it raises is told the step."""

    grouper: Callable[[Any], Any]
    step: str

    def __call__(self, element: Any) -> Any:
        try:
            return self.grouper(element)
        except Exception as error:
            note(error, self.step)
            raise


def _elements(parts: Sequence[Part], position: int) -> Any:
    return parts[position].value


def _continue(following: Segment, pairs: Sequence[Any], only: bool) -> Any:
    """A task: what comes after the groupby, on a partition that dask.bag has shuffled."""
    return reduce.partition(following.sink, apply(following.steps, pairs), only)
