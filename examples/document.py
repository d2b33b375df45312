"""The analysis of GitHub's events of 2015, in the lines in which it was written for dask.bag.

    python examples/document.py [FILE-OR-PATTERN ...]

On GH Archive's hours it asks the document's three questions, shows how they run, and does the same
work with dask.bag. On other JSON lines it shows the first record, the schema and counts. Without
files it makes itself a few hours of GH Archive's shape.
"""

# The document's lines stand as they were written.
# ruff: noqa: RET504

from __future__ import annotations

import datetime
import glob
import inspect
import json
import os
import pprint
import sys
import tempfile
import textwrap
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import satchel as db

# ---- The document's lines. Its `lambda (name, count): count` is Python 2; today it is written
# `lambda name, count: count`. Each question is given the records, `b`.


def events_by_type(b):
    return b.pluck("type").frequencies()


def top_pushers(b):
    pushes = b.filter(lambda x: x["type"] == "PushEvent")  # filter out the push events
    names = pushes.pluck("actor").pluck("login")  # get the login names
    top_5 = names.frequencies().topk(5, key=lambda name, count: count)  # List top 5 pushers
    return top_5


def get_logins(x):
    """The key for foldby, like a groupby key. Get the username from a PushEvent"""
    return x["actor"]["login"]


def binop(total, x):
    """Count the number of commits in a PushEvent"""
    return total + len(x["payload"]["commits"])


def combine(total1, total2):
    """This combines commit counts from PushEvents"""
    return total1 + total2


def top_committers(b):
    pushes = b.filter(lambda x: x["type"] == "PushEvent")
    commits = pushes.foldby(get_logins, binop, initial=0, combine=combine)
    top_commits = commits.topk(5, key=lambda name, count: count)
    return top_commits


QUESTIONS: dict[str, tuple[Callable[[Any], Any], Sequence[Callable[..., Any]]]] = {
    "What are the types of events, and how often does each occur?": (events_by_type, ()),
    "Who pushes the most?": (top_pushers, ()),
    "Who pushes the most commits?": (top_committers, (get_logins, binop, combine)),
}

# ---- The demonstration around them.

SHOWN_PATHS = 40
COMPARED_BYTES = 20_000_000  # dask.bag takes two seconds for so much gzip, on one core
PATIENCE = 1.0  # seconds that a job is timed for: three times at most, once at least
SAMPLE_HOURS = range(12, 16)


class Sorry(Exception):
    """What keeps the demonstration from going on, in one sentence."""


def main(names: Sequence[str]) -> None:
    paths = found(names) if names else sample()
    lines = db.read_text(paths)
    heading(f"{len(paths):,} file{'s' * (len(paths) != 1)}, {size(paths) / 1e6:,.1f} MB")
    said("import json", "import satchel as db", f"b = db.read_text({shown(paths)}).map(json.loads)")
    b = lines.map(json.loads)
    print(b)

    heading("The first record")
    first = first_record(b)
    said("first = b.take(1)[0]", "first")
    print(clipped(pprint.pformat(first, width=100, sort_dicts=False), 60))
    if isinstance(first, dict):
        said("list(first.keys())")
        print(list(first.keys()))

    heading("What is in the records")
    said("b.schema()")
    schema = b.schema()
    print(clipped(str(schema), SHOWN_PATHS))

    if is_gharchive(first):
        answered = [ask(question, *code, b) for question, code in QUESTIONS.items()]
        if all(answered):
            explain(b)
            speed(paths)
            compare(paths)
    else:
        counts(b, schema)


def found(names: Sequence[str]) -> list[str]:
    """The files that the names stand for: files, patterns, or folders of .json.gz files."""
    paths: list[str] = []
    for name in names:
        if os.path.isdir(name):
            matches = sorted(glob.glob(os.path.join(name, "*.json.gz")))
            wanted = f"the folder {name} has no file *.json.gz in it"
        elif os.path.exists(name):
            matches, wanted = [name], ""
        else:
            matches = sorted(path for path in glob.glob(name) if os.path.isfile(path))
            kind = "file matches the pattern" if glob.has_magic(name) else "such file:"
            wanted = f"no {kind} {name}"
        if not matches:
            raise Sorry(
                f"{wanted} (DATA is a path, or a pattern such as 'data/2015-01-01-*.json.gz')"
            )
        paths += matches
    return paths


