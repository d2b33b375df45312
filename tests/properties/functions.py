"""Random functions of a record, as people write them: a `Shape` says what can be read from an
element, a `Writer` makes expressions of a wanted type, so that most have a value on most records.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from types import FunctionType
from typing import Any

from properties import idioms

TYPES = ("int", "float", "str", "bool")


@dataclass(frozen=True)
class Shape:
    """What an element offers: expressions over ``e``, by type."""

    reads: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, kind: str) -> tuple[str, ...]:
        return self.reads.get(kind, ())


RECORD = Shape(
    {
        "int": (
            'e["n"]', 'e["m"]', 'e["m"]', 'e["who"]["id"]', 'e["load"]["size"]', 'e["nums"][0]', 'e["nums"][-1]',
            'len(e["tags"])', 'len(e["load"]["commits"])', 'len(e["s"])', 'e.get("opt", 0)', '(e.get("opt") or -1)',
            'e.get("org", {}).get("id", 5)', 'len(e)', 'len(e["who"])', '(e["opt"] if "opt" in e else 3)', 'size(e)',
            'datetime.fromisoformat(e["day"]).hour', 'datetime.strptime(e["day"][:10], "%Y-%m-%d").weekday()',
            'e.get("m")', 'sum(1 for c in e["load"]["commits"] if c["sha"] > e["s"])', 'sum(x for x in e["nums"])',
            'len([c["sha"] for c in e["load"]["commits"] if c.get("sha")])', 'max(len(t) for t in e["tags"] + ["a"])',
        ),
        "float": ('e["x"]', 'e["r"]', 'e.get("x", 0.5)', 'e.get("nope", 1.5)'),
        "str": (
            'e["s"]', 'e["t"]', 'e["kind"]', 'e["kind"]', 'e["id"]', 'e["day"]', 'e["who"]["login"]', 'login(e)',
            '("%s-%s" % (login(e), size(e)))', '"{}:{:>9}|{x:.1f}".format(e["kind"], e["s"], x=e["x"])', '("%03d" % e["n"])',
            '(e.get("maybe") or "none")', '(e["who"]["name"] or "")', 'e.get("org", {}).get("login", "-")', 'e["day"][11:13]',
            'e["who"].get("login")', '(e["org"]["login"] if "org" in e else "")',
        ),
        "bool": (
            'e["flag"]', '("opt" in e)', '("org" in e)', '("x" not in e)', '(e.get("maybe") is None)', '(e["who"]["name"] is not None)',
            '(e["flag"] is True)', '(e["kind"] == "PushEvent")', '(e["kind"] in KINDS)', '(not e["tags"])', 'bool(e.get("maybe"))',
            'any(c["sha"] == e["s"] for c in e["load"]["commits"])', 'all(t in KINDS or t == e["kind"] for t in e["tags"])',
            'e["who"]["login"].endswith("[bot]")', '("a" in e["tags"])', '(e["m"] in e["nums"])',
        ),
        "list": ('[(t, e["m"]) for t in e["tags"]]', 'sorted(t for t in e["tags"])', 'list(e["nums"])', 'e["tags"]', 'e["nums"]', 'e.get("tags", [])', 'e["load"]["commits"]'),
        "any": (
            'e.get("maybe")', 'e["maybe"]', 'e.get("opt")', 'e.get("org")', 'e["who"]["name"]', 'e["who"]', 'e["load"]', 'e',
            'e["load"]["commits"]', 'e["tags"]', 'e["nums"]', 'e.get("nope")', '(e["load"]["commits"][0]["sha"] if e["load"]["commits"] else None)',
            'e["nums"][1]', '(e["tags"] or [None])[0]',
        ),
    }
)  # fmt: skip

HELPERS = """
from datetime import datetime

KINDS = ("PushEvent", "ForkEvent")
NAMES = {"ann", "bob", "Eve"}
SCORES = {"ann": 1, "bob": 2.5, "cat": None, 1: "one"}
LIMIT = 4

def login(e):
    return e["who"]["login"]

def size(e):
    return e["load"]["size"]

def shout(text, mark="!"):
    return text.upper() + mark

def clamp(value, low=0, high=10):
    if value < low:
        return low
    if value > high:
        return high
    return value

def half(value):
    whole, rest = value // 2, value % 2
    return whole + rest
