"""Bytecode in one small normal form, whatever the CPython that wrote it.

Each CPython release renames, splits and merges instructions. One normaliser per release
turns `co_code` (never the adaptive code) into `Step`s; the rest of the package knows only
those. A release is known by the magic number of its bytecode; one that the tests have not
run under is refused, because a wrong guess would be a wrong answer.

The kinds of step, with what `value` holds:

    nop
    const value        load, store, delete name     global name        deref, cell, store_deref name
    pop                copy n, swap n               null
    binary symbol      inplace symbol               unary symbol       compare symbol
    contains negated   is negated                   truth              subscript, slice
    build_tuple n      build_list n  build_map n    build_keys n       build_string n  build_slice n
    extend n           update n  to_tuple       unpack n           attribute name     method name
    call (n, keywords) convert letter               format (letter, has_spec)
    jump               branch (test, pop)           return             raise n
    push_exc, check_exc, pop_exc, reraise           for_iter           other (pops, pushes, what)

`branch` tests "true", "false", "none" or "not_none" and jumps to `target` where it holds.
`other` is known only by what it takes from and leaves on the stack.
"""

from __future__ import annotations

import importlib.util
import opcode
import sys
from collections.abc import Iterator
from types import CodeType
from typing import Any, NamedTuple

from satchel.expr.nodes import Where

MAGIC = int.from_bytes(importlib.util.MAGIC_NUMBER[:2], "little")
RELEASES = {3495: (3, 11), 3531: (3, 12), 3571: (3, 13), 3627: (3, 14), 3666: (3, 15)}
"""The releases that the tests have run under, by the magic number of their bytecode."""

RELEASE = RELEASES.get(MAGIC)

_NEW = RELEASE or (3, 11)
"""The release whose tables are made; where none is known, nothing is read."""


class Step(NamedTuple):
    """One thing that bytecode does; `unit` is where in `co_code` it stands, in words."""

    kind: str
    value: Any = None
    unit: int = 0
    target: int | None = None


class Word(NamedTuple):
    """An instruction as it is written: `after` is the word that follows its caches."""

    unit: int
    name: str
    arg: int
    after: int


def unknown_release() -> str | None:
    """Why no bytecode can be read here, or None where it can.

    >>> unknown_release()
    """
    if RELEASE is not None:
        return None
    release = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return f"CPython {release} is not one that satchel's tests have run under"


def words(code: CodeType) -> Iterator[Word]:
    """The instructions of a code object, with their extended arguments put together."""
    raw = code.co_code
    units = len(raw) // 2
    unit, start, high = 0, None, 0
    while unit < units:
        name = opcode.opname[raw[2 * unit]]
        arg = high << 8 | raw[2 * unit + 1]
        first = unit if start is None else start
        unit += 1
        if name == "EXTENDED_ARG":
            start, high = first, arg
            continue
        start, high = None, 0
        while unit < units and raw[2 * unit] == _CACHE:
            unit += 1
        yield Word(first, name, arg, unit)


def steps(code: CodeType) -> list[Step]:
    """The normal form of a code object; jump targets are `unit`s of other steps."""
    names = _slots(code)
    result: list[Step] = []
    keywords: tuple[str, ...] = ()
    for word in words(code):
        if word.name == "KW_NAMES":
            keywords = code.co_consts[word.arg]
        if word.name == "CALL_KW":
            # The compiler always loads the tuple of names right before the call.
            loaded = result.pop()
            keywords = loaded.value
            result.append(Step("nop", None, loaded.unit))
        result.extend(_normal(word, code, names, keywords))
        if word.name in ("CALL", "CALL_KW"):
            keywords = ()
    return _called(result)


def _called(result: list[Step]) -> list[Step]:
    """Steps without the loops that stand for `any`, `all` and the like of a generator.

    From 3.14 on, such a call asks whether the name still means the builtin, and if it does, runs
    a loop in its place; the call follows behind, and always says the same.
    """
    index = len(result) - 4
    while index >= 0:
        copied, common, same, branch = result[index : index + 4]
        if (
            (copied.kind, copied.value, common.kind, same.kind) == ("copy", 1, "const", "is")
            and common.value in _LOOPED
            and branch.value == ("false", True)
        ):
            after = next(at for at, step in enumerate(result) if step.unit == branch.target)
            result[index:after] = [Step("nop", None, copied.unit)]
        index -= 1
    return result


