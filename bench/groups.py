"""What `groupby` costs: an actor's events to a function of Python, and groups beyond memory.

`python -m bench.groups '{"paths": [...], "rounds": 5}'` prints the CPU seconds of dask.bag and of
satchel in turns. `python -m bench.groups '{"folder": ..., "mebibytes": 1024}'` groups four times so
many under a limit of so many, and prints the peak above the import. Answers are compared before
their price counts.
"""

import gzip
import json
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from bench.runner import cpu_seconds, forget_peak, memory

LIBRARIES = ("satchel", "dask.bag")
TIMES = 4
"""How many times the limit the groups are."""
FILES = 8
BODY = 1_000
"""How many letters of a record its group's function reads."""
MEMBER = 4_000
"""How many records a gzip member holds: a file is a member again and again."""

Pair = tuple[str, list[Any]]


def projects(pair: Pair) -> tuple[str, int, int]:
    """Return an actor's login, how many repositories they touched, how many commits they pushed."""
    login, events = pair
    names = {e["repo"]["name"] for e in events}
    return login, len(names), sum(len(e["payload"].get("commits", ())) for e in events)


def bodies(pair: Pair) -> tuple[str, int, int]:
    """Return a key, how many records it has, and a checksum of them in their order."""
    key, records = pair
    checksum = 0
    for record in records:
        checksum = zlib.crc32(record["body"].encode(), checksum)
    return key, len(records), checksum


def ask(library: str, paths: list[str]) -> Any:
    """Return the query: what each actor did."""
    import dask.bag

    import satchel

    db: Any = satchel if library == "satchel" else dask.bag
    events = db.read_text(paths).map(json.loads)
    return events.groupby(lambda e: e["actor"]["login"], shuffle="disk").map(projects)


def in_turns(paths: list[str], rounds: int) -> dict[str, list[float]]:
    """Return the CPU seconds of each library, each round, after one that warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in LIBRARIES}
    known: dict[str, tuple[int, int]] | None = None
    for turn in range(rounds + 1):
        for name in LIBRARIES:
            query = ask(name, paths)
            start = time.process_time()
            answer = query.compute(scheduler="sync")
            if turn:
                seconds[name].append(time.process_time() - start)
            found = {login: (repos, commits) for login, repos, commits in answer}
            assert len(found) == len(answer), name
            known = known or found
            assert found == known, name
    return seconds


def member(number: int) -> Iterator[dict[str, str]]:
    """Yield the records of which file `number` is made again and again."""
    random = Random(number)
    for _ in range(MEMBER):
        yield {"key": f"key-{random.randrange(5_000)}", "body": f"{random.random()}" * 60}


def write(folder: Path, mebibytes: int) -> tuple[list[str], int]:
    """Write files whose groups are so large; return their paths, and members in each."""
    folder.mkdir(parents=True, exist_ok=True)
    size = sum(len(record["body"][:BODY]) for record in member(0))
    times = -(-TIMES * mebibytes * 2**20 // (size * FILES))
    paths = []
    for number in range(FILES):
        path = folder / f"{number}-{mebibytes}.json.gz"
        paths.append(str(path))
        if not path.exists():
            lines = [json.dumps(r | {"body": r["body"][:BODY]}) + "\n" for r in member(number)]
            part = path.with_suffix(".part")
            part.write_bytes(gzip.compress("".join(lines).encode(), 1) * times)
            part.replace(path)
    return paths, times


def truth(times: int) -> dict[str, tuple[int, int]]:
    """Return what `bodies` must say of each key."""
    found: dict[str, tuple[int, int]] = {}
    for number in range(FILES):
        groups: dict[str, list[bytes]] = {}
        for record in member(number):
            groups.setdefault(record["key"], []).append(record["body"][:BODY].encode())
        for key, parts in groups.items():
            count, checksum = found.get(key, (0, 0))
            whole = b"".join(parts)
            for _ in range(times):
                checksum = zlib.crc32(whole, checksum)
            found[key] = count + times * len(parts), checksum
    return found


def beyond_memory(folder: Path, mebibytes: int) -> dict[str, list[float]]:
    """Group four times the limit; return MiB above the import, and seconds."""
    import dask

    import satchel

    paths, times = write(folder, mebibytes)
    expected = truth(times)
    read: Any = satchel.read_text
    with dask.config.set({"satchel.groupby-memory": mebibytes << 20}):
        forget_peak()
        before, start, cpu = memory("VmRSS"), time.perf_counter(), cpu_seconds()
        query = read(paths).map(json.loads).groupby("key", shuffle="disk").map(bodies)
        answer = query.compute()
        took, cpu = time.perf_counter() - start, cpu_seconds() - cpu
        above = memory("VmHWM") - before
    assert {key: (count, checksum) for key, count, checksum in answer} == expected
    assert len(answer) == len(expected)
    return {"above": [above / 2**20], "wall": [took], "cpu": [cpu]}


def main() -> None:
    """Measure and print."""
    task = json.loads(sys.argv[1])
    if "paths" in task:
        print(json.dumps(in_turns(task["paths"], task["rounds"])))
    else:
        print(json.dumps(beyond_memory(Path(task["folder"]), task["mebibytes"])))


if __name__ == "__main__":
    main()
