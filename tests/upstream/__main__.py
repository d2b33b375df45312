"""dask.bag's own tests, with satchel in its place: `python -m upstream [SCHEDULER...]`.

The test files are those that the installed dask ships in `dask/bag/tests`. They are copied into a
temporary folder with their imports rewritten, and run there once for each scheduler; nothing of
them is kept. What is left out, and why, says `excluded.py`. With `--own` dask.bag stays in its
place, to see which of them it fails itself.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import dask.bag.tests

from upstream.excluded import ALL, EXCLUDED

FILES = ("test_bag.py", "test_text.py", "test_random.py", "test_avro.py")

# What the tests import of dask.bag by name, and where the same stands here.
IMPORTS = (
    (r"^import dask\.bag as db$", "import satchel as db"),
    (r"^from dask\.bag\.text import read_text$", "from satchel import read_text"),
    (r"^(from dask\.bag\.core import \([^)]*?)^    Bag,\n", r"from satchel import Bag, Item\n\1"),
    (
        r"^(from dask\.bag\.core import \([^)]*?)^    from_delayed,\n",
        r"from satchel import from_delayed\n\1",
    ),
)

CONFTEST = """
import os

import dask
import pytest


@pytest.fixture(autouse=True, scope="session")
def scheduler():
    name = os.environ["UPSTREAM_SCHEDULER"]
    if name == "client":
        from distributed import Client

        with Client(processes=False, n_workers=1, threads_per_worker=2, dashboard_address=None):
            yield
    else:
        with dask.config.set(scheduler=name):
            yield
"""


def rewritten(source: str) -> str:
    """A test file with satchel in dask.bag's place."""
    for pattern, replacement in IMPORTS:
        source = re.sub(pattern, replacement, source, flags=re.MULTILINE)
    return source


def main(schedulers: list[str]) -> int:
    """Run all; 1 if anything failed."""
    own = "--own" in schedulers
    schedulers = [name for name in schedulers if name != "--own"]
    shipped = Path(dask.bag.tests.__file__).parent
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in FILES:
            source = (shipped / name).read_text()
            Path(folder, name).write_text(source if own else rewritten(source))
        Path(folder, "conftest.py").write_text(CONFTEST)
        for scheduler in schedulers or ALL:
            print(f"== {scheduler}", flush=True)
            left_out = [
                f"--deselect={test}" for test, (where, _) in EXCLUDED.items() if scheduler in where
            ]
            done = subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *left_out, "."],
                cwd=folder,
                env={**os.environ, "UPSTREAM_SCHEDULER": scheduler},
                check=False,
            )
            if done.returncode:
                failed.append(scheduler)
    for test, (where, why) in EXCLUDED.items():
        print(f"left out under {', '.join(where)}: {test} ({why})")
    if failed:
        print(f"FAILED under {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
