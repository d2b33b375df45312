"""A random regular expression over random texts: what Python's `re` finds, group by group."""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import satchel as db
from properties.examples import Seen, examples

LETTERS = "aab-_1 \n\u00e9"
ATOMS = (
    "a",
    "b",
    "1",
    ".",
    r"\d",
    r"\w",
    r"\s",
    r"\S",
    "[ab]",
    "[^a]",
    "[a-c1]",
    r"[^\s-]",
    "é",
    "-",
)
HOWS = ("search", "match", "fullmatch", "findall", "sub", "split")
FLAGS = (0, 0, 0, re.DOTALL, re.MULTILINE, re.IGNORECASE, re.ASCII, re.I | re.S)


class Patterns:
    """Writes patterns, most of which match something somewhere."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.names = 0

    def pattern(self) -> str:
        start = self.random.choice(("", "", "^", r"\A", r"\b"))
        return start + self.alternatives(3) + self.random.choice(("", "", "$", r"\Z"))

    def alternatives(self, depth: int) -> str:
        count = self.random.choice((1, 1, 1, 2, 3))
        return "|".join(self.sequence(depth) for _ in range(count))

    def sequence(self, depth: int) -> str:
        return "".join(self.part(depth) for _ in range(self.random.randint(1, 3)))

    def part(self, depth: int) -> str:
        if depth and self.random.random() < 0.4:
            self.names += 1
            opening = self.random.choice(("(", "(", "(?:", f"(?P<n{self.names}>"))
            atom = f"{opening}{self.alternatives(depth - 1)})"
        else:
            atom = self.random.choice(ATOMS)
        # Repeating what repeats can take a backtracking engine ages.
        often = ("", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,3}")
        times = self.random.choice(("", "?") if re.search(r"[*+}?]", atom[3:]) else often)
        return atom + times + (self.random.choice(("", "?")) if times else "")


def asked(pattern: re.Pattern[str], how: str) -> Any:
    """A function of a record that asks the pattern, in a way that can be lowered."""
    if how == "sub":
        return lambda e: pattern.sub("<>", e["text"])
    if how in ("findall", "split"):
        return {
            "findall": lambda e: pattern.findall(e["text"]),
            "split": lambda e: pattern.split(e["text"]),
        }[how]

    def search(e: Any) -> Any:
        found = pattern.search(e["text"])
        return (found.group(), found.groups()) if found else None

    def match(e: Any) -> Any:
        found = pattern.match(e["text"])
        return (found.group(), found.groups()) if found else None

    def fullmatch(e: Any) -> Any:
        found = pattern.fullmatch(e["text"])
        return (found.group(), found.groupdict()) if found else None

    return {"search": search, "match": match, "fullmatch": fullmatch}[how]


def test_patterns(tmp_path: Path) -> None:
    seen = Seen()
    file = tmp_path / "texts.json"

    @examples(300)
    @given(st.integers(0, 2**48))
    def holds(seed: int) -> None:
        random = Random(seed)
        text = Patterns(random).pattern()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pattern = re.compile(text, random.choice(FLAGS))
        texts = ["".join(random.choices(LETTERS, k=random.randint(0, 12))) for _ in range(30)]
        file.write_text("".join(json.dumps({"text": each}) + "\n" for each in texts))
        function = asked(pattern, random.choice(HOWS))
        found = db.read_text(str(file)).map(json.loads).map(function)
        expected = [function({"text": each}) for each in texts]
        seen["examples"] += 1
        seen["native"] += found.explain().all_native
        seen["found"] += any(expected)
        assert found.compute(scheduler="sync") == expected, (pattern, texts)

    holds()
    seen.tell("patterns")
    assert seen.share("native") > 0.3
    assert seen.share("found") > 0.5
