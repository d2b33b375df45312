"""Which parts of a record a function touches: a total analysis, for any Python function.

A forward interpretation of the bytecode, loops and exception handlers included, run to a
fixpoint. Each value is a part of the record (a set of paths, since ways meet), an object
that is known, or opaque. Subscripts, `.get` and `in` with constant keys lead from a part to
a smaller one. Any other use needs the part whole; of the record itself, it means that the
record escapes. Whatever is not understood escapes too: precision is lost, never a key.
"""

from __future__ import annotations

import builtins
import functools
import inspect
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from types import FunctionType, MethodType
from typing import Any

from satchel.expr.abstract import OPAQUE, ROOT, Escaped, Path, Seen, Value, held, join
from satchel.expr.capture import describe
from satchel.expr.gathered import gathered
from satchel.expr.nodes import Where
from satchel.expr.opcodes import unknown_release
from satchel.expr.transfer import PURE_METHODS, Run

__all__ = ["Analysis", "Reach", "reach"]

DEPTH = 4
"""How many functions deep the record is followed."""

PURE = frozenset(
    id(getattr(builtins, name))
    for name in (
        *("abs", "all", "any", "ascii", "bool", "callable", "chr", "divmod", "float", "format"),
        *("hash", "hex", "int", "isinstance", "len", "max", "min", "ord", "pow", "print", "repr"),
        *("round", "str", "sum", "type"),
    )
)
"""Builtins whose result has nothing of a record in it that could be changed."""

READING = frozenset(
    id(getattr(builtins, name))
    for name in (
        *("dict", "enumerate", "frozenset", "iter", "list", "range", "reversed", "set"),
        *("slice", "sorted", "tuple", "zip"),
    )
)
"""Builtins that only read what they are given, but hand it on."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a function needs of a record.

    `paths`: the parts to build whole, or None where the record escapes, for `reason` at
    `where`. A part that is only looked into is built with just those keys. `changes`: a part
    is given to something that might change it, which a later step on the same record would
    see.
    """

    paths: frozenset[Path] | None
    reason: str | None = None
    where: Where | None = None
    changes: bool = False


def reach(function: Any, position: int = 0, given: Value = ROOT) -> Reach:
    """What a function touches of the record that it is given.

    Args:
        function: anything that can be called.
        position: which of its positional parameters it is given, counted from 0.
        given: the record itself, or what holds records: a `GROUP` of them, a `PAIR`, ...

    >>> sorted(reach(lambda e: sorted(e["a"]["b"]) + [e.get("c")]).paths)
    [('a', 'b'), ('c',)]
    >>> reach(lambda e: print(e)).reason
    'is passed to print'
    >>> from satchel.expr.abstract import PAIR
    >>> sorted(reach(lambda pair: sum(e["n"] for e in pair[1]), given=PAIR).paths)
    [('n',)]
    """
    problem = unknown_release()
    if problem is not None:
        return Reach(None, problem)
    analysis = Analysis()
    try:
        analysis.start(function, position, given)
    except Escaped as escaped:
        return Reach(None, escaped.reason, escaped.where, analysis.seen.changes)
    return Reach(analysis.seen.paths(), changes=analysis.seen.changes)


