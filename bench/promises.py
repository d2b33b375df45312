"""Measures what the targets ask beyond the table: each function returns figures by target key."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bench.datasets import ROOT, DataSet, an_hour, fallback, single
from bench.measure import Row, check, child, environment, last_line, once, progress, rounds
from bench.questions import PROJECTS, QUESTIONS, Truth, cached_truth
from bench.reductions import COMMITS
from bench.servers import DAY, MANY, servers

Figures = dict[str, float]

SCRIPT = """
import json
import satchel as db
pushes = db.read_text({path!r}).map(json.loads).filter(lambda e: e["type"] == "PushEvent")
top = pushes.foldby(
    lambda e: e["actor"]["login"], lambda total, e: total + len(e["payload"]["commits"]),
    0, lambda a, b: a + b, 0,
).topk(5, key=lambda name, count: count)
print(top.compute())
"""
TAKE = """
import json, time
import satchel as db
read_text = db.read_text  # names of satchel are loaded on first use: this is part of the import
start = time.perf_counter()
assert len(read_text({path!r}).map(json.loads).take(1)) == 1
print((time.perf_counter() - start) * 1e3)
"""
COUNT_DASK = """
import sys
from satchel.cli import main
sys.argv = ["satchel", "count", {path!r}]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(sum(name.split(".")[0] in ("dask", "distributed") for name in sys.modules))
"""


def alternations(data: DataSet, turns: int) -> Figures:
    """Return throughput against inflating: the median over rounds of the ratio within a round."""
    seconds = child("bench.alternate", {"paths": data.paths, "rounds": turns})
    inflating = seconds.pop("inflate")
    of = {name: ratio(inflating, ours) for name, ours in seconds.items()}
    return {
        "strict/inflate": min(of[f"strict-{question}"] for question in QUESTIONS),
        "touched-types/inflate": of["touched-types"],
        "touched-committers/inflate": of["touched-committers"],
        # Not promised, but worth a line each.
        **{f"{name}/inflate (each)": found for name, found in of.items()},
    }


def ratio(theirs: list[float], ours: list[float]) -> float:
    """Return how many times our seconds theirs are: the median over rounds."""
    pairs = zip(theirs, ours, strict=True)
    return float(statistics.median(one / other for one, other in pairs))


def functions(data: DataSet, turns: int) -> Figures:
    """Return what dask.bag needs over what we need, by tier, and the milliseconds of lowering."""
    seconds = child("bench.functions", {"paths": data.paths, "rounds": turns})

    return {
        "hour-native": ratio(seconds["hour, dask.bag"], seconds["hour, native"]),
        "hour-fields": ratio(seconds["hour, dask.bag"], seconds["hour, on fields"]),
        "whole": ratio(seconds["whole, dask.bag"], seconds["whole, satchel"]),
        "lower": statistics.median(seconds["lower"]) * 1e3,
        "lower-worst": statistics.median(seconds["lower, 200 ifs"]) * 1e3,
    }


def reductions(data: DataSet, turns: int) -> Figures:
    """Return what dask.bag needs over what we need: the least of all reductions, and each."""
    seconds = child("bench.reductions", {"paths": data.paths, "rounds": turns})
    ratios = {case: ratio(some["dask.bag"], some["satchel"]) for case, some in seconds.items()}
    commits = ratios.pop(COMMITS)
    return {
        "reductions": min(ratios.values()),
        "commits": commits,
        **{f"dask.bag / satchel: {case}": found for case, found in ratios.items()},
    }


def groups(data: DataSet, turns: int) -> Figures:
    """Return what dask.bag needs over what we need for a function of each group."""
    seconds = child("bench.groups", {"paths": data.paths, "rounds": turns})
    return {"groups": ratio(seconds["dask.bag"], seconds["satchel"])}


def groups_beyond_memory() -> Figures:
    """Return the peak of groups four times a limit of 1 GiB, and what the run took."""
    found = child("bench.groups", {"folder": str(ROOT / "groups"), "mebibytes": 1024})
    return {
        "groups-memory": float(found["above"][0]),
        "groups of 4 GiB, CPU seconds": float(found["cpu"][0]),
        "groups of 4 GiB, seconds": float(found["wall"][0]),
    }


def mirrors() -> Figures:
    """Return what was wrong with a mirror that was killed ten times, and asked for in vain."""
    found: Figures = child("bench.mirror", {"rounds": 10})
    return found


def outputs(data: DataSet, turns: int) -> Figures:
    """Return what others need over what we need for a DataFrame, and for writing lines."""
    seconds = child("bench.outputs", {"paths": data.paths, "rounds": turns})

    return {
        "frame": ratio(seconds["frame, dask.bag"], seconds["frame, satchel"]),
        "frame-polars": ratio(seconds["frame, polars"], seconds["frame, satchel"]),
        "lines": ratio(seconds["lines, dask.bag"], seconds["lines, satchel"]),
    }


def storage(data: DataSet, turns: int) -> Figures:
    """Return what reading from an S3 server costs: of the questions, the worst."""
    url = f"s3://{DAY}/*.json.gz"
    with servers(data) as at:

        def task(what: str, **more: Any) -> dict[str, Any]:
            asked = {"what": what, "url": url, "options": at.direct, "rounds": turns}
            return child("bench.storage", asked | more)

        local = task("against_local", paths=data.paths)
        dask = task("against_dask")
        delays = task("behind_delays", prompt=at.prompt, late=at.late)
        peaks = [task("peak", question=question)["above"] for question in QUESTIONS]
        task("fill", bucket=MANY, options=at.native)
        listing = task("listing", url=f"s3://{MANY}/*.json")
    return {
        "s3/local": max(ratio(local[f"s3 {q}"], local[f"local {q}"]) for q in QUESTIONS),
        "s3-dask": min(ratio(dask[f"dask.bag {q}"], dask[f"satchel {q}"]) for q in QUESTIONS),
        "s3-late": ratio(delays["late"], delays["prompt"]),
        "s3-memory": max(peaks) / 2**20,
        "s3-listing": listing["seconds"],
        "listing alone, seconds": listing["listed"],
    }


def against_rivals(rows: Iterable[Row]) -> Figures:
    """Return how many times our CPU seconds each rival needs: the least of the questions."""
    cpu = {
        (row.rival, row.question): row.cpu
        for row in rows
        if row.dataset == "copies" and row.threads == 1 and not row.error
    }
    figures: Figures = {}
    for key, rival in (
        ("dask/strict", "dask-json"),
        ("chdb/strict", "chdb-json"),
        ("duckdb/strict", "duckdb-json"),
        ("polars/strict", "polars-json"),
    ):
        ratios = [
            cpu[rival, question] / cpu["satchel-strict", question]
            for question in QUESTIONS
            if (rival, question) in cpu and ("satchel-strict", question) in cpu
        ]
        if len(ratios) == len(QUESTIONS):
            figures[key] = min(ratios)
    return figures


def a_byte(rows: Iterable[Row], *names: str) -> Figures:
    """Return CPU seconds a byte of JSON on other data against the copies: the worst question."""
    rate = {
        (row.dataset, row.question): row.json_rate
        for row in rows
        if row.rival == "satchel-strict" and row.threads == 1 and not row.error
    }
    figures: Figures = {}
    for name in names:
        ratios = [
            rate["copies", question] / rate[name, question]
            for question in QUESTIONS
            if ("copies", question) in rate and (name, question) in rate
        ]
        if len(ratios) == len(QUESTIONS):
            figures[f"{name}/copies"] = max(ratios)
    return figures


def two_threads(data: DataSet, truth: Truth, repeats: int) -> tuple[Figures, list[Row]]:
    """Return the wall time of one thread over that of two, and the rows of two threads."""
    ones: list[float] = []
    twos: list[float] = []
    for _ in range(repeats):
        for threads, walls in ((1, ones), (2, twos)):
            result = once(data, "satchel-strict", "committers", threads)
            check(data, truth, "satchel-strict", "committers", result)
            walls.append(result["wall"])
    rivals = ("satchel-strict", "satchel-touched", "inflate-only", "chdb-json", "duckdb-json",
              "polars-json", "dask-json")  # fmt: skip
    rows = rounds(data, truth, rivals, ("types", "committers"), 1, threads=2)
    return {"two/one": statistics.median(ones) / statistics.median(twos)}, rows


def memory(data: DataSet) -> Figures:
    """Return the peaks above `import satchel`, in MiB."""
    figures = {}
    for key, where, threads in (("memory-day", data, 2), ("memory-single", single(), 1)):
        above = [
            once(where, "satchel-strict", question, threads, warm=False)["above"]
            for question in QUESTIONS
        ]
        figures[key] = max(above) / 2**20
    return figures


def single_member(rows: Iterable[Row], repeats: int) -> Figures:
    """Return MB/s on one member of 2 GiB against MB/s on the copies."""
    data = single()
    truth = cached_truth(data.folder, data.paths)
    streamed = rounds(data, truth, ["satchel-strict"], ["committers"], repeats)[0]
    if streamed.error:
        raise RuntimeError(streamed.error)
    for row in rows:
        if (row.dataset, row.rival, row.question, row.threads) == (
            "copies", "satchel-strict", "committers", 1,
        ) and not row.error:  # fmt: skip
            return {"single/copies": streamed.json_rate / row.json_rate}
    return {}


def fallbacks(repeats: int) -> Figures:
    """Return what rows that fall back to Python cost, against none and against dask.bag."""
    times: dict[str, list[float]] = {}
    peaks: dict[str, list[float]] = {}
    sets = {percent: fallback(percent) for percent in (0, 1, 10, 100)}
    truths = {percent: cached_truth(data.folder, data.paths) for percent, data in sets.items()}
    asked = [
        *((f"{percent}", percent, "satchel-strict", PROJECTS) for percent in sets),
        ("dask", 100, "dask-json", PROJECTS),
        # Here the surrogate is in the key, which then cannot be a native string.
        ("none in keys", 0, "satchel-strict", "committers"),
        ("1 in keys", 1, "satchel-strict", "committers"),
    ]
    for _ in range(repeats):
        for name, percent, rival, question in asked:
            result = once(sets[percent], rival, question, 1)
            check(sets[percent], truths[percent], rival, question, result)
            times.setdefault(name, []).append(result["cpu"])
            peaks.setdefault(name, []).append(result["peak"])
    cpu = {name: statistics.median(some) for name, some in times.items()}
    return {
        "fallback-1": cpu["1"] / cpu["0"],
        "fallback-10": cpu["10"] / cpu["0"],
        "fallback-100": cpu["100"] / cpu["dask"],
        "fallback-memory": statistics.median(peaks["100"]) / statistics.median(peaks["dask"]),
        "1 % of keys with a lone surrogate / none": cpu["1 in keys"] / cpu["none in keys"],
    }


def take() -> Figures:
    """Return the milliseconds of one record taken from 2 GiB, import not counted."""
    source = TAKE.format(path=single().paths[0])
    return {"take": statistics.median(float(printed(source)) for _ in range(5))}


def from_the_shell() -> Figures:
    """Return the seconds of `satchel count` on one hour, and how much of Dask it imports."""
    hour = str(an_hour()[0])
    command = [str(Path(sys.executable).with_name("satchel")), "count", hour]
    if not Path(command[0]).exists():
        command = [sys.executable, "-c", "from satchel.cli import main; main()", "count", hour]
    seconds = []
    for _ in range(8):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=environment())
        seconds.append(time.perf_counter() - start)
    return {
        "count-seconds": statistics.median(seconds[1:]),
        "count-dask": float(printed(COUNT_DASK.format(path=hour))),
    }


def script() -> Figures:
    """Return the third question's script, start to answer, against `import dask.bag` alone."""
    ours: list[float] = []
    theirs: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        question, only = Path(folder) / "question.py", Path(folder) / "only.py"
        question.write_text(SCRIPT.format(path=str(an_hour()[0])))
        only.write_text("import json\nimport dask.bag as db\n")
        for _ in range(8):
            for path, seconds in ((question, ours), (only, theirs)):
                start = time.perf_counter()
                subprocess.run(
                    [sys.executable, str(path)], check=True, capture_output=True, env=environment()
                )
                seconds.append(time.perf_counter() - start)
    return {"script/import": statistics.median(ours[1:]) / statistics.median(theirs[1:])}


def attempt(what: str, measure: Callable[[], Figures], problems: list[str]) -> Figures:
    """Measure; what fails is told at the end instead of ending the run."""
    progress(what)
    try:
        return measure()
    except subprocess.CalledProcessError as error:
        problems.append(f"{what}: {last_line((error.stderr or b'').decode() or str(error))}")
    except (RuntimeError, ValueError, OSError, KeyError, subprocess.TimeoutExpired) as error:
        problems.append(f"{what}: {error}")
    finally:
        progress("")
    return {}


def printed(source: str) -> str:
    """Run Python source in a process of its own and return the last line that it prints."""
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, env=environment()
    )
    if done.returncode:
        raise RuntimeError(last_line(done.stderr))
    return done.stdout.splitlines()[-1]
