"""`for` statements: a loop over a list, with what its rounds leave in names.

A round is a function of the element and of the names that the loop changes. Its result says whether
and where it leaves the loop, and what the names hold then:

```text
best = 0                            loop over record["commits"], best from 0:
for c in e["commits"]:                  (0, c["size"] if c["size"] > best else best)
    if c["size"] > best:                 |  next round
        best = c["size"]
    if best > 9:                        (1, best)
        break                            |  to the first place behind the loop that a round leads to
```

The value of the loop is the last round's result, or `(0, names...)` where no round left it. Names
that have no value before the loop are not carried from round to round, and have none behind it
unless a round left the loop with it: reading one is then left to Python.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from satchel.expr.capture import Held
from satchel.expr.flow import WAYS_OUT, Block, State, in_order, ways
from satchel.expr.frame import NULL, Fresh, Made, Turns, Value
from satchel.expr.handling import Caught
from satchel.expr.loops import DEEPEST, FOLDING, Inner
from satchel.expr.nodes import NONE, Node, const, record, seq, walk
from satchel.expr.opcodes import RELEASE, Step
from satchel.expr.symbolic import Execution


@dataclass(eq=False)
class Loop:
    """A loop of a function that is being executed: its head, and the blocks of a round.

    `stored` are the names that a round may give another value.
    """

    head: Block
    rounds: set[int]
    stored: list[str]
    exits: list[Block] = field(default_factory=list)


def found(frame: Execution, head: Block) -> Loop:
    """The natural loop of a head (Aho, Sethi and Ullman): what leads back to it."""
    starts = frame.starts
    inside: dict[int, Block] = {}
    todo = [] if head.following is None else [head.following]
    while todo:
        block = todo.pop()
        if block is not head and block.index not in inside:
            inside[block.index] = block
            todo.extend(ways(block, starts))
    back = {index for index, block in inside.items() if head in ways(block, starts)}
    grown = True
    while grown:
        more = {
            index
            for index, block in inside.items()
            if index not in back and any(way.index in back for way in ways(block, starts))
        }
        grown = bool(more)
        back |= more
    loop = Loop(head, back, _stored(inside[index] for index in sorted(back)))
    for block in [head, *(inside[index] for index in sorted(back))]:
        behind = [head.following] if block is head else list(ways(block, starts))
        for way in behind:
            if way is None or way is head or way.index in back or way in loop.exits:
                continue
            loop.exits.append(way)
    return loop


class Rebound(Exception):
    """A round gives another list or dict to a name that held one of the function's own."""


class Turn(Inner):
    """One round of a loop, on the element and the names as the round before left them."""

    def __init__(
        self, outer: Execution, loop: Loop, state: State, names: list[str], carried: int
    ) -> None:
        super().__init__(outer, Made(outer.code, {}), state.locals)
        self.outer, self.loop, self.initial = outer, loop, state
        self.names, self.carried = names, carried
        # The names that hold a list or dict of the function's own, the same in every round.
        self.same = {
            name: value
            for name, value in state.locals.items()
            if isinstance(value, Fresh) and name in loop.stored
        }
        self.fresh = outer.fresh
        self.shared = outer.shared
        self.layouts: dict[int, tuple[list[str], list[Any]]] = {}

    def may_run(self) -> None:
        """It is part of a function that may."""

    def start(self) -> State:
        return self.initial.copy()

    def parts(self) -> list[Block]:
        """Copies of the loop's blocks; what leads out of a round ends in its outcome."""
        loop = self.loop
        old = [block for block in self.outer.blocks if block.index in loop.rounds]
        copies = {block.index: Block(0, block.steps, handler=block.handler) for block in old}
        for outcome, behind in enumerate([loop.head, *loop.exits]):
            unit = behind.steps[0].unit
            steps = [Step("outcome", outcome, unit), Step("return", None, unit)]
            copies[behind.index] = Block(0, steps)
        for block in old:
            if block.following is not None:
                copies[block.index].following = copies.get(block.following.index)
        assert loop.head.following is not None
        first = copies[loop.head.following.index]
        blocks = [first, *(copy for copy in copies.values() if copy is not first)]
        for index, block in enumerate(blocks):
            block.index = index
        return in_order(blocks)

    def do_outcome(self, outcome: int) -> None:
        present: list[str] = []
        parts: list[Node] = [const(outcome)]
        for name, made in self.same.items():
            if self.state.locals.get(name) is not made:
                raise Rebound
        for name in self.names if outcome else self.names[: self.carried]:
            value = self.state.locals.get(name)
            known = value is not None and value not in self.unsure
            node = self.expressed(self.settled(value, self.state)) if known else None
            if node is None and not outcome:
                self.refuse(f"loops, and leaves {name} without a value that is known")
            if node is not None:
                present.append(name)
            parts.append(NONE if node is None else node)
        stack: list[Any] = []
        for index, value in enumerate(self.state.stack if outcome else ()):
            below = index < len(self.initial.stack) - 1 and value is self.initial.stack[index]
            if below or value is NULL or isinstance(value, Held | Turns):
                stack.append((None, value))
            else:
                stack.append((type(value), len(parts)))
                parts.append(value.kind if isinstance(value, Caught) else self.kept(value))
        self.layouts[outcome] = (present, stack)
        self.push(Node("tuple", tuple(parts), None, self.here()))