def places(code: CodeType) -> list[Where]:
    """Where in the user's text each word comes from."""
    start = code.co_firstlineno
    return [
        (code.co_filename, line or start, column or 0) for line, _, column, _ in code.co_positions()
    ]


class Handler(NamedTuple):
    """A row of the exception table: words start to end are guarded by target."""

    start: int
    end: int
    target: int
    depth: int
    lasti: bool


def handlers(code: CodeType) -> list[Handler]:
    """The exception table of a code object."""
    numbers = iter(code.co_exceptiontable)
    rows: list[Handler] = []
    for first in numbers:
        start = _number(numbers, first)
        length, target, depth = (_number(numbers, next(numbers)) for _ in range(3))
        rows.append(Handler(start, start + length, target, depth >> 1, bool(depth & 1)))
    return rows


def _number(numbers: Iterator[int], first: int) -> int:
    value = first & 63
    while first & 64:
        first = next(numbers)
        value = value << 6 | first & 63
    return value


_CACHE = opcode.opmap["CACHE"]


def _slots(code: CodeType) -> tuple[str, ...]:
    """The names of the local slots: plain locals, then cells, then free variables."""
    cells = tuple(name for name in code.co_cellvars if name not in code.co_varnames)
    return code.co_varnames + cells + code.co_freevars


def _normal(
    word: Word, code: CodeType, names: tuple[str, ...], keywords: tuple[str, ...]
) -> Iterator[Step]:
    """The steps of one instruction."""
    name, arg, unit = word.name, word.arg, word.unit
    assert RELEASE is not None
    if name in _PLAIN:
        kind, value = _PLAIN[name]
        yield Step(kind, value, unit)
        return
    if name in _COUNTED:
        yield Step(_COUNTED[name], arg, unit)
        return
    if name in _LOCAL:
        for kind, slot in zip(_LOCAL[name], _local_slots(name, arg), strict=True):
            is_cell = names[slot] in code.co_cellvars or names[slot] in code.co_freevars
            # From 3.13 on, a cell is loaded as if it were a local; its value never is.
            yield Step("closure" if kind == "load" and is_cell else kind, names[slot], unit)
        return
    if name in _BRANCHES:
        test, pop, forward = _BRANCHES[name]
        target = word.after + arg if forward else word.after - arg
        yield Step("branch", (test, pop), unit, target)
        return
    if name in _JUMPS:
        kind, direction = _JUMPS[name]
        yield Step(kind, None, unit, word.after + direction * arg)
        return
    match name:
        case "LOAD_CONST":
            yield Step("const", code.co_consts[arg], unit)
        case "RETURN_CONST":
            yield Step("const", code.co_consts[arg], unit)
            yield Step("return", None, unit)
        case "LOAD_SMALL_INT":
            yield Step("const", arg, unit)
        case "LOAD_COMMON_CONSTANT":
            yield Step("const", _COMMON[arg], unit)
        case "GET_ITER" if RELEASE >= (3, 15) and not arg:
            # The iterator, and beside it the place of an index.
            yield Step("turns", None, unit)
            yield Step("null", None, unit)
        case "GET_ITER" if RELEASE < (3, 15):
            yield Step("turns", None, unit)
        case "POP_ITER":
            for _ in range(2 if RELEASE >= (3, 15) else 1):
                yield Step("pop", None, unit)
        case "BINARY_OP" if arg == _SUBSCRIPT:
            yield Step("subscript", None, unit)
        case "LOAD_GLOBAL":
            if arg & 1:
                yield Step("null", None, unit)
            yield Step("global", code.co_names[arg >> 1], unit)
        case "LOAD_ATTR" if RELEASE == (3, 11):
            yield Step("attribute", code.co_names[arg], unit)
        case "LOAD_ATTR":
            yield Step("method" if arg & 1 else "attribute", code.co_names[arg >> 1], unit)
        case "LOAD_METHOD":
            yield Step("method", code.co_names[arg], unit)
        case "CALL" | "CALL_KW":
            yield Step("call", (arg, keywords), unit)
        case "BINARY_OP":
            symbol = _BINARY[arg % 13]
            yield Step("inplace" if arg >= 13 else "binary", symbol, unit)
        case "COMPARE_OP":
            yield Step("compare", _COMPARE[arg >> _COMPARE_SHIFT], unit)
        case "CONTAINS_OP":
            yield Step("contains", bool(arg), unit)
        case "IS_OP":
            yield Step("is", bool(arg), unit)
        case "LIST_TO_TUPLE":
            yield Step("to_tuple", None, unit)
        case "CALL_INTRINSIC_1" if arg == _LIST_TO_TUPLE:
            yield Step("to_tuple", None, unit)
        case "CALL_INTRINSIC_1" if arg == _UNARY_POSITIVE:
            yield Step("unary", "+", unit)
        case "FORMAT_VALUE":
            yield Step("format", (_CONVERSION[arg & 3], bool(arg & 4)), unit)
        case "CONVERT_VALUE":
            yield Step("convert", _CONVERSION[arg], unit)
        case "MAKE_FUNCTION" if RELEASE >= (3, 13) or arg in (0, 8):
            yield Step("make_function", bool(arg) and RELEASE < (3, 13), unit)
        case _:
            takes, leaves, what = _OTHER[name](arg) if name in _OTHER else (None, None, name)
            yield Step("other", (takes, leaves, what), unit)


