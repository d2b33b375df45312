"""Lines that are not JSON, in a field that the query reads and in one that it does not."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from conformance.check import Check
from conformance.rows import ours_only, subject

from bad_input.damage import GOOD, GOOD_LINES, damaged, notes_of, types, whole

ONE = ("default",)

# Where the fragment stands: the query reads "type", and nothing else.
PLACES = {
    "read": '{"type": %s, "id": 1, "x": "y"}',
    "after": '{"type": "a", "x": %s}',
    "before": '{"x": %s, "type": "a"}',
    "inside": '{"type": "a", "x": {"y": [1, {"z": %s, "x": []}]}}',
}

FRAGMENTS = {
    "nothing": "",
    "a space": " ",
    "tru": "tru",
    "truee": "truee",
    "nul": "nul",
    "True": "True",
    "None": "None",
    "undefined": "undefined",
    "NaNs": "NaNs",
    "-NaN": "-NaN",
    "Infinit": "Infinit",
    "+Infinity": "+Infinity",
    "a word": "word",
    "a minus": "-",
    "a plus": "+1",
    "two minuses": "--1",
    "a point": ".",
    "a point first": ".5",
    "a point last": "1.",
    "two points": "1.2.3",
    "a leading zero": "01",
    "minus a leading zero": "-01",
    "an exponent without digits": "1e",
    "an exponent with a sign alone": "1e+",
    "a fraction of an exponent": "1e1.5",
    "hexadecimal": "0x10",
    "an underscore": "1_000",
    "digits of another script": "１２",
    "single quotes": "'a'",
    "an unterminated string": '"abc',
    "a string that a backslash keeps open": '"abc\\"',
    "a tab in a string": '"a\tb"',
    "a control character in a string": '"a\x01b"',
    "the last control character": '"a\x1fb"',
    "NUL in a string": '"a\x00b"',
    "NUL": "\x00",
    "an unknown escape": '"\\q"',
    "an escaped quote of the wrong kind": '"\\\'"',
    "a short \\u": '"\\u12"',
    "a \\u with a letter": '"\\u12g4"',
    "a \\u with a sign": '"\\u+123"',
    "a \\u with an underscore": '"\\u1_23"',
    "a capital \\U": '"\\U0041"',
    "a pair with a short end": '"\\ud800\\u12"',
    "a pair with an unknown end": '"\\ud83d\\q"',
    "a list with a trailing comma": "[1,]",
    "a list with a leading comma": "[,1]",
    "a list with two commas": "[1,,2]",
    "a list without a comma": "[1 2]",
    "an open list": "[1, 2",
    "a list closed as an object": "[1}",
    "an object with a trailing comma": '{"a": 1,}',
    "an object with a leading comma": '{,"a": 1}',
    "an object with two commas": '{"a": 1,, "b": 2}',
    "an object without a comma": '{"a": 1 "b": 2}',
    "an object without a colon": '{"a" 1}',
    "an object with two colons": '{"a":: 1}',
    "an object with a bare key": "{a: 1}",
    "an object with a number as a key": "{1: 2}",
    "an object with a key alone": '{"a"}',
    "an object with an empty value": '{"a":}',
    "an open object": '{"a": 1',
    "an object closed as a list": '{"a": 1]',
    "a brace": "}",
    "a bracket": "]",
    "a comma": ",",
    "a colon": ":",
    "two values": "1 2",
    "two strings": '"a" "b"',
    "a comment": "1 /* one */",
    "a form feed": "\x0c1",
    "a vertical tab": "\x0b1",
    "a no-break space": "\xa01",
    "a BOM": "\ufeff1",
    "a backslash": "\\",
    "too many digits": "1" * 5000,
    "too many digits, negative": "-" + "1" * 5000,
    "many digits of a float": "1" * 5000 + ".5",
    "too deep": "[" * 120_000 + "]" * 120_000,
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_a_fragment_that_is_not_json(
    fragment: str, place: str, check: Check, tmp_path: Path
) -> None:
    # Not by %: a fragment may hold a percent sign.
    line = PLACES[place].replace("%s", FRAGMENTS[fragment])
    content = "\n".join([*GOOD_LINES[:40], line, *GOOD_LINES[:10]]) + "\n"
    damaged(check, tmp_path, gzip.compress(content.encode(), 1), (types,), ONE, alone=True)


LINES = {
    "a blank line": "",
    "spaces": "   ",
    "an open brace": "{",
    "a close brace": "}",
    "an object without braces": '"type": "a"',
    "a list": "[]",
    "a text": '"type"',
    "a number": "1",
    "null": "null",
    "an empty object": "{}",
    "two objects": '{"type": "a"}{"type": "b"}',
    "two objects and a space": '{"type": "a"} {"type": "b"}',
    "two objects and a comma": '{"type": "a"}, {"type": "b"}',
    "an object too much closed": '{"type": "a"}}',
    "junk behind": '{"type": "a"} junk',
    "junk before": 'junk {"type": "a"}',
    "NUL behind": '{"type": "a"}\x00',
    "NULs": "\x00" * 50,
    "a BOM": '\ufeff{"type": "a"}',
    "an event spliced into another": '{"type": "a", "x": "b{"type": "b", "x": "c"}',
    "half an object": '{"type": "a", "x": {"y": [1, 2',
    "half a key": '{"type": "a", "x',
    "half an escape": '{"type": "a", "x": "\\',
    "CSV": "a,b,c",
    "XML": "<a/>",
    "a form feed behind": '{"type": "a"}\x0c',
    "a separator of lines behind": '{"type": "a"}\u2028',
}


@pytest.mark.parametrize("where", ["first", "middle", "last", "last, no newline", "alone"])
@pytest.mark.parametrize("name", LINES)
def test_a_line_that_is_not_a_record(name: str, where: str, check: Check, tmp_path: Path) -> None:
    before, after = {
        "first": ([], GOOD_LINES[:5]),
        "middle": (GOOD_LINES[:40], GOOD_LINES[:5]),
        "alone": ([], []),
    }.get(where, (GOOD_LINES[:40], []))
    content = "\n".join([*before, LINES[name], *after])
    if where != "last, no newline":
        content += "\n"
    damaged(check, tmp_path, gzip.compress(content.encode(), 1), (types, whole), ONE, alone=True)


@ours_only
@pytest.mark.parametrize("place", PLACES)
def test_a_note_names_file_line_and_byte(place: str, tmp_path: Path) -> None:
    path = tmp_path / "noted.json.gz"
    content = GOOD + PLACES[place].replace("%s", "tru").encode() + b"\n" + GOOD
    path.write_bytes(gzip.compress(content))
    with pytest.raises(ValueError, match="Expecting") as raised:
        types(subject, str(path)).compute()
    note = notes_of(raised.value)
    assert "noted.json.gz" in note
    assert str(len(GOOD_LINES) + 1) in note
    assert str(len(GOOD)) in note.replace(",", "").replace("_", "")
