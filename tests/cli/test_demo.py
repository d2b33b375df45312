"""`examples/document.py`, which `make demo` runs: answers on any data, never a traceback."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from satchel.gharchive.sample import write_hour

SCRIPT = Path(__file__).parents[2] / "examples" / "document.py"
REAL = Path(__file__).parents[3] / "shared" / "data" / "2015-01-01-0.json.gz"


def demo(*data: str | Path) -> tuple[int, str, str]:
    done = subprocess.run(
        (sys.executable, SCRIPT, *data), capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def test_on_a_generated_hour(tmp_path: Path) -> None:
    hour = write_hour(tmp_path / "0.json.gz", datetime(2015, 1, 1), events=300)
    code, out, err = demo(hour)
    assert (code, err) == (0, "")
    assert out.count("same answer") == 3
    assert "python" not in out.partition("How the last question runs")[2].partition("==")[0]


@pytest.mark.skipif(not REAL.exists(), reason="the real hour is not here")
def test_on_the_real_hour() -> None:
    code, out, _ = demo(REAL)
    assert code == 0
    for answer in ("'davidjhulse'", "('PushEvent', 4280)", "('qdm', 29)", "('jrmarino', 88)"):
        assert answer in out


OTHERS = {
    "records": (
        '{"color": "red", "n": 1}\n{"color": "blue", "n": 2}\n' * 2,
        0,
        "[('red', 2), ('blue', 2)]\n",
    ),
    "numbers": ("1\n2\n", 0, ">>> b.count().compute()\n2\n"),
    "events without commits": (
        '{"type": "PushEvent", "actor": {"login": "a"}, "payload": {}}\n',
        0,
        "this question has no answer on these records\n",
    ),
    "a bad line": ('{"a": 1}\n{"a": \n', 1, ">>> b.count().compute()\n"),
    "not JSON": ("hello\n", 1, "== The first record\n\n"),
    "nothing": ("", 1, "== The first record\n\n"),
}


@pytest.mark.parametrize(("content", "code", "end"), OTHERS.values(), ids=OTHERS)
def test_on_other_lines(content: str, code: int, end: str, tmp_path: Path) -> None:
    path = tmp_path / "lines.json"
    path.write_text(content)
    found, out, err = demo(path)
    assert (found, out[-len(end) :]) == (code, end)
    assert len(err.splitlines()) == (1 if code else 0)


@pytest.mark.parametrize("data", ["no/such.json.gz", "no-*.json.gz", "empty-folder"])
def test_paths_that_lead_nowhere(data: str, tmp_path: Path) -> None:
    (tmp_path / "empty-folder").mkdir()
    code, out, err = demo(tmp_path / data)
    assert (code, out) == (1, "")
    assert data in err
    assert len(err.splitlines()) == 1