"""
_HELPERS = compile(HELPERS + idioms.HELPERS, "<helpers>", "exec")


class Writer:
    """Writes expressions over ``e``.

    Args:
        random: where every choice comes from.
        shape: what ``e`` offers.
        wild: how often an operand is of another type than the one that fits.
        foreign: how often a function is one that cannot be lowered.
    """

    def __init__(
        self, random: Random, shape: Shape = RECORD, wild: float = 0.0, foreign: float = 0.0
    ) -> None:
        self.random = random
        self.shape = shape
        self.wild = wild
        self.foreign = foreign

    def pick(self, *options: str) -> str:
        return self.random.choice(options)

    def write(self, kind: str, depth: int = 2) -> str:
        """An expression of a type (or, once in a while, of another)."""
        if self.wild and self.random.random() < self.wild:
            return f"({self.written(self.pick(*TYPES, 'any', 'list'), depth)})"
        return self.written(kind, depth)

    def written(self, kind: str, depth: int) -> str:
        reads = self.shape.of(kind)
        if depth <= 0 or (reads and self.random.random() < 0.3):
            if reads and (kind in ("list", "any") or self.random.random() < 0.85):
                return self.random.choice(reads)
            return self.constant(kind)
        if self.random.random() < 0.3:
            return self.idiom(kind, depth - 1)
        return str(getattr(self, f"_{kind}")(depth - 1))

    def idiom(self, kind: str, depth: int) -> str:
        """One of the things that people write."""
        if self.shape is RECORD and self.random.random() < 0.4:
            return f"({self.random.choice(idioms.OF_A_RECORD[kind])})"
        parts = idioms.pieces(self.random.choice(idioms.ANYWHERE[kind]))
        filled = [self.write(part, depth) if at % 2 else part for at, part in enumerate(parts)]
        return f"({''.join(filled)})"

    def constant(self, kind: str) -> str:
        return self.pick(
            *{
                "int": (
                    "0",
                    "1",
                    "2",
                    "-1",
                    "3",
                    "10",
                    "LIMIT",
                    "100",
                    "2**31",
                    "9007199254740993",
                    "2**62",
                ),
                "float": (
                    "0.0",
                    "-0.0",
                    "0.5",
                    "1.0",
                    "2.5",
                    "-1.5",
                    "1e16",
                    "0.1",
                    "1e308",
                    "1e-5",
                ),
                "str": (
                    "''",
                    "'a'",
                    "'-'",
                    "'Event'",
                    "' '",
                    "'é'",
                    "'e'",
                    "'Push'",
                    "'12'",
                    "'ann'",
                    "','",
                ),
                "bool": ("True", "False"),
                "list": ("['a', 'b']", "[]", "(1, 2, 3)", "('a', 'PushEvent')", "[1, 2.0, True]"),
                "any": ("None", "()", "'x'", "0", "1.0", "True", "(1, 'a')", "[]", "{}"),
            }[kind]
        )

    def _int(self, depth: int) -> str:
        i = lambda: self.write("int", depth)  # noqa: E731
        f = lambda: self.write("float", depth)  # noqa: E731
        s = lambda: self.write("str", depth)  # noqa: E731
        b = lambda: self.write("bool", depth)  # noqa: E731
        forms = (
            lambda: f"({i()} {self.pick('+', '-', '*', '+', '-')} {i()})",
            lambda: f"({i()} {self.pick('//', '%')} {self.pick('2', '3', '7', '10', '-3', i())})",
            lambda: f"{i()} ** 2",
            lambda: f"-{i()}",
            lambda: f"+({b()})",
            lambda: f"abs({i()})",
            lambda: f"{self.pick('min', 'max')}({i()}, {i()})",
            lambda: f"round({f()})",
            lambda: f"int({f()})",
            lambda: f"int({b()})",
            lambda: f"int({self.digits(depth)})",
            lambda: f"len({s()})",
            lambda: f"len({self.write('list', depth)})",
            lambda: f"{s()}.find({s()})",
            lambda: (
                f"""({self.pick("'é-'", "'日本 '", "'ü'")} + {s()}).find({self.pick("'-'", "'e'", s())})"""
            ),
            lambda: f"{s()}.count({s()})",
            lambda: f"({i()} if {b()} else {i()})",
            lambda: f"({i()} or {i()})",
            lambda: f"({i()} and {i()})",
            lambda: f"clamp({i()}, high={i()})",
            lambda: f"half({i()})",
            lambda: f"({b()} + {b()})",
            lambda: f"round({i()}, {self.pick('-1', '0', '2')})",
        )
        return self.random.choice(forms)()

    def digits(self, depth: int) -> str:
        return self.pick(
            *(self.shape is RECORD) * ('e["id"]', 'e["day"][:4]', 'e["day"][11:13]', 'e["id"][-3:]'),
            f"str({self.write('int', depth)})", "'12'", "' 7 '", "'1_000'",
        )  # fmt: skip

    def _float(self, depth: int) -> str:
        i = lambda: self.write("int", depth)  # noqa: E731
        f = lambda: self.write("float", depth)  # noqa: E731
        b = lambda: self.write("bool", depth)  # noqa: E731
        n = lambda: self.write(self.pick("int", "float"), depth)  # noqa: E731
        forms = (
            lambda: f"({f()} {self.pick('+', '-', '*')} {n()})",
            lambda: f"({n()} {self.pick('+', '-', '*')} {f()})",
            lambda: f"({n()} / {self.pick('2', '3', '8', '0.5', '-7', n())})",
            lambda: (
                f"(({i()} + {self.pick('2**53', '2**60')}) / {self.pick('3', '-7', '10', i())})"
            ),
            lambda: f"({f()} {self.pick('//', '%')} {self.pick('2', '0.5', '-3', n())})",
            lambda: f"float({i()})",
            lambda: f"float({self.digits(depth)})",
            lambda: f"round({f()}, {self.pick('0', '1', '2', '3', '-1', '17')})",
            lambda: f"abs({f()})",
            lambda: f"-{f()}",
            lambda: f"{self.pick('min', 'max')}({f()}, {n()})",
            lambda: f"{self.pick('min', 'max')}({n()}, {f()}, {n()})",
            lambda: f"({f()} if {b()} else {f()})",
            lambda: f"({f()} or {f()})",
            lambda: f"({f()} ** {self.pick('2', '0.5', '-1', '3')})",
            lambda: f"clamp({f()})",
        )
        return self.random.choice(forms)()

    def _str(self, depth: int) -> str:
        i = lambda: self.write("int", depth)  # noqa: E731
        s = lambda: self.write("str", depth)  # noqa: E731
        b = lambda: self.write("bool", depth)  # noqa: E731
        n = lambda: self.write(self.pick("int", "float", "str", "bool", "any"), depth)  # noqa: E731
        part = lambda *kinds: self.part(self.pick(*kinds), depth)  # noqa: E731
        few = lambda: self.pick("0", "1", "2", "-1", "5", "-3", "")  # noqa: E731
        forms = (
            lambda: (
                f"{s()}.{self.pick('lower', 'upper', 'strip', 'title', 'capitalize', 'lstrip', 'rstrip')}()"
            ),
            lambda: (
                f"{s()}.{self.pick('strip', 'lstrip', 'rstrip', 'removeprefix', 'removesuffix')}({s()})"
            ),
            lambda: f"{s()}.replace({s()}, {s()})",
            lambda: (
                f"{s()}.replace({self.pick(repr('e'), repr('a'), repr(''))}, {s()}, {self.pick('1', '2', '-1')})"
            ),
            lambda: (
                f"{s()}.{self.pick('partition', 'rpartition')}({self.pick('-', ',', '/', ' ', 'e').__repr__()})[{self.pick('0', '1', '2')}]"
            ),
            lambda: (
                f"{s()}.{self.pick('split', 'rsplit')}({self.pick('', repr('-'), repr(','), repr('e') + ', 1', 'None, 1')})[{self.pick('0', '0', '-1')}]"
            ),
            lambda: f"{s()}[{few()}:{few()}]",
            lambda: f"{s()}[:{i()}]",
            lambda: f"{s()}[::{self.pick('-1', '2', '-2')}]",
            lambda: f"({s()} + {s()})",
            lambda: f"({s()} * {self.pick('2', '0', '3', '-1')})",
            lambda: f"str({n()})",
            lambda: f'f"""{{{part(*TYPES, "any")}}}/{{{part(*TYPES)}}}"""',
            lambda: f'f"""{{{part(*TYPES, "any")}!{self.pick("r", "s", "a")}}}"""',
            lambda: (
                f'f"""{{{part("int")}:{self.pick("d", "04d", ">6", "x", ",", "+d", "08.2f", "e", "^9")}}}"""'
            ),
            lambda: (
                f'f"""{{{part("float")}:{self.pick(".2f", ".0f", "e", "g", ".3e", "10.4f", ".3", "%", "+.1f", "")}}}"""'
            ),
            lambda: (
                f'f"""{{{part("str")}:{self.pick(">10", "<5", "^7", ".3", "*^9.2", "s", "5")}}}"""'
            ),
            lambda: f"{self.pick('-', ',', '').__repr__()}.join([{s()}, {s()}])",
            lambda: f"({s()} if {b()} else {s()})",
            lambda: f"({s()} or {s()})",
            lambda: f"({s()} and {s()})",
            lambda: f"shout({s()})",
            lambda: f"shout({s()}, mark={s()})",
            lambda: f"{self.pick('min', 'max')}({s()}, {s()})",
            lambda: f"({s()} + ' ')[{self.pick('0', '-1')}]",
        )
        return self.random.choice(forms)()

    def part(self, kind: str, depth: int) -> str:
        """What may stand in an f-string: before Python 3.12, no quotes of its own kind."""
        written = self.write(kind, depth)
        while '"""' in written or "\\" in written:
            written = self.write(kind, 0)
        return f"({written})" if written.startswith("{") else written

    def _bool(self, depth: int) -> str:
        i = lambda: self.write("int", depth)  # noqa: E731
        f = lambda: self.write("float", depth)  # noqa: E731
        s = lambda: self.write("str", depth)  # noqa: E731
        b = lambda: self.write("bool", depth)  # noqa: E731
        a = lambda: self.write(self.pick(*TYPES, "any", "list"), depth)  # noqa: E731
        order = lambda: self.pick("<", "<=", ">", ">=", "==", "!=")  # noqa: E731
        forms = (
            lambda: f"({i()} {order()} {i()})",
            lambda: f"({f()} {order()} {self.write(self.pick('int', 'float'), depth)})",
            lambda: f"({i()} + 2**53 {order()} {self.pick('2.0**53', '2.0**53 + 4', f())})",
            lambda: f"(({i()} < {i()} if {b()} else {a()}) is {self.pick('None', 'not None')})",
            lambda: f"({s()} {order()} {s()})",
            lambda: f"({i()} {order()} {i()} {order()} {i()})",
            lambda: f"({a()} {self.pick('==', '!=')} {a()})",
            lambda: f"({s()} {self.pick('in', 'not in')} {s()})",
            lambda: f"({s()} in {self.pick('NAMES', 'SCORES', 'KINDS')})",
            lambda: (
                f"({i()} in {self.pick('(1, 2, 3)', '{0, 7, 10}', 'SCORES', '[1.0, True, 0]')})"
            ),
            lambda: f"({a()} in {self.write('list', depth)})",
            lambda: f"({b()} and {b()})",
            lambda: f"({b()} or {b()})",
            lambda: f"(not {a()})",
            lambda: f"bool({a()})",
            lambda: f"{s()}.{self.pick('startswith', 'endswith')}({s()})",
            lambda: f"{s()}.startswith(('a', 'P', {s()}))",
            lambda: (
                f"{s()}.{self.pick('isdigit', 'isascii', 'isalpha', 'isalnum', 'isspace', 'isupper', 'islower')}()"
            ),
            lambda: (
                f"isinstance({a()}, {self.pick('str', 'int', 'float', 'bool', 'list', 'dict', '(str, int)', '(list, dict)')})"
            ),
            lambda: f"({a()} is {self.pick('None', 'not None', 'True', 'False')})",
            lambda: f"({b()} if {b()} else {b()})",
        )
        return self.random.choice(forms)()

    def _list(self, depth: int) -> str:
        s = lambda: self.write("str", depth)  # noqa: E731
        forms = (
            lambda: f"{s()}.split()",
            lambda: f"{s()}.split({self.pick(repr('-'), repr(','), repr('e'))})",
            lambda: f"[{s()}, {s()}]",
            lambda: f"({self.write('int', depth)}, {s()})",
            lambda: f"({self.write('list', depth)} or [])",
            lambda: f"{self.write('list', depth)}[{self.pick('1:', ':1', ':-1', '::2')}]",
        )
        return self.random.choice(forms)()

    def _any(self, depth: int) -> str:
        w = lambda: self.write(self.pick(*TYPES, "any"), depth)  # noqa: E731
        forms = (
            lambda: f"({w()}, {w()})",
            lambda: f"({w()}, {w()}, {w()})",
            lambda: f"[{w()}, {w()}]",
            lambda: f'{{"k": {w()}, "l": {w()}}}',
            lambda: (
                f"{{{self.write(self.pick('str', 'int'), depth)}: {w()}, {self.write('str', depth)}: {w()}}}"
            ),
            lambda: f"({w()} if {self.write('bool', depth)} else {w()})",
            lambda: f"({w()} {self.pick('and', 'or')} {w()})",
            lambda: f"{w()}",
            lambda: f"SCORES.get({self.write('str', depth)})",
            lambda: f"SCORES.get({self.write('str', depth)}, {w()})",
        )
        return self.random.choice(forms)()

    def function(self, kind: str, depth: int = 2) -> str:
        """A lambda, or the statements of a ``def f(e)``."""
        style = self.random.random()
        if self.random.random() < self.foreign:
            return self.python(kind, depth)
        if style < 0.7:
            return f"lambda e: {self.write(kind, depth)}"
        w = lambda of=kind: self.write(of, depth - 1)  # noqa: E731
        of = self.pick("int", "str", "float")
        bodies = (
            f"if {w('bool')}:\n  return {w()}\n return {w()}",
            f"if {w('bool')}:\n  return {w()}\n elif {w('bool')}:\n  return {w()}\n else:\n  return {w()}",
            f"value = {w()}\n return value",
            f"value = {w(of)}\n other = {w('int')}\n if value:\n  other += 1\n return {w()}",
            f"value = {w()}\n if {w('bool')}:\n  value = {w()}\n return value",
            f"if {w('bool')} and {w('bool')} or {w('bool')}:\n  pass\n return {w()}",
            f"a, b = {w(of)}, {w()}\n a, b = b, a\n return a",
            f"d = {{'a': {w(of)}}}\n if {w('bool')}:\n  d[{w('str')}] = {w()}\n d['b'] = {w()}\n return d['b'] if {w('bool')} else {w()}",
            f"out = []\n if {w('bool')}:\n  out.append({w()})\n out.append({w()})\n if len(out) > 1:\n  return out[1]\n return out[0]",
            f"out = other = [{w()}]\n if {w('bool')}:\n  out.append({w()})\n else:\n  other += [{w()}]\n return other[-1]",
            f"out = [{w()}, {w()}]\n out[{self.pick('0', '1', '-1')}] = {w()}\n return out[0] if {w('bool')} else out[1]",
            f"out = [{w()} for _ in ('a', 'b')]\n out[1] = {w(of)}\n out[0] = {w()}\n return out[0]",
            f"d = {{'a': {w()}}}\n d |= {{'b': {w()}, 'a': {w()}}}\n return d['a'] if {w('bool')} else d['b']",
            f"if not {w('bool')}:\n  value = {w()}\n else:\n  value = {w()}\n  unused = {w(of)}\n return value",
        )
        if self.random.random() < 0.3:
            return "def f(e):\n " + self.handling(kind, depth)
        if self.random.random() < 0.2:
            return "def f(e):\n " + self.looping(kind, depth)
        return "def f(e):\n " + self.random.choice(bodies)

    def looping(self, kind: str, depth: int) -> str:
        """Statements with a `for` over a list, of the record or of the function's own."""
        w = lambda of=kind: self.write(of, depth - 1)  # noqa: E731
        over, x = self.pick(
            ("e['tags']", "t"),
            ("e['nums']", "t"),
            ("e['load']['commits']", "t['sha']"),
            ("e['load']['commits']", "t.get('sha')"),
            (f"[{w()}, {w()}]", "t"),
            ("(1, 'a', None)", "t"),
            ("range(3)", "t"),
            (f"{self.write('list', depth - 1)}", "t"),
            ("[n for n in e['nums'] if n]", "t"),
        )
        test = self.pick(
            f"{x} == {w('str')}",
            f"{x} in {w('list')}",
            f"{x} and {w('bool')}",
            f"len(str({x})) > {self.pick(0, 1, 2, 5)}",
            w("bool"),
            f"str({x}) > 'b'",
            "n > 2",
            f"isinstance({x}, int)",
        )
        bodies = (
            f"n = 0\n for t in {over}:\n  if {test.replace('n > 2', 'n')}:\n   n += 1\n return n",
            f"n = 0\n for t in {over}:\n  n += 1\n  if {test}:\n   return ({x}, n)\n return {w()}",
            f"n = 0\n out = []\n for t in {over}:\n  n += 1\n  if {test}:\n   continue\n  out.append({x})\n return out",
            f"n = 0\n found = {w()}\n for t in {over}:\n  n += 1\n  if {test}:\n   found = {x}\n   break\n else:\n  found = (found, n)\n return found",
            f"n = 0\n for t in {over}:\n  n += 1\n  last = {x}\n  if {test}:\n   break\n return (last, t, n)",
            f"n = 0\n out = {{}}\n for t in {over}:\n  n += 1\n  out[str({x})] = out.get(str({x}), 0) + 1\n return out",
            f"n = 0\n for t in {over}:\n  n += 1\n  try:\n   n += {self.pick(f'int({x})', f'len({x})', f'{x}')}\n  except {self.pick('ValueError', 'TypeError', 'Exception', '(KeyError, AttributeError)')}:\n   n -= 1\n return n",
            f"n = 0\n try:\n  for t in {over}:\n   n += {self.pick(f'int({x})', f'len({x})', '1')}\n except {self.pick('ValueError', 'TypeError', 'Exception', 'KeyError')}:\n  return ('bad', n)\n return n",
            f"n = 0\n pairs = []\n for t in {over}:\n  for u in e['tags']:\n   n += 1\n   if u == {x} or n > 7:\n    break\n   pairs.append((u, {x}))\n return pairs",
            f"n = 0\n for t in {over}:\n  n += 1\n  for u in e['tags']:\n   if u == {x}:\n    return (t, u)\n   if {test}:\n    break\n return n",
            f"n = 0\n known = [u for u in e['tags'] if u != 'a']\n for t in {over}:\n  n += sum(1 for u in known if u != {x})\n  if {x} in known:\n   n = -n\n return (n, known)",
            f"n = 0\n out = [0, {w('int')}]\n for t in out:\n  n += 1\n  if n < 4 and {test.replace(x, 't')}:\n   out.append(n)\n return (out, n)",
            "n = 0\n out = [u for u in e['tags']]\n for t in out:\n  n += len(t)\n out.append(n)\n for t in out[1:]:\n  n += 1\n return (n, out, [t for t in out if t])",
            f"n = 0\n a, b = 0, 1\n for t in {over}:\n  a, b = b, a + b\n  n = (n, {x}) if {test.replace('n > 2', 'a > 1')} else b\n return (a, n)",
            f"n = 0\n out = [{w()}]\n for t in {over}:\n  n += 1\n  row = [{x}]\n  row.append(n)\n  out += [row]\n  if {test}:\n   out.append({w()})\n return out",
        )
        return self.random.choice(bodies)

    def handling(self, kind: str, depth: int) -> str:
        """Statements that handle exceptions."""
        w = lambda of=kind: self.write(of, depth - 1)  # noqa: E731
        some = lambda: self.pick("int", "str", "float", "bool", "list", "any")  # noqa: E731
        a = lambda: self.write("any", depth - 1)  # noqa: E731
        # What fails often, and is not proved to.
        risky = lambda: self.pick(  # noqa: E731
            f"e[{self.pick(*'ab')!r}]",
            f"e['who'][{self.pick('login', 'id', 0)!r}]",
            f"e['load']['commits'][{self.pick(0, 1, -1, 's')!r}]['sha']",
            f"int({self.write(self.pick('str', 'any'), depth - 1)})",
            f"float({self.write(self.pick('str', 'any'), depth - 1)})",
            f"len({a()})",
            f"({a()}).lower()",
            f"({a()}).count({a()})",
            f"({a()}).get({a()})",
            f"({a()} in {a()})",
            f"(({a()}) {self.pick(*'+-*/%<', '//')} ({a()}))",
            f"({a()})[{self.write('int', 0)}]",
            f"({a()})[{self.write('any', 0)}]",
            f"-({a()})",
            f"[{w()} for x in {a()}]",
        )
        kinds = lambda: self.pick(  # noqa: E731
            *(" KeyError", " TypeError", " ValueError", " AttributeError", " IndexError"),
            *(
                " (KeyError, TypeError)",
                " LookupError",
                " Exception",
                " ArithmeticError",
                " ZeroDivisionError",
                "",
            ),
        )
        missing = ("e['nope']", "e['who']['nope']", "e['nums'][7]", "e['load']['nope'] + 1")
        wider = (" LookupError", " Exception", " (ValueError, LookupError)", " ArithmeticError")
        bodies = (
            f"try:\n  return {risky()}\n except{kinds()}:\n  return {w()}",
            f"try:\n  unused = {risky()}\n  value = {w()}\n except{kinds()}:\n  value = {w()}\n return value",
            f"value = {w()}\n try:\n  value = {risky()}\n  value = {risky()}\n except{kinds()}:\n  pass\n return value",
            f"try:\n  value = {risky()}\n except KeyError:\n  value = {risky()}\n except{kinds()}:\n  value = {w()}\n else:\n  value = ({w()}, value)\n return value",
            f"try:\n  try:\n   value = {risky()}\n  except{kinds()}:\n   value = {risky()}\n except{kinds()}:\n  value = {w()}\n return value",
            f"out = []\n try:\n  out.append({risky()})\n  out.append({risky()})\n except{kinds()}:\n  out.append({w(some())})\n return out",
            f"try:\n  value = {self.pick('e[0]', *missing)}\n except{self.pick(*wider)}:\n  value = {w()}\n except {self.pick('KeyError', 'TypeError', 'IndexError')}:\n  value = ({w()}, 1)\n return value",
            f"value = {risky()} if {w('bool')} else None\n try:\n  a, b = {risky()}\n except{kinds() or ' Exception'} as error:\n  return value\n return a",
            f"before = {risky()}\n try:\n  value = {risky()}\n except{kinds()}:\n  return {w()}\n return ({w()}, value)",
            f"before = {self.pick('e[0]', *missing)}\n try:\n  return {w()}\n except{kinds()}:\n  return {w()}",
            f"try:\n  value = {risky()}\n finally:\n  other = {w('bool')}\n return (value, other)",
            f"total = 0\n try:\n  total += {risky()}\n  total -= {w(some())}\n except{kinds()}:\n  total = (total, {w()})\n return total",
        )
        return self.random.choice(bodies)

    def python(self, kind: str, depth: int) -> str:
        """A function of a kind that is Python's to run, on as much of the record as it touches."""
        w = lambda of=kind: self.write(of, depth - 1)  # noqa: E731
        bodies = (
            f"try:\n  return {w()}\n except (KeyError, TypeError):\n  return {w()}",
            f"return {{'int': 0, 'str': '', 'float': 0.5, 'bool': True}}.get({kind!r}) or [{w()} for _ in range(2)][-1]",
            f"found = {w()}\n for _ in range(2):\n  if {w('bool')}:\n   found = {w()}\n return found",
            f"while {w('bool')}:\n  return {w()}\n return {w()}",
            f"values = sorted([{w('int')}, {w('int')}])\n return {w()} if values[0] else {w()}",
            f"inner = lambda: {w()}\n return inner()",
            f"if any({w('bool')} for _ in (1, 2)):\n  return {w()}\n return {w()}",
            f"for key in e:\n  return ({w()}, key)",
            f"return ({w()}, sorted(map(str, e.items())))",
            f"e = dict(e)\n e['n'] = {w()}\n return e",
            f"e['m'] = {w()}\n return (e, e['m'])",
            f"x = e\n return ({w()}, x.copy())",
            f"return ({w()}, e.get('t', e.get('n')), [c for c in e['load']['commits']])",
            f"return ({w()}, repr(e['who']), 'kind' in e and hash(e['kind']) == hash(e['kind']))",
        )
        return "def f(e):\n " + self.random.choice(bodies)


@lru_cache(maxsize=512)
def made(source: str) -> Any:
    """The function of a source."""
    # In a module of its own name, cloudpickle looks through all modules for each function.
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(_HELPERS, names)  # Each function has its own globals, as in a script.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # Such as `"Push" is False`.
        if source.startswith("def"):
            exec(compile(source, "<random>", "exec"), names)
            function = names["f"]
        else:
            function = eval(compile(source, "<random>", "eval"), names)
    if type(function) is FunctionType:
        # Dask need not pickle a function, with all that it reads, to tell it from another.
        function.__dask_tokenize__ = lambda: source  # type: ignore[attr-defined]
    return function
