"""Comprehensions: a loop over a list, as one operation on what each round evaluates to.

A comprehension is a code object of its own that is called with an iterator. Its loop has one way
back to its head for each element that is left out and one for each that is taken:

```text
      load .0
head: for_iter end                      a round starts with the element on the stack
      ...                               a jump to the head leaves the element out: ()
      list_append | yield -> head       takes a value: (value,)
end:  return
```

So a round is a function without loops, of the element, whose result is a tuple of no value or of
one; `each` puts the tuples of all rounds together. A generator is taken for the list of what it
yields: where a round would raise behind the element at which Python stops asking, the row is only
left to Python.
"""

from __future__ import annotations

from types import CodeType
from typing import Any

from satchel.expr.flow import State
from satchel.expr.frame import Made, Refused, Turns, Value, Yielded
from satchel.expr.nodes import Node, record, seq, walk
from satchel.expr.opcodes import Step, steps
from satchel.expr.symbolic import Execution

DEEPEST = 3
"""How many comprehensions may stand in one another."""

_FOLDING = frozenset(("acc", "other", "item"))


class Round(Execution):
    """One round of a comprehension's loop."""

    def __init__(self, outer: Execution, made: Made, element: Node) -> None:
        super().__init__(outer.function, dict(made.captured), outer.call, outer.note)
        self.element = element
        self.read(made.code)
        # What guards a generator only turns one exception into another.
        self.guards = []

    def listing(self) -> list[Step]:
        return one_round(self.code, self.refuse_at)

    def start(self) -> State:
        return State(dict(self.arguments), [self.element])

    def may_run(self) -> None:
        """A generator may: its rounds are what is run."""

    def do_deref(self, name: str) -> None:
        if name in self.state.locals:
            self.do_load(name)
        else:
            self.refuse(f"captures {name!r}, which has no value yet")

    def refuse_at(self, reason: str, unit: int) -> Refused:
        return Refused(reason, self.places[unit])


def each(frame: Execution, made: Made, over: Value, level: int) -> Node | Yielded:
    """The value of calling a comprehension's code on an iterator."""
    if not isinstance(over, Turns):
        frame.refuse("loops")
    if level >= DEEPEST:
        frame.refuse(f"has more than {DEEPEST} comprehensions in one another")
    body = seq(Round(frame, made, record(f"bound{level}")).run())
    if any(node.op == "input" and node.data in _FOLDING for node in walk([body])):
        frame.refuse("loops with the accumulator")
    node = frame.emit(Node("each", (over.items, body), level, frame.here()))
    return Yielded(node) if made.code.co_name == "<genexpr>" else node


def one_round(code: CodeType, refusal: Any) -> list[Step]:
    """The steps of one round, as a function that returns what the round adds."""
    listing = steps(code)
    heads = [index for index, step in enumerate(listing) if step.kind == "for_iter"]
    if len(heads) != 1:
        raise refusal("loops inside a comprehension", listing[heads[1] if heads else 0].unit)
    head = listing[heads[0]]
    end = head.target
    assert end is not None
    result: list[Step] = []
    for step in listing[heads[0] + 1 :]:
        if step.unit >= end:
            raise refusal("loops", head.unit)
        if step.kind == "other" and step.value[2] in _TAKING:
            result += [Step("build_tuple", 1, step.unit), Step("return", None, step.unit)]
            break
        if step.target == head.unit:
            step = step._replace(target=end)
        result.append(step)
    last = result[-1].unit
    for step in result:
        if step.target is not None and not (step.unit < step.target <= last or step.target == end):
            raise refusal("loops", step.unit)
    return [*result, Step("build_tuple", 0, end), Step("return", None, end)]


_TAKING = ("builds a list in a loop", "yields")
