"""A generated sample of GH Archive: hours that never happened, in the archive's own shape.

An hour is a pure function of its recipe (seed, hour, counts, shape): the same
recipe gives the same JSON on every machine. A mark of the recipe stands in the
gzip header, so that a file that is already there is made again only when it
was made by another recipe.

>>> import gzip, json, tempfile
>>> from datetime import datetime
>>> from pathlib import Path
>>> path = Path(tempfile.mkdtemp()) / "2015-01-01-5.json.gz"
>>> _ = write_hour(path, datetime(2015, 1, 1, 5), events=300)
>>> with gzip.open(path) as file:
...     records = [json.loads(line) for line in file]
>>> len(records), len({record["type"] for record in records})
(300, 14)

From a shell: `python -m satchel.gharchive.sample FOLDER 2015-01-01`. A range of hours, each as of
its time and some damaged, is what `ranges` writes.
"""

from __future__ import annotations

import argparse
import os
import random
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from satchel.gharchive.draws import Draws
from satchel.gharchive.records import Events, Shape
from satchel.gharchive.timeline import Timeline
from satchel.gharchive.trimmed import Trimmed

# Part of every recipe: raise it when the same recipe would give other text.
VERSION = 1
LEVEL = 6
BODY_AMOUNT = {"2015": 1.0, "2023": 1.3, "timeline": 1.0, "trimmed": 1.3}


class Recipe(NamedTuple):
    """Everything that an hour's text depends on."""

    hour: datetime
    events: int
    actors: int
    repositories: int
    newcomers: float
    seed: int
    shape: Shape

    def line(self) -> str:
        """Return the recipe as one line, from which the hour's random source is made."""
        return f"satchel sample {VERSION} " + " ".join(
            f"{name}={value}" for name, value in self._asdict().items()
        )

    def mark(self) -> int:
        """Return the 32 bits by which a file is known to be made by this recipe."""
        return zlib.crc32(self.line().encode())


def hour_name(hour: datetime) -> str:
    """Return the archive's name for an hour: the hour is not padded.

    >>> hour_name(datetime(2015, 1, 1, 15))
    '2015-01-01-15.json.gz'
    """
    return f"{hour:%Y-%m-%d}-{hour.hour}.json.gz"


def lines(recipe: Recipe) -> Iterator[str]:
    """Yield the hour's records, each without its newline."""
    rng = random.Random(recipe.line())
    draws = Draws(
        rng,
        recipe.hour,
        actors=recipe.actors,
        repositories=recipe.repositories,
        newcomers=recipe.newcomers,
        amount=BODY_AMOUNT[recipe.shape],
    )
    # Ids grow from hour to hour as well: an hour leaves room for ten a record.
    hours = int((recipe.hour - datetime(2015, 1, 1)).total_seconds()) // 3_600
    kind = {"timeline": Timeline, "trimmed": Trimmed}.get(recipe.shape, Events)
    return kind(draws, recipe.shape).lines(
        recipe.events, 2_489_368_070 + hours * 10 * recipe.events
    )


def write_hour(
    path: str | Path,
    hour: datetime,
    *,
    events: int = 7_700,
    actors: int = 60_000,
    repositories: int = 40_000,
    newcomers: float = 0.0,
    seed: int = 0,
    shape: Shape = "2015",
) -> Path:
    """Write one generated hour as gzip, unless the file is there and has the same recipe.

    `path` is where the hour goes: it is written beside its place and renamed,
    so a file under this name is always whole; the path is returned. `hour` is
    in UTC, its minutes and seconds are ignored. `events` is the number of
    records, `actors` and `repositories` the numbers of people and of
    well-known repositories they are drawn from, by Zipf's law; `newcomers` is
    the share of records, 0 to 1, whose actor is drawn evenly from all of them.
    Another `seed` gives another hour. The shape "2015" has the fourteen types
    of that year, 2.3 KB a record; "2023" has one type more and 4 KB a record; "timeline" is that
    of the years before 2015, "trimmed" that since October 2025.

    Raises ValueError for a count below one and a share outside 0 to 1.

    >>> import tempfile
    >>> write_hour(Path(tempfile.mkdtemp()) / "0.json.gz", datetime(2015, 1, 1), events=9).name
    '0.json.gz'
    """
    start = hour.replace(minute=0, second=0, microsecond=0)
    recipe = Recipe(start, events, actors, repositories, newcomers, seed, shape)
    if not _is_made(Path(path), recipe):
        _make(Path(path), recipe)
    return Path(path)


def write_day(
    folder: str | Path,
    day: date,
    *,
    hours: Sequence[int] = range(24),
    events: int = 7_700,
    actors: int = 60_000,
    repositories: int = 40_000,
    newcomers: float = 0.0,
    seed: int = 0,
    shape: Shape = "2015",
    workers: int | None = None,
) -> list[Path]:
    """Write the hours of a generated day under the archive's names; return the paths in time order.

    The arguments are those of `write_hour`; `events` is the number in each
    hour, `hours` the hours wanted, `workers` the number of processes (one a
    core, unless said).

    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> [path.name for path in write_day(folder, date(2015, 1, 1), hours=[0, 10], events=50)]
    ['2015-01-01-0.json.gz', '2015-01-01-10.json.gz']
    """
    root = Path(folder)
    root.mkdir(parents=True, exist_ok=True)
    recipes: dict[Path, Recipe] = {}
    for moment in (datetime.combine(day, time()) + timedelta(hours=hour) for hour in hours):
        path = root / hour_name(moment)
        recipes[path] = Recipe(moment, events, actors, repositories, newcomers, seed, shape)
    missing = {path: recipe for path, recipe in recipes.items() if not _is_made(path, recipe)}
    many = min(len(missing), workers or os.cpu_count() or 1)
    # A process takes longer to start than a small hour takes to write.
    if many > 1 and sys.executable and len(missing) * events >= 20_000:
        _make_in_processes(missing, many)
    else:
        for path, recipe in missing.items():
            _make(path, recipe)
    return list(recipes)


