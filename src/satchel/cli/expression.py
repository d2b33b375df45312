"""Expressions of the command line: Python's words on `e`, lowered, never run as code.

The kernel evaluates an expression on each row; a row that it cannot prove is answered by
`satchel.expr.interpret`, on the record as `json.loads` gives it, with Python's own exceptions.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from satchel.expr.interpret import interpret
from satchel.expr.lower import Lowered, SourceError, lower_source
from satchel.expr.nodes import Node, record

__all__ = ["Expression", "OnLine", "SourceError", "Total", "expression"]


@dataclass(frozen=True, repr=False)
class Expression:
    """A function of a record that is an expression: what `map` and `filter` are given.

    >>> expression('e["actor"]["login"]')({"actor": {"login": "qdm"}})
    'qdm'
    """

    node: Node
    text: str

    def __call__(self, element: Any) -> Any:
        """Evaluate on one record."""
        return interpret(self.node, {"record": element})

    def __repr__(self) -> str:
        return self.text

    def __satchel_lower__(self, args: Sequence[Node]) -> Lowered | None:
        """The expression is its own meaning, where it is given the record."""
        return Lowered(self.node) if tuple(args) == (record(),) else None


@dataclass(frozen=True, repr=False)
class OnLine(Expression):
    """The same as a function of the line that the record is on, which it leaves as it is.

    >>> OnLine(expression('e["n"] > 1').node, "")('{"n": 2}')
    True
    """

    def __call__(self, element: Any) -> Any:
        """Evaluate on the record of one line."""
        return super().__call__(json.loads(element))

    def __satchel_lower__(self, args: Sequence[Node]) -> Lowered | None:
        return Lowered(self.node, loader="json") if tuple(args) == (record("line"),) else None


@dataclass(frozen=True, repr=False)
class Total:
    """A step of a fold that adds an expression's value to the accumulator.

    >>> Total(expression('len(e["commits"])'))(3, {"commits": [{}]})
    4
    """

    addend: Expression

    def __call__(self, total: Any, element: Any) -> Any:
        """Add one record's value."""
        return total + self.addend(element)

    def __repr__(self) -> str:
        return f"total + {self.addend.text}"

    def __satchel_lower__(self, args: Sequence[Node]) -> Lowered | None:
        """The sum as an expression on the accumulator and the record."""
        if tuple(args) != (record("acc"), record()):
            return None
        return Lowered(Node("add", (record("acc"), self.addend.node)))


def expression(text: str) -> Expression:
    """What an expression on `e` means.

    Raises:
        SourceError: if it is not one of Python's, or uses what the language does not have; the
            text shows where.
    """
    return Expression(lower_source(text).node, text.strip())
