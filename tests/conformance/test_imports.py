"""What a process has imported: no Dask for the command line, no distributed for a script."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conformance.check import Check
from conformance.rows import MODULE, ours_only


def run(script: str, *arguments: str) -> str:
    """Run a script in a fresh interpreter and give what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@ours_only
@pytest.mark.parametrize(
    "modules",
    [
        "satchel",
        "satchel.plan",
        "satchel.expr",
        "satchel.run.local",
        "satchel._kernel",
        "satchel.cli",
    ],
)
def test_these_do_not_import_dask(modules: str) -> None:
    run(
        f"import sys, {modules}\n"
        "heavy = {'dask', 'distributed', 'numpy', 'pandas', 'fsspec'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )


@ours_only
@pytest.mark.parametrize(
    "command",
    [
        ["count"],
        ["head"],
        ["schema"],
        ["freq", "{file}", 'e["type"]'],
        ["explain", "{file}", 'e["type"]'],
    ],
    ids=lambda command: command[0],
)
def test_a_native_query_of_the_command_line_needs_no_dask(command: list[str], check: Check) -> None:
    """The local runner answers a whole query by itself."""
    file = str(Path(check.places.of("plain")).parent / "2015-01-01-0.json.gz")
    if "{file}" not in command:
        command = [*command, "{file}"]
    run(
        "import sys\n"
        "from satchel.cli import main\n"
        "try:\n"
        "    main(sys.argv[1:])\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        "assert 'dask' not in sys.modules\n"
        "assert 'distributed' not in sys.modules\n",
        *(argument.format(file=file) for argument in command),
    )


QUESTION = (
    "import json, sys\n"
    f"import {MODULE} as db\n"
    "if __name__ == '__main__':\n"
    "    b = db.read_text(sys.argv[1]).map(json.loads)\n"
    "    print(b.pluck('type').frequencies().topk(2, key=1).compute())\n"
)


def test_a_script_answers(check: Check) -> None:
    assert "PushEvent" in run(QUESTION, check.places.of("plain"))


@ours_only
def test_a_script_does_not_import_distributed(check: Check) -> None:
    """Where distributed has not been imported there is no Client to look for."""
    run(QUESTION + "    assert 'distributed' not in sys.modules\n", check.places.of("plain"))


@ours_only
def test_a_script_from_standard_input_lowers_too(check: Check) -> None:
    """Bytecode is there where source is not."""
    script = (
        "import json, sys\n"
        "import satchel as db\n"
        "b = db.read_text(sys.argv[1]).map(json.loads)\n"
        "top = b.filter(lambda e: e['type'] == 'PushEvent').map(lambda e: e['actor']['login'])\n"
        "assert top.frequencies().explain().all_native\n"
        "print(top.frequencies().compute())\n"
    )
    done = subprocess.run(
        [sys.executable, "-", check.places.of("plain")],
        input=script,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "ann" in done.stdout
