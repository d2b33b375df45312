"""Calls: what each kind of function means when it is applied to expressions."""

from __future__ import annotations

import contextlib
import functools
import operator
import sys
from collections.abc import Iterator
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType
from typing import Any

from satchel.expr import moments, patterns, statements
from satchel.expr.capture import Held, describe
from satchel.expr.changes import method
from satchel.expr.flow import Block
from satchel.expr.formats import braces
from satchel.expr.frame import LAMBDA, Bound, Fresh, Made, Refused, TypeOf, Value, Yielded
from satchel.expr.identity import identity
from satchel.expr.loops import applied, called, each
from satchel.expr.nodes import (
    NONE,
    Node,
    Where,
    const,
    getitem,
    if_,
    is_text,
    not_,
    record,
    truth,
    unproved,
)
from satchel.expr.symbolic import Execution
from satchel.expr.vocabulary import (
    BUILTINS,
    CONSUMING,
    ISINSTANCE,
    METHODS,
    OPERATORS,
    STR_METHODS,
    is_compose,
    is_curry,
    is_pluck,
    loader_of,
)

DEPTH = 8
"""How many functions deep a call is followed."""

LONGEST_RANGE = 1000
"""How many ints a range may stand for."""


class Caller:
    """Applies functions to expressions, and keeps what was noticed on the way."""

    def __init__(self) -> None:
        self.active: list[CodeType] = []
        self.loader: str | None = None
        self.loops = 0
        self.noted: dict[str, Where | None] = {}

    def note(self, what: str, where: Where | None) -> None:
        self.noted.setdefault(what, where)

    def function(
        self, function: FunctionType, args: list[Value], keywords: dict[str, Value]
    ) -> list[Node]:
        """What calling a Python function evaluates; the last is its result."""
        code = function.__code__
        if code in self.active:
            raise Refused(f"{function.__qualname__} calls itself", _start(code))
        if len(self.active) >= DEPTH:
            raise Refused(f"calls go more than {DEPTH} functions deep", _start(code))
        arguments = bind(function, args, keywords)
        self.active.append(code)
        try:
            return Execution(function, arguments, self.call, self.note).run()
        finally:
            self.active.pop()

    def call(
        self, frame: Execution, target: Value, args: list[Value], keywords: dict[str, Value]
    ) -> Value:
        """The value of a call inside a function that is being executed."""
        if isinstance(target, Block):
            with self.inside_a_loop() as level:
                statements.run(frame, target, level)
            return Held(None)
        if isinstance(target, Made):
            return self.comprehension(frame, target, args, keywords)
        if isinstance(target, Bound) and target.name in ("append", "extend"):
            return method(frame, target.value, target.name, args, keywords)
        # What is only looked at may change afterwards.
        looks = isinstance(target, Bound) or (
            isinstance(target, Held) and id(target.value) in BUILTINS
        )
        settle = frame.node if looks else frame.kept
        args = [settle(each) if isinstance(each, Fresh) else each for each in args]
        keywords = {
            name: settle(each) if isinstance(each, Fresh) else each
            for name, each in keywords.items()
        }
        if isinstance(target, Bound):
            if target.name == "join" and len(args) == 1 and isinstance(args[0], Yielded):
                args = [args[0].items]
            if isinstance(target.value, moments.Moment):
                return moments.method(frame, target.value, target.name, args, keywords)
            if isinstance(target.value, patterns.Matched):
                return patterns.match_called(frame, target.value, target.name, args, keywords)
            if target.name == "format":
                return braces(frame, target.value.value, args, keywords)
            return frame.emit(_method(frame, target, args, keywords))
        if isinstance(target, moments.Parser) and not keywords:
            return moments.parsed(frame, target, args)
        if isinstance(target, patterns.Method):
            return patterns.method_called(frame, target, args, keywords)
        if not isinstance(target, Held):
            frame.refuse("calls a value of the record")
        function = target.value
        kind = type(function)
        found = patterns.function_called(frame, function, args, keywords)
        if found is not None:
            return found
        if is_pluck(function) and len(args) == 2 and isinstance(args[0], Held) and not keywords:
            get = Held(operator.itemgetter(*_listed(args[0].value)))
            return self.applied(frame, "map", get, args[1])
        if kind is FunctionType and loader_of(function) is None:
            if _is_library(function):
                frame.refuse(f"calls {describe(function)}, which is not in the vocabulary")
            *effects, result = self.function(function, args, keywords)
            for effect in (*effects, result):
                if effect.can_raise:
                    frame.log(effect)
            return result
        if kind is functools.partial or is_curry(kind):
            if kind is not functools.partial:
                function = function._partial
            held = [Held(value) for value in function.args]
            named = {name: Held(value) for name, value in function.keywords.items()}
            return self.call(frame, Held(function.func), held + args, {**named, **keywords})
        if kind is MethodType:
            return self.call(
                frame, Held(function.__func__), [Held(function.__self__), *args], keywords
            )
        if function is dict and not args:
            pairs = ((const(name), frame.node(value)) for name, value in keywords.items())
            items = tuple(part for pair in pairs for part in pair)
            return frame.made_anew(Node("dict", items, None, frame.here()))
        if keywords:
            frame.refuse(f"calls {describe(function)} with keywords")
        return self.known(frame, function, args)

    def comprehension(
        self, frame: Execution, made: Made, args: list[Value], keywords: dict[str, Value]
    ) -> Value:
        """The value of a comprehension, called with the iterator that it is made for."""
        if made.steps is None and made.code.co_name == LAMBDA:
            return called(frame, made, args, keywords)
        if keywords or len(args) != 1:
            frame.refuse("calls a function that it defines")
        with self.inside_a_loop() as level:
            return each(frame, made, args[0], level)

    def applied(self, frame: Execution, name: str, function: Value, items: Value) -> Value:
        """The value of `map` or `filter`."""
        with self.inside_a_loop() as level:
            return applied(frame, name, function, items, level)

    @contextlib.contextmanager
    def inside_a_loop(self) -> Iterator[int]:
        """How many loops are around the one that is followed within."""
        self.loops += 1
        try:
            yield self.loops - 1
        finally:
            self.loops -= 1

    def known(self, frame: Execution, function: Any, args: list[Value]) -> Value:
        """The value of a call of something in the vocabulary."""
        loader = loader_of(function)
        if loader is not None:
            return self.load(frame, loader, args)
        if function is functools.reduce and 2 <= len(args) <= 3:
            return self.reduce(frame, *args)
        if function is bool and len(args) == 1 and isinstance(args[0], patterns.Matched):
            return truth(args[0].node, frame.here())
        if function is next and 1 <= len(args) <= 2 and isinstance(args[0], Yielded):
            return _first(frame, args[0].items, *args[1:])
        if (function is map or function is filter) and len(args) == 2:
            return self.applied(frame, function.__name__, *args)
        if function is operator.itemgetter and all(isinstance(arg, Held) for arg in args):
            return Held(operator.itemgetter(*(arg.value for arg in args)))
        if is_compose(type(function)) and args:
            value = self.call(frame, Held(function.first), args, {})
            for following in function.funcs:
                value = self.call(frame, Held(following), [value], {})
            return value
        if function is dict and len(args) == 1:
            node = Node("call", (frame.node(args[0]),), "dict", frame.here())
            return frame.made_anew(frame.emit(node), "dict")
        if function is list and not args:
            return frame.made_anew(Node("list", (), None, frame.here()))
        if function is range and 1 <= len(args) <= 3:
            return _range(frame, args)
        if function is type and len(args) == 1:
            if isinstance(args[0], Held):
                return Held(type(args[0].value))
            return TypeOf(frame.node(args[0]))
        if function is isinstance and len(args) == 2:
            return _isinstance(frame, args[0], args[1])
        if id(function) in BUILTINS:
            name, least, most = BUILTINS[id(function)]
            if least <= len(args) <= most:
                if len(args) == 1 and name in CONSUMING:
                    args = [frame.iterated(args[0])]
                nodes = tuple(map(frame.node, args))
                return frame.emit(Node("call", nodes, name, frame.here()))
            frame.refuse(f"calls {name} with {len(args)} arguments")
        if id(function) in STR_METHODS and args:
            name = STR_METHODS[id(function)]
            _of_str(frame, name, args[0])
            return frame.emit(_method(frame, Bound(args[0], name), args[1:], {}))
        if id(function) in OPERATORS and len(args) == OPERATORS[id(function)][1]:
            return _operator(frame, OPERATORS[id(function)][0], args)
        if type(function) is operator.itemgetter and len(args) == 1:
            keys = function.__reduce__()[1]
            items = [_item(frame, args[0], Held(key)) for key in keys]
            return items[0] if len(items) == 1 else Node("tuple", tuple(items))
        if type(function) is operator.methodcaller and len(args) == 1:
            reduced = function.__reduce__()
            if type(reduced[0]) is type(operator.methodcaller):
                name = reduced[1][0]
                _known_method(frame, name)
                held = [Held(value) for value in reduced[1][1:]]
                frame.look_up(args[0], name)
                return frame.emit(_method(frame, Bound(args[0], name), held, {}))
        if type(function) is BuiltinFunctionType and type(function.__self__) in (str, dict):
            _known_method(frame, function.__name__)
            target = Bound(Held(function.__self__), function.__name__)
            return frame.emit(_method(frame, target, args, {}))
        raise frame.refusal(f"calls {describe(function)}, which is not in the vocabulary")

    def reduce(self, frame: Execution, step: Value, items: Value, *initial: Value) -> Value:
        """`functools.reduce` over items whose number is known, as in `toolz.get_in`."""
        if isinstance(items, Held) and type(items.value) in (tuple, list):
            if type(items.value) is list:
                frame.note("mutable", frame.here())
            values: list[Value] = [Held(item) for item in items.value]
        elif isinstance(items, Node) and items.op in ("tuple", "list"):
            values = list(items.args)
        else:
            frame.refuse("reduces items whose number is not known")
        values = [*initial, *values]
        if not values:
            frame.refuse("reduces nothing")
        for value in values[1:]:
            values[0] = self.call(frame, step, [values[0], value], {})
        return values[0]

    def load(self, frame: Execution, loader: str, args: list[Value]) -> Node:
        """A loader called on the line itself: its result is the record."""
        if len(args) != 1 or not _is_line(args[0]):
            frame.refuse("parses something other than the line")
        if self.loader not in (None, loader):
            frame.refuse("parses the line with two loaders")
        self.loader = loader
        return record()


