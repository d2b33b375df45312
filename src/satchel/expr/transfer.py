"""What each step of a function does to the values of the reach analysis.

`Run` follows one function over all its ways to a fixpoint: the state before a step is the
meeting of all ways that lead there, and whenever that grows, the step is looked at again.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from heapq import heappop, heappush
from types import CellType, CodeType, FunctionType
from typing import Any

from satchel.expr.abstract import (
    DERIVED,
    ELEMENTS,
    NULL,
    OPAQUE,
    SECONDS,
    Escaped,
    Point,
    Seen,
    Value,
    held,
    join,
    meet,
)
from satchel.expr.capture import Missing, cell_named, global_named
from satchel.expr.nodes import Where
from satchel.expr.opcodes import ENDS_LOOP, RELEASE, Step, handlers, places, steps

Call = Callable[["Run", Value, list[Value], Mapping[str, Value]], Value]

LOOKING = frozenset(
    id(getattr(builtins, name)) for name in ("locals", "vars", "eval", "exec", "dir", "breakpoint")
)
"""Builtins that can look at a function's own names."""

FRAMES = frozenset(("_getframe", "currentframe", "f_locals", "tb_frame"))
"""Attributes that lead to a function's own names."""

PURE_METHODS = frozenset(
    (
        *vars(str),
        *("items", "keys", "values", "copy", "get", "index", "count"),
        *("bit_length", "is_integer", "hex"),
    )
)
"""Methods that do not change what they are called on, whatever builtin value that is."""

PATIENCE = 100_000
"""How many steps are looked at before the analysis gives up."""


