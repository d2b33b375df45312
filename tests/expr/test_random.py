"""Random programs: lowered, they are worth what calling them is worth; pruned, the same."""

from __future__ import annotations

from typing import Any

from checking import outcome
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from test_reach import pruned

from satchel.expr.interpret import interpret
from satchel.expr.lower import Lowered, lower
from satchel.expr.nodes import record
from satchel.expr.reach import reach

KEYS = ("a", "b", "c")
SCALARS = st.sampled_from([None, True, False, 0, 1, -1, 2**63, 1.5, -0.0, "", "a", "é", "b c"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=8,
)
RECORDS = st.dictionaries(st.sampled_from(KEYS), VALUES) | VALUES

key = st.sampled_from([repr(each) for each in KEYS])
name = st.sampled_from(["x", "y", "e"])
leaf = st.one_of(
    name,
    st.sampled_from(["None", "True", "0", "1", "2", "-1.5", "'a'", "''", "()", "[]", "('a', 1)"]),
    st.builds("e[{}]".format, key),
    st.builds("e.get({})".format, key),
)


def _bigger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def form(text: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.builds(text.format, *parts)

    operator = st.sampled_from(["+", "-", "*", "/", "//", "%"])
    comparison = st.sampled_from(["<", "<=", "==", "!=", ">", ">=", "in", "not in"])
    method = st.sampled_from(["lower()", "strip()", "split()", "startswith('a')", "upper()"])
    call = st.sampled_from(["len", "str", "bool", "abs", "helper", "first"])
    return st.one_of(
        form("({} {} {})", inner, operator, inner),
        form("({} {} {})", inner, comparison, inner),
        form("({} {} {} {} {})", inner, comparison, inner, comparison, inner),
        form("({} and {})", inner, inner),
        form("({} or {})", inner, inner),
        form("({} and {} or {})", inner, inner, inner),
        form("({} or {} and {})", inner, inner, inner),
        form("(not {})", inner),
        form("({} if {} else {})", inner, inner, inner),
        form("({} is None)", inner),
        form("({} is not None and {})", inner, inner),
        form("({})[{}]", inner, key),
        form("({}).get({}, {})", inner, key, inner),
        form("({})[{}]", inner, inner),
        form("({})[{}:]", inner, inner),
        form("({} in {})", key, inner),
        form("({}, {})", inner, inner),
        form("[{}, {}]", inner, inner),
        form("{{'a': {}, 'b': {}}}", inner, inner),
        form("({}).{}", inner, method),
        form("{}({})", call, inner),
        form("f'{{{}!r}}-{{{}}}'", st.just("x"), st.just("y")),
        form("isinstance({}, (str, dict))", inner),
        form("(x := {})", inner),
    )


EXPRESSION = st.recursive(leaf, _bigger, max_leaves=8)


def _indented(block: list[str]) -> str:
    return "\n".join(" " + line for part in block for line in part.splitlines())


def _statements(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    block = st.lists(inner, min_size=1, max_size=3).map(_indented)
    return st.one_of(
        st.builds("if {}:\n{}".format, EXPRESSION, block),
        st.builds("if {}:\n{}\nelse:\n{}".format, EXPRESSION, block, block),
        st.builds("if {}:\n{}\nelif {}:\n{}".format, EXPRESSION, block, EXPRESSION, block),
    )


SIMPLE = st.one_of(
    st.builds("x = {}".format, EXPRESSION),
    st.builds("y = {}".format, EXPRESSION),
    st.builds("x, y = {}, {}".format, EXPRESSION, EXPRESSION),
    st.builds("x += {}".format, st.sampled_from(["1", "'a'", "len(e)"])),
    st.builds("{}".format, EXPRESSION),
    st.builds("return {}".format, EXPRESSION),
    st.just("assert x"),
    st.just("del y"),
)
STATEMENT = st.recursive(SIMPLE, _statements, max_leaves=6)
BODY = st.lists(STATEMENT, min_size=1, max_size=5)


def _loops(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    block = st.lists(inner, min_size=1, max_size=3).map(_indented)
    return st.one_of(
        _statements(inner),
        st.builds("for y in {}:\n{}".format, EXPRESSION, block),
        st.builds("while x and k:\n k -= 1\n{}".format, block),
        st.builds("try:\n{}\nexcept Exception:\n{}".format, block, block),
        st.builds("try:\n{}\nfinally:\n{}".format, block, block),
        st.builds("x = [{} for y in {}]".format, EXPRESSION, EXPRESSION),
    )


WILD = st.lists(st.recursive(SIMPLE, _loops, max_leaves=6), min_size=1, max_size=5)

HELPERS = """
def helper(v):
    if v is None:
        return 'none'
    w = v['a']
    return w

def first(v):
    return v[0] if v else v
"""


def made(body: list[str]) -> Any:
    scope: dict[str, Any] = {}
    exec(HELPERS, scope)
    try:
        exec(f"def function(e, x=1, y=None, k=3):\n{_indented(body)}", scope)
    except SyntaxError:
        reject()
    return scope["function"]


quick = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def agree(function: Any, rows: list[Any]) -> None:
    result = lower(function, (record(),))
    if not isinstance(result, Lowered):
        return
    for row in rows:
        expected = outcome(lambda: function(row))
        got = outcome(lambda: interpret(result.node, {"record": row}))
        if expected[0] == "returns" and got[0] != "returns":
            # A dict taken apart by position: the kernel asks the function.
            continue
        assert got[0] in (expected[0], "unproved"), (row, got, expected)
        assert got[0] != "returns" or got == expected, (row, got, expected)
        # Python looks a method up before it evaluates the arguments, and `list += 1` has other
        # words than `list + 1`: an expression does not say so much.
        if expected[0] == got[0] == "raises":
            kinds = {got[1][0], expected[1][0]}
            assert got == expected or "AttributeError" in kinds or kinds == {"TypeError"}, (
                row,
                got,
                expected,
            )


@quick
@given(EXPRESSION, st.lists(RECORDS, min_size=1, max_size=6))
def test_random_expressions(text: str, rows: list[Any]) -> None:
    agree(made([f"return {text}"]), rows)


@quick
@given(BODY, st.lists(RECORDS, min_size=1, max_size=6))
def test_random_statements(body: list[str], rows: list[Any]) -> None:
    agree(made(body), rows)


@quick
@given(WILD, st.lists(RECORDS, min_size=1, max_size=6))
def test_random_reach(body: list[str], rows: list[Any]) -> None:
    function = made(body)
    found = reach(function)
    if found.paths is None:
        return
    for row in rows:
        whole = outcome(lambda: function(row))
        assert outcome(lambda: function(pruned(row, found.paths))) == whole, (row, found)