def _listed(index: Any) -> Any:
    return index if type(index) is list and len(index) > 1 else [index]


def _is_line(value: Value) -> bool:
    """Whether a loader makes the same of a text as of the line, if the line is JSON.

    Around JSON there is no whitespace but that of JSON (RFC 8259), and loaders pass over it.
    """
    while isinstance(value, Node) and value.op == "method" and value.data in _STRIPPING:
        for characters in value.args[1:]:
            known = characters.data if characters.op == "const" else ""
            if known is not None and (type(known) is not str or not set(known) <= set(" \t\n\r")):
                return False
        value = value.args[0]
    return isinstance(value, Node) and value == record("line")


_STRIPPING = ("strip", "lstrip", "rstrip")


def bind(function: FunctionType, args: list[Value], keywords: dict[str, Value]) -> dict[str, Value]:
    """Arguments by name, as a call of the function binds them."""
    code = function.__code__
    start = _start(code)
    if code.co_flags & 0x0C:
        raise Refused("takes * or ** arguments", start)
    positional = code.co_varnames[: code.co_argcount]
    only = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    named = (*positional[code.co_posonlyargcount :], *only)
    defaults = function.__defaults__ or ()
    known = {name: Held(value) for name, value in (function.__kwdefaults__ or {}).items()}
    known.update(
        (name, Held(value))
        for name, value in zip(positional[len(positional) - len(defaults) :], defaults, strict=True)
    )
    given = dict(zip(positional, args, strict=False))
    wrong = len(args) > len(positional) or any(
        name in given or name not in named for name in keywords
    )
    known.update(given)
    known.update(keywords)
    if wrong or any(name not in known for name in (*positional, *only)):
        count = len(args) + len(keywords)
        raise Refused(f"is called with {count} arguments, which do not fit", start)
    return known


