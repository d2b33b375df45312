"""One function being executed on expressions: its blocks, its log, and where ways meet.

Blocks are executed once each, in order. Where two ways meet, each name that they disagree on
becomes an `if` over the branches that lead there, so that the result grows with the code and
not with the number of ways through it. Every operation that may raise is logged in the order
in which Python would run it; `order` decides what of the log the result must still mention.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any, NoReturn

from satchel.expr.capture import Held, immutable
from satchel.expr.flow import Block, State, dominate, split
from satchel.expr.handling import Caught, fails, guards, raised
from satchel.expr.nodes import Node, Where, const, harmless, if_, unproved
from satchel.expr.opcodes import Handler, Step, handlers, places, steps
from satchel.expr.order import branched, prefixed
from satchel.expr.rounds import inlined

Value = Any
"""A Node, or one of the stand-ins below for what is not a value of the language."""


class Refused(Exception):
    """Why a function is not lowered, and where in the user's text."""

    def __init__(self, reason: str, where: Where | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.where = where


class Null:
    """The empty slot that bytecode keeps beside something to be called."""


class Bound:
    """A method of a value, read but not yet called."""

    def __init__(self, value: Value, name: str) -> None:
        self.value = value
        self.name = name


class Fresh:
    """A list or dict that the function has made and may change.

    What it holds at a point, the state there says, under this name. Once it is part of another
    value it may not change any more: there it is a value like any other.
    """

    def __init__(self, name: str, kind: str) -> None:
        self.name = name
        self.kind = kind


class Own:
    """An argument that only the function holds: a list or dict (`kind`) which it may change."""

    def __init__(self, node: Node, kind: str) -> None:
        self.node = node
        self.kind = kind


class Cut:
    """The inside of a subscript with colons."""

    def __init__(self, parts: tuple[Node, Node, Node]) -> None:
        self.parts = parts


class Cell:
    """A cell of a function, as it is passed to one that is made inside."""

    def __init__(self, value: Value) -> None:
        self.value = value


class Made:
    """A comprehension's code, with the values that it closes over.

    `steps` are those of a round, where the code is that of the function around.
    """

    def __init__(
        self, code: CodeType, captured: dict[str, Value], steps: list[Step] | None = None
    ) -> None:
        self.code = code
        self.captured = captured
        self.steps = steps


LAMBDA = "<lambda>"
"""The name of a lambda's code."""

FOLLOWED = ("<listcomp>", "<genexpr>", LAMBDA)
"""The names of the code of functions made in place that are followed."""


class Turns:
    """An iterator over items, not yet asked for the first.

    `made` is the name under which the state holds them, of a list of the function's own.
    """

    def __init__(self, items: Node, made: str | None = None) -> None:
        self.items = items
        self.made = made


class Yielded:
    """A generator, as the list of what it yields; it may be used up once, at once."""

    def __init__(self, items: Node) -> None:
        self.items = items


class TypeOf:
    """The type of a value, of which only the name or the identity may be asked."""

    def __init__(self, node: Node) -> None:
        self.node = node


class Cleared:
    """What a name held that a comprehension uses, where it held nothing."""


class Clash:
    """What different ways leave in a name, where no expression can say which."""


NULL = Null()
CLASH = Clash()
CLEARED = Cleared()


class Frame:
    """One function being executed on given arguments.

    `call` is how it calls others; `given` are the arguments, which have been evaluated
    before the function starts.
    """

    def __init__(
        self,
        function: FunctionType,
        arguments: dict[str, Value],
        call: Callable[[Any, Value, list[Value], dict[str, Value]], Value],
        note: Callable[[str, Where | None], None],
    ) -> None:
        self.function = function
        self.arguments = arguments
        self.call = call
        self.note = note
        # Where each operation has been evaluated: None means before the start, and True from
        # the start of the block on.
        given = (value.node if isinstance(value, Own) else value for value in arguments.values())
        self.evaluated: dict[Node, list[tuple[Block | None, bool]]] = {
            value: [(None, True)] for value in given if isinstance(value, Node)
        }
        # What a name stands for that has no value on some of the ways: reading it may raise.
        self.unsure: set[Value] = set()
        # The lists and dicts that it has made, and those that are part of other values.
        self.fresh = 0
        self.shared: set[str] = set()
        self.read(function.__code__)
        self.unit = 0
        self.state = State({}, [])
        self.block = Block(0, [])
        self.blocks: list[Block] = []
        self.starts: dict[int, Block] = {}

    def read(self, code: CodeType) -> None:
        """Make this the code that is run."""
        self.code = code
        self.places = places(code)
        self.handlers = handlers(code)

    def listing(self) -> list[Step]:
        """The steps to run."""
        return inlined(steps(self.code))

    def parts(self) -> list[Block]:
        """The blocks to run."""
        listing = self.listing()
        return split(listing, guards(self.handlers, listing))

    def start(self) -> State:
        """What is known before the first step."""
        known = dict(self.arguments)
        for name, value in self.arguments.items():
            if isinstance(value, Own):
                made = Fresh(f"*{self.fresh}", value.kind)
                self.fresh += 1
                known[name], known[made.name] = made, value.node
        return State(known, [])

    def may_run(self) -> None:
        """Refuse what does not run to its end at once."""
        if self.code.co_flags & _SUSPENDING:
            self.refuse("is a generator or a coroutine")

    def run(self) -> list[Node]:
        """What must be evaluated, in order; the last is the function's result."""
        self.may_run()
        self.blocks = self.parts()
        self.starts = {block.steps[0].unit: block for block in reversed(self.blocks)}
        self.blocks[0].rare = False
        for block in self.blocks:
            if block.index and not block.before:
                continue
            self.block = block
            dominate(block)
            self.state = self.merge(block) if block.index else self.start()
            if block.steps[-1].kind in ("raise", "reraise"):
                # Whatever leads up to the raise, the function itself has to do it.
                self.unit = block.steps[-1].unit
                block.result = unproved("raises an exception", self.here())
                continue
            try:
                self.execute(block)
            except Refused as refused:
                if not block.rare:
                    raise
                # The function itself handles this exception.
                block.result = unproved(refused.reason, refused.where)
        return self.items()

    def execute(self, block: Block) -> None:
        """The steps of a block, and where they lead."""
        before = self.state
        for step in block.steps:
            self.unit = step.unit
            if step is block.steps[-1] and block.handler is not None:
                before = self.state.copy()
            self.step(step)
        if block.handler is not None and block.log and not block.edges:
            self.guarded(block, block.handler, before)
        if not block.edges and block.result is None:
            self.lead(self.following(), self.state)

    def following(self) -> Block:
        """The block that is written behind this one."""
        assert self.block.following is not None
        return self.block.following

    def lead(self, target: Block, state: State, thrown: bool = False) -> None:
        """Go on there, from the block that is being executed, or with what it has raised."""
        if target.index <= self.block.index:
            self.refuse("loops")
        target.rare = target.rare and (self.block.rare or thrown)
        self.block.link(target, state)

    def guarded(self, block: Block, handler: Handler, before: State) -> None:
        """Branch to the handler of the block's last step if anything is raised."""
        following = self.following()
        steps = block.log
        for node in steps:
            # It has been evaluated only where nothing was raised.
            places = self.evaluated[node]
            places[places.index((block, False))] = (following, True)
        caught = raised(steps)
        block.log = []
        self.log(caught)
        block.condition = fails(caught)
        stack = before.stack[: handler.depth] + [Held(None)] * handler.lasti
        state = State(before.locals, [*stack, Caught(caught)])
        self.lead(self.starts[handler.target], state, thrown=True)
        self.lead(following, self.state)

    def step(self, step: Step) -> None:
        """What one step does; `symbolic` knows."""
        raise NotImplementedError

    # Errors and the log.

    def here(self) -> Where:
        return self.places[self.unit]

    def refuse(self, reason: str) -> NoReturn:
        raise self.refusal(reason)

    def refusal(self, reason: str) -> Refused:
        return Refused(reason, self.here())

    def emit(self, node: Node) -> Node:
        """Log an operation that has just been run, if it may raise."""
        if node.can_raise and not harmless(node):
            self.log(node)
        return node

    def log(self, node: Node) -> None:
        places = self.evaluated.setdefault(node, [])
        if not any(block is None or self.block.dominated_by(block) for block, _ in places):
            places.append((self.block, False))
            self.block.log.append(node)

    def items(self) -> list[Node]:
        """Put the blocks together, last to first."""
        known: dict[int, list[Node]] = {}
        for block in reversed(self.blocks):
            if block.index and not block.before:
                continue
            log = block.log
            if block.result is not None:
                rest = [block.result]
            elif block.condition is not None:
                (yes, _), (no, _) = block.edges
                differing, rest = branched(block.condition, known[yes.index], known[no.index])
                log = log + differing
            else:
                rest = known[block.edges[0][0].index]
            known[block.index] = prefixed(log, rest, self.done_before(block))
        return known[0]

    def done_before(self, block: Block) -> Callable[[Node], bool]:
        def done(node: Node) -> bool:
            for place, early in self.evaluated.get(node, ()):
                if place is None or (place is block and early):
                    return True
                if place is not block and block.dominated_by(place):
                    return True
            return False

        return done

    # Where ways meet.

    def merge(self, block: Block) -> State:
        state = block.before[0][1].copy()
        if len(block.before) == 1:
            return state
        states = [each for _, each in block.before]
        names = {name: None for each in states for name in each.locals}
        differing = [name for name in names if not _agree([s.locals.get(name) for s in states])]
        places = [i for i in range(len(state.stack)) if not _agree([s.stack[i] for s in states])]
        if differing or places:
            chosen = self.choose(block, differing, places)
            state.locals.update(zip(differing, chosen, strict=False))
            for index, value in zip(places, chosen[len(differing) :], strict=True):
                state.stack[index] = value
            for name in differing:
                found = (each.locals.get(name, name) for each in states)
                if any(value == name or value in self.unsure for value in found):
                    self.unsure.add(state.locals[name])
            for value in chosen:
                if isinstance(value, Node) and value.can_raise and value not in self.unsure:
                    self.evaluated.setdefault(value, []).append((block, True))
        return state

    def choose(self, block: Block, names: list[str], places: list[int]) -> list[Value]:
        """One value for each name and place: which one, the branches since the dominator say."""
        assert block.dominator is not None
        found: dict[int, list[Value]] = {}
        for earlier in reversed(self.blocks[block.dominator.index : block.index]):
            ways: list[list[Value] | None] = []
            for target, state in earlier.edges:
                if target is block:
                    values = [state.locals.get(name, name) for name in names]
                    values += [state.stack[place] for place in places]
                    ways.append([self.settled(value, state) for value in values])
                else:
                    ways.append(found.get(target.index))
            if earlier.condition is not None and len(ways) == 2 and ways[0] and ways[1]:
                found[earlier.index] = [
                    self.either(earlier.condition, yes, no)
                    for yes, no in zip(ways[0], ways[1], strict=True)
                ]
            else:
                way = next(filter(None, ways), None)
                if way is not None:
                    found[earlier.index] = way
        return found[block.dominator.index]

    def either(self, condition: Node, yes: Value, no: Value) -> Value:
        if _agree([yes, no]):
            return yes
        if isinstance(yes, Caught) and isinstance(no, Caught):
            return Caught(if_(condition, yes.kind, no.kind))
        one, two = self.expressed(yes), self.expressed(no)
        return CLASH if one is None or two is None else if_(condition, one, two)

    def settled(self, value: Value, state: State) -> Value:
        """A value that shares nothing with one that may change."""
        if not isinstance(value, Fresh):
            return value
        self.shared.add(value.name)
        return state.locals[value.name]

    def expressed(self, value: Value) -> Node | None:
        """A value as a node, if it can be one; a bare name is one without a value."""
        if isinstance(value, Node):
            return value
        if isinstance(value, str):
            return unproved(f"{value} has no value yet")
        if isinstance(value, Held) and immutable(value.value) is None:
            return const(value.value)
        return None


_SUSPENDING = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


def _agree(values: list[Value]) -> bool:
    first = values[0]
    return all(_alike(first, value) for value in values[1:])


def _alike(one: Value, two: Value) -> bool:
    if one is two or (isinstance(one, Held) and isinstance(two, Held) and one.value is two.value):
        return True
    return isinstance(one, Node) and isinstance(two, Node) and one == two
