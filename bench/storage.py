"""What it costs to read from an S3 server on loopback, against local files and against dask.bag.

`python -m bench.storage TASK`, TASK being JSON with "what" (a key of `TASKS`) and what that one
takes, prints a line of JSON. The server is a process of somebody else's (see `promises.storage`),
and its seconds are not counted. Answers are compared before time counts.
"""

import asyncio
import importlib
import json
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bench.questions import QUESTIONS
from bench.rivals.pipeline import ask
from bench.runner import forget_peak, memory

OBJECTS = 130_000
"""About as many hours as there are in the archive."""
WRITERS = 64

Seconds = dict[str, list[float]]


def answer(library: str, question: str, where: Any, options: Any) -> Any:
    """Return the answer of either library, by the scheduler that it takes by itself."""
    db = importlib.import_module(library)
    events = db.read_text(where, storage_options=options).map(json.loads)
    found = ask(events, question).compute()
    # Equal counts are in whatever order the files were read in.
    return sorted(found) if question == "types" else [count for _, count in found]


def against_local(task: dict[str, Any]) -> Seconds:
    """Return the CPU seconds of the three questions on the server, and on the same files here."""
    places = {"local": (task["paths"], None), "s3": (task["url"], task["options"])}
    seconds: Seconds = {f"{place} {question}": [] for question in QUESTIONS for place in places}
    for turn in range(task["rounds"] + 1):
        for question in QUESTIONS:
            found = []
            for place, (where, options) in places.items():
                start = time.process_time()
                found.append(answer("satchel", question, where, options))
                if turn:  # the first warms up
                    seconds[f"{place} {question}"].append(time.process_time() - start)
            assert found[0] == found[1], question
    return seconds


def against_dask(task: dict[str, Any]) -> Seconds:
    """Return the seconds, by the clock, of the three questions on the server in turns."""
    seconds: Seconds = {
        f"{library} {question}": [] for question in QUESTIONS for library in ("satchel", "dask.bag")
    }
    for turn in range(task["rounds"] + 1):
        for question in QUESTIONS:
            found = []
            for library in ("satchel", "dask.bag"):
                start = time.perf_counter()
                # Dask's warm-up is that of its first question alone: it takes long.
                if turn or library == "satchel" or question == QUESTIONS[0]:
                    found.append(answer(library, question, task["url"], task["options"]))
                if turn:
                    seconds[f"{library} {question}"].append(time.perf_counter() - start)
            assert found[0] == found[-1], question
    return seconds


def behind_delays(task: dict[str, Any]) -> Seconds:
    """Return the seconds, by the clock, of one question by two proxies, of which one is late."""
    seconds: Seconds = {"options": [], "prompt": [], "late": []}
    for turn in range(task["rounds"] + 1):
        found = []
        for name, some in seconds.items():
            start = time.perf_counter()
            found.append(answer("satchel", "committers", task["url"], task[name]))
            if turn:
                some.append(time.perf_counter() - start)
        assert found[0] == found[1] == found[2]
    return seconds


def peak(task: dict[str, Any]) -> dict[str, int]:
    """Return the peak of one question in bytes, above what is there after the import."""
    importlib.import_module("satchel")
    forget_peak()
    before = memory("VmRSS")
    answer("satchel", task["question"], task["url"], task["options"])
    return {"above": memory("VmHWM") - before}


def fill(task: dict[str, Any]) -> dict[str, int]:
    """Write many small objects under the archive's names."""
    import obstore
    from obstore.store import S3Store

    store = S3Store(task["bucket"], **task["options"])
    left = names()

    async def write() -> None:
        for name in left:
            await obstore.put_async(store, name, b"{}\n")

    async def writers() -> None:
        await asyncio.gather(*(write() for _ in range(WRITERS)))

    asyncio.run(writers())
    return {"objects": OBJECTS}


def names() -> Iterator[str]:
    """Yield the names of the archive's first hours."""
    first = datetime(2011, 2, 12)
    for number in range(OBJECTS):
        hour = first + timedelta(hours=number)
        yield f"{hour:%Y-%m-%d}-{hour.hour}.json"


def listing(task: dict[str, Any]) -> dict[str, float]:
    """Return the seconds of listing many objects, and of building a query's graph on them."""
    import satchel

    start = time.perf_counter()
    events = satchel.read_text(task["url"], storage_options=task["options"]).map(json.loads)
    listed = time.perf_counter() - start
    query = ask(events, "committers")
    assert len(query.__dask_graph__())
    whole = time.perf_counter() - start
    assert events.npartitions == OBJECTS, events.npartitions
    return {"listed": listed, "seconds": whole}


TASKS = {
    task.__name__: task
    for task in (against_local, against_dask, behind_delays, peak, fill, listing)
}

if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    print(json.dumps(TASKS[given.pop("what")](given)))
