"""What each native reduction costs against dask.bag with `json`.

`python -m bench.reductions '{"paths": [...], "rounds": 3}'` prints, for each reduction, the CPU
seconds of each library, a list with one figure a round. Answers are compared before time counts.
"""

import json
import operator
import sys
import time
from collections.abc import Callable
from typing import Any

Bag = Any

COMMITS = "commits by author"


def login(e: Any) -> Any:
    """Return who did it."""
    return e["actor"]["login"]


def size(e: Any) -> int:
    """Return how many commits it has, if any."""
    return len(e["payload"]["commits"]) if e["type"] == "PushEvent" else 0


def pair(acc: Any, e: Any) -> Any:
    """Count, and remember the last time."""
    return acc[0] + 1, max(acc[1], e["created_at"])


def pairs(one: Any, two: Any) -> Any:
    """Bring two of those together."""
    return one[0] + two[0], max(one[1], two[1])


def noted(acc: Any, e: Any) -> Any:
    """Count and sum up in a dict."""
    acc["events"] += 1
    acc["commits"] += size(e)
    return acc


def zero() -> Any:
    """Return a dict to begin with."""
    return {"events": 0, "commits": 0}


def both(one: Any, two: Any) -> Any:
    """Add two of those up."""
    return {"events": one["events"] + two["events"], "commits": one["commits"] + two["commits"]}


def public(acc: int, e: Any) -> int:
    """Count on a condition."""
    return acc + 1 if e["public"] else acc


def commits(b: Bag) -> Bag:
    """Return the commits of all pushes."""
    pushes = b.filter(lambda e: e["type"] == "PushEvent")
    return pushes.map(lambda e: e["payload"]["commits"]).flatten()


CASES: dict[str, Callable[[Bag], Any]] = {
    "count": lambda b: b.filter(lambda e: e["type"] == "PushEvent").count(),
    "sum": lambda b: b.map(size).sum(),
    "product": lambda b: b.map(lambda e: 1 - 2 * (size(e) > 9)).fold(operator.mul, initial=1),
    "min": lambda b: b.pluck("created_at").min(),
    "max": lambda b: b.map(size).max(),
    "mean": lambda b: b.map(size).mean(),
    "var": lambda b: b.map(size).var(),
    "std": lambda b: b.map(size).std(),
    "any": lambda b: b.map(lambda e: e["type"] == "NoEvent").any(),
    "all": lambda b: b.map(lambda e: e["type"] != "NoEvent").all(),
    "distinct(key)": lambda b: b.distinct("type"),
    "topk(k, key) of records": lambda b: b.topk(5, key=size),
    "frequencies(sort)": lambda b: b.pluck("type").frequencies(sort=True),
    "starmap": lambda b: (
        b.map(lambda e: (e["type"], e["public"]))
        .starmap(lambda kind, public: kind if public else None)
        .frequencies()
    ),
    "fold to a tuple": lambda b: b.fold(pair, pairs, initial=(0, "")),
    "foldby to a tuple": lambda b: b.foldby(login, pair, (0, ""), pairs, (0, "")),
    "foldby to a dict": lambda b: b.foldby(login, noted, zero, both),
    "foldby on a condition": lambda b: b.foldby(login, public, 0, operator.add),
    COMMITS: lambda b: commits(b).map(lambda c: c["author"]["name"]).frequencies(),
}


def ask(library: str, paths: list[str], case: str) -> Any:
    """Return a query of either library."""
    import dask.bag

    import satchel

    db: Any = satchel if library == "satchel" else dask.bag
    return CASES[case](db.read_text(paths).map(json.loads))


def main() -> None:
    """Measure, in turns, and print."""
    task = json.loads(sys.argv[1])
    paths = task["paths"]
    seconds: dict[str, dict[str, list[float]]] = {}
    for case in task.get("cases", CASES):
        assert ask("satchel", paths, case).explain().all_native, case
        # A round on one file warms up.
        for turn, files in enumerate([paths[:1]] + [paths] * task["rounds"]):
            found = []
            for library in ("dask.bag", "satchel"):
                query = ask(library, files, case)
                start = time.process_time()
                answer = query.compute(scheduler="sync")
                spent = time.process_time() - start
                found.append(answer)
                if turn:
                    seconds.setdefault(case, {}).setdefault(library, []).append(spent)
            assert found[0] == found[1], case
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
