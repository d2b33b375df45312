"""Wherever a function is written, it runs native: nobody calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

START = """
import functools, json, sys
import satchel as db
records = db.read_text({file!r}).map(json.loads)
calls = []
def watch(frame, event, arg):
    ours = frame.f_globals.get("__name__", "__main__") == "__main__"
    if event == "call" and ours and frame.f_code.co_name not in ("watch", "compute"):
        calls.append(frame.f_code.co_name)

def compute(query):
    sys.setprofile(watch)
    answer = query.compute()
    sys.setprofile(None)
    print(json.dumps([answer, calls]))

"""
"""What each program begins with: `compute` prints the answer and who was called on the way."""

PROGRAMS = {
    "a lambda": 'compute(records.filter(lambda e: e["n"] > 6).count())\n',
    "two lambdas on a line": (
        'compute(records.filter(lambda e: e["n"] > 6).map(lambda e: e["n"] + 1).count())\n'
    ),
    "two lambdas alike": (
        'low, high = (lambda e: e["n"] > 6), (lambda e: e["n"] > 7)\n'
        "compute(records.filter(low).remove(high).count())\n"
    ),
    "a chain over lines": (
        'compute(\n    records\n    .filter(lambda e: e["n"] > 5)\n'
        '    .remove(\n        lambda e:\n        e["n"] > 8\n    )\n    .count()\n)\n'
    ),
    "a def": 'def large(e):\n    return e["n"] > 6\n\ncompute(records.filter(large).count())\n',
    "a nested function": (
        'def above(limit):\n    def large(e):\n        return e["n"] > limit\n    return large\n\n'
        "compute(records.filter(above(6)).count())\n"
    ),
    "a method": (
        "class Limits:\n    def large(self, e):\n        return e['n'] > 6\n\n"
        "compute(records.filter(Limits().large).count())\n"
    ),
    "a static method": (
        "class Limits:\n    @staticmethod\n    def large(e):\n        return e['n'] > 6\n\n"
        "compute(records.filter(Limits.large).count())\n"
    ),
    "a partial": (
        'def large(limit, e):\n    return e["n"] > limit\n\n'
        "compute(records.filter(functools.partial(large, 6)).count())\n"
    ),
    "through cloudpickle": (
        "import cloudpickle\n"
        'large = cloudpickle.loads(cloudpickle.dumps(lambda e: e["n"] > 6))\n'
        "compute(records.filter(large).count())\n"
    ),
    "made by exec": (
        "scope = {}\nexec(\"def large(e):\\n return e['n'] > 6\", scope)\n"
        'compute(records.filter(scope["large"]).count())\n'
    ),
    "made by eval": "compute(records.filter(eval(\"lambda e: e['n'] > 6\")).count())\n",
}
ANSWERS = {"two lambdas alike": 1}

WAYS = ("a script", "python -c", "standard input", "python -i")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "records.json"
    file.write_text("".join(json.dumps({"n": n}) + "\n" for n in range(10)))
    return file


def run(program: str, way: str, folder: Path) -> str:
    """What a program prints; no `if __name__ == "__main__"` guards it."""
    script = folder / "program.py"
    script.write_text(program)
    arguments, given = {
        "a script": ([str(script)], None),
        "python -c": (["-c", program], None),
        "standard input": (["-"], program),
        "python -i": (["-i", "-q"], program),
    }[way]
    done = subprocess.run(
        [sys.executable, *arguments],
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONSTARTUP": ""},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_function_is_native_however_it_is_made(name: str, file: Path, tmp_path: Path) -> None:
    text = run(START.format(file=str(file)) + PROGRAMS[name], "a script", tmp_path)
    assert json.loads(text) == [ANSWERS.get(name, 3), []]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["a lambda", "a def", "a nested function"])
def test_a_function_is_native_however_python_is_started(
    name: str, way: str, file: Path, tmp_path: Path
) -> None:
    text = run(START.format(file=str(file)) + PROGRAMS[name], way, tmp_path)
    assert json.loads(text.splitlines()[-1]) == [3, []]


WATCHED = """
seen = []
def trace(frame, event, arg):
    if frame.f_code.co_name == "large":
        seen.append(event)
    return trace

def large(e):
    return e["n"] > 6

query = records.filter(large).count()
sys.settrace(trace)
answer = query.compute()
text = str(query.explain())
sys.settrace(None)
print(json.dumps([answer, seen.count("line"), "a trace function is active" in text]))
"""


def test_under_a_trace_function_every_call_is_seen(file: Path, tmp_path: Path) -> None:
    text = run(START.format(file=str(file)) + WATCHED, "a script", tmp_path)
    assert json.loads(text) == [3, 10, True]


def test_a_breakpoint_hits(file: Path, tmp_path: Path) -> None:
    program = START.format(file=str(file)) + PROGRAMS["a def"].replace(
        "compute(", 'print("answer", '
    ).replace(".count())", ".count().compute())")
    script = tmp_path / "program.py"
    script.write_text(program)
    line = program.splitlines().index('    return e["n"] > 6') + 1
    done = subprocess.run(
        [sys.executable, "-m", "pdb", str(script)],
        input=f"break {line}\ncontinue\np e\nclear 1\ncontinue\nquit\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=tmp_path,
    )
    assert "{'n': 0}" in done.stdout, done.stdout + done.stderr
    assert "answer 3\n" in done.stdout


def test_a_function_that_is_not_native_is_seen_to_be_called(file: Path, tmp_path: Path) -> None:
    program = "compute(records.map(lambda e: repr(e)).count())\n"
    text = run(START.format(file=str(file)) + program, "a script", tmp_path)
    assert json.loads(text) == [10, ["<lambda>"] * 10]
