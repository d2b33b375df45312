"""The data sets of the conformance tests, written once a session.

``plain`` holds nothing that a kernel could stumble over. ``nasty`` answers the same
questions, and hides in the answer whatever JSON lines and gzip files may hide.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from conformance.odd import ODD
from conformance.rows import Lines

KINDS = ("PushEvent", "WatchEvent", "PushEvent", "CreateEvent", "IssuesEvent")
LOGINS = ("ann", "bob", "cat", "dan", "eve", "fay", "gus")

REAL_HOUR = Path(__file__).parents[3] / "shared" / "data" / "2015-01-01-0.json.gz"


def event(number: int, kind: str, login: Any, **payload: Any) -> dict[str, Any]:
    """One event in the shape and the key order of GH Archive."""
    return {
        "id": str(2489368070 + number),
        "type": kind,
        "actor": {
            "id": number * 7919,
            "login": login,
            "url": f"https://api.github.com/users/{login}",
        },
        "repo": {"id": number % 11, "name": f"{login}/repo-{number % 3}"},
        "payload": payload,
        "public": number % 4 != 0,
        "created_at": f"2015-01-01T{number % 24:02d}:{number % 60:02d}:00Z",
    }


def commit(number: int) -> dict[str, Any]:
    return {
        "sha": f"{number * 2654435761 % 2**32:08x}",
        "author": {"email": "x@example.org", "name": LOGINS[number % 7]},
        "message": f'Fix #{number}\n\tand say "why" — №{number}',
        "distinct": number % 3 == 0,
    }


def ordinary(number: int) -> dict[str, Any]:
    """Event ``number``: a few logins push most, with ties among the rest."""
    kind = KINDS[number * 3 % len(KINDS)]
    login = LOGINS[min(number % 7, number % 5)]
    if kind == "PushEvent":
        count = number % 4
        made = event(
            number,
            kind,
            login,
            push_id=536740396 + number,
            size=count,
            ratio=number / 8,
            ref=f"refs/heads/{'master' if number % 2 else 'dev-' + str(number % 5)}",
            commits=[commit(number + offset) for offset in range(count)],
        )
    elif kind == "WatchEvent":
        made = event(number, kind, login, action="started")
    else:
        made = event(number, kind, login, action=None, labels=["a", ["b", number]])
    if number % 3 == 0:
        made["org"] = {"id": number, "login": f"org-{number % 2}"}
    return made


def encoded(lines: list[str], newline: str = "\n", last: bool = True) -> bytes:
    text = "".join(line + newline for line in lines)
    return (text if last else text[: -len(newline)]).encode("utf-8")


def members(content: bytes, size: int) -> bytes:
    """Gzip in many members, which end wherever ``size`` happens to fall."""
    return b"".join(
        gzip.compress(content[start : start + size], mtime=0)
        for start in range(0, len(content), size)
    )


def plain_lines(file: int) -> list[str]:
    return [
        json.dumps(ordinary(number), ensure_ascii=False, separators=(",", ":"))
        for number in range(file * 20, file * 20 + 20)
    ]


def nasty_lines(file: int) -> list[str]:
    """Fifty events a file; every second one of the odd ones is in file 0, 2, ..."""
    ordinary_ones = [
        json.dumps(ordinary(number), ensure_ascii=number % 2 == 0)
        for number in range(file * 50, file * 50 + 50)
    ]
    for index, odd in enumerate(ODD[file % 2 :: 2]):
        ordinary_ones.insert(3 + index * 4, odd)
    return ordinary_ones


class Places:
    """Where the data sets are; each is written when it is first asked for."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.known: dict[Any, str] = {}

    def of(self, data: str | Lines) -> str:
        """The path, or the glob, of a data set."""
        if data not in self.known:
            folder = self.root / f"data-{len(self.known)}"
            folder.mkdir()
            if isinstance(data, str):
                self.known[data] = getattr(self, data)(folder)
            else:
                self.known[data] = self.written(folder, data)
        return self.known[data]

    def written(self, folder: Path, data: Lines) -> str:
        for index, lines in enumerate(data):
            content = encoded(list(lines)) if lines else b""
            (folder / f"part-{index:03d}.json.gz").write_bytes(gzip.compress(content, 1, mtime=0))
        return str(folder / "*.json.gz")

    def plain(self, folder: Path) -> str:
        """Nine files of twenty events: one more than a tree of eight merges at once."""
        for file in range(9):
            content = encoded(plain_lines(file))
            (folder / f"2015-01-01-{file}.json.gz").write_bytes(gzip.compress(content))
        return str(folder / "*.json.gz")

    def nasty(self, folder: Path) -> str:
        """Six files, each damaged in a way that is no damage."""
        many = members(encoded(nasty_lines(0)), 1000)
        ragged = gzip.compress(encoded(nasty_lines(1), last=False))
        empty = gzip.compress(b"")
        windows = gzip.compress(encoded(nasty_lines(2), newline="\r\n"))
        padded = gzip.compress(encoded(nasty_lines(3))) + bytes(1024)
        nothing = b""
        contents = (many, ragged, empty, windows, nothing, padded)
        for index, content in enumerate(contents):
            (folder / f"2015-01-01-{index}.json.gz").write_bytes(content)
        return str(folder / "*.json.gz")

    def text(self, folder: Path) -> str:
        """The same events without gzip, one file with the line ends of each system."""
        for index, newline in enumerate(("\n", "\r\n", "\r")):
            content = encoded(plain_lines(index), newline, last=index != 1)
            (folder / f"events-{index}.json").write_bytes(content)
        return str(folder / "*.json")

    def real(self, folder: Path) -> str:
        """The real hour of GH Archive, beside the repository."""
        return str(REAL_HOUR)