def _local_slots(name: str, arg: int) -> tuple[int, ...]:
    return (arg >> 4, arg & 15) if name in _PAIRS else (arg,)


_PAIRS = (
    "LOAD_FAST_LOAD_FAST",
    "LOAD_FAST_BORROW_LOAD_FAST_BORROW",
    "STORE_FAST_LOAD_FAST",
    "STORE_FAST_STORE_FAST",
)

_LOCAL = {
    "LOAD_FAST": ("load",),
    "LOAD_FAST_BORROW": ("load",),
    "LOAD_FAST_CHECK": ("load",),
    "LOAD_FAST_AND_CLEAR": ("load_and_clear",),
    "STORE_FAST": ("store",),
    "DELETE_FAST": ("delete",),
    "LOAD_DEREF": ("deref",),
    "STORE_DEREF": ("store_deref",),
    "MAKE_CELL": ("cell",),
    "LOAD_CLOSURE": ("closure",),
    "LOAD_FAST_LOAD_FAST": ("load", "load"),
    "LOAD_FAST_BORROW_LOAD_FAST_BORROW": ("load", "load"),
    "STORE_FAST_LOAD_FAST": ("store", "load"),
    "STORE_FAST_STORE_FAST": ("store", "store"),
}

_PLAIN: dict[str, tuple[str, Any]] = {
    "NOP": ("nop", None),
    "NOT_TAKEN": ("nop", None),
    "RESUME": ("nop", None),
    "PRECALL": ("nop", None),
    "COPY_FREE_VARS": ("nop", None),
    "KW_NAMES": ("nop", None),
    "POP_TOP": ("pop", None),
    "PUSH_NULL": ("null", None),
    "RETURN_VALUE": ("return", None),
    "UNARY_NOT": ("unary", "not"),
    "UNARY_NEGATIVE": ("unary", "-"),
    "UNARY_POSITIVE": ("unary", "+"),
    "UNARY_INVERT": ("unary", "~"),
    "TO_BOOL": ("truth", None),
    "PUSH_EXC_INFO": ("push_exc", None),
    "CHECK_EXC_MATCH": ("check_exc", None),
    "POP_EXCEPT": ("pop_exc", None),
    "RERAISE": ("reraise", None),
    "BINARY_SUBSCR": ("subscript", None),
    "BINARY_SLICE": ("slice", None),
    "FORMAT_SIMPLE": ("format", ("", False)),
    "FORMAT_WITH_SPEC": ("format", ("", True)),
    "LOAD_ASSERTION_ERROR": ("const", AssertionError),
}

_COUNTED = {
    "COPY": "copy",
    "SWAP": "swap",
    "BUILD_TUPLE": "build_tuple",
    "BUILD_LIST": "build_list",
    "BUILD_MAP": "build_map",
    "BUILD_CONST_KEY_MAP": "build_keys",
    "BUILD_STRING": "build_string",
    "BUILD_SLICE": "build_slice",
    "LIST_EXTEND": "extend",
    "DICT_UPDATE": "update",
    "UNPACK_SEQUENCE": "unpack",
    "RAISE_VARARGS": "raise",
    "SET_FUNCTION_ATTRIBUTE": "close_over",
}

_BRANCHES = {
    f"POP_JUMP_{way}IF_{test.upper()}": (test, True, way != "BACKWARD_")
    for way in ("", "FORWARD_", "BACKWARD_")
    for test in ("true", "false", "none", "not_none")
} | {
    "JUMP_IF_TRUE_OR_POP": ("true", False, True),
    "JUMP_IF_FALSE_OR_POP": ("false", False, True),
}

