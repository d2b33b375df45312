"""`python -m bench`: asks every rival the three questions and measures what satchel promises.

`--quick` asks three times on the copies alone; `python -m bench 'files/*.json.gz'` asks on
GH Archive files of your own.
"""

import argparse
import sys
from collections.abc import Callable
from functools import partial

from bench import promises, report
from bench.datasets import MAKERS, DataSet, given
from bench.measure import Row, rounds
from bench.questions import QUESTIONS, Truth, cached_truth
from bench.rivals import RIVALS

# A day that takes dask.bag minutes is asked of it once; everyone else is asked more often.
SLOW = {rival.name for rival in RIVALS if rival.module == "dask_bag"}


def main() -> int:
    """Measure, print the tables, write the record; return 1 when something failed."""
    options = arguments()
    names = [rival.name for rival in RIVALS if not options.rivals or rival.name in options.rivals]
    repeats = options.repeats or (3 if options.quick else 5)
    print(report.conditions())
    if options.data:
        makers: dict[str, Callable[[], DataSet]] = {"given": partial(given, options.data)}
    else:
        wanted = ["copies"] if options.quick else options.sets
        makers = {name: MAKERS[name] for name in wanted}
    rows: list[Row] = []
    problems: list[str] = []
    figures: dict[str, float] = {}
    first: DataSet | None = None
    for name, make in makers.items():
        data = make()
        truth = cached_truth(data.folder, data.paths)
        first = first or data
        some = table_rows(data, truth, names, repeats)
        rows += some
        print(report.table(data, some), flush=True)
        if name == "copies" and not options.no_promises:
            figures |= promises_on(data, truth, rows, repeats, problems, quick=options.quick)
    figures |= promises.against_rivals(rows) | promises.a_byte(rows, "generated", "later")
    if not options.data:
        print(report.promises(figures))
    for problem in problems:
        print(f"no figure: {problem}", file=sys.stderr)
    if not options.no_record:
        target = report.RECORD / (report.stem() + ("-quick" if options.quick else ""))
        report.write_csv(target.with_suffix(".csv"), rows, figures)
        if first:
            report.write_picture(target.with_suffix(".svg"), first, rows)
        print(f"\nrecorded in bench/record/{target.name}.csv and .svg")
    return 1 if problems or any(row.error for row in rows) else 0


def table_rows(data: DataSet, truth: Truth, names: list[str], repeats: int) -> list[Row]:
    """Return the rows of one data set, in the order of the questions."""
    if data.name == "copies":
        return rounds(data, truth, names, QUESTIONS, repeats)
    quick = [name for name in names if name not in SLOW]
    slow = [name for name in names if name in SLOW]
    rows = rounds(data, truth, quick, QUESTIONS, min(repeats, 3))
    return rows + rounds(data, truth, slow, QUESTIONS, 1)


def promises_on(
    data: DataSet, truth: Truth, rows: list[Row], repeats: int, problems: list[str], *, quick: bool
) -> dict[str, float]:
    """Measure what is promised on the copies and on one hour; rows of two threads join `rows`."""
    figures: dict[str, float] = {}

    def scaling() -> dict[str, float]:
        ratio, more = promises.two_threads(data, truth, repeats)
        rows.extend(more)
        print(report.table(data, more), flush=True)
        return ratio

    steps: dict[str, Callable[[], promises.Figures]] = {
        "alternations": partial(promises.alternations, data, 9),
        "functions by tier": partial(promises.functions, data, 5),
        "reductions": partial(promises.reductions, data, min(repeats, 3)),
        "groups": partial(promises.groups, data, min(repeats, 3)),
        "ways out": partial(promises.outputs, data, 3),
        "an S3 server": partial(promises.storage, data, min(repeats, 3)),
        "two threads": scaling,
        "satchel count": promises.from_the_shell,
        "a script": promises.script,
        "fallback rows": partial(promises.fallbacks, min(repeats, 3)),
    }
    if not quick:
        steps["one member of 2 GiB"] = partial(promises.single_member, rows, min(repeats, 3))
        steps["memory"] = partial(promises.memory, data)
        steps["take(1)"] = promises.take
        steps["a mirror, killed"] = promises.mirrors
        steps["groups of 4 GiB"] = promises.groups_beyond_memory
    for what, step in steps.items():
        figures |= promises.attempt(what, step, problems)
    return figures


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("data", nargs="?", help="a glob of GH Archive files of your own")
    parser.add_argument("--quick", action="store_true", help="the copies alone, three repeats")
    parser.add_argument("--sets", nargs="+", choices=list(MAKERS), default=list(MAKERS))
    parser.add_argument("--rivals", nargs="+", choices=[rival.name for rival in RIVALS])
    parser.add_argument("--repeats", type=int, help="how often each question is asked (5)")
    parser.add_argument("--no-promises", action="store_true", help="the tables alone")
    parser.add_argument("--no-record", action="store_true", help="write nothing to bench/record")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
