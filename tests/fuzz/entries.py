"""What occurs in a plan: entries of the vocabulary, kinds of nodes, of steps and of sinks.

What must occur is read from the tables of the product itself, so that an entry that is added there
is missed here until the fuzzer writes it.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Iterator

from properties.pipelines import Pipeline, Source

from satchel.expr import handling, interpret, moments, patterns, vocabulary
from satchel.expr import nodes as n
from satchel.plan import nodes as p
from satchel.plan.segments import Segment, Staged

IDENTIFIED = (
    "compose", "curry", "dict", "filter", "get", "get_in", "itemgetter", "map", "methodcaller",
    "next", "partial", "pluck", "range", "reduce", "type",
)  # fmt: skip
"""Functions that `expr/calls.py` knows without a table."""

INPUTS = ("record", "line", "element", "item", "acc", "other", "bound")
SINKS = (
    "collect", "count", "distinct", "fold", "foldby", "frequencies", "max", "min", "project", "sum",
    "topk",
)  # fmt: skip
NATIVE_STEPS = ("load", "eval", "filter", "remove", "flatten")
OURS_ALONE = (
    "Load",
    "Rejects",
    "Output",
    "Lines",
    "Frame",
    "Types",
    "Batches",
    "Parquet",
    "Handed",
)
"""Steps that dask.bag has nothing to hold against, or that have tests of their own (ways out), or
that nobody sees (what is handed to a method of dask.bag's own)."""

LAZY = ("input", "const", "if", "each", "loop", "raised", "unproved")
"""Operations whose meaning `interpret` does not have in its table."""


def required() -> frozenset[str]:
    """All that has to occur."""
    return frozenset(_required())


def _required() -> Iterator[str]:
    yield from (f"builtin {name}" for name, _, _ in vocabulary.BUILTINS.values())
    yield from (f"method {name}" for name in vocabulary.METHODS)
    yield from (f"str.{name}" for name in vocabulary.STR_METHODS.values())
    yield from (f"isinstance {name}" for name in vocabulary.ISINSTANCE.values())
    yield from (f"operator.{name}" for name in _operators())
    yield from (f"loader {name}" for name in vocabulary._LOADERS)
    yield from (f"function {name}" for name in IDENTIFIED)
    yield from (f"time {name}" for name in (*moments.PARTS, *moments.METHODS))
    yield from (f"regex {name}" for name in (*patterns.FINDING, *patterns._EVERY))
    yield from (f"match {name}" for name in patterns.METHODS)
    yield from (f"except {name}" for name in handling.KINDS)
    yield from (f"node {op}" for op in (*interpret._MEANING, *LAZY))
    yield from (f"input {name}" for name in INPUTS)
    yield from (f"step {name}" for name in p.__all__ if _is_step(name) and name not in OURS_ALONE)
    yield from (f"sink {name}" for name in SINKS)
    yield from (f"native step {name}" for name in NATIVE_STEPS)


def _operators() -> Iterator[str]:
    for name in operator.__all__:
        if id(getattr(operator, name)) in vocabulary.OPERATORS:
            yield name


def _is_step(name: str) -> bool:
    kind = getattr(p, name)
    return isinstance(kind, type) and issubclass(kind, p.Step) and kind is not p.Step


def occurring(pipeline: Pipeline, staged: Staged | None) -> set[str]:
    """What occurs in one pipeline."""
    found: set[str] = set()
    if staged is None:
        return found
    for segment in staged.segments:
        found.update(_of_segment(segment))
    if staged.all_native:
        # Words of the source count where all of it was lowered.
        for call in pipeline.calls:
            for argument in (*call[1], *call[2].values()):
                if isinstance(argument, Source):
                    found.update(_of_source(argument))
    return found


def _of_segment(segment: Segment) -> Iterator[str]:
    for outcome in segment.outcomes:
        yield f"step {type(outcome.step).__name__}"
    yield f"sink {segment.native.kind}"
    if segment.loader is not None:
        yield f"loader {segment.loader}"
    roots = list(segment.native.roots.values())
    if segment.native.combine is not None and segment.native.combine.node is not None:
        roots.append(segment.native.combine.node)
    for kind, node in segment.native_steps:
        yield f"native step {kind}"
        if node is not None:
            roots.append(node)
    yield from _of_nodes(roots)


def _of_nodes(roots: Iterable[n.Node]) -> Iterator[str]:
    for node in n.walk(roots):
        yield f"node {node.op}"
        if node.op == "input":
            yield f"input {node.data.rstrip('0123456789')}"
        elif node.op == "method":
            yield f"method {node.data}"
        elif node.op == "regex":
            yield f"regex {node.data[0]}"
        elif node.op == "call" and node.data.startswith("isinstance:"):
            yield from (f"isinstance {name}" for name in node.data[11:].split(","))
        elif node.op == "call":
            yield f"builtin {node.data}"


_WORDS = re.compile(
    r"(operator|str)\.(\w+)"
    rf"|\b({'|'.join(IDENTIFIED)})\("
    rf"|\.({'|'.join((*moments.PARTS, *moments.METHODS))})\b"
    rf"|\.({'|'.join(patterns.METHODS)})\("
)
_EXCEPT = re.compile("except ([^:]*):")
_HELPERS = {
    "first_word": ("match group",),
    "parts": ("match groups", "match groupdict"),
    "twice": ("function curry",),
    "more": ("operator.add", "function partial"),
    "tripled": ("operator.mul", "function partial"),
    "both": ("function compose",),
    "hour": ("time hour", "time minute"),
}
"""What the functions of `idioms.HELPERS` use."""
_CALLED = re.compile(rf"\b({'|'.join(_HELPERS)})\(")


def _of_source(source: str) -> Iterator[str]:
    for module, name, *others in _WORDS.findall(source):
        if module:
            yield f"{module}.{name}"
        if name in IDENTIFIED:
            yield f"function {name}"
        for what, word in zip(("function", "time", "match"), others, strict=True):
            if word:
                yield f"{what} {word}"
    for kinds in _EXCEPT.findall(source):
        yield from (f"except {kind}" for kind in re.findall(r"\w+", kinds))
    for helper in _CALLED.findall(source):
        yield from _HELPERS[helper]