def sample() -> list[str]:
    """A few generated hours, kept for the next time."""
    from satchel.gharchive.sample import write_day

    folder = Path(__file__).resolve().parent.parent / "bench" / "data" / "sample"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.gettempdir()) / f"satchel-sample-{os.getuid()}"
    print(f"No DATA given: {len(SAMPLE_HOURS)} generated hours of GH Archive's shape, in {folder}")
    return [str(path) for path in write_day(folder, datetime.date(2015, 1, 1), hours=SAMPLE_HOURS)]


def first_record(b: Any) -> Any:
    taken: tuple[Any, ...] = b.take(1, npartitions=-1, warn=False)
    if not taken:
        raise Sorry("there is no record in these files")
    return taken[0]


def is_gharchive(record: Any) -> bool:
    """Whether the record has what the document's questions read."""
    match record:
        case {"type": str(), "actor": {"login": str()}, "payload": dict()}:
            return True
    return False


def ask(question: str, code: Callable[[Any], Any], helpers: Sequence[Any], b: Any) -> bool:
    """Print a question, its lines and its answer; whether there was one."""
    heading(question)
    for helper in helpers:
        said(*inspect.getsource(helper).splitlines())
    body = textwrap.dedent("".join(inspect.getsource(code).splitlines(keepends=True)[1:]))
    *before, last = body.splitlines()
    said(*before, f"{last.removeprefix('return ')}.compute()")
    try:
        seconds, answer = timed(code(b).compute)
    except Exception as error:  # noqa: BLE001 - records of another year may have no commits.
        print(f"{sentence(error)}: this question has no answer on these records")
        return False
    pprint.pprint(answer)
    print(f"({seconds:.2f} s)")
    return True


def explain(b: Any) -> None:
    heading("How the last question runs")
    said("top_commits.explain(analyze=True)")
    print(top_committers(b).explain(analyze=True))


def speed(paths: list[str]) -> None:
    """MB/s of gzip and of JSON, over one scan for all three questions."""
    b = db.read_text(paths).map(json.loads)
    heading("How fast: all three questions, asked together")
    said("db.compute(*(question(b) for question in questions))")
    gzipped, inflated = size(paths) / 1e6, json_bytes(b) / 1e6
    for name, workers in (("one thread", {"num_workers": 1}), ("by default", {})):
        seconds, _ = best(db.compute, *(code(b) for code, _ in QUESTIONS.values()), **workers)
        rates = f"{gzipped / seconds:,.0f} MB/s of gzip, {inflated / seconds:,.0f} MB/s of JSON"
        print(f"{name}: {seconds:.3f} s, {rates}")


def compare(paths: list[str]) -> None:
    """The same questions by dask.bag, on the same files, and whether the answers are the same."""
    import dask.bag

    few = leading(paths, COMPARED_BYTES)
    heading("The same by dask.bag")
    if len(few) < len(paths):
        print(f"On the first {len(few)} of {len(paths)} files.")
    print(f"{'':18}{'one thread':>30}{'by default':>34}")
    names = f"{'satchel':>10}{'dask.bag':>10}{'ratio':>10}"
    print(f"{'seconds':18}{names}    {names}")
    ours, theirs = db.read_text(few).map(json.loads), dask.bag.read_text(few).map(json.loads)
    for code, _ in QUESTIONS.values():
        one, same_one = against(code(ours), {"num_workers": 1}, code(theirs), {"scheduler": "sync"})
        default, same_default = against(code(ours), {}, code(theirs), {})
        same = same_one and same_default
        verdict = "same answer" if same else "DIFFERENT ANSWER"
        print(f"{code.__name__:18}{one}    {default}   {verdict}")
        if not same:
            raise Sorry(f"{code.__name__} gives another answer than dask.bag: please report it")


