"""Comprehensions, `map` and `filter`: a loop as one operation on what each round evaluates to.

What a round is, `rounds` says: a function of the element whose result is a tuple of what it adds.
`each` puts the tuples of all rounds together. A generator is taken for the list of what it
yields: where a round would raise behind the element at which Python stops asking, the row is only
left to Python.
"""

from __future__ import annotations

from satchel.expr.capture import Held
from satchel.expr.flow import State
from satchel.expr.frame import Fresh, Made, Refused, Turns, Value, Yielded
from satchel.expr.nodes import Node, if_, record, seq, walk
from satchel.expr.opcodes import RELEASE, Step, steps
from satchel.expr.rounds import a_round, inlined
from satchel.expr.symbolic import Execution

DEEPEST = 3
"""How many comprehensions may stand in one another."""

FOLDING = frozenset(("acc", "other", "item"))

_STARS = 0x0C


class Inner(Execution):
    """A function that is made inside another one, with the names that it captured."""

    def __init__(self, outer: Execution, made: Made, arguments: dict[str, Value]) -> None:
        known = {**made.captured, **arguments}
        super().__init__(outer.function, known, outer.call, outer.note)
        self.read(made.code)
        self.unsure = outer.unsure
        for value in outer.unsure:
            self.evaluated.pop(value, None)

    def do_deref(self, name: str) -> None:
        if name in self.state.locals:
            self.do_load(name)
        else:
            super().do_deref(name)


class Round(Inner):
    """One round of a comprehension's loop."""

    def __init__(self, outer: Execution, made: Made, element: Node) -> None:
        super().__init__(outer, made, {})
        self.element = element
        self.steps = made.steps
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


def called(frame: Execution, made: Made, args: list[Value], keywords: dict[str, Value]) -> Node:
    """The value of calling a lambda that is made in place."""
    code = made.code
    plain = not keywords and not code.co_flags & _STARS and not code.co_kwonlyargcount
    if not plain or len(args) != code.co_argcount:
        frame.refuse("calls a function that it defines")
    # A list or dict that the function has made is the lambda's, too, and may not change any more.
    given = (frame.kept(each) if isinstance(each, Fresh) else each for each in args)
    *effects, result = Inner(frame, made, dict(zip(code.co_varnames, given, strict=False))).run()
    for effect in (*effects, result):
        if effect.can_raise:
            frame.log(effect)
    return result


def applied(frame: Execution, name: str, function: Value, over: Value, level: int) -> Yielded:
    """`map(function, over)` or `filter(function, over)`."""
    items = frame.iterated(over)
    if level >= DEEPEST:
        frame.refuse(f"has more than {DEEPEST} comprehensions in one another")
    element = record(f"bound{level}")
    turn = Execution(frame.function, {}, frame.call, frame.note)
    turn.places, turn.unit = frame.places, frame.unit
    nothing = isinstance(function, Held) and function.value is None and name == "filter"
    value = turn.asked(element if nothing else frame.call(turn, function, [element], {}))
    if name == "filter":
        value = if_(value, Node("tuple", (element,)), Node("tuple"), frame.here())
    else:
        value = Node("tuple", (turn.node(value),), None, frame.here())
    turn.block.result = value
    turn.blocks = [turn.block]
    return _looped(frame, items, seq(turn.items()), level)


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
    found = _looped(frame, over.items, body, level)
    return found if is_generator else found.items


def _looped(frame: Execution, items: Node, body: Node, level: int) -> Yielded:
    if any(node.op == "input" and node.data in FOLDING for node in walk([body])):
        frame.refuse("loops with the accumulator")
    return Yielded(frame.emit(Node("each", (items, body), level, frame.here())))
