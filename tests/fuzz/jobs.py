"""A run in parts, on several processes."""

from __future__ import annotations

import faulthandler
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from types import FunctionType
from typing import NoReturn

from fuzz.tables import table
from fuzz.tally import Tally
from fuzz.trials import Trial, trials
from satchel.expr import lower

CHUNK = 40
"""How many tables a process is given at once."""

HANGS = 120
"""After how many seconds a table is given up, and the run with it."""

SPARE = 3 << 30
"""How many bytes of memory a process may take beyond those that it starts with."""


def parts(seed: str, tables: int, jobs: int) -> Iterator[tuple[Tally, list[str]]]:
    """The tallies of the parts of a run, and a sentence on each difference."""
    chunks = iter([(at, min(at + CHUNK, tables)) for at in range(0, tables, CHUNK)])
    if jobs == 1:
        for chunk in chunks:
            yield work(seed, *chunk)
        return
    # A fresh process now and then, so that what one run leaves behind does not add up.
    pool = ProcessPoolExecutor(
        jobs, get_context("spawn"), initializer=limit_memory, max_tasks_per_child=50
    )
    running: dict[Future[tuple[Tally, list[str]]], tuple[int, int]] = {}
    try:
        while True:
            while len(running) < 2 * jobs and (chunk := next(chunks, None)):
                running[pool.submit(work, seed, *chunk)] = chunk
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                chunk = running.pop(future)
                if future.exception() is not None:
                    print(f"tables {chunk[0]} to {chunk[1] - 1} or others under way ended so:")
                yield future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def work(seed: str, start: int, stop: int) -> tuple[Tally, list[str]]:
    """Some tables of a run."""
    # It raises where the product's own returns: mypy asks for what is returned.
    lower.mistaken = show  # type: ignore[assignment]
    tally, differing = Tally(), []
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        for number in range(start, stop):
            # A pipeline that never ends, or a deadlock, should say where it is: the dump has the
            # names of functions, and nothing else.
            faulthandler.dump_traceback_later(HANGS, exit=True)
            code = compared.__code__.replace(co_name=f"table_{number}")
            for trial in FunctionType(code, globals())(seed, number, Path(folder) / "files"):
                tally.add(trial)
                if trial.problem is not None:
                    differing.append(sentence(seed, trial))
        faulthandler.cancel_dump_traceback_later()
    return tally, differing


def show(error: Exception) -> NoReturn:
    """Make a mistake in reading a function, for which Python would stand in, a difference."""
    raise error


def limit_memory() -> None:
    """Make `2**31 * "text"` a MemoryError at once, where it would be minutes of paging."""
    with suppress(ImportError, OSError, ValueError):  # Where there are no such limits.
        import resource

        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        most = pages * resource.getpagesize() + SPARE
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))


def compared(seed: str, number: int, folder: Path) -> list[Trial]:
    """The triples of a table."""
    return list(trials(table(seed, number), folder))


def sentence(seed: str, trial: Trial) -> str:
    return (
        f"\ntriple {trial.number} differs: {trial.problem}\n{trial.pipeline}\n"
        f"again: python -m fuzz --seed {seed} --only {trial.number}"
    )


def memory() -> str | None:
    """A folder in memory, where the system has one: the files are small and many."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
