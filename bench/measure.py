"""Runs rivals in processes of their own, checks what they answer, and only then keeps the time."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from bench.datasets import DataSet
from bench.questions import Truth, fault
from bench.rivals import BY_NAME

HERE = Path(__file__).parents[1]
PATIENCE = 3_600


class Row(NamedTuple):
    """What one rival needed for one question on one data set: medians over the repeats."""

    dataset: str
    rival: str
    question: str
    threads: int
    wall: float = 0.0
    cpu: float = 0.0
    peak: int = 0
    above: int = 0
    gzip_rate: float = 0.0
    json_rate: float = 0.0
    repeats: int = 0
    versions: str = ""
    error: str = ""


def progress(text: str) -> None:
    """Say on a terminal what is being measured, in place of what was said before."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def child(module: str, task: dict[str, Any], threads: int = 1) -> dict[str, Any]:
    """Run a module of the benchmark with a task, and return the JSON that it prints last."""
    done = subprocess.run(
        [sys.executable, "-m", module, json.dumps(task)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        cwd=HERE,
        env={**environment(), "POLARS_MAX_THREADS": str(threads)},
    )
    if done.returncode:
        raise RuntimeError(last_line(done.stderr) or f"ended with {done.returncode}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def environment() -> dict[str, str]:
    """Return the environment of a child: it imports from where this process does."""
    path = os.pathsep.join([str(HERE), *filter(None, sys.path)])
    inherited = {**os.environ, "PYTHONPATH": path}
    # A module is compiled once, as for any user: some build machines switch that off.
    inherited.pop("PYTHONDONTWRITEBYTECODE", None)
    return inherited


def last_line(text: str) -> str:
    """Return the last line that says something, which is where Python names the exception."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("  ")]
    # The record is for everyone: no path of this machine may stand in it.
    return lines[-1].replace(f"{HERE}{os.sep}", "")[:300] if lines else ""


def once(data: DataSet, rival: str, question: str, threads: int, **more: Any) -> dict[str, Any]:
    """Ask once."""
    task = {
        "rival": rival,
        "question": question,
        "threads": threads,
        "paths": data.paths,
        "folder": str(data.folder),
        "tiny": data.tiny,
    }
    return child("bench.runner", {**task, **more}, threads)


def rounds(
    data: DataSet,
    truth: Truth,
    rivals: Iterable[str],
    questions: Iterable[str],
    repeats: int,
    threads: int = 1,
) -> list[Row]:
    """Ask every rival every question `repeats` times, in turns: noise falls on all."""
    asked = [(rival, question) for question in questions for rival in rivals]
    # Inflating has no answer of its own: it is measured once, under one name.
    asked = [pair for pair in asked if pair[0] != "inflate-only" or pair[1] == "types"]
    kept: dict[tuple[str, str], list[dict[str, Any]]] = {pair: [] for pair in asked}
    errors: dict[tuple[str, str], str] = {}
    for turn in range(repeats):
        for rival, question in asked:
            if (rival, question) in errors:
                continue
            progress(f"{data.name} {turn + 1}/{repeats} {rival} {question}")
            try:
                result = once(data, rival, question, threads)
                check(data, truth, rival, question, result)
                kept[rival, question].append(result)
            except (RuntimeError, subprocess.TimeoutExpired, ValueError) as error:
                errors[rival, question] = str(error)[:300]
    progress("")
    return [
        Row(data.name, rival, question, threads, error=errors[rival, question])
        if (rival, question) in errors
        else summary(data, rival, question, threads, kept[rival, question])
        for rival, question in asked
    ]


def check(data: DataSet, truth: Truth, rival: str, question: str, result: dict[str, Any]) -> None:
    """Raise ValueError for a wrong answer: its time does not count."""
    if rival == "inflate-only":
        wrong = None if result["answer"] == [["bytes", data.json_bytes]] else "wrong size"
    else:
        wrong = fault(question, result["answer"], truth)
    if wrong:
        raise ValueError(f"wrong answer: {wrong}")


def summary(
    data: DataSet, rival: str, question: str, threads: int, results: list[dict[str, Any]]
) -> Row:
    """Return the medians of some results."""

    def middle(field: str) -> float:
        return float(statistics.median(result[field] for result in results))

    versions = " ".join(f"{name} {number}" for name, number in results[0]["versions"].items())
    cpu = middle("cpu")
    return Row(
        dataset=data.name,
        rival=rival,
        question="" if rival == "inflate-only" else question,
        threads=threads,
        wall=middle("wall"),
        cpu=cpu,
        peak=int(middle("peak")),
        above=int(middle("above")),
        gzip_rate=data.gzip_bytes / cpu / 1e6,
        json_rate=data.json_bytes / cpu / 1e6,
        repeats=len(results),
        versions=versions,
    )


def label(rival: str) -> str:
    """Return what a rival is called in the table."""
    return BY_NAME[rival].label
