"""A mirror that is killed at a random moment and started again: `python -m bench.mirror`.

240 generated hours are mirrored from a server on loopback, ten times; each time the process is
killed (SIGKILL) at a moment between its start and the time that a whole mirror takes, and started
again. Then every file has to be the source's to the byte, and the server's log must show that none
was asked for twice but those that were on their way when the process was killed.

`python -m bench.mirror '{"rounds": 3, "seed": 7}'` kills it at other moments.
"""

import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from bench.datasets import ROOT
from bench.measure import environment
from satchel.gharchive import sample

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from servers import FaultyServer, faulty_server

FIRST = date(2015, 1, 1)
DAYS = 10
EVENTS = 700
AT_ONCE = 4


class Round(NamedTuple):
    """What one killing came to."""

    killed_after: float
    there: int
    asked_again: int
    files: int
    wrong: int
    twice: int
    seconds: float


def source() -> Path:
    """Return a folder of 240 hours, made once."""
    folder = ROOT / "mirror"
    for number in range(DAYS):
        sample.write_day(folder, FIRST + timedelta(days=number), events=EVENTS)
    return folder


def start(server: FaultyServer, to: Path) -> subprocess.Popen[bytes]:
    """Start the command."""
    hours = (f"{FIRST}", f"{FIRST + timedelta(days=DAYS - 1)}")
    command = [sys.executable, "-m", "satchel", "gharchive", "mirror", *hours, "--to", str(to)]
    command += ["--source", server.url, "--at-once", str(AT_ONCE), "--requests-per-second", "1e6"]
    return subprocess.Popen(command, env=environment(), stderr=subprocess.DEVNULL)


def asked(server: FaultyServer) -> Counter[str]:
    """Return how often each file has been asked for since the log was emptied."""
    return Counter(seen.path.lstrip("/") for seen in server.requests())


def names(folder: Path) -> set[str]:
    """Return the files of the archive that are there."""
    return {path.name for path in folder.glob("*.json.gz")}


def once(server: FaultyServer, folder: Path, to: Path, after: float | None) -> Round:
    """Mirror, killed after so many seconds and started again, and count what is wrong."""
    server.forget()
    begun = time.perf_counter()
    running = start(server, to)
    there = names(to)
    if after is not None:
        time.sleep(after)
        running.kill()
        running.wait()
        there = names(to)
        running = start(server, to)
    if running.wait() != 0:
        raise RuntimeError(f"the mirror ended with {running.returncode}")
    took = time.perf_counter() - begun
    requests = asked(server)
    wanted = names(folder)
    wrong = sum((to / name).read_bytes() != (folder / name).read_bytes() for name in names(to))
    left = {path.name for path in to.iterdir()} - wanted
    wrong += len(wanted ^ names(to)) + sum(name.endswith(".part") for name in left)
    again = {name for name, count in requests.items() if count > 1}
    # What was on its way is what was not there, four files at the most, and once more is enough.
    twice = len(again & there) + max(0, len(again) - AT_ONCE)
    twice += sum(count > 2 for count in requests.values())
    return Round(after or 0.0, len(there), len(again), len(names(to)), wrong, twice, took)


def main() -> int:
    """Kill as often as asked, print a row each time and the figures, and return 1 for any fault."""
    task = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
    seed = task.get("seed", random.randrange(1_000_000))
    moments = random.Random(seed)
    folder = source()
    size = sum(path.stat().st_size for path in folder.glob("*.json.gz"))
    results: list[Round] = []
    with faulty_server(folder) as server, tempfile.TemporaryDirectory(dir=ROOT) as where:
        to = Path(where) / "mirror"
        whole = once(server, folder, to, None)
        assert (whole.wrong, whole.twice) == (0, 0), whole
        print(f"{whole.files} files, {size / 1e6:.1f} MB, in {whole.seconds:.2f} s; ", end="")
        again = once(server, folder, to, None)
        print(f"a second run asks {sum(asked(server).values())} times, {again.seconds:.2f} s")
        print(f"seed {seed}\n{'  '.join(Round._fields)}")
        for _ in range(task.get("rounds", 10)):
            shutil.rmtree(to)
            result = once(server, folder, to, moments.uniform(0, whole.seconds))
            results.append(result)
            print("  ".join(f"{value:.4g}".rjust(len(n)) for n, value in result._asdict().items()))
    figures = {
        "mirror-wrong": sum(result.wrong for result in results),
        "mirror-twice": sum(result.twice for result in results),
    }
    print(json.dumps(figures))
    return 1 if any(figures.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
