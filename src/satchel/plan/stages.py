"""Which steps of a plan run native: each step is lowered in turn until one cannot be.

    text -> [record steps] -> reduction -> [steps on its items] -> reduction -> ...
            `--------- segment 0 ------'  `---------- segment 1 ----------'

A plan falls into *segments*, each a run of record steps and the reduction that ends it (the last
may have none: its elements are the result). Segment 0 reads files; the others read the merged
result of the one before. In each, the steps before the first that does not lower run in the
kernel, the others in Python on what the kernel hands over: the record pruned to the paths that
they touch, where the analysis can tell, otherwise the whole record.

Lowering happens at every compute, so a name that has changed since is seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeGuard

from satchel.expr import nodes as n
from satchel.expr.capture import Held
from satchel.expr.lower import Lowered, NotLowered, lower, tracing
from satchel.expr.vocabulary import loader_of
from satchel.plan.nodes import (
    ENDING,
    MISSING,
    Filter,
    Flatten,
    GroupBy,
    Handed,
    Map,
    Output,
    Plan,
    Pluck,
    Rejects,
    Remove,
    StarMap,
    Step,
    Take,
    is_reduction,
    steps,
)
from satchel.plan.segments import Outcome, Segment, Staged
from satchel.plan.sinks import NativeSink, element_of, is_constant, lower_sink, width_of

__all__ = ["stage"]

LINE = n.record("line")
ELEMENT = n.record("element")
RECORD = n.record("record")
ITEM = n.record("item")

# What the kernel never proves, of any row.
UNPROVABLE = n.getitem(n.const(()), n.const(0))


def stage(plan: Plan) -> Staged:
    """Lower a plan as far as it goes."""
    source, todo = steps(plan)
    why = tracing()
    refusal = None if why is None else NotLowered(why, None)
    segments: list[Segment] = []
    cut = list(_segments(todo))
    for index, (record_steps, sink) in enumerate(cut):
        start = ITEM if segments else LINE
        after: tuple[Step, ...] = ()
        if isinstance(sink, GroupBy):
            following, last = cut[index + 1]
            after = (*following, *(() if last is None else (last,)))
        if segments and isinstance(segments[-1].sink, GroupBy):
            from satchel.plan.grouping import over_groups  # Most plans have no groups.

            segments.append(over_groups(record_steps, sink, segments[-1].paths))
            refusal = refusal or NotLowered("it follows a step that runs in Python", None)
            continue
        segment = _lower(record_steps, sink, after, start, refusal, native_mutable=True)
        if segment.python_from is not None:
            # A Python step may change a list or dict that a native one has captured.
            segment = _lower(record_steps, sink, after, start, refusal, native_mutable=False)
        segments.append(segment)
    return Staged(source, tuple(segments))


def _segments(todo: Sequence[Step]) -> Iterator[tuple[tuple[Step, ...], Step | None]]:
    record_steps: list[Step] = []
    for step in todo:
        if isinstance(step, ENDING):
            yield tuple(record_steps), step
            record_steps = []
        else:
            record_steps.append(step)
    if record_steps or not todo or not (is_reduction(todo[-1]) or isinstance(todo[-1], Output)):
        yield tuple(record_steps), None


def _lower(
    record_steps: tuple[Step, ...],
    sink: Step | None,
    after: tuple[Step, ...],
    element: n.Node,
    refusal: NotLowered | None,
    *,
    native_mutable: bool,
) -> Segment:
    if record_steps and isinstance(record_steps[0], Rejects):
        return _rejects(record_steps, record_steps[0], sink)
    native: list[tuple[str, n.Node | None]] = []
    outcomes: list[Outcome] = []
    loader: str | None = None
    loader_at: int | None = None
    stopped: NotLowered | None = None
    for index, step in enumerate(record_steps):
        if element is LINE and _is_plain(step) and (name := loader_of(step.function)):
            native.append(("load", None))
            loader, loader_at, element = name, index, RECORD
            outcomes.append(Outcome(step, "native"))
            continue
        if isinstance(step, Flatten) and element is not ITEM and refusal is None:
            native.append(("flatten", element))
            element = ELEMENT
            outcomes.append(Outcome(step, "native"))
            continue
        lowered = refusal or _lower_step(step, element)
        if isinstance(lowered, Lowered) and lowered.mutable and not native_mutable:
            lowered = NotLowered("it reads a list, dict or set that a Python step may change", None)
        if isinstance(lowered, Lowered) and lowered.loader is not None:
            # The function parses the line itself, as in `lambda line: json.loads(line)["type"]`.
            if loader is not None:
                lowered = NotLowered("it parses the line another time", None)
            else:
                native.append(("load", None))
                loader = lowered.loader
                if _is_plain(step) and lowered.node == RECORD:
                    # It does nothing else: it is a loader by another name.
                    loader_at, element = index, RECORD
                    outcomes.append(Outcome(step, "native"))
                    continue
        if isinstance(lowered, NotLowered):
            stopped = lowered
            break
        if isinstance(step, Filter | Remove):
            native.append(("filter" if isinstance(step, Filter) else "remove", lowered.node))
        else:
            element = lowered.node
            native.append(("eval", element))
        outcomes.append(Outcome(step, "native", node=lowered.node))
    done = len(outcomes)
    if stopped is None:
        paths = None
        lowered_sink: NativeSink | NotLowered
        if isinstance(sink, GroupBy) and refusal is None:
            from satchel.plan.grouping import lower_groupby  # Most plans have no groups.

            lowered_sink, paths = lower_groupby(sink, element, after)
        else:
            lowered_sink = refusal or lower_sink(sink, element)
        if isinstance(lowered_sink, NativeSink) and lowered_sink.mutable and not native_mutable:
            lowered_sink = NotLowered("it reads a collection that a Python step may change", None)
        if isinstance(lowered_sink, NativeSink) and not (
            element is RECORD and lowered_sink.kind == "collect"
        ):
            if sink is not None:
                outcomes.append(Outcome(sink, "native"))
            return Segment(
                record_steps,
                sink,
                _without_redundant(native, lowered_sink),
                lowered_sink,
                None,
                loader,
                loader_at,
                paths,
                tuple(outcomes),
            )
        stopped = lowered_sink if isinstance(lowered_sink, NotLowered) else None
    return _handed_over(
        record_steps, sink, after, native, element, stopped, done, loader, loader_at, outcomes
    )


def _rejects(record_steps: tuple[Step, ...], step: Rejects, sink: Step | None) -> Segment:
    """The kernel drops the lines that it finds clean; the others are put to the loader."""
    loader = loader_of(step.function)
    native: list[tuple[str, n.Node | None]] = [("load", None), ("filter", n.const(False))]
    outcome = Outcome(step, "native")
    if loader is None:
        # Every line is put to a loader that the kernel does not know.
        native = [("eval", UNPROVABLE)]
        outcome = Outcome(
            step, "python", NotLowered("a loader that the kernel does not know", None)
        )
    at = None if loader is None else 0
    if len(record_steps) > 1 or sink is not None:
        stopped = NotLowered("it works on lines that were refused", None)
        return _handed_over(
            record_steps, sink, (), native, n.const(None), stopped, 1, loader, at, [outcome]
        )
    refused = NativeSink("collect", {"element": n.const(None)}, {"limit": None})
    return Segment(record_steps, None, tuple(native), refused, None, loader, at, None, (outcome,))


def _handed_over(
    record_steps: tuple[Step, ...],
    sink: Step | None,
    after: tuple[Step, ...],
    native: list[tuple[str, n.Node | None]],
    element: n.Node,
    stopped: NotLowered | None,
    done: int,
    loader: str | None,
    loader_at: int | None,
    outcomes: list[Outcome],
) -> Segment:
    """The segment whose first `done` steps are native and whose elements go on to Python."""
    rest = (*record_steps[done:], *(() if sink is None else (sink,)))
    paths: frozenset[tuple[str, ...]] | None = None
    limit = sink.k if isinstance(sink, Take) and done == len(record_steps) else None
    if element is RECORD:
        # Where all is native, nobody waits for these.
        from satchel.plan.grouping import by_key, moved_by_join
        from satchel.plan.touched import touched

        key = by_key(rest[0], element) if rest and stopped is not None else None
        roots = {} if key is None else {"key": key}
        # Of a join by a key that is native, the function is called for rows that fall back only.
        paths = touched((*rest, *after)) if key is None else moved_by_join(rest[1:])
        native_sink = NativeSink("project", roots, {"paths": _path_lists(paths), "limit": limit})
    else:
        native_sink = NativeSink("collect", {"element": element}, {"limit": limit})
    tier = "python, whole record" if paths is None else f"python, {len(paths)} fields"
    for index, step in enumerate(rest):
        given = stopped if index == 0 else NotLowered("it follows a step that runs in Python", None)
        if stopped is None:
            outcomes.append(Outcome(step, "native"))
        else:
            outcomes.append(Outcome(step, tier if index == 0 else "python", given))
    return Segment(
        record_steps,
        sink,
        _without_redundant(native, native_sink),
        native_sink,
        done,
        loader,
        loader_at,
        paths,
        tuple(outcomes),
    )


def _is_plain(step: Step) -> TypeGuard[Map]:
    return isinstance(step, Map) and not step.args and not step.kwargs


def _lower_step(step: Step, element: n.Node) -> Lowered | NotLowered:
    match step:
        case Map(function=function, args=args, kwargs=kwargs):
            return lower(function, (element, *map(Held, args)), _held(kwargs))
        case StarMap(function=function, kwargs=kwargs):
            width = width_of(element)
            if width is None:
                return NotLowered("the number of arguments is not known", None)
            items = tuple(n.getitem(element, n.const(index)) for index in range(width))
            return lower(function, items, _held(kwargs))
        case Filter(predicate=predicate) | Remove(predicate=predicate):
            if predicate is None or predicate is bool:
                return Lowered(element)
            return lower(predicate, (element,))
        case Pluck(key=key, default=default):
            return _pluck(element, key, default)
        case Handed(method=method):
            # Elements that are native all the way are as they are; records, as little as will do.
            if element is not RECORD:
                return Lowered(element)
            return NotLowered(f"{method} is dask.bag's own", None)
    return NotLowered(f"{type(step).__name__.lower()} is done in Python", None)


def _held(kwargs: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    return {name: Held(value) for name, value in kwargs}


def _pluck(element: n.Node, key: Any, default: Any) -> Lowered | NotLowered:
    if default is MISSING:
        node = element_of(element, key)
        return node if isinstance(node, NotLowered) else Lowered(node)
    # With a default, a list of keys gives a default for each, and KeyError and IndexError are
    # caught: on a dict that is `get`; on anything else the row is Python's.
    if type(key) is not str or not is_constant(default):
        return NotLowered(
            "pluck with a default is native for one str key and a constant default", None
        )
    return Lowered(n.Node("get", (element, n.const(key), n.const(default))))


def _path_lists(paths: frozenset[tuple[str, ...]] | None) -> list[list[str]] | None:
    return None if paths is None else sorted(list(path) for path in paths)


def _without_redundant(
    native: Sequence[tuple[str, n.Node | None]], sink: NativeSink
) -> tuple[tuple[str, n.Node | None], ...]:
    """Drop each `eval` whose node the next filter or the sink evaluates anyway.

    A mapped value that is never used must still be evaluated, for it may raise; one that is
    always used need not be evaluated twice. Of a tuple, list or dict that nobody has, its items
    may.
    """
    kept: list[tuple[str, n.Node | None]] = []
    needed: set[n.Node] = set()
    for root in sink.roots.values():
        needed |= _always_evaluated(root)
    for kind, node in reversed(native):
        if kind == "eval" and node is not None:
            for part in reversed([part for part in _raising(node) if part not in needed]):
                kept.append((kind, part))
                needed |= _always_evaluated(part)
            continue
        kept.append((kind, node))
        if node is not None:
            needed = _always_evaluated(node)
    return tuple(reversed(kept))


def _raising(node: n.Node) -> Iterator[n.Node]:
    """The parts of a value that is being built that may raise, in the order of evaluation."""
    keys = node.args[::2] if node.op == "dict" else ()
    hashable = all(key.op == "const" and type(key.data) is str for key in keys)
    if node.op in ("tuple", "list", "dict") and hashable:
        for item in node.args:
            yield from _raising(item)
    elif node.can_raise:
        yield node


def _always_evaluated(root: n.Node) -> set[n.Node]:
    found: set[n.Node] = set()
    todo = [root]
    while todo:
        node = todo.pop()
        if node not in found:
            found.add(node)
            if node.op != "raised":  # What raises in there does not get out.
                todo.extend(node.args[:1] if node.op in ("if", "each", "loop") else node.args)
    return found
