"""`groupby`: what moves of an element, and who moves it.

    text -> [record steps] -> groupby -> [steps on pairs] -> reduction -> ...
            `----- segment 0 ------'    `----- segment 1, in Python ----'

Where dask.bag would group on disk, by a key that lowers, elements that are the record or a part of
it, the kernel hands over each key with the JSON text of what the steps behind read of the record,
and `run/groups.py` groups those. Everything else is dask.bag's own shuffle, of elements that are
cut down to what the steps behind it read: a tuple, say, comes out of its files as a list, where
msgpack is installed.
"""

from __future__ import annotations

from collections.abc import Sequence

from satchel.expr import nodes as n
from satchel.expr.lower import Lowered, NotLowered, tracing
from satchel.plan.nodes import GroupBy, Join, Step, Take
from satchel.plan.segments import Outcome, Segment
from satchel.plan.sinks import NativeSink, key_of
from satchel.plan.touched import touched

__all__ = ["by_key", "lower_groupby", "moved", "moved_by_join", "needed", "over_groups"]

RECORD = n.record("record")
ITEM = n.record("item")

# What is JSON's, and so the same when dask.bag has written it to disk and read it back.
_PARTS = frozenset(("input", "getitem", "get", "const"))


def lower_groupby(
    step: GroupBy, element: n.Node, after: Sequence[Step]
) -> tuple[NativeSink | NotLowered, frozenset[tuple[str, ...]] | None]:
    """The kernel's half of a `groupby`, and the paths of the record that move (None: all of it).

    Args:
        step: the groupby.
        element: what is grouped.
        after: the steps that are given the groups.
    """
    if step.shuffle != "disk":
        return NotLowered("its shuffle is dask.bag's own, by tasks", None), None
    if not all(_is_part(node) for node in n.walk([element])):
        return NotLowered(
            "its shuffle is dask.bag's own: the elements are made by a step", None
        ), None
    key = key_of(step.grouper, element)
    if isinstance(key, NotLowered):
        return key, None
    if element != RECORD:
        pair = n.Node("tuple", (key.node, element))
        return NativeSink("collect", {"element": pair}, {"limit": None}, mutable=key.mutable), None
    paths = moved(after)
    fields = {"paths": None if paths is None else sorted(map(list, paths)), "limit": None}
    return NativeSink("project", {"key": key.node}, fields, mutable=key.mutable), paths


def _is_part(node: n.Node) -> bool:
    return node.op in _PARTS and (node.op != "const" or type(node.data) is not tuple)


def moved(after: Sequence[Step]) -> frozenset[tuple[str, ...]] | None:
    """The paths of records that steps on groups of them touch; None where they need all."""
    from satchel.expr.abstract import PAIR

    return touched(after, PAIR)


def by_key(step: Step, element: n.Node) -> n.Node | None:
    """The key of a `join` of `element`, where it is native."""
    if not isinstance(step, Join) or tracing() is not None:
        return None
    key = key_of(step.on_self, element)
    return key.node if isinstance(key, Lowered) and not key.mutable else None


def moved_by_join(after: Sequence[Step]) -> frozenset[tuple[str, ...]] | None:
    """The paths of records that steps on pairs of a `join` touch; None where they need all."""
    from satchel.expr.abstract import ENTRY

    return touched(after, ENTRY)


def over_groups(
    record_steps: tuple[Step, ...],
    sink: Step | None,
    paths: frozenset[tuple[str, ...]] | None,
) -> Segment:
    """The segment behind a `groupby`: its steps run in Python, on lists of records."""
    outcomes = []
    why = NotLowered("a group is a list of Python's", None)
    tier = "python, whole record" if paths is None else f"python, {len(paths)} fields"
    for step in (*record_steps, *(() if sink is None else (sink,))):
        outcomes.append(Outcome(step, tier, why))
        tier, why = "python", NotLowered("it follows a step that runs in Python", None)
    native = NativeSink("collect", {"element": ITEM}, {"limit": None})
    return Segment(record_steps, sink, (), native, 0, None, None, paths, tuple(outcomes))


def needed(step: GroupBy, sink: Step | None) -> int:
    """How many partitions of groups are looked at, where the next segment ends in `sink`."""
    return min(sink.partitions, step.partitions) if isinstance(sink, Take) else step.partitions
