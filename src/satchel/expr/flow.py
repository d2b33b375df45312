"""The control flow of loop-free code: blocks in order, who dominates whom.

Without loops every jump goes forward, so that the order in which code is written is a
topological order. Blocks are found and linked while they are executed, because a branch on
a constant leaves one of its sides out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from satchel.expr.nodes import Node
from satchel.expr.opcodes import Step


@dataclass(slots=True, eq=False, repr=False)
class State:
    """What is known at one point: the values of the local names and of the stack."""

    locals: dict[str, Any]
    stack: list[Any]

    def copy(self) -> State:
        return State(dict(self.locals), list(self.stack))


@dataclass(slots=True, eq=False, repr=False)
class Block:
    """Steps that run one after another, and what became of them.

    A block ends in a return (`result`), in a branch (`condition`, two edges: taken if it
    holds, and if not), or goes on to a single edge.
    """

    index: int
    steps: list[Step]
    edges: list[tuple[Block, State]] = field(default_factory=list)
    before: list[tuple[Block, State]] = field(default_factory=list)
    condition: Node | None = None
    result: Node | None = None
    log: list[Node] = field(default_factory=list)
    dominator: Block | None = None
    depth: int = 0

    def link(self, block: Block, state: State) -> None:
        self.edges.append((block, state))
        block.before.append((self, state))

    def dominated_by(self, other: Block) -> bool:
        """Whether every way to this block leads through the other."""
        block: Block | None = self
        while block is not None and block.depth > other.depth:
            block = block.dominator
        return block is other


def split(steps: list[Step]) -> list[Block]:
    """Steps cut into blocks at every jump and every jump's target."""
    targets = {step.target for step in steps}
    blocks = [Block(0, [])]
    for step in steps:
        current = blocks[-1].steps
        leaves = bool(current) and (current[-1].target is not None or current[-1].kind in _ENDS)
        starts = step.unit in targets and bool(current) and current[-1].unit != step.unit
        if leaves or starts:
            blocks.append(Block(len(blocks), []))
        blocks[-1].steps.append(step)
    return blocks


def dominate(block: Block) -> None:
    """Find a block's immediate dominator, once those of all blocks before it are known."""
    common: Block | None = None
    for earlier, _ in block.before:
        common = earlier if common is None else _meet(common, earlier)
    block.dominator = common
    block.depth = 0 if common is None else common.depth + 1


def _meet(one: Block, two: Block) -> Block:
    while one is not two:
        if one.depth >= two.depth:
            assert one.dominator is not None
            one = one.dominator
        else:
            assert two.dominator is not None
            two = two.dominator
    return one


_ENDS = ("return", "raise")