def run(frame: Execution, head: Block, level: int) -> None:
    """Execute the loop whose head is the block that is being executed, and go on behind it."""
    if level >= DEEPEST:
        frame.refuse(f"has more than {DEEPEST} loops in one another")
    loop = found(frame, head)
    if len(loop.exits) > WAYS_OUT:
        frame.refuse(f"loops, with more than {WAYS_OUT} ways out")
    outer = frame.state
    over = outer.stack[-2 if outer.stack[-1] is NULL else -1]
    if not isinstance(over, Turns):
        frame.refuse("loops")
    shared = set(frame.shared)
    if over.made is not None:
        # A list that grows while it is looped over would have more rounds.
        frame.shared.add(over.made)
    try:
        turn, inits, body = _round(frame, loop, level, settling=False)
    except Rebound:
        frame.shared.intersection_update(shared | {over.made})
        turn, inits, body = _round(frame, loop, level, settling=True)
    frame.fresh = turn.fresh
    if over.made not in shared:
        frame.shared.discard(over.made or "")
    if any(name in frame.shared for name in turn.names[: turn.carried]):
        frame.refuse("changes a list or dict that is part of another value")
    if any(node.op == "input" and node.data in FOLDING for node in walk([body, *inits])):
        frame.refuse("loops with the accumulator")
    value = Node("loop", (over.items, body, *inits), level, frame.here())
    frame.log(value)
    _behind(frame, loop, turn, value)


def _round(
    frame: Execution, loop: Loop, level: int, settling: bool
) -> tuple[Turn, list[Node], Node]:
    """A round, what the names hold before the first, and what one evaluates to."""
    names, start, inits = _carried(frame, loop, level, settling)
    turn = Turn(frame, loop, start, names, len(inits))
    return turn, inits, seq(turn.run())


def _stored(blocks: Iterable[Block]) -> list[str]:
    changing = ("store", "delete", "store_deref", "load_and_clear")
    steps = (step for block in blocks for step in block.steps if step.kind in changing)
    return list(dict.fromkeys(step.value for step in steps))


def _carried(
    frame: Execution, loop: Loop, level: int, settling: bool
) -> tuple[list[str], State, list[Node]]:
    """The names that a round may change, what it starts from, and what they hold before the first.

    Those names come first that go from round to round.
    `settling`: a list or dict of the function's own in such a name is a value from here on.
    """
    state = frame.state.copy()
    known: dict[str, Node] = {}
    stored = loop.stored
    if not settling:
        stored = [name for name in stored if not isinstance(state.locals.get(name), Fresh)]
    for name in stored:
        value = state.locals.pop(name, None)
        node = None if value is None else frame.expressed(frame.settled(value, frame.state))
        if node is not None and value not in frame.unsure:
            known[name] = node
    made = (name for name in state.locals if name.startswith("*") and name not in frame.shared)
    known |= {name: state.locals[name] for name in made}
    bound = record(f"bound{level}")
    for index, name in enumerate(known, 1):
        state.locals[name] = Node("part", (bound,), index)
    state.stack.append(Node("part", (bound,), 0))
    names = [*known, *(name for name in stored if name not in known)]
    return names, state, list(known.values())


def _behind(frame: Execution, loop: Loop, turn: Turn, value: Node) -> None:
    """The ways on: to where a round led, else to where the loop ends."""
    at, where = loop.head, frame.here()
    for outcome, behind in enumerate(loop.exits, 1):
        if outcome not in turn.layouts:
            continue
        present, stack = turn.layouts[outcome]
        state = _left(frame.state, turn, present, value)
        state.stack = [_again(kind, entry, value) for kind, entry in stack]
        at.condition = Node("eq", (Node("part", (value,), 0), const(outcome)), None, where)
        spare = loop.head.spares[outcome - 1]
        _link(at, behind, state)
        _link(at, spare, frame.state)
        at = spare
    state = _left(frame.state, turn, turn.names[: turn.carried], value)
    if RELEASE == (3, 11):
        state.stack.pop()
    else:
        state.stack.append(Held(None))
    target = loop.head.steps[-1].target
    assert target is not None
    _link(at, frame.starts[target], state)


def _link(block: Block, target: Block, state: State) -> None:
    target.rare = False
    block.link(target, state)


def _left(state: State, turn: Turn, present: list[str], value: Node) -> State:
    """What the names hold behind the loop."""
    state = state.copy()
    for name in turn.names:
        state.locals.pop(name, None)
    for name in present:
        state.locals[name] = Node("part", (value,), 1 + turn.names.index(name))
    return state


def _again(kind: type | None, entry: Any, value: Node) -> Value:
    """What lies on the stack where a round has led."""
    if kind is None:
        return entry
    part = Node("part", (value,), entry)
    return Caught(part) if kind is Caught else part