class Run:
    """One function on given values."""

    def __init__(
        self, function: FunctionType, names: Mapping[str, Value], seen: Seen, call: Call
    ) -> None:
        self.function = function
        self.code: CodeType = function.__code__
        self.names = names
        self.seen = seen
        self.call = call
        self.result: Value | None = None
        self.yielded: Value | None = None
        self.stack: list[Value] = []
        self.locals: dict[str, Value] = {}
        self.unit = 0
        self.places = places(self.code)

    def run(self) -> Value:
        """What the function may return."""
        generates = self.code.co_name == "<genexpr>" and not self.code.co_flags & _WAITING
        if self.code.co_flags & _SUSPENDING and not generates:
            raise Escaped("is a generator or a coroutine", self.here())
        todo = steps(self.code)
        starts = {step.unit: index for index, step in reversed(list(enumerate(todo)))}
        guards = handlers(self.code)
        points: dict[int, Point] = {0: Point(dict(self.names), ())}
        waiting = [0]
        patience = PATIENCE
        while waiting:
            patience -= 1
            if not patience:
                raise Escaped("is too long to follow", self.here())
            # In the order of the code, so that a place is looked at when all that leads to it
            # has been: then only loops are looked at twice.
            index = heappop(waiting)
            point, step = points[index], todo[index]
            self.unit = step.unit
            self.locals, self.stack = dict(point.locals), list(point.stack)
            ways = list(self.follow(step, index, starts))
            for guard in guards:
                # A step that has less on the stack than the handler keeps cannot raise.
                covered = guard.start <= step.unit < guard.end
                if covered and guard.depth <= len(point.stack):
                    # Only the names and what lay below are left, and what was caught.
                    kept = point.stack[: guard.depth] + (OPAQUE,) * (1 + guard.lasti)
                    target = starts[guard.target]
                    ways += [(target, Point(names, kept)) for names in (point.locals, self.locals)]
            for target, found in ways:
                known = points.get(target)
                met = found if known is None else meet(known, found, self.seen)
                if met != known:
                    points[target] = met
                    if target not in waiting:
                        heappush(waiting, target)
        result = self.yielded if generates else self.result
        return OPAQUE if result is None else result

    def follow(self, step: Step, index: int, starts: dict[int, int]) -> Iterator[tuple[int, Point]]:
        """Where a step leads, and what is known there."""
        if step.kind in ("return", "raise"):
            values = self.pops(1 if step.kind == "return" else step.value)
            if step.kind == "raise":
                self.use(values, "is raised")
            else:
                self.result = (
                    values[0] if self.result is None else join(self.result, values[0], self.seen)
                )
            return
        if step.kind == "reraise":
            return
        if step.target is None:
            getattr(self, f"do_{step.kind}")(step.value)
            yield index + 1, self.point()
            return
        target = starts[step.target]
        if step.kind == "jump":
            yield target, self.point()
        elif step.kind == "branch":
            test, popped = step.value
            value = self.stack.pop()
            if test in ("true", "false"):
                self.test(value)
            yield index + 1, self.point()
            self.stack += [] if popped else [value]
            yield target, self.point()
        elif step.kind == "for_iter":
            below = tuple(self.stack[:-1])
            over = self.stack[-2 if self.stack[-1].null else -1]
            over = replace(over, shape=ELEMENTS.get(over.shape, ""))
            yield index + 1, Point(self.locals, (*self.stack, over))
            kept = below if RELEASE == (3, 11) else (*self.stack, OPAQUE)
            yield target, Point(self.locals, kept)
        else:
            raise Escaped("waits for something", self.here())

    # Helpers.

    def here(self) -> Where:
        return self.places[self.unit]

    def point(self) -> Point:
        return Point(dict(self.locals), tuple(self.stack))

    def push(self, value: Value) -> None:
        self.stack.append(value)

    def pops(self, count: int) -> list[Value]:
        values = self.stack[len(self.stack) - count :]
        del self.stack[len(self.stack) - count :]
        return values

    def use(self, values: Iterable[Value], reason: str, changes: bool = False) -> Value:
        """Values are used whole; what comes out of that."""
        derived = False
        for value in values:
            if value.paths:
                self.seen.use(value, reason, self.here())
            derived = derived or value.ours
        self.seen.changes |= changes and derived
        return DERIVED if derived else OPAQUE

    def test(self, value: Value) -> None:
        """A value is asked whether it is true; of a tuple or group, that is not its records'."""
        if not value.shape:
            self.use([value], "is tested for truth")

    def gather(self, value: Value) -> Value:
        """What iterates over such values: a group, where they are records."""
        if () in value.paths and not value.shape and not value.method:
            return replace(value, shape="group")
        return self.use([value], "is gathered")

    def key(self, value: Value) -> str | None:
        """A constant key that can be a step of a path."""
        found = value.held.value if value.held else None
        return found if type(found) is str and found.isprintable() else None

    def item(self, container: Value, key: Value) -> Value:
        """`container[key]`."""
        if container.shape:
            return self.place(container, key)
        name = self.key(key)
        if container.paths and name is not None and not container.method:
            return self.seen.part(container, name, "is looked into too deep", self.here())
        return self.use([container, key], "is looked up by a key that is not constant")

    def place(self, container: Value, key: Value) -> Value:
        """`container[key]`, of a tuple or group that holds records."""
        at = key.held.value if key.held else None
        if container.shape in SECONDS and type(at) is int and -2 <= at < 2:
            second = replace(container, shape=SECONDS[container.shape])
            return second if at % 2 else OPAQUE
        if container.shape in ELEMENTS and type(at) is slice:
            return container
        if container.shape in ELEMENTS and type(at) is int:
            return replace(container, shape=ELEMENTS[container.shape])
        return self.use([container, key], "is looked up by a key that is not constant")

    # Steps.

    def do_nop(self, _: None) -> None:
        """Nothing."""

    def do_const(self, value: Any) -> None:
        self.push(held(value))

    def do_load(self, name: str) -> None:
        self.push(self.locals.get(name, OPAQUE))

    def do_load_and_clear(self, name: str) -> None:
        self.push(self.locals.pop(name, OPAQUE))

    def do_store(self, name: str) -> None:
        self.locals[name] = self.stack.pop()

    def do_delete(self, name: str) -> None:
        self.locals.pop(name, None)

    def do_cell(self, name: str) -> None:
        self.use([self.locals.pop(name, OPAQUE)], "is captured by a function inside")

    def do_closure(self, name: str) -> None:
        self.push(OPAQUE)

    def do_store_deref(self, name: str) -> None:
        self.use([self.stack.pop()], "is stored where a function inside sees it", changes=True)

    def do_deref(self, name: str) -> None:
        if name not in self.code.co_freevars:
            self.push(DERIVED)
            return
        try:
            self.push(held(cell_named(self.function, name)))
        except Missing:
            # A name of the function around, which was used whole where it was captured.
            self.push(DERIVED)

    def do_global(self, name: str) -> None:
        try:
            value = global_named(self.function, name)
        except Missing:
            self.push(OPAQUE)
            return
        if id(value) in LOOKING:
            raise Escaped(f"calls {name}, which sees every name", self.here())
        self.push(held(value))

    def do_null(self, _: None) -> None:
        self.push(NULL)

    def do_pop(self, _: None) -> None:
        self.stack.pop()

    def do_copy(self, count: int) -> None:
        self.push(self.stack[-count])

    def do_swap(self, count: int) -> None:
        self.stack[-1], self.stack[-count] = self.stack[-count], self.stack[-1]

    def do_binary(self, symbol: str) -> None:
        self.push(self.use(self.pops(2), f"is an operand of {symbol}"))

    def do_inplace(self, symbol: str) -> None:
        one, two = self.pops(2)
        self.use([one], f"is changed by {symbol}=", changes=True)
        self.push(self.use([one, two], f"is an operand of {symbol}="))

    def do_unary(self, symbol: str) -> None:
        if symbol == "not":
            self.test(self.stack.pop())
        else:
            self.use(self.pops(1), f"is an operand of {symbol}")
        self.push(OPAQUE)

    def do_truth(self, _: None) -> None:
        self.test(self.stack.pop())
        self.push(OPAQUE)

    def do_compare(self, symbol: str) -> None:
        self.use(self.pops(2), "is compared")
        self.push(OPAQUE)

    def do_contains(self, negated: bool) -> None:
        key, container = self.pops(2)
        if container.shape:
            self.use([container], "is searched")
        self.item(container, key)
        self.use([key], "is looked up")
        self.push(OPAQUE)

    def do_is(self, negated: bool) -> None:
        values = self.pops(2)
        if not any(value.held and value.held.value in _SINGLETONS for value in values):
            self.use(values, "is compared by identity")
        self.push(OPAQUE)

    def do_subscript(self, _: None) -> None:
        container, key = self.pops(2)
        self.push(self.item(container, key))

    def do_slice(self, _: None) -> None:
        container, *ends = self.pops(3)
        self.use(ends, "is part of a slice")
        whole = container.shape in ELEMENTS
        self.push(container if whole else self.use([container], "is sliced"))

    def do_build_slice(self, count: int) -> None:
        derived = self.use(self.pops(count), "is part of a slice")
        self.push(derived if derived.derived else held(_SLICE))

    def do_build_tuple(self, count: int) -> None:
        self.push(self.use(self.pops(count), "is put into a collection"))

    do_build_list = do_build_tuple

    def do_build_map(self, count: int) -> None:
        self.push(self.use(self.pops(2 * count), "is put into a dict"))

    def do_build_keys(self, count: int) -> None:
        self.push(self.use(self.pops(count + 1), "is put into a dict"))

    def do_build_string(self, count: int) -> None:
        self.pops(count)
        self.push(OPAQUE)

    def do_extend(self, depth: int) -> None:
        derived = self.use(self.pops(1), "is iterated")
        self.mark(depth, derived)

    def do_to_tuple(self, _: None) -> None:
        """The tuple holds what the list has held."""

    def do_update(self, depth: int) -> None:
        self.mark(depth, self.use(self.pops(1), "is merged into a dict"))

    def mark(self, depth: int, derived: Value) -> None:
        """A collection under construction has got something of the record."""
        if derived.derived:
            self.stack[-depth] = DERIVED

    def do_unpack(self, count: int) -> None:
        value = self.stack[-1]
        if value.shape in SECONDS and count == 2:
            self.stack[-1:] = [replace(value, shape=SECONDS[value.shape]), OPAQUE]
            return
        self.stack += [self.use(self.pops(1), "is unpacked")] * count

    def do_convert(self, letter: str) -> None:
        self.use(self.pops(1), "is made text")
        self.push(OPAQUE)

    def do_format(self, value: tuple[str, bool]) -> None:
        self.use(self.pops(2 if value[1] else 1), "is made text")
        self.push(OPAQUE)

    def do_attribute(self, name: str) -> None:
        (value,) = self.pops(1)
        if name in FRAMES:
            raise Escaped(f"reads .{name}, which sees every name", self.here())
        self.push(self.read(value, name))

    def read(self, value: Value, name: str) -> Value:
        if value.paths and name == "get" and not value.method and not value.shape:
            return Value(value.paths, method="get")
        if value.held and type(value.held.value) is type(builtins):
            found = vars(value.held.value).get(name, _NOTHING)
            return OPAQUE if found is _NOTHING else held(found)
        derived = self.use([value], f"has its .{name} used", changes=name not in PURE_METHODS)
        return Value(method=name, derived=True) if derived.derived else OPAQUE

    def do_method(self, name: str) -> None:
        self.do_attribute(name)
        self.push(NULL)

    def do_call(self, value: tuple[int, tuple[str, ...]]) -> None:
        count, names = value
        args = self.pops(count)
        pair = self.pops(2)
        target = [each for each in pair if not each.null]
        if len(target) == 2:
            # In the form of a method call: what is called, and its first argument.
            args.insert(0, target[1])
        at = len(args) - len(names)
        keywords = dict(zip(names, args[at:], strict=True))
        self.push(self.call(self, target[0], args[:at], keywords))

    def do_turns(self, _: None) -> None:
        if self.stack[-1].shape not in ELEMENTS:
            self.do_other((1, 1, "loops"))

    def do_push_exc(self, _: None) -> None:
        self.do_other((1, 2, "handles an exception"))

    def do_check_exc(self, _: None) -> None:
        self.do_other((2, 2, "handles an exception"))

    def do_pop_exc(self, _: None) -> None:
        self.do_other((1, 0, "handles an exception"))

    def do_make_function(self, closes: bool) -> None:
        *cells, code = self.pops(2 if closes else 1)
        self.use(cells, "defines a function")
        self.push(held(self.inner(code.held.value)) if code.held else OPAQUE)

    def do_close_over(self, what: int) -> None:
        attribute, function = self.pops(2)
        self.use([attribute], "defines a function")
        self.push(function if what == _CLOSURE else OPAQUE)

    def inner(self, code: CodeType) -> FunctionType:
        """A function that stands for one that is defined in this one.

        Where it reads names of this one its cells are empty: what they held has been used whole.
        """
        known = self.seen.made.get((id(self.function), code))
        if known is None:
            outer = dict(zip(self.code.co_freevars, self.function.__closure__ or (), strict=True))
            cells = tuple(outer.get(name, CellType()) for name in code.co_freevars)
            scope = self.function.__globals__
            known = FunctionType(code, scope, code.co_name, None, cells)
            self.seen.made[id(self.function), code] = known
        return known

    def do_yield(self) -> None:
        """A generator expression hands out a value."""
        made = self.gather(self.stack.pop())
        self.yielded = made if self.yielded is None else join(self.yielded, made, self.seen)
        self.push(OPAQUE)

    def do_other(self, value: tuple[Any, Any, str]) -> None:
        takes, leaves, what = value
        if takes is None:
            raise Escaped(f"uses {what}, which is not known", self.here())
        if what == "yields":
            self.do_yield()
            return
        if what == ENDS_LOOP:
            self.pops(takes)
            return
        values = self.pops(takes)
        changing = what.startswith(("stores", "deletes"))
        # What is stored into a container, and by which key, does not change.
        at = {"stores into an item": slice(1, 2), "deletes an item": slice(1)}.get(what)
        changed = (values[1:] or values) if at is None else values[at]
        if changing and any(each.paths for each in changed):
            raise Escaped(what, self.here())
        derived = self.use(values, what, changes=changing)
        self.stack += [derived] * leaves
        if what.startswith("builds") and not leaves:
            # The collection lies somewhere below; any of them may now hold a part.
            for index, each in enumerate(self.stack):
                if each == OPAQUE and derived.derived:
                    self.stack[index] = DERIVED


_SUSPENDING = 0x20 | 0x80 | 0x200
_WAITING = 0x80 | 0x200
_CLOSURE = 8
_SLICE = slice(None)
_SINGLETONS = (None, True, False)
_NOTHING = object()
