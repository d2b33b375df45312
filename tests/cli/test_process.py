"""The command as a process: what it imports, pipes, signals, streams."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.rows import EVENTS, texts

SATCHEL = (sys.executable, "-m", "satchel")

HEAVY = ("dask", "distributed", "fsspec", "pandas", "numpy", "toolz", "tlz", "cloudpickle")


def read(terminal: int) -> bytes:
    """Some of what was written to a terminal; nothing at its end."""
    try:
        return os.read(terminal, 4_096)
    except OSError:  # That is how Linux says that the other side is closed.
        return b""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that takes a few hundredths of a second."""
    path = tmp_path_factory.mktemp("large") / "large.json.gz"
    path.write_bytes(gzip.compress((texts(EVENTS) * 200_000).encode(), 1))
    return path


def test_it_answers_as_a_module(folder: Path) -> None:
    done = subprocess.run((*SATCHEL, "--version"), capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("satchel 0.1.0\n", "")


@pytest.mark.parametrize(
    "command",
    [
        ("count", "all.json"),
        ("freq", "[ab].json.gz", 'e["type"]'),
        ("top", "all.json", 'e["type"]', "--sum", 'e["n"]'),
        ("head", "a.json.gz", "-w", 'e["n"] > 1'),
        ("schema", "all.json"),
        ("explain", "all.json", 'e["type"]', "--analyze"),
    ],
    ids=lambda command: command[0],
)
def test_no_dask_is_imported(folder: Path, command: tuple[str, ...]) -> None:
    script = (
        "import sys\n"
        "from satchel.cli import main\n"
        "try:\n"
        f"    main({list(command)!r})\n"
        "except SystemExit as end:\n"
        f"    print(end.code, sorted(sys.modules.keys() & set({HEAVY!r})), file=sys.stderr)\n"
    )
    done = subprocess.run(
        (sys.executable, "-c", script), cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.stderr.splitlines()[-1] == "0 []"


def test_a_closed_pipe_is_quiet(folder: Path) -> None:
    many = folder / "many.json"
    many.write_text("".join(f'{{"id": {number}}}\n' for number in range(50_000)))
    command = subprocess.Popen(
        (*SATCHEL, "freq", many, 'e["id"]'), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert command.stdout is not None
    assert command.stderr is not None
    assert command.stdout.readline() == b"0\t1\n"
    command.stdout.close()
    assert command.stderr.read() == b""
    command.stderr.close()
    assert command.wait(20) == 141


@pytest.mark.parametrize("threads", ["1", "2"])
def test_interrupted_within_a_second(large: Path, threads: str) -> None:
    command = subprocess.Popen(
        (*SATCHEL, "count", *[large] * 500, "--threads", threads),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(2)
    assert command.poll() is None
    command.send_signal(signal.SIGINT)
    started = time.monotonic()
    out, err = command.communicate(timeout=20)
    # A second, and what a busy machine takes to end a process.
    assert time.monotonic() - started < 2
    assert (command.returncode, out, err) == (130, "", "satchel: interrupted\n")


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs terminals")
def test_columns_on_a_terminal(folder: Path) -> None:
    leader, follower = os.openpty()
    subprocess.run(
        (*SATCHEL, "freq", "all.json", 'e["type"]'), cwd=folder, stdout=follower, check=True
    )
    os.close(follower)
    shown = os.read(leader, 1_000).decode().replace("\r\n", "\n")
    os.close(leader)
    assert shown == "PushEvent  3\nForkEvent  1\n"


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs terminals")
def test_progress_on_a_terminal_only(large: Path) -> None:
    leader, follower = os.openpty()
    command = (*SATCHEL, "count", *[large] * 20)
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=follower)
    os.close(follower)
    told = b"".join(iter(lambda: read(leader), b"")).decode()
    os.close(leader)
    out, _ = running.communicate()
    assert (running.returncode, out) == (0, b"16000000\n")
    assert "MB/s" in told
    assert told.endswith("\r\x1b[K")
    quiet = subprocess.run(command, capture_output=True, check=True)
    assert (quiet.stdout, quiet.stderr) == (out, b"")


def test_text_that_the_output_cannot_show(folder: Path) -> None:
    (folder / "text.json").write_text('{"k": "\\u00e9"}\n{"k": "\\ud800"}\n')
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        (*SATCHEL, "freq", "text.json", 'e["k"]'),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert (done.stdout, done.stderr) == ("\\xe9\t1\n\\ud800\t1\n", "")
