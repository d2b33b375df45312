# ruff: noqa: E501 (a line of data is a line)
r"""Events that answer the three questions, each in its own odd but valid way.

A ``PushEvent`` has a login to hash and commits to count; the others need only a type.
The text is raw: what looks like an escape here is one in the file.
"""

from __future__ import annotations

_DUPLICATES = r"""
{"type": "WatchEvent", "id": "1", "type": "PushEvent", "actor": {"login": "no", "login": "ann"}, "payload": {"commits": [], "commits": [{"sha": "a"}, 2]}}
{"type": "PushEvent", "actor": {"login": "no"}, "payload": {"commits": [1]}, "actor": {"login": "bob"}, "payload": {"commits": [], "size": 0}}
{"type": "PushEvent", "id": "4", "actor": {"login": "\ud83d\ude00"}, "payload": {"commits": {"a": 1, "b": 2, "a": 3}}}
"""

_ESCAPES = r"""
{"\u0074ype": "Push\u0045vent", "id": "2", "actor": {"log\u0069n": "b\u006fb"}, "payload": {"commits": [[[]], {"a": "]}\"\\"}]}}
{"type": "PushEvent", "id": "3", "actor": {"login": "\ud800"}, "payload": {"commits": ["\ud83d\ude00", "\udc00"]}}
{"type": "PushEvent", "id": "\u0000", "actor": {"login": "\"\\\/\b\f\n\r\t"}, "payload": {"commits": ["\\", "\"", "\\\""]}}
{"type": "PushEvent", "id": "\ud800", "actor": {"login": "\\u0061"}, "payload": {"commits": ["a\\"]}}
"""

_KEYS_THAT_ARE_EQUAL = r"""
{"type": "PushEvent", "id": "5", "actor": {"login": 1}, "payload": {"commits": ""}}
{"type": "PushEvent", "id": "6", "actor": {"login": true}, "payload": {"commits": "abc"}}
{"type": "PushEvent", "id": "7", "actor": {"login": 1.0}, "payload": {"commits": [1, 2]}}
{"type": "PushEvent", "id": "8", "actor": {"login": null}, "payload": {"commits": [null]}}
"""

_EDGES_OF_NUMBERS = r"""
{"type": "PushEvent", "id": 9223372036854775807, "actor": {"login": 9223372036854775807}, "payload": {"commits": [1]}}
{"type": "PushEvent", "id": -9223372036854775808, "actor": {"login": 9223372036854775808}, "payload": {"commits": [1]}}
{"type": "PushEvent", "id": 1e400, "actor": {"login": 9.223372036854776e18}, "payload": {"commits": [-0, -0.0, 1E2, 0.1e-7]}}
{"type": "PushEvent", "id": 123456789012345678901234567890, "actor": {"login": -0.0}, "payload": {"commits": [-0]}}
{"type": "PushEvent", "id": NaN, "actor": {"login": "nan"}, "payload": {"commits": [Infinity, -Infinity]}}
"""

_BEYOND_A_FILTER = r"""
{"type": "WatchEvent"}
{"type": "ForkEvent", "actor": null, "payload": []}
{"type": "ForkEvent", "actor": "ann", "payload": "commits"}
{"payload": {}, "actor": {}, "type": "MemberEvent"}
{"type": null, "id": null}
{"type": "", "actor": {"login": ""}}
{"type": "PushEvents", "": {"": null}, "typ": 1, "types": [{"type": "PushEvent"}]}
"""

_SPACES = (
    '  {\t"type"  :\t"PushEvent" ,"actor":{ "login" : "ann\\/\\n" } ,"payload":{"commits":[ ] } }  '
)

_DEEP = (
    '{"type": "PushEvent", "deep": ' + "[" * 90 + "]" * 90 + ', "actor": {"login": "cat"}, '
    '"payload": {"commits": ' + '[{"a":' * 40 + "[]" + "}]" * 40 + "}}"
)

# Characters that end a line for str.splitlines, but not for a file.
_SEPARATORS = (
    '{"type": "PushEvent", "id": "\u2028\u0085", '
    '"actor": {"login": "a\u2028b\u0085c"}, "payload": {"commits": ["\x7f"]}}'
)

_FOREIGN = (
    '{"type": "PushEvent", "actor": {"login": "ÅNGSTRÖM ß İ"}, '
    '"payload": {"commits": [" ", "日本", "\U0001f600"]}}'
)


def _lines(block: str) -> tuple[str, ...]:
    return tuple(block.strip("\n").split("\n"))


ODD = (
    *_lines(_DUPLICATES),
    *_lines(_ESCAPES),
    *_lines(_KEYS_THAT_ARE_EQUAL),
    *_lines(_EDGES_OF_NUMBERS),
    *_lines(_BEYOND_A_FILTER),
    _SPACES,
    _DEEP,
    _SEPARATORS,
    _FOREIGN,
)
