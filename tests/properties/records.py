"""Random JSON lines: mostly one shape, as logs have, with as much drift and oddity as is asked.

Everything is drawn from a `random.Random`, so that the same generators serve Hypothesis (which
lends one whose draws it can shrink) and a loop that runs for hours.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any


class Token(str):
    """A piece of JSON text that stands in a line as it is."""


INTS = (
    0, 1, -1, 2, 3, 7, 10, 11, 13, 99, 100, 255, -7, 1000, 86400, 2**31 - 1, 2**31, 2**53 - 1, 2**53,
    2**53 + 1, -(2**53) - 1, 10**17, 10**18 - 1, 10**18, 2**62, 2**63 - 1, 2**63, -(2**63),
    -(2**63) - 1, 2**64, 10**30, Token("-0"),
)  # fmt: skip
SMALL = 16
"""How many of `INTS` come up in ordinary records."""

FLOATS = (
    0.0, -0.0, 0.5, 1.0, -1.5, 2.5, 3.5, 0.1, 0.25, 1e2, 12345.678, 0.30000000000000004, 1e15, 1e16,
    123456789012345680.0, 1e-4, 1e-5, 1.5e-7, 1e22, 1e23, 9007199254740993.0, 5e-324,
    2.2250738585072014e-308, 1.7976931348623157e308, float("inf"), float("-inf"), float("nan"),
    Token("0E0"), Token("-0E0"), Token("1E5"), Token("1.0E-2"),
)  # fmt: skip
ORDINARY = 12
"""How many of `FLOATS` come up in ordinary records."""

ASCII = (
    "ann", "bob", "Cat", "dan", "eve", "", "a", "b", "abc", "aaa", "PushEvent", "WatchEvent", "x-y-z", "a,b,,c",
    "Fix bug #12", "hello world", "12", " 7 ", "-3", "+5", "1_000", "0x10", "007", "3.5", "1e3", ".5", "inf", "nan",
    " padded  text ", "tab\there", "line\nbreak", "form\ffeed \b", 'quo"te', "back\\slash", "\r\n", "a/b", "org/repo-1", "\x00", "\x1f",
    "\x1c", "don't", "it's OK", "MiXeD cAsE", "x" * 40, "1,2;3", "True", "None", "{}", "\x7f", "~", "e", "E",
)  # fmt: skip
UNICODE = (
    "é", "naïve", "ß", "İstanbul", "ﬁ", "日本語", "😀", "a😀b", "e\u0301", "\u2028", "\x85", "\xa0", "\u3000pad\u3000",
    "Ǆ", "ς", "٣", "½", "\ufeff", "\u200b", "\ud7ff", "\ue000", "\U0010ffff", "Straße", "ÀÉ",
)  # fmt: skip
SURROGATES = ("\ud800", "\udc00x", "a\udfff", "\udc00\ud800")
KINDS = ("PushEvent", "WatchEvent", "CreateEvent", "ForkEvent")
LOGINS = ("ann", "bob", "cat", "dan-1", "Eve", "fay", "gus-bot[bot]")


TOKENS = tuple(
    map(
        Token,
        (
            "-0", "1E5", "1e400", "-1e400", "1.0", "0e0", "-0.0", "1e-400", "0.1e1", "100000000000000000000", "NaN",
            "Infinity", "-Infinity", "1.5E+3", "123456789012345678", "1234567890123456789", "9223372036854775808",
            '"\\u0061"', '"\\u00e9"', '"\\ud83d\\ude00"', '"\\ud800"', '"\\/"', '"\\b\\f\\n\\r\\t"', '"\\u0000"',
            "[ ]", "{ }", "[\t1 ,2 ]", '{"a":1,"a":2}', '{"a": {"b": 1}, "\\u0061": 2}', "0.1", "1e16", "1e22",
            "0.000001", "1e5", "4.35", "2.675", "123456789.123456789", "1e-7", "5e-324", "-5", "[[[[]]]]", "1.0E-2",
        ),
    )
)  # fmt: skip


class Records:
    """Draws records.

    Args:
        random: where every choice comes from.
        drift: how often a field is missing, null, or of another type.
        odd: how often a value is one that few JSON writers would write.
    """

    def __init__(self, random: Random, drift: float = 0.0, odd: float = 0.0) -> None:
        self.random = random
        self.drift = drift
        self.odd = odd
        self.foreign = random.random() < 0.4

    def chance(self, share: float) -> bool:
        return share > 0 and self.random.random() < share

    def integer(self) -> Any:
        return self.random.choice(INTS if self.chance(self.odd) else INTS[:SMALL])

    def floating(self) -> Any:
        return self.random.choice(FLOATS if self.chance(self.odd) else FLOATS[:ORDINARY])

    def text(self) -> str:
        if self.foreign and self.random.random() < 0.3:
            return self.random.choice(UNICODE)
        if self.chance(self.odd / 4):
            return self.random.choice(SURROGATES)
        return self.random.choice(ASCII)

    def anything(self, depth: int = 2) -> Any:
        """A value of any type."""
        kind = self.random.randrange(9 if depth else 7)
        if kind == 0:
            return self.random.choice(TOKENS)
        if kind == 1:
            return self.random.choice((None, True, False))
        if kind in (2, 3):
            return self.integer()
        if kind == 4:
            return self.floating()
        if kind in (5, 6):
            return self.text()
        items = [self.anything(depth - 1) for _ in range(self.random.randrange(4))]
        if kind == 7:
            return items
        return {self.random.choice(("a", "b", "id", "login", "é")): item for item in items}

    def drifted(self, value: Any) -> Any:
        return self.anything() if self.chance(self.drift) else value

    def record(self, number: int) -> dict[str, Any]:
        """One record of the shape that `functions.RECORD` describes."""
        draw, random = self.drifted, self.random
        fields: dict[str, Any] = {
            "id": draw(str(2489368070 + number)),
            "kind": draw(random.choice(KINDS)),
            "n": draw(self.integer()),
            "m": draw(random.randrange(-3, 12)),
            "x": draw(self.floating()),
            "r": draw(number / 8),
            "s": draw(random.choice(ASCII)),
            "t": draw(self.text()),
            "flag": draw(random.random() < 0.5),
            "maybe": draw(random.choice((None, "note", "", "other"))),
            "day": draw(f"2015-01-{number % 28 + 1:02d}T{number % 24:02d}:30:00Z"),
            "tags": draw([random.choice(ASCII[:11]) for _ in range(random.randrange(4))]),
            "nums": draw([random.randrange(-5, 50) for _ in range(random.randrange(2, 5))]),
            "who": draw(
                {
                    "login": draw(random.choice(LOGINS)),
                    "id": draw(number * 7919),
                    "name": draw(random.choice((None, "Ann", self.text()))),
                }
            ),
            "load": draw(
                {
                    "size": draw(random.randrange(0, 6)),
                    "commits": draw(
                        [{"sha": f"{number}-{i}", "ok": i % 2 == 0} for i in range(number % 4)]
                    ),
                }
            ),
        }
        if random.random() < 0.4:
            fields["opt"] = draw(random.randrange(100))
        if random.random() < 0.4:
            fields["org"] = draw({"login": random.choice(("acme", "initech")), "id": number % 5})
        if self.chance(self.drift):
            del fields[random.choice(list(fields))]
        return fields

    def line(self, number: int) -> str:
        """One line without its newline."""
        record = self.record(number)
        text = self.written(record)
        if self.chance(self.odd / 4):
            key = self.random.choice(list(record))
            again = f'"{key}": {self.written(self.anything(1))}'
            text = f"{{{again}, {text[1:]}" if self.chance(0.5) else f"{text[:-1]}, {again}}}"
        return text

    def key(self, text: str) -> str:
        """A key, once in a while with its first letter escaped."""
        if self.chance(self.odd / 40):
            return f'"\\u{ord(text[0]):04x}{text[1:]}"'
        return self.written(text)

    def written(self, value: Any) -> str:
        """JSON text, with some freedom in spaces and escapes."""
        if isinstance(value, Token):
            return value
        if isinstance(value, str):
            plain = self.random.random() < 0.7 and not any("\ud800" <= c <= "\udfff" for c in value)
            return json.dumps(value, ensure_ascii=not plain)
        if isinstance(value, dict):
            comma, colon = self.random.choice(((",", ":"), (", ", ": "), (" , ", " : ")))
            pairs = [f"{self.key(key)}{colon}{self.written(item)}" for key, item in value.items()]
            if pairs and self.chance(self.odd / 30):
                key = self.random.choice(list(value))
                pairs.append(f"{self.key(key)}{colon}{self.written(self.anything(1))}")
            return "{" + comma.join(pairs) + "}"
        if isinstance(value, list):
            return "[" + self.random.choice((",", ", ")).join(map(self.written, value)) + "]"
        return json.dumps(value)
