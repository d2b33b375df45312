"""Lines that are JSON, nearly JSON and not JSON: what json.loads makes of each, or its error."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import toolz
from conformance.difference import difference
from hypothesis import given, note
from hypothesis import strategies as st

import satchel
from properties.examples import Seen, examples
from properties.records import Records

PIECES = (
    b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"\x00", b"\x01", b"\x1f", b"\x7f", b"\x80", b"\xff", b"\xc3",
    b"\xe2\x82", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf", b"\\u00", b"\\ud800", b"\\ud83d\\ude00", b"\\u0061",
    b"\\x", b"\xef\xbb\xbf", b" ", b"\t", b"\r", b"\n", b"\r\n", b"-", b"+", b"0", b"01", b".", b"e", b"1e5", b"NaN",
    b"Infinity", b"-Infinity", b"tru", b"null", b"true", b'"t":1,', b'"t":', b",,", b"//", b"\xe2\x80\xa8", b"\xc2\x85",
    b"\x0b", b"\x0c", b"9" * 19, b"1" * 400, b"1e999", b"[[[[", b"[" * 70 + b"]" * 70, b'"\\ud800"', b"-0", b"\\/", b"'",
    b"\xf0\x9f\x98\x80", b"\\ud83d", b"\\ude00", b"\\u0000",
)  # fmt: skip
"""What is put into a line: whatever a scanner of JSON has to tell apart."""

Steps = tuple[tuple[str, tuple[Any, ...]], ...]
QUERIES: dict[str, Steps] = {
    "a field by pluck": (("pluck", ("t", None)),),
    "a field that is not there": (("pluck", ("a", None)),),
    "a field": (("map", (lambda e: e["t"],)),),
    "a field of a dict": (("map", (lambda e: e.get("t") if isinstance(e, dict) else None,)),),
    "fields within": (("map", (lambda e: (e["who"]["login"], len(e["tags"])),)),),
    "containers": (("map", (lambda e: (e["load"]["commits"], "opt" in e, e.get("n")),)),),
    "parts of values": (("map", (lambda e: (e["nums"][-1], e["s"].lower()),)),),
    "the whole record": (("map", (lambda e: (e,),)),),
    "nothing": (("map", (lambda e: 1,)),),
    "those of a kind": (("filter", (lambda e: e["kind"] == "PushEvent",)), ("map", (len,))),
    "in Python": (("map", (lambda e: (sorted(e), e.get("x"), repr(e["who"])),)),),
    "the lines": (),
}
STEPS: dict[str, Callable[..., Iterator[Any]]] = {
    "map": lambda items, function: map(function, items),
    "filter": lambda items, function: filter(function, items),
    "pluck": lambda items, key, default: toolz.pluck(key, items, default),
}


def in_python(steps: Steps, data: bytes) -> list[Any]:
    """What the steps make of a file, without either library."""
    items: Iterator[Any] = iter(list(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")))
    if steps:
        items = map(json.loads, items)
    for name, args in steps:
        items = STEPS[name](items, *args)
    return list(items)


def in_satchel(steps: Steps, path: Path) -> list[Any]:
    bag = satchel.read_text(str(path), encoding="utf-8")
    if steps:
        bag = bag.map(json.loads)
    for name, args in steps:
        bag = getattr(bag, name)(*args)
    return list(bag.compute())


def outcome(function: Callable[..., Any], *args: Any) -> tuple[Any, BaseException | None]:
    try:
        return function(*args), None
    except BaseException as error:  # noqa: BLE001 (a panic is one, too)
        return None, error


def mutated(random: Random, line: bytes) -> bytes:
    """A line with a few small accidents."""
    found = bytearray(line)
    for _ in range(random.choice((0, 1, 1, 1, 2, 3))):
        at = random.randrange(len(found) + 1)
        here = min(at, len(found) - 1)
        accident = random.randrange(6)
        if accident == 0 and found:
            found[here] ^= 1 << random.randrange(8)
        elif accident == 1:
            del found[at:]
        elif accident == 2:
            del found[at : at + random.choice((1, 1, 2, 5))]
        elif accident == 3 and found:
            found[here] = random.randrange(256)
        else:
            found[at:at] = random.choice(PIECES)
    return bytes(found)


def content(random: Random) -> bytes:
    """A file of a few lines, of which one had accidents."""
    records = Records(random, random.choice((0, 0.1)), random.choice((0, 0.2)))
    lines = []
    for number in range(random.choice((1, 1, 2, 4))):
        whole = random.random() < 0.8
        line = records.line(number) if whole else records.written(records.anything(3))
        lines.append(line.encode("utf-8"))
    if random.random() < 0.9:
        at = random.randrange(len(lines))
        lines[at] = mutated(random, lines[at])
    end = random.choice((b"\n", b"\n", b"\n", b"\r\n", b"\r"))
    return end.join(lines) + (b"\n" if random.random() < 0.7 else b"")


def before(data: bytes, error: UnicodeDecodeError) -> bytes:
    """The whole lines before the first bytes that are not UTF-8."""
    good = data[: error.start] if error.object == data else data[: _undecodable(data)]
    ends = [0, *(at + 1 for at in range(len(good)) if good[at : at + 1] in b"\r\n")]
    return good[: ends[-1]]


def _undecodable(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return len(data)


def test_lines_are_read_as_json_reads_them(tmp_path: Path) -> None:
    seen = Seen()
    path = tmp_path / "lines.json"

    @examples(500)
    @given(
        st.integers(0, 2**48), st.lists(st.sampled_from(sorted(QUERIES)), min_size=2, max_size=3)
    )
    def holds(seed: int, names: list[str]) -> None:
        data = content(Random(seed))
        path.write_bytes(data)
        note(repr(data))
        for name in names:
            note(name)
            steps = QUERIES[name]
            expected, error = outcome(in_python, steps, data)
            found, ours = outcome(in_satchel, steps, path)
            seen["examples"] += 1
            seen["answers"] += error is None
            seen["damaged text"] += isinstance(error, UnicodeDecodeError)
            if isinstance(error, UnicodeDecodeError) and not isinstance(ours, UnicodeDecodeError):
                # Errors come in file order: an earlier line's may be seen first.
                _, error = outcome(in_python, steps, before(data, error))
                seen["errors in file order"] += 1
            if error is None and ours is None:
                assert difference(expected, found) is None
            else:
                assert (type(ours), str(ours)) == (type(error), str(error))

    holds()
    seen.tell("lines")
    assert seen.share("answers") > 0.2


def test_every_cut_and_every_byte_of_a_line(tmp_path: Path) -> None:
    """One line cut at each place, and with each of some bytes at each place: all of them."""
    line = rb'{"t":"a\u00e9","n":[1,-2.5e3,true,null],"who":{"login":"\\x"}}'
    steps = QUERIES["a field of a dict"]
    cuts = {line[:at] for at in range(len(line) + 1)}
    for byte in (b'"', b"\\", b",", b"}", b"\x00", b"\xff", b" ", b"0", b"e"):
        cuts |= {line[:at] + byte + line[at:] for at in range(len(line) + 1)}
        cuts |= {line[:at] + byte + line[after:] for at, after in pairwise(range(len(line) + 1))}
    answered = []
    for index, data in enumerate(sorted(cuts)):
        expected, error = outcome(in_python, steps, data)
        if error is None:
            answered.append((data, expected))
        elif index % 8 == 0:
            path = tmp_path / "one.json"
            path.write_bytes(data)
            _, ours = outcome(in_satchel, steps, path)
            assert (type(ours), str(ours)) == (type(error), str(error)), data
    path = tmp_path / "all.json"
    path.write_bytes(b"\n".join(data for data, expected in answered if data and expected))
    values = [value for _, expected in answered for value in expected]
    assert difference(values, in_satchel(steps, path)) is None
