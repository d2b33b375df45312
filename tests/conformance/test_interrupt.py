"""Ctrl-C: every thread stops soon, the exception is KeyboardInterrupt, nothing hangs on."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conformance.rows import ours_only

SCRIPT = """
import json, sys, time
import satchel as db

if __name__ == "__main__":
    b = db.read_text(sys.argv[1]).map(json.loads)
    counts = {{}}
    opaque = lambda e: counts.get(e["type"], e["type"]) if isinstance(e, dict) else time.time()
    query = {query}
    print("started", flush=True)
    try:
        query.compute({arguments})
        print("finished", flush=True)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        good = db.read_text(sys.argv[1].replace("*", "000")).take(1)
        print("usable", len(good), flush=True)
        raise
"""

QUERIES = {
    "native": 'b.pluck("type").frequencies()',
    "foldby": 'b.foldby("type", lambda n, e: n + len(e["payload"]), 0, lambda a, b: a + b)',
    "python": "b.map(opaque).frequencies()",
    "groupby": 'b.groupby("type", shuffle="disk").map(lambda pair: len(pair[1]))',
}


@pytest.fixture(scope="module")
def much(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Many names of one file: far more to read than fits in the second before Ctrl-C."""
    folder = tmp_path_factory.mktemp("much")
    record = json.dumps({"type": "PushEvent", "payload": {"commits": ["x" * 60] * 6}, "n": 1})
    (folder / "one").write_bytes(gzip.compress((record + "\n").encode() * 60_000, 1))
    for number in range(500):
        os.symlink(folder / "one", folder / f"{number:03d}.json.gz")
    return str(folder / "*.json.gz")


@ours_only
@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
@pytest.mark.parametrize("arguments", ["", "scheduler='threads'", "scheduler='sync'"])
@pytest.mark.parametrize("query", QUERIES)
def test_ctrl_c_stops_within_seconds(query: str, arguments: str, much: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(query=QUERIES[query], arguments=arguments))
    child = subprocess.Popen(
        [sys.executable, str(script), much],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Little memory, so that there are files to be removed.
        env=os.environ | {"TMPDIR": str(tmp_path), "DASK_SATCHEL__GROUPBY_MEMORY": "100kB"},
    )
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == "started\n"
        time.sleep(0.5)
        child.send_signal(signal.SIGINT)
        sent = time.monotonic()
        out, err = child.communicate(timeout=30)
        took = time.monotonic() - sent
    finally:
        child.kill()
    assert "finished" not in out, "there was too little to read"
    assert "interrupted" in out
    assert "usable 1" in out
    assert "KeyboardInterrupt" in err
    assert child.returncode != 0
    assert not list(tmp_path.glob("satchel-groups-*"))
    # About a second is promised; a busy machine is given more.
    assert took < 5
