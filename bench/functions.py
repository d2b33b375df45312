"""What a function costs by tier: native, on its fields, on the whole record, and its lowering.

`python -m bench.functions '{"paths": [...], "rounds": 5}'` prints the CPU seconds of each case, a
list with one figure a round. Every answer is compared before its time counts.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from types import FunctionType
from typing import Any


def hour(e: Any) -> int:
    """Return the hour of the event."""
    return datetime.fromisoformat(e["created_at"]).hour


def hour_on_fields(e: Any) -> int:
    """Return the same, by a call that the kernel does not know."""
    parse = getattr(datetime, "fromisoformat")  # noqa: B009
    return int(parse(e["created_at"]).hour)


def whole(e: Any) -> int:
    """Return how many letters the keys have: it goes through the whole record."""
    letters = 0
    for key in e:
        letters += len(key)
    return letters


def login(e: Any) -> Any:
    """Return the user's name, if it is a push."""
    actor = e.get("actor") or {}
    return actor.get("login", "").lower() if e["type"] == "PushEvent" else None


def many() -> Callable[[Any], Any]:
    """Return a function of two hundred ifs, each of which depends on those before."""
    scope: dict[str, Any] = {}
    steps = "".join(f" if n + len(e['type']) > {i}: n += {i}\n" for i in range(200))
    exec(f"def many(e):\n n = 0\n{steps} return n", scope)
    found = scope["many"]
    assert isinstance(found, FunctionType)
    return found


CASES = {
    "hour, native": ("satchel", hour),
    "hour, on fields": ("satchel", hour_on_fields),
    "hour, dask.bag": ("dask.bag", hour),
    "whole, satchel": ("satchel", whole),
    "whole, dask.bag": ("dask.bag", whole),
}


def ask(library: str, function: Callable[[Any], Any], paths: list[str]) -> Any:
    """Return a query: the function's values by frequency."""
    import dask.bag

    import satchel

    db: Any = satchel if library == "satchel" else dask.bag
    return db.read_text(paths).map(json.loads).map(function).frequencies()


def main() -> None:
    """Measure, in turns, and print."""
    task = json.loads(sys.argv[1])
    paths = task["paths"]
    tiers = {name: str(ask(*case, paths[:1]).explain()) for name, case in CASES.items()
             if case[0] == "satchel"}  # fmt: skip
    assert "python" not in tiers["hour, native"], tiers
    assert "python, 1 fields" in tiers["hour, on fields"], tiers
    assert "python, whole record" in tiers["whole, satchel"], tiers
    seconds: dict[str, list[float]] = {name: [] for name in CASES}
    known: dict[str, Counter[int]] = {}
    for turn in range(task["rounds"] + 1):
        for name, case in CASES.items():
            query = ask(*case, paths)
            start = time.process_time()
            found = Counter(dict(query.compute(scheduler="sync")))
            if turn:  # The first round warms up.
                seconds[name].append(time.process_time() - start)
            assert known.setdefault(name.partition(",")[0], found) == found, name
    print(json.dumps({**seconds, **lowering()}))


def lowering() -> dict[str, list[float]]:
    """Return the seconds of lowering an ordinary function, and the worst."""
    from satchel.expr.lower import Lowered, lower
    from satchel.expr.nodes import record

    found: dict[str, list[float]] = {}
    for name, function in (("lower", login), ("lower, 200 ifs", many())):
        for _ in range(20):
            start = time.process_time()
            assert isinstance(lower(function, [record()]), Lowered), name
            found.setdefault(name, []).append(time.process_time() - start)
    return found


if __name__ == "__main__":
    main()
