"""Inflating and satchel in turns in one process: what disturbs one turn disturbs its neighbour.

Prints the CPU seconds of every turn as one line of JSON.
"""

import gc
import json
import sys
import time
from typing import Any

from bench.questions import QUESTIONS
from bench.rivals import inflate_only, satchel_strict, satchel_touched


def run(task: dict[str, Any]) -> dict[str, list[float]]:
    """Return a list of CPU seconds, one a round, for inflating and for each way and question."""
    paths = task["paths"]
    turns: dict[str, Any] = {"inflate": lambda: inflate_only.answer("types", paths, 1)}
    for way, module in (("strict", satchel_strict), ("touched", satchel_touched)):
        for question in QUESTIONS:
            turns[f"{way}-{question}"] = lambda module=module, question=question: module.answer(
                question, paths, 1
            )
    for turn in turns.values():  # once unmeasured: imports, lowering, the files into memory
        turn()
    seconds: dict[str, list[float]] = {name: [] for name in turns}
    for number in range(task["rounds"]):
        names = list(turns) if number % 2 else list(reversed(turns))
        for name in names:
            gc.collect()
            before = time.process_time()
            turns[name]()
            seconds[name].append(time.process_time() - before)
    return seconds


if __name__ == "__main__":
    print(json.dumps(run(json.loads(sys.argv[1]))))
