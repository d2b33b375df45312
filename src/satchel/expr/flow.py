"""The control flow of code: blocks in order, who dominates whom.

Blocks are put into a topological order, loops aside; without handlers of exceptions, that is the
order in which the code is written. They are linked while they are executed, because a branch on a
constant leaves one of its sides out. What a loop repeats, `statements` executes apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from satchel.expr.nodes import Node
from satchel.expr.opcodes import QUIET, Handler, Step


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
    holds, and if not), or goes on to a single edge. `following` is the block that is written
    behind it, `handler` where an exception of its last step leads; it is `rare` if only exceptions
    lead to it. The head of a loop has `spares` behind it, to tell the ways out apart.
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
    following: Block | None = None
    handler: Handler | None = None
    rare: bool = True
    spares: list[Block] = field(default_factory=list)

    def link(self, block: Block, state: State) -> None:
        self.edges.append((block, state))
        block.before.append((self, state))

    def dominated_by(self, other: Block) -> bool:
        """Whether every way to this block leads through the other."""
        block: Block | None = self
        while block is not None and block.depth > other.depth:
            block = block.dominator
        return block is other


def split(steps: list[Step], guards: dict[int, Handler]) -> list[Block]:
    """Steps cut into blocks at every jump, every jump's target and every guarded step."""
    targets = {step.target for step in steps} | {row.target for row in guards.values()}
    blocks = [Block(0, [])]
    # Whether a step of the block may raise that is not guarded: what is raised there is not caught.
    loose = False
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        block = blocks[-1]
        block.steps.append(step)
        if following is None:
            break
        moves = step.unit != following.unit
        loose = loose or (step.unit not in guards and step.kind not in QUIET)
        block.handler = guards.get(step.unit) if moves else None
        leaves = step.target is not None or step.kind in _ENDS or block.handler is not None
        if leaves or (
            moves and (following.unit in targets or (loose and following.unit in guards))
        ):
            blocks.append(Block(len(blocks), []))
            block.following = blocks[-1]
            loose = False
    return in_order(blocks)


def in_order(blocks: list[Block]) -> list[Block]:
    """The blocks that can be reached, each before those that it leads to, unless they loop."""
    starts = {block.steps[0].unit: block for block in reversed(blocks) if block.steps}
    found: list[Block] = []
    seen: set[int] = set()
    stack = [(blocks[0], False)]
    while stack:
        block, left = stack.pop()
        if left:
            found.append(block)
        elif block.index not in seen:
            seen.add(block.index)
            stack.append((block, True))
            following = sorted(ways(block, starts), key=lambda way: way.index)
            stack.extend((way, False) for way in following)
    for index in range(len(found) - 1, -1, -1):
        head = found[index].steps[-1]
        if head.kind == "for_iter":
            spares = [Block(0, [Step("nop", None, head.unit)]) for _ in range(WAYS_OUT)]
            found[index].spares = spares
            found[index:index] = spares[::-1]
    found.reverse()
    for index, block in enumerate(found):
        block.index = index
    return found


def ways(block: Block, starts: dict[int, Block]) -> Iterator[Block]:
    """Where a block may lead."""
    last = block.steps[-1]
    if block.handler is not None:
        yield starts[block.handler.target]
    if last.target is not None:
        yield starts[last.target]
    if block.following is not None and last.kind not in ("jump", *_ENDS):
        yield block.following


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


WAYS_OUT = 3
"""To how many places behind a loop its rounds may lead."""

_ENDS = ("return", "raise", "reraise")