def _is_library(function: FunctionType) -> bool:
    """Whether a function is Python's own: a reason inside it would help nobody."""
    module = function.__globals__.get("__name__", "")
    return isinstance(module, str) and module.partition(".")[0] in sys.stdlib_module_names


def _start(code: CodeType) -> Where:
    return code.co_filename, code.co_firstlineno, 0


def _known_method(frame: Execution, name: str) -> None:
    if name not in METHODS and name != "get":
        frame.refuse(f"calls .{name}(), which is not in the vocabulary")


def _method(frame: Execution, target: Bound, args: list[Value], keywords: dict[str, Value]) -> Node:
    name = target.name
    if name == "get":
        if keywords or not 1 <= len(args) <= 2:
            frame.refuse("calls .get() with other arguments than a key and a default")
        value = frame.container(target.value)
        key, default = (*map(frame.node, args), NONE)[:2]
        return Node("get", (value, key, default), None, frame.here())
    if keywords and name in ("split", "rsplit"):
        args = _split_arguments(args, keywords)
        keywords = {}
    least, most = METHODS[name]
    if keywords or not least <= len(args) <= most:
        frame.refuse(f"calls .{name}() with arguments that are not in the vocabulary")
    nodes = (frame.node(target.value), *map(frame.node, args))
    return Node("method", nodes, name, frame.here())