def against(
    ours: Any, our_way: dict[str, Any], theirs: Any, their_way: dict[str, Any]
) -> tuple[str, bool]:
    """Seconds of both and their ratio; whether the answers are the same."""
    mine, answer = best(ours.compute, **our_way)
    other, expected = best(theirs.compute, **their_way)
    return f"{mine:10.3f}{other:10.3f}{other / mine:8.1f} x", answer == expected


def counts(b: Any, schema: Any) -> None:
    """What can be counted of any records: how many, and the values of a field with few of them."""
    heading("How many records")
    said("b.count().compute()")
    print(f"{b.count().compute():,}")
    field = field_of_few(b, schema)
    if field is None:
        return
    heading(f"The values of {field!r}")
    said(f"b.pluck({field!r}, None).frequencies(sort=True).compute()")
    print(clipped(pprint.pformat(b.pluck(field, None).frequencies(sort=True).compute()), 20))


def field_of_few(b: Any, schema: Any) -> str | None:
    """The top-level text field with the fewest values, of those that have 2 to 50 at the start."""
    if "" in schema.paths:  # Not all records are dicts.
        return None
    names = [row.name for row in schema.paths.values() if row.depth == 0 and "str" in row.types]
    start = b.take(1_000, npartitions=1, warn=False)
    few: dict[str, int] = {}
    for name in names:
        values = {record[name] for record in start if isinstance(record.get(name), str)}
        if 2 <= len(values) <= min(50, len(start) // 2):
            few[name] = len(values)
    return min(few, key=lambda name: few[name], default=None)


# ---- Small things.


def heading(text: str) -> None:
    print(f"\n== {text}\n")


def said(*lines: str) -> None:
    for line in lines:
        print(f"{'...' if line.startswith((' ', chr(9))) else '>>>'} {line}" if line else "...")


def shown(paths: list[str]) -> str:
    if len(paths) == 1:
        return repr(paths[0])
    return f"[{paths[0]!r}, ... {len(paths) - 1} more]"


def clipped(text: str, lines: int) -> str:
    every = text.splitlines()
    if len(every) <= lines + 1:
        return text
    return "\n".join([*every[:lines], f"... and {len(every) - lines:,} lines more"])


def size(paths: list[str]) -> int:
    return sum(os.path.getsize(path) for path in paths)


def leading(paths: list[str], most: int) -> list[str]:
    """So many of the first files as are not larger than `most` together, but one at least."""
    few, total = paths[:1], os.path.getsize(paths[0])
    for path in paths[1:]:
        total += os.path.getsize(path)
        if total > most:
            break
        few.append(path)
    return few


def json_bytes(b: Any) -> int:
    """The inflated size, as a run of the kernel measures it (gzip itself does not know it)."""
    from satchel.plan.stages import stage
    from satchel.run.local import execute

    _, measured = execute([stage(b.count()._plan)])
    return measured.inflated


def timed(work: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[float, Any]:
    started = time.perf_counter()
    result = work(*args, **kwargs)
    return time.perf_counter() - started, result


def best(work: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[float, Any]:
    """The shortest of some runs: a job that is short is disturbed easily, and runs again."""
    runs = [timed(work, *args, **kwargs)]
    while len(runs) < 3 and sum(seconds for seconds, _ in runs) < PATIENCE:
        runs.append(timed(work, *args, **kwargs))
    return min(seconds for seconds, _ in runs), runs[-1][1]


def sentence(error: BaseException) -> str:
    notes = [note.removeprefix("satchel: ") for note in getattr(error, "__notes__", ())][:1]
    text = " ".join(str(error).split())
    return "; ".join([f"{type(error).__name__}: {text}" if text else type(error).__name__, *notes])


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    try:
        main(sys.argv[1:])
    except Sorry as sorry:
        sys.exit(f"satchel: {sorry}")
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - whatever is wrong is told in a sentence.
        sys.exit(f"satchel: {sentence(error)}")
