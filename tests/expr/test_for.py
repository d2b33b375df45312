"""`for` statements: what they leave in names, and every way out of them."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest
from checking import check, refused

FUNCTIONS = [
    """
    n = 0
    for c in e["payload"]["commits"]:
        n += 1
    return n
    """,
    """
    for tag in e["actor"]["tags"]:
        if tag == "b":
            return tag + "!"
    return None
    """,
    """
    found = None
    for c in e["payload"]["commits"]:
        if c["sha"] == "cd":
            found = c
            break
    return found
    """,
    """
    out = []
    for tag in e["actor"]["tags"]:
        if tag == "a":
            continue
        out.append(tag.upper())
    return out
    """,
    """
    for tag in e["actor"]["tags"]:
        if tag == "z":
            break
    else:
        return "none"
    return tag
    """,
    """
    counts = {}
    for tag in e["actor"]["tags"]:
        counts[tag] = counts.get(tag, 0) + 1
    return counts
    """,
    """
    for tag in e["actor"]["tags"]:
        pass
    return tag
    """,
    """
    total, longest = 0, ""
    for tag in e["actor"]["tags"]:
        total += len(tag)
        if len(tag) >= len(longest):
            longest = tag
    return total, longest
    """,
    """
    pairs = []
    for one in e["actor"]["tags"]:
        for two in e["actor"]["tags"]:
            if one == two:
                break
            pairs.append((one, two))
    return pairs
    """,
    """
    for one in e["actor"]["tags"]:
        for two in e["actor"]["tags"]:
            if one > two:
                return one, two
    """,
    """
    n = 0
    for tag in e["actor"]["tags"]:
        try:
            n += int(tag)
        except ValueError:
            n -= 1
    return n
    """,
    """
    n = 0
    try:
        for c in e["payload"]["commits"]:
            n += len(c["sha"])
    except (KeyError, TypeError):
        return "bad", n
    return n
    """,
    """
    for c in e["payload"]["commits"]:
        try:
            return c["nothing"]
        except KeyError:
            continue
    return "none"
    """,
    """
    before = None
    for tag in e["actor"]["tags"]:
        if before is not None and before > tag:
            return False
        before = tag
    return True
    """,
    """
    for number in range(3):
        if number == e["n"]:
            return number
    return -1
    """,
    """
    for key in ("n", "m", "nothing"):
        if e[key] is None:
            return key
    """,
    """
    for key in KEYS:
        if key in e:
            return e[key]
    return KEYS[0]
    """,
    """
    words = []
    for line in e["text"].split(","):
        for word in line.split():
            words.append(word.strip().lower())
    return words
    """,
    """
    seen = [tag for tag in e["actor"]["tags"] if tag]
    for tag in seen:
        seen_before = tag
    return seen
    """,
    """
    x = e["n"]
    for tag in e["actor"]["tags"]:
        x = x, tag
    return x
    """,
    """
    if e["public"]:
        sign = "+"
    for tag in e["actor"]["tags"]:
        sign = tag
    return sign
    """,
    """
    for tag in e["actor"]["tags"]:
        if tag == "b":
            kept = tag
    return kept
    """,
    """
    for tag in e["actor"]["tags"]:
        if tag == "a":
            first = "was a"
        elif tag == "b":
            return first
    return "done"
    """,
    """
    total = 0
    for c in e["payload"]["commits"]:
        total += helper(c)
    return total
    """,
    """
    n = 0
    for a in e["actor"]["tags"]:
        n += sum(1 for b in e["actor"]["tags"] if b > a)
    return n
    """,
    """
    for c in e["payload"]["commits"]:
        if "x" in c["sha"]:
            return 1
        if "c" in c["sha"]:
            break
        if "q" in c["sha"]:
            return 2
    return 3
    """,
    """
    out = []
    for tag in e["actor"]["tags"]:
        out += [tag, tag]
        out.extend((1, 2))
    out.append(len(out))
    return out
    """,
    """
    out = {"n": e["n"]}
    for c in e["payload"]["commits"]:
        out[c["sha"]] = {"k": c}
    out["end"] = 1
    return out
    """,
    """
    for i, tag in PAIRS:
        if tag in e["actor"]["tags"]:
            return i
    """,
    """
    for tag in [t for t in e["actor"]["tags"] if t != "a"]:
        return tag
    """,
    """
    for tag in (t for t in e["actor"]["tags"] if t != "a"):
        return tag
    """,
    """
    n = 1
    for tag in e["actor"]["tags"]:
        n = n * 2 if tag > "a" else n + 1
        if n > 3:
            n = 0
    for c in e["payload"]["commits"]:
        n -= 1
    return n
    """,
    """
    for c in e["payload"]["commits"]:
        return c["sha"]
    """,
    """
    result = e["type"]
    for tag in e["actor"]["tags"]:
        assert tag
        result = result + tag
    return result
    """,
]

FUNCTIONS += [
    """
    row, lengths = [], []
    for tag in e["actor"]["tags"]:
        lengths.append(len(row))
        row = [tag, tag]
    return row, lengths
    """,
    """
    out = []
    for i in range(len(e["actor"]["tags"])):
        if i % 2 == 0:
            out.append(e["actor"]["tags"][i])
    return out
    """,
    """
    total = 0
    for i in range(e["n"], 0, e["m"]):
        total += i
    return total
    """,
]

KEYS = ("gone", "type", "id")
PAIRS = ((1, "z"), (2, "b"), (3, "a"))


def helper(c: Any) -> Any:
    for letter in ("x", "a"):
        if letter in c["sha"]:
            return 10
    return 1


def _function(body: str) -> Any:
    names: dict[str, Any] = {"helper": helper, "KEYS": KEYS, "PAIRS": PAIRS}
    exec("def function(e):\n" + textwrap.indent(textwrap.dedent(body), "    "), names)
    return names["function"]


@pytest.mark.parametrize("body", FUNCTIONS)
def test_loops(body: str) -> None:
    check(_function(body))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("while e['n']:\n    pass", "loops"),
        ("for k in e:\n    return k", "iterates over the record"),
        (
            "out = []\nfor t in e['actor']['tags']:\n    out.append(t)\n    x = (out, t)\nreturn x",
            "changes a list or dict that is part of another value",
        ),
        (
            "out = [1]\nfor t in out:\n    if t < 5:\n        out.append(t + 1)\nreturn out",
            "changes a list or dict that is part of another value",
        ),
        (
            "f = len\nfor t in e['actor']['tags']:\n    f = str\nreturn f(e)",
            None,
        ),
    ],
)
def test_what_is_not_followed(body: str, reason: str | None) -> None:
    found = refused(_function(body)).reason
    assert reason is None or found == reason


def test_a_list_that_was_looped_over_may_grow_afterwards() -> None:
    def function(e: Any) -> Any:
        out = [1, e["n"]]
        for x in out:
            last = x
        out.append(last)
        return out

    check(function)


def test_a_list_made_in_a_round_is_another_one_in_the_next() -> None:
    def function(e: Any) -> Any:
        rows = []
        for tag in e["actor"]["tags"]:
            row = [tag]
            row.append(len(rows))
            rows.append(row)
        return rows

    check(function)