_JUMPS = {
    "JUMP_FORWARD": ("jump", 1),
    "JUMP_BACKWARD": ("jump", -1),
    "JUMP_BACKWARD_NO_INTERRUPT": ("jump", -1),
    "FOR_ITER": ("for_iter", 1),
    "SEND": ("send", 1),
}

QUIET = frozenset(
    ("nop", "const", "store", "global", "null", "pop", "copy", "swap", "jump", "branch", "return")
) | {"push_exc", "check_exc", "pop_exc", "reraise", "cell", "closure", "delete"}
"""Kinds of steps that surely raise nothing."""

_BINARY = ("+", "&", "//", "<<", "@", "*", "%", "|", "**", ">>", "-", "/", "^")
_COMPARE = ("<", "<=", "==", "!=", ">", ">=")
_COMPARE_SHIFT = {(3, 11): 0, (3, 12): 4}.get(_NEW, 5)
_CONVERSION = ("", "s", "r", "a")
_UNARY_POSITIVE = 5
_LIST_TO_TUPLE = 6
_SUBSCRIPT = 26
_COMMON: list[Any] = getattr(opcode, "_common_constants", [])
_LOOPED = (any, all, tuple, list, set)


ENDS_LOOP = "ends a loop"


def _takes(takes: int, leaves: int, what: str) -> Any:
    return lambda arg: (takes, leaves, what)


# Instructions that nothing lowers: how many values they take and leave, and what to say.
_OTHER: dict[str, Any] = {
    "GET_LEN": _takes(1, 2, "matches a pattern"),
    "END_FOR": _takes(2 if RELEASE == (3, 12) else 1, 0, ENDS_LOOP),
    "LIST_APPEND": lambda arg: (1, 0, "builds a list in a loop"),
    "SET_ADD": lambda arg: (1, 0, "builds a set in a loop"),
    "MAP_ADD": lambda arg: (2, 0, "builds a dict in a loop"),
    "SET_UPDATE": lambda arg: (1, 0, "builds a set"),
    "DICT_MERGE": lambda arg: (1, 0, "passes ** arguments"),
    "BUILD_SET": lambda arg: (arg, 1, "builds a set"),
    "UNPACK_EX": lambda arg: (1, (arg & 255) + 1 + (arg >> 8), "unpacks with a star"),
    "STORE_SUBSCR": _takes(3, 0, "stores into an item"),
    "DELETE_SUBSCR": _takes(2, 0, "deletes an item"),
    "STORE_SLICE": _takes(4, 0, "stores into a slice"),
    "STORE_ATTR": _takes(2, 0, "stores into an attribute"),
    "DELETE_ATTR": _takes(1, 0, "deletes an attribute"),
    "STORE_GLOBAL": _takes(1, 0, "stores into a global"),
    "DELETE_GLOBAL": _takes(0, 0, "deletes a global"),
    "DELETE_DEREF": _takes(0, 0, "deletes a captured name"),
    "LOAD_BUILD_CLASS": _takes(0, 1, "defines a class"),
    "CALL_FUNCTION_EX": lambda arg: (
        3 + (arg & 1 or _NEW >= (3, 14)),
        1,
        "passes * or ** arguments",
    ),
    "CALL_INTRINSIC_1": _takes(1, 1, "uses an intrinsic"),
    "CALL_INTRINSIC_2": _takes(2, 1, "uses an intrinsic"),
    "IMPORT_NAME": _takes(2, 1, "imports a module"),
    "IMPORT_FROM": _takes(1, 2, "imports a name"),
    "MAKE_FUNCTION": lambda arg: (
        1 + (arg.bit_count() if _NEW < (3, 13) else 0),
        1,
        "defines a function",
    ),
    "LOAD_SUPER_ATTR": lambda arg: (3, 1 + (arg & 1), "uses super()"),
    "BEFORE_WITH": _takes(1, 2, "has a with block"),
    "LOAD_SPECIAL": _takes(1, 2, "has a with block"),
    "BUILD_TEMPLATE": _takes(2, 1, "builds a template"),
    "BUILD_INTERPOLATION": lambda arg: (2 + (arg & 1), 1, "builds a template"),
    "WITH_EXCEPT_START": _takes(0, 1, "has a with block"),
    "YIELD_VALUE": _takes(1, 1, "yields"),
    "RETURN_GENERATOR": _takes(0, 1, "is a generator"),
}
