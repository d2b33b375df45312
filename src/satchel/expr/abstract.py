"""The values of the reach analysis, and what has been seen of the record so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import CodeType, FunctionType
from typing import Any

from satchel.expr.nodes import Where

Path = tuple[str, ...]

LONGEST = 16
"""How long a path may grow: a loop may follow `x = x["next"]` for ever."""


@dataclass(frozen=True, slots=True)
class Object:
    """A Python object that is known, compared by identity."""

    value: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Object) and (
            self.value is other.value
            or (type(self.value) is str and type(other.value) is str and self.value == other.value)
        )

    def __hash__(self) -> int:
        return hash(self.value) if type(self.value) is str else id(self.value)


@dataclass(frozen=True, slots=True)
class Value:
    """What may be on the stack or in a name.

    `paths`: parts of the record that it may be. `held`: the very object that it is.
    `method`: it is that method of those parts, read but not called. `derived`: it comes out
    of a part that is built whole. `shape`: it is no part, but a builtin that holds some (see
    `GROUP`). Nothing of these: it is opaque, and has nothing to do with the record.
    """

    paths: frozenset[Path] = frozenset()
    held: Object | None = None
    method: str | None = None
    derived: bool = False
    null: bool = False
    shape: str = ""

    @property
    def ours(self) -> bool:
        """Whether a change of it may be a change of the record."""
        return bool(self.paths) or self.derived


OPAQUE = Value()
DERIVED = Value(derived=True)
NULL = Value(null=True)
ROOT = Value(frozenset([()]))

# What may hold records. Where a shape is not known to be handled, a use of it is a use of the
# records, which escape.
GROUP = replace(ROOT, shape="group")
"""Something to iterate over, whose elements are records."""
PAIR = replace(ROOT, shape="pair")
"""A tuple of something of no concern and a group."""
ENTRY = replace(ROOT, shape="entry")
"""A tuple of something of no concern and a record."""
ENTRIES = replace(ROOT, shape="entries")
"""Something to iterate over, whose elements are entries."""

ELEMENTS = {"group": "", "entries": "entry"}
"""What iterating over a shape gives."""
SECONDS = {"pair": "group", "entry": ""}
"""What the second item of a shape is."""


def held(value: Any) -> Value:
    """A value that is known."""
    return Value(held=Object(value))


class Escaped(Exception):
    """The record is needed whole."""

    def __init__(self, reason: str, where: Where | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.where = where


@dataclass(slots=True)
class Seen:
    """What has been touched, and what has to be built whole."""

    touched: set[Path] = field(default_factory=set)
    whole: set[Path] = field(default_factory=set)
    changes: bool = False
    made: dict[tuple[int, CodeType], FunctionType] = field(default_factory=dict)
    """Functions that stand for those that are defined inside others."""

    def use(self, value: Value, reason: str, where: Where | None) -> None:
        """A use that only the whole part can serve."""
        if () in value.paths:
            raise Escaped(reason, where)
        self.whole |= value.paths

    def part(self, value: Value, key: str, reason: str, where: Where | None) -> Value:
        """The item that a constant key finds in a part."""
        if any(len(path) >= LONGEST for path in value.paths):
            self.use(value, reason, where)
            return DERIVED
        found = frozenset((*path, key) for path in value.paths)
        self.touched |= found
        return Value(found, derived=value.derived)

    def paths(self) -> frozenset[Path]:
        """The parts to build: of a part that is only looked into, just what is looked for."""
        parents = {above for path in self.touched | self.whole for above in _above(path)}
        leaves = self.whole | (self.touched - parents)
        return frozenset(
            path for path in leaves if not any(map(self.whole.__contains__, _above(path)))
        )


def _above(path: Path) -> list[Path]:
    return [path[:length] for length in range(len(path))]


def join(one: Value, two: Value, seen: Seen) -> Value:
    """What a value may be where two ways meet."""
    if one == two:
        return one
    if one.method != two.method:
        for value in (one, two):
            if value.method and value.paths:
                seen.use(value, "a method of the record is used as a value", None)
        return DERIVED
    if one.shape != two.shape and one.paths and two.paths:
        for value in (one, two):
            seen.use(value, "is one thing or another", None)
        return DERIVED
    derived, shape = one.derived or two.derived, one.shape or two.shape
    return Value(one.paths | two.paths, None, one.method, derived, shape=shape)


Locals = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Point:
    """The names and the stack before a step."""

    locals: Locals
    stack: tuple[Value, ...]


def meet(one: Point, two: Point, seen: Seen) -> Point:
    """Two ways of coming to the same step, taken together."""
    if len(one.stack) != len(two.stack):
        raise Escaped("the stack differs between two ways to one place")
    names: Iterable[str] = one.locals.keys() | two.locals.keys()
    met = {
        name: join(one.locals.get(name, OPAQUE), two.locals.get(name, OPAQUE), seen)
        for name in names
    }
    pairs = zip(one.stack, two.stack, strict=True)
    return Point(met, tuple(join(a, b, seen) for a, b in pairs))