def _of_str(frame: Execution, name: str, value: Value) -> None:
    """Log that `str.name` is called with this as its first argument."""
    node, where = frame.node(value), frame.here()
    if not is_text(node):
        other = unproved(f"calls str.{name} with something else", where, "TypeError")
        frame.log(if_(Node("call", (node,), "isinstance:str", where), NONE, other))
    frame.look_up(node, name)


def _split_arguments(args: list[Value], keywords: dict[str, Value]) -> list[Value]:
    named = {**dict(zip(("sep", "maxsplit"), args, strict=False)), **keywords}
    if len(named) != len(args) + len(keywords) or not named.keys() <= {"sep", "maxsplit"}:
        return [*args, *keywords.values(), NONE, NONE]
    return [named.get("sep", Held(None)), named.get("maxsplit", Held(-1))]


def _isinstance(frame: Execution, value: Value, kinds: Value) -> Node:
    if not isinstance(kinds, Held):
        frame.refuse("calls isinstance with types that are not known")
    asked = kinds.value if type(kinds.value) is tuple else (kinds.value,)
    names = [ISINSTANCE.get(id(kind)) for kind in asked]
    if not names or None in names:
        frame.refuse("calls isinstance with a type that is not in the vocabulary")
    data = "isinstance:" + ",".join(filter(None, names))
    return Node("call", (frame.node(value),), data, frame.here())


def _first(frame: Execution, items: Node, *default: Value) -> Node:
    """`next(generator, default)`."""
    where = frame.here()
    none = unproved("asks for the next of nothing", where)
    other = frame.node(default[0]) if default else none
    first = getitem(items, const(0), where)
    found = if_(truth(items, where), first, other, where)
    frame.log(found)
    return found


def _range(frame: Execution, args: list[Value]) -> Value:
    bounds = [value.value for value in args if isinstance(value, Held) and type(value.value) is int]
    known = len(bounds) == len(args) and bounds[2:] != [0]
    if known and len(range(*bounds)) <= LONGEST_RANGE:
        return Held(range(*bounds))
    nodes = tuple(map(frame.node, args))
    return Yielded(frame.emit(Node("call", nodes, "range", frame.here())))


def _item(frame: Execution, value: Value, key: Value) -> Node:
    if isinstance(key, Held) and type(key.value) is slice:
        cut = key.value
        parts = (const(cut.start), const(cut.stop), const(cut.step))
        return frame.emit(Node("slice", (frame.container(value), *parts), None, frame.here()))
    return frame.emit(getitem(frame.container(value), frame.node(key), frame.here()))


def _operator(frame: Execution, op: str, args: list[Value]) -> Value:
    if op == "getitem":
        return _item(frame, args[0], args[1])
    if op in ("is", "is_not"):
        return identity(frame, args[0], args[1], op == "is_not")
    if op == "contains":
        nodes = frame.container(args[0]), frame.node(args[1])
        return frame.emit(Node("contains", nodes, None, frame.here()))
    first = frame.node(args[0])
    if op == "not":
        return not_(first, frame.here())
    if op == "truth":
        return truth(first, frame.here())
    if op == "abs":
        return frame.emit(Node("call", (first,), "abs", frame.here()))
    if op == "mod" and first.op == "const" and type(first.data) is str:
        frame.refuse("formats with %")
    if op == "iadd":
        return frame.inplace("+", first, frame.node(args[1]))
    rest = map(frame.node, args[1:])
    return frame.emit(Node(op, (first, *rest), None, frame.here()))
