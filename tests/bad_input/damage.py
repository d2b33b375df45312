"""Damaged files as rows: what is in the file, and the checks that follow each error."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conformance.check import Check
from conformance.rows import Row, dumped, records

GOOD_LINES = [
    json.dumps({"type": "PushEvent" if n % 2 else "WatchEvent", "id": n, "x": f"é{n}" * 3})
    for n in range(300)
]
GOOD = ("\n".join(GOOD_LINES) + "\n").encode()


def types(db: Any, path: str) -> Any:
    """Reads one field of each record; all of the line is checked all the same."""
    return records(db, path).pluck("type").frequencies()


def lines(db: Any, path: str) -> Any:
    """Reads lines alone, and parses none."""
    return db.read_text(path).count()


def whole(db: Any, path: str) -> Any:
    """Gives the records as they are."""
    return records(db, path)


def step(total: Any, e: Any) -> Any:
    return total + len(e["x"])


def lengths(db: Any, path: str) -> Any:
    return records(db, path).foldby("type", step, 0, lambda a, b: a + b)


QUERIES: tuple[Callable[[Any, str], Any], ...] = (types, lines, whole, lengths)

ALIVE = Row("alive", types, dumped([{"type": "a"}, {"type": "b"}], [{"type": "a"}]), native=True)


def damaged(
    check: Check,
    folder: Path,
    content: bytes,
    queries: tuple[Callable[[Any, str], Any], ...] = QUERIES,
    schedulers: tuple[str, ...] = ("default", "sync"),
    name: str = "b.json.gz",
    alone: bool = False,
) -> None:
    """Compare the damaged file, alone and after a good one; then see that the process lives."""
    (folder / "a.json.gz").write_bytes(gzip.compress(GOOD[:2000].rsplit(b"\n", 1)[0]))
    (folder / name).write_bytes(content)
    for query in queries:
        for path in (str(folder / name), f"{folder}/*")[: 1 if alone else 2]:
            pipeline = at(query, path)
            check(Row(query.__name__, pipeline, (), schedulers=schedulers))
    check(ALIVE)


def at(query: Callable[[Any, str], Any], path: str) -> Callable[[Any, str], Any]:
    """The query on this path, whatever path the row is given."""

    def pipeline(db: Any, _: str) -> Any:
        return query(db, path)

    return pipeline


def notes_of(error: BaseException) -> str:
    return "\n".join(getattr(error, "__notes__", []))