def _make(path: Path, recipe: Recipe) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        _write_gzip(temporary, _header(path, recipe), lines(recipe))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _make_in_processes(missing: dict[Path, Recipe], many: int) -> None:
    """Share the hours among fresh interpreters: unlike forks, they work from anywhere."""
    paths = list(missing)
    recipe = missing[paths[0]]
    command = [sys.executable, "-m", __spec__.name, str(paths[0].parent)]
    command += [f"{recipe.hour:%Y-%m-%d}", "--workers=1"]
    command += [f"--{name}={value}" for name, value in recipe._asdict().items() if name != "hour"]
    importable = os.pathsep.join(entry for entry in sys.path if entry)
    running = [
        subprocess.Popen(
            [*command, "--hours", *(str(missing[path].hour.hour) for path in paths[worker::many])],
            env={**os.environ, "PYTHONPATH": importable},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for worker in range(many)
    ]
    try:
        said = [process.communicate()[1].decode(errors="replace") for process in running]
    finally:
        for process in running:
            process.kill()
    for process, words in zip(running, said, strict=True):
        if process.returncode:
            raise RuntimeError(
                f"A process that writes sample hours into {paths[0].parent} ended early:\n{words}"
            )


def _check(recipe: Recipe) -> None:
    for name in ("events", "actors", "repositories"):
        if getattr(recipe, name) < 1:
            raise ValueError(f"expected at least one of {name}, got {getattr(recipe, name)}")
    if not 0 <= recipe.newcomers <= 1:
        raise ValueError(f"expected a share of newcomers between 0 and 1, got {recipe.newcomers}")
    if recipe.shape not in BODY_AMOUNT:
        shapes = ", ".join(map(repr, BODY_AMOUNT))
        raise ValueError(f"expected a shape of {shapes}, got {recipe.shape!r}")


def _header(path: Path, recipe: Recipe) -> bytes:
    """Return the gzip header: the name, as the archive has it, and the mark of the recipe.

    The mark stands where the time goes. A comment would be the place for it,
    but there are readers (DuckDB's) that refuse a member with more than a name.
    """
    start = struct.pack("<2sBBIBB", b"\x1f\x8b", 8, 0x08, recipe.mark(), 0, 3)
    name = path.name.removesuffix(".gz").encode("latin-1", "replace")
    return start + name + b"\0"


def _is_made(path: Path, recipe: Recipe) -> bool:
    """Tell whether the file is there and its header names this recipe."""
    _check(recipe)
    header = _header(path, recipe)
    try:
        with path.open("rb") as file:
            return file.read(len(header)) == header
    except FileNotFoundError:
        return False


def _write_gzip(path: Path, header: bytes, records: Iterator[str]) -> None:
    squeeze = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    checksum = size = 0
    with path.open("wb") as file:
        file.write(header)
        while some := list(islice(records, 400)):
            text = ("\n".join(some) + "\n").encode()
            checksum = zlib.crc32(text, checksum)
            size += len(text)
            file.write(squeeze.compress(text))
        file.write(squeeze.flush())
        file.write(struct.pack("<II", checksum, size & 0xFFFFFFFF))


def packed(path: Path, recipe: Recipe, text: bytes) -> bytes:
    """Return a text as the hour of a recipe, which its header does not name, is stored."""
    squeeze = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    header = bytearray(_header(path, recipe))
    header[4:8] = bytes(4)  # Nobody should take this for what the recipe makes.
    body = squeeze.compress(text) + squeeze.flush()
    return bytes(header) + body + struct.pack("<II", zlib.crc32(text), len(text) & 0xFFFFFFFF)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write a day from the command line and print the paths."""
    parser = argparse.ArgumentParser(
        prog="python -m satchel.gharchive.sample",
        description="Write the hours of a generated day and print their paths.",
    )
    parser.add_argument("folder")
    parser.add_argument("day", type=date.fromisoformat, help="YYYY-MM-DD")
    parser.add_argument(
        "--hours", type=int, nargs="+", default=range(24), help="the hours wanted (all)"
    )
    parser.add_argument("--events", type=int, default=7_700, help="records in each hour")
    parser.add_argument("--actors", type=int, default=60_000)
    parser.add_argument("--repositories", type=int, default=40_000)
    parser.add_argument(
        "--newcomers", type=float, default=0.0, help="share of events by an actor drawn evenly"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--shape", choices=tuple(BODY_AMOUNT), default="2015")
    parser.add_argument("--workers", type=int, default=None, help="processes (one a core)")
    options = parser.parse_args(arguments)
    for path in write_day(**vars(options)):
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