class Analysis:
    """Follows the record from function to function."""

    def __init__(self) -> None:
        self.seen = Seen()
        self.active: list[Any] = []
        self.known: dict[Any, Value] = {}

    def start(self, function: Any, position: int, given: Value) -> None:
        if type(function) is FunctionType:
            code = function.__code__
            if code.co_flags & inspect.CO_GENERATOR:
                raise Escaped("is a generator or a coroutine")
            count = code.co_argcount + code.co_kwonlyargcount
            if position >= code.co_argcount:
                raise Escaped("takes the record among its * arguments")
            names = dict.fromkeys(code.co_varnames[:count], OPAQUE)
            names.update(_defaults(function))
            names.update(dict.fromkeys(code.co_varnames[:position], OPAQUE))
            names[code.co_varnames[position]] = given
            result = self.function(function, names)
        else:
            outside = Run(_NOTHING, {}, self.seen, self.call)
            result = self.call(outside, held(function), [*[OPAQUE] * position, given], {})
        if result is None:
            raise Escaped("is passed on too deep")
        if () in result.paths:
            raise Escaped("is returned")
        self.seen.whole |= result.paths

    def function(self, function: FunctionType, names: Mapping[str, Value]) -> Value | None:
        """What a function may return; None where it is not followed."""
        code = function.__code__
        key = id(function), tuple(names.items())
        if key not in self.known:
            if code in self.active or len(self.active) >= DEPTH:
                return None
            self.active.append(code)
            try:
                self.known[key] = Run(function, names, self.seen, self.call).run()
            finally:
                self.active.pop()
        return self.known[key]

    def call(
        self, run: Run, target: Value, args: list[Value], keywords: Mapping[str, Value]
    ) -> Value:
        if target.method == "get" and target.paths:
            return self.get(run, target, args, keywords)
        if target.method in PURE_METHODS:
            return run.use([target, *args, *keywords.values()], "is passed to a method")
        if target.held is None:
            run.use([target], "is called", changes=True)
            return run.use([*args, *keywords.values()], "is passed on", changes=True)
        function = target.held.value
        kind = type(function)
        if kind is functools.partial:
            before = [held(value) for value in function.args]
            named = {name: held(value) for name, value in function.keywords.items()}
            return self.call(run, held(function.func), before + args, {**named, **keywords})
        if kind is MethodType:
            first = held(function.__self__)
            return self.call(run, held(function.__func__), [first, *args], keywords)
        if kind is FunctionType:
            names = _bound(function, args, keywords)
            ours = any(value.ours for value in (*args, *keywords.values()))
            result = self.function(function, names) if names is not None and ours else None
            if result is not None:
                return result
        else:
            known = gathered(self.call, run, function, args, keywords)
            if known is None and not keywords:
                known = self.builtin(run, function, args)
            if known is not None:
                return known
        reason = f"is passed to {describe(function)}"
        pure = id(function) in PURE or id(function) in READING
        result = run.use([*args, *keywords.values()], reason, changes=not pure)
        return OPAQUE if id(function) in PURE - _HANDING_ON else result

    def get(
        self, run: Run, target: Value, args: list[Value], keywords: Mapping[str, Value]
    ) -> Value:
        """`part.get(key, default)`."""
        part = Value(target.paths, derived=target.derived)
        if keywords or not 1 <= len(args) <= 2:
            return run.use([part, *args, *keywords.values()], "is looked up")
        found = run.item(part, args[0])
        return join(found, args[1], self.seen) if len(args) == 2 else found

    def builtin(self, run: Run, function: Any, args: list[Value]) -> Value | None:
        """The few builtins that leave a part as it is."""
        if function is isinstance and len(args) == 2:
            return run.use(args[1:], "is a type")
        if function is operator.getitem and len(args) == 2:
            return run.item(*args)
        if type(function) is operator.itemgetter and len(args) == 1:
            keys = function.__reduce__()[1]
            items = [run.item(args[0], held(key)) for key in keys]
            return items[0] if len(items) == 1 else run.use(items, "is put into a tuple")
        return None


def _bound(
    function: FunctionType, args: list[Value], keywords: Mapping[str, Value]
) -> dict[str, Value] | None:
    """Arguments by name; None where the call is not a plain one."""
    code = function.__code__
    positional = code.co_varnames[: code.co_argcount]
    count = code.co_argcount + code.co_kwonlyargcount
    if code.co_flags & 0x0C or len(args) > len(positional):
        return None
    names = dict.fromkeys(code.co_varnames[:count], OPAQUE)
    names.update(_defaults(function))
    names.update(zip(positional, args, strict=False))
    if not keywords.keys() <= names.keys() - set(positional[: len(args)]):
        return None
    return {**names, **keywords}


def _defaults(function: FunctionType) -> dict[str, Value]:
    code = function.__code__
    values = function.__defaults__ or ()
    last = code.co_varnames[code.co_argcount - len(values) : code.co_argcount]
    found = {name: held(value) for name, value in zip(last, values, strict=True)}
    found.update((name, held(value)) for name, value in (function.__kwdefaults__ or {}).items())
    return found


_NOTHING = FunctionType((lambda: None).__code__, {})
"""In whose name a call of a builtin is made."""

_HANDING_ON = frozenset(map(id, (max, min, sum)))
