"""The three questions, their truth by plain Python, and what counts as a right answer."""

import gzip
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

QUESTIONS = ("types", "pushers", "committers")
# A fourth for the rows that fall back: its key is always an ordinary string.
PROJECTS = "projects"
VERSION = 2
TITLES = {
    "types": "events by type",
    "pushers": "top pushers",
    "committers": "top committers",
}

# An answer is a list of (name, count): every type, or the first five logins.
Answer = list[tuple[str, int]]
Truth = dict[str, Any]


def truth(paths: Iterable[str]) -> Truth:
    """Answer all three with nothing but `json`, and keep who could stand in each first five.

    Engines break ties as they like, so the truth of a first five is the counts
    and everyone who reaches the fifth of them.
    """
    types: Counter[str] = Counter()
    pushers: Counter[str] = Counter()
    committers: Counter[str] = Counter()
    projects: Counter[str] = Counter()
    records = 0
    for path in paths:
        with gzip.open(path, "rb") as file:
            for line in file:
                event = json.loads(line)
                records += 1
                types[event["type"]] += 1
                if event["type"] == "PushEvent":
                    login = event["actor"]["login"]
                    pushers[login] += 1
                    committers[login] += len(event["payload"]["commits"])
                    projects[event["repo"]["name"]] += len(event["payload"]["commits"])
    return {
        "records": records,
        "types": dict(types),
        "pushers": _first_five(pushers),
        "committers": _first_five(committers),
        PROJECTS: _first_five(projects),
    }


def fault(question: str, answer: Answer, known: Truth) -> str | None:
    """Return what is wrong with an answer, or None when it is right."""
    pairs = [(str(name), int(count)) for name, count in answer]
    if question == "types":
        return None if dict(pairs) == known["types"] and len(pairs) == len(dict(pairs)) else (
            f"expected {known['types']}, got {dict(pairs)}"
        )  # fmt: skip
    wanted = known[question]
    counts = sorted((count for _, count in pairs), reverse=True)
    if counts != wanted["counts"] or len(dict(pairs)) != len(pairs):
        return f"expected the counts {wanted['counts']}, got {pairs}"
    strange = [pair for pair in pairs if wanted["candidates"].get(pair[0]) != pair[1]]
    return f"these are not the counts of those logins: {strange}" if strange else None


def cached_truth(folder: Path, paths: list[str]) -> Truth:
    """Return the truth of a data set, worked out once for as long as its files stay as they are."""
    stamp: list[object] = [VERSION]
    stamp += [[Path(path).name, Path(path).stat().st_size] for path in paths]
    store = folder / "truth.json"
    if store.exists():
        kept = json.loads(store.read_text())
        if kept["stamp"] == stamp:
            return dict(kept["truth"])
    known = truth(paths)
    store.write_text(json.dumps({"stamp": stamp, "truth": known}))
    return known


def _first_five(counts: Counter[str]) -> dict[str, Any]:
    top = [count for _, count in counts.most_common(5)]
    least = top[-1] if top else 0
    return {
        "counts": top,
        "candidates": {name: count for name, count in counts.items() if count >= least},
    }
