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


@dataclass(frozen=True)
class Expression:
    """A function of a record that is an expression: what `map` and `filter` are given.

    >>> expression('e["actor"]["login"]')({"actor": {"login": "qdm"}})
    'qdm'
    """

    node: Node
    text: str

    def __call__(self, element: Any) -> Any:
        return interpret(self.node, {"record": element})

    @property
    def __qualname__(self) -> str:
        return self.text

    def __satchel_lower__(self, args: Sequence[Node]) -> Lowered | None:
        """The expression is its own meaning, where it is given the record."""
        return Lowered(self.node) if tuple(args) == (record(),) else None


@dataclass(frozen=True)
class OnLine(Expression):
    """The same as a function of the line that the record is on, which it leaves as it is.

    >>> OnLine(expression('e["n"] > 1').node, "")('{"n": 2}')
    True
    """

    def __call__(self, element: Any) -> Any:
        return super().__call__(json.loads(element))

    def __satchel_lower__(self, args: Sequence[Node]) -> Lowered | None:
        return Lowered(self.node, loader="json") if tuple(args) == (record("line"),) else None


@dataclass(frozen=True)
class Total(Expression):
    """A step of a fold that adds the expression's value to the accumulator.

    >>> Total(expression('len(e["commits"])').node, "")(3, {"commits": [{}]})
    4
    """

    def __call__(self, total: Any, element: Any = None) -> Any:
        return total + super().__call__(element)

    def __satchel_lower__(self, args: Sequence[Node]) -> Lowered | None:
        if tuple(args) != (record("acc"), record()):
            return None
        return Lowered(Node("add", (record("acc"), self.node)))


def expression(text: str) -> Expression:
    """What an expression on `e` means.

    Raises:
        SourceError: if it is not one of Python's, or uses what the language does not have; the
            text shows where.
    """
    return Expression(lower_source(text).node, text.strip())
