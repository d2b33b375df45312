"""Regular expressions whose pattern is known."""

from __future__ import annotations

import re
from typing import Any

import pytest
from checking import PUSH, check

from satchel.expr.lower import NotLowered, lower
from satchel.expr.nodes import record

WORDS = re.compile(r"[\w']+")
DATE = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)(-(?P<day>\d\d))?")
CASELESS = re.compile(r"hello|[k-m]{2}", re.I)
LINES = re.compile(r"^\w+$", re.MULTILINE)

TEXTS = [
    "",
    " ",
    "\n",
    "abc",
    "abc\n",
    "abc\n\n",
    "a b  c\t\x1cd\u2003e\x0bf\x85g",
    "2015-01-01T15:00:00Z",
    "2015-01",
    "HELLO hello Hello KELVIN \u212a ſ",
    "don't stop",
    "naïve café ÉTÉ",
    "٣ 3",
    "aaa",
    "aab",
    "ab" * 9,
    'h - - [01/Jan/2015:00:00:00 -0400] "GET /a HTTP/1.0" 200 1839',
    'h - - [01/Jan/2015:00:00:00 -0400] "GET /a HTTP/1.0" 200 1839\n',
    "one\ntwo\nthree\n",
    "\ud800",
    "a\x00b",
]
ROWS = [{**PUSH, "text": value} for value in (*TEXTS, None, 5, [], {}, True)]

EXPRESSIONS = r"""
re.search("b+", e["text"]) is not None
re.search("b+", e["text"]) is None
bool(re.match("[a-c]+", e["text"]))
not re.fullmatch("[a-c]+", e["text"])
1 if re.search("b", e["text"]) else 0
True if DATE.match(e["text"]) else None
re.search("(a)(x)?(b)?", e["text"]).groups()
re.search("a|ab|abc", e["text"]).group()
re.search("(?:a|ab)(c|bcd)?", e["text"])[0]
re.search("(a+?)(a*)", e["text"]).group(1, 2)
re.search("(a|b)+", e["text"]).group(1)
re.search("(?:(a)|b)+", e["text"]).group(1)
re.search("(?:(a)|(b))+", e["text"]).groups()
DATE.search(e["text"]).groupdict()
DATE.search(e["text"])["month"]
DATE.search(e["text"]).group("day")
re.search("c$", e["text"]) is not None
re.search("[^x]+$", e["text"]).group()
re.search("[^x]+?$", e["text"]).group()
re.search("(\\S+)$", e["text"]).group(1)
re.match(r"\S*\s*$", e["text"]).group()
re.fullmatch(r"\S*", e["text"]) is not None
re.fullmatch("a|ab|abc", e["text"]).group()
re.search(r"c\Z", e["text"]) is not None
re.search(r"\Aabc", e["text"]) is not None
re.search(r"^abc", e["text"]) is not None
re.search(r".+", e["text"]).group()
re.search(r"a.b", e["text"], re.DOTALL) is not None
re.search(r"(?s)a.b", e["text"]) is not None
re.search(r"(?x) a  b # two letters", e["text"]) is not None
re.search(r"\bstop\b", e["text"]) is not None
re.search(r"[\w.]+", e["text"]).group()
re.search(r"[^\w]", e["text"]).group()
re.search(r"[^\s\d]+", e["text"]).group()
re.search(r"[\S]+", e["text"]).group()
re.search(r"\W\D\S", e["text"]) is not None
re.search(r"\w", e["text"], re.ASCII) is not None
re.search(r"\s", e["text"], flags=re.A) is not None
re.search("é|É", e["text"]) is not None
re.search("[à-ü]+", e["text"]).group()
re.search("[^a]", e["text"]).group()
CASELESS.search(e["text"]).group()
CASELESS.findall(e["text"])
LINES.findall(e["text"])
WORDS.findall(e["text"])
len(re.findall("a", e["text"]))
re.findall("(a)(b)?", e["text"])
re.findall("(?:a)(b)?", e["text"])
re.sub(r"\s+", " ", e["text"])
re.sub("a", "", e["text"])
re.sub("[aeiou]", "*", e["text"]).strip()
re.compile("a{2,3}").search(e["text"]) is not None
re.compile("a{2,3}?").search(e["text"]).group()
re.search(re.compile("b"), e["text"]) is not None
re.split("[ \n]+", e["text"])
re.split("(b)|(x)", e["text"])
re.split(r"\s", e["text"])[0]
[w for w in WORDS.findall(e["text"]) if len(w) > 3]
"""

REFUSED = [
    ("re.search('a', e['text'])", "uses a match of a regular expression as a value"),
    ("(DATE.search(e['text']) or DATE.search('2015-01')).group()", "calls .group(), which is not"),
    ("any(re.match('a', w) for w in e['text'].split())", "uses a match of a regular expression"),
    ("re.search('a', e['text']).start()", "calls .start(), which is not in the vocabulary"),
    ("re.search(e['type'], e['text']) is None", "uses a regular expression that is not known"),
    (r"re.search(r'(a)\1', e['text']) is None", "uses a regular expression with groupref"),
    ("re.search('a(?=b)', e['text']) is None", "uses a regular expression with assert"),
    ("re.search('(?:a|)*', e['text']) is None", "uses a regular expression with a repetition of"),
    ("re.search('(?i:a)b', e['text']) is None", "uses a regular expression with flags inside"),
    ("re.search('a$b', e['text']) is None", "uses a regular expression with a place"),
    (r"re.search(r'\Bx', e['text']) is None", "uses a regular expression with a place"),
    ("re.search('(', e['text']) is None", "uses a regular expression that is wrong: missing )"),
    ("re.search(b'a', e['text']) is None", "uses a regular expression that is not known"),
    ("re.search('a', e['text']).group(1)", "asks for a group that is not there or not known"),
    ("re.search('a', e['text']).group(e['n'])", "asks for a group that is not there or not known"),
    ("re.sub('a*', 'b', e['text'])", "uses a regular expression that may match nothing"),
    ("re.sub('(a)', r'\\1', e['text'])", "substitutes by something other than a plain text"),
    ("re.sub('a', lambda m: 'b', e['text'])", "substitutes"),
    ("re.sub('a', 'b', e['text'], 1)", "calls re.sub with arguments that are not in"),
    ("re.findall('a*', e['text'])", "uses a regular expression that may match nothing"),
    ("re.search('É', e['text'], re.I) is None", "uses a regular expression with letters beyond"),
    ("re.finditer('a', e['text'])", "calls re.finditer, which is not in the vocabulary"),
]


def made(text: str) -> Any:
    return eval("lambda e: " + text, globals())


@pytest.mark.parametrize("text", EXPRESSIONS.split("\n")[1:-1])
def test_what_is_found(text: str) -> None:
    check(made(text), rows=[(row,) for row in ROWS])


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_what_is_not(text: str, reason: str) -> None:
    result = lower(made(text), (record(),))
    assert isinstance(result, NotLowered)
    assert result.reason.startswith(reason)


def test_every_white_space_is_known() -> None:
    from satchel.expr.patterns import _SPACE

    assert "".join(filter(str.isspace, map(chr, range(0x110000)))) == _SPACE
