"""Comprehensions: a loop over a list, as one operation on what each round evaluates to.

What a round is, `rounds` says: a function of the element whose result is a tuple of what it adds.
`each` puts the tuples of all rounds together. A generator is taken for the list of what it
yields: where a round would raise behind the element at which Python stops asking, the row is only
left to Python.
"""

from __future__ import annotations

from satchel.expr.flow import State
from satchel.expr.frame import Made, Refused, Turns, Value, Yielded
from satchel.expr.nodes import Node, record, seq, walk
from satchel.expr.opcodes import RELEASE, Step, steps
from satchel.expr.rounds import a_round, inlined
from satchel.expr.symbolic import Execution

DEEPEST = 3
"""How many comprehensions may stand in one another."""

_FOLDING = frozenset(("acc", "other", "item"))


class Round(Execution):
    """One round of a comprehension's loop."""

    def __init__(self, outer: Execution, made: Made, element: Node) -> None:
        super().__init__(outer.function, dict(made.captured), outer.call, outer.note)
        self.element = element
        self.steps = made.steps
        self.read(made.code)
        self.unsure = outer.unsure
        for value in outer.unsure:
            self.evaluated.pop(value, None)
        # What guards a generator only turns one exception into another.
        self.handlers = []

    def listing(self) -> list[Step]:
        if self.steps is not None:
            return self.steps
        listing = inlined(steps(self.code))
        heads = [index for index, step in enumerate(listing) if step.kind == "for_iter"]
        found = a_round(listing, heads[0])
        if found is None:
            raise Refused("loops inside a comprehension", self.places[listing[heads[-1]].unit])
        return found

    def start(self) -> State:
        return State(dict(self.arguments), [self.element])

    def may_run(self) -> None:
        """A generator may: its rounds are what is run."""

    def do_deref(self, name: str) -> None:
        if name in self.state.locals:
            self.do_load(name)
        else:
            super().do_deref(name)


def each(frame: Execution, made: Made, over: Value, level: int) -> Node | Yielded:
    """The value of calling a comprehension's code on an iterator."""
    is_generator = made.steps is None and made.code.co_name == "<genexpr>"
    if is_generator and RELEASE is not None and RELEASE >= (3, 15):
        # From 3.15 on, a generator asks for the iterator itself.
        over = Turns(frame.iterated(over))
    if not isinstance(over, Turns):
        frame.refuse("loops")
    if level >= DEEPEST:
        frame.refuse(f"has more than {DEEPEST} comprehensions in one another")
    body = seq(Round(frame, made, record(f"bound{level}")).run())
    if any(node.op == "input" and node.data in _FOLDING for node in walk([body])):
        frame.refuse("loops with the accumulator")
    node = frame.emit(Node("each", (over.items, body), level, frame.here()))
    return Yielded(node) if is_generator else node
