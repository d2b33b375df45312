"""Random pipelines on dask.bag and on satchel, by the million: `python -m fuzz`.

A run prints what it was made of, and each difference with the command that makes it again alone,
and ends with 1 where there was one. What a run has to be like to prove something is in `tally.py`.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from fuzz.jobs import memory, parts
from fuzz.shrink import smallest
from fuzz.tables import WIDTH, Table, table
from fuzz.tally import Tally, added
from fuzz.trials import one, shown, trials

FEW = 20
"""How many differences are enough to stop for."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--triples", type=int, default=10_000, help="how many (default: 10,000)")
    parser.add_argument("--seed", default="0", help="where all choices come from")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    parser.add_argument("--only", type=int, help="one triple by its number, in full, made small")
    parser.add_argument("--first", action="store_true", help="stop at the first difference")
    parser.add_argument("--record", type=Path, help="a JSON file to add the statistics to")
    options = parser.parse_args()
    if options.only is not None:
        return again(options.seed, options.only)
    started = time.monotonic()
    tally = Tally()
    tables = -(-options.triples // WIDTH)
    for part, differing in parts(options.seed, tables, options.jobs):
        tally.merge(part)
        for line in differing:
            print(line, flush=True)
        if tally.counts["differences"] >= (1 if options.first else FEW):
            break
        print(f"\r{tally.counts['triples']:,} triples", end="", file=sys.stderr, flush=True)
    seconds = time.monotonic() - started
    print(f"\nseed {options.seed}, {seconds:,.0f} seconds, {options.jobs} processes\n{tally}")
    short = tally.falls_short()
    print(*short, sep="\n")
    if options.record:
        run = {"seed": options.seed, "seconds": round(seconds), **tally.counts}
        options.record.write_text(added(options.record, tally, run), "utf-8")
    return 1 if tally.counts["differences"] else 0


def again(seed: str, number: int) -> int:
    """One triple by itself, made small if it differs."""
    made, index = table(seed, number // WIDTH), number % WIDTH
    with tempfile.TemporaryDirectory(dir=memory()) as name:
        folder = Path(name) / "files"

        def differs(smaller: Table) -> bool:
            return one(smaller, 0, folder)[2] is not None

        small = smallest(made, index, differs)
        expected, found, problem = one(small, 0, folder)
    show(small)
    print(f"dask.bag: {shown(expected)}\nsatchel:  {shown(found)}")
    if problem is None:
        print("by itself it is the same; with the table:")
        with tempfile.TemporaryDirectory(dir=memory()) as name:
            found_there = [t for t in trials(made, Path(name) / "files") if t.number == number]
        problem = found_there[0].problem
    print(f"difference: {problem}")
    return 0 if problem is None else 1


def show(small: Table) -> None:
    for at, file in enumerate(small.files):
        print(f"file {at}: zipped={file.zipped}, newline={file.newline!r}, ends={file.ends}")
        print(*file.lines, sep="\n")
    print(f"files_per_partition={small.files_per_partition}, scheduler={small.scheduler!r}")
    print(*small.pipelines, sep="\n")


if __name__ == "__main__":
    sys.exit(main())
