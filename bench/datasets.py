"""The data sets, made on demand under bench/data: each a folder of gzip files and what it is."""

import gzip
import shutil
import struct
import sys
import zlib
from collections.abc import Callable
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from satchel.gharchive import sample

ROOT = Path(__file__).parent / "data"
REAL = Path(__file__).parents[2] / "shared/data/2015-01-01-0.json.gz"


class DataSet(NamedTuple):
    """Files with their sizes, and a sentence that says what they are."""

    name: str
    about: str
    folder: Path
    paths: list[str]
    gzip_bytes: int
    json_bytes: int
    tiny: str


def copies() -> DataSet:
    """A day of 24 copies of the real hour; where that is not here, of one generated hour."""
    hour, about = an_hour()
    folder = ROOT / ("copies" if hour == REAL else "generated-copies")
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(24):
        target = folder / f"2015-01-01-{number}.json.gz"
        if not target.exists() or target.stat().st_size != hour.stat().st_size:
            _copy(hour, target)
    return _described("copies", f"24 copies of {about}", folder)


def generated() -> DataSet:
    """A generated day of 2015's shape, every hour different, more than a million actors."""
    folder = ROOT / "generated"
    _say("generated", folder)
    sample.write_day(
        folder,
        date(2015, 1, 1),
        events=50_000,
        actors=20_000_000,
        repositories=400_000,
        newcomers=0.85,
    )
    return _described("generated", "a generated day, 2015's shape, a million actors", folder)


def later() -> DataSet:
    """A generated day of 2023's shape."""
    folder = ROOT / "later"
    _say("later", folder)
    sample.write_day(
        folder,
        date(2023, 5, 1),
        events=12_500,
        actors=2_000_000,
        repositories=400_000,
        shape="2023",
    )
    return _described("later", "a generated day, 2023's shape", folder)


def single() -> DataSet:
    """One gzip member of 2 GiB inflated: the hour again and again.

    The hour is deflated once and its blocks are repeated, with a full flush
    after each so that no block looks back: one member, its checksum its own.
    """
    hour, about = an_hour()
    folder = ROOT / "single"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "single.json.gz"
    if not target.exists():
        _say("single", folder)
        text = gzip.decompress(hour.read_bytes())
        squeeze = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        blocks = squeeze.compress(text) + squeeze.flush(zlib.Z_FULL_FLUSH)
        checksum = size = 0
        part = target.with_suffix(".part")
        with part.open("wb") as file:
            file.write(struct.pack("<2sBBIBB", b"\x1f\x8b", 8, 0, 0, 0, 3))
            while size < 2 << 30:
                file.write(blocks)
                checksum, size = zlib.crc32(text, checksum), size + len(text)
            file.write(zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS).flush())
            file.write(struct.pack("<II", checksum, size & 0xFFFFFFFF))
        part.replace(target)
    return _described("single", f"one member of 2 GiB inflated, of {about}", folder)


def fallback(percent: int) -> DataSet:
    """Six copies of the hour in which the login of so many pushes holds a lone surrogate."""
    hour, about = an_hour()
    folder = ROOT / f"fallback-{percent}"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "2015-01-01-0.json.gz"
    if not target.exists():
        _copy(hour, target, lambda text: _with_surrogates(text, percent))
    for number in range(1, 6):
        if not (copy := folder / f"2015-01-01-{number}.json.gz").exists():
            _copy(target, copy)
    about = f"6 copies of {about}, {percent} % of its lines fall back"
    return _described(f"fallback-{percent}", about, folder)


def given(pattern: str) -> DataSet:
    """The user's own files."""
    import glob

    paths = sorted(glob.glob(pattern))
    if not paths:
        raise SystemExit(f"expected files to measure on, found none for {pattern!r}")
    folder = ROOT / f"given-{zlib.crc32(''.join(paths).encode()):08x}"
    folder.mkdir(parents=True, exist_ok=True)
    return _described("given", f"{len(paths)} files", folder, paths)


def an_hour() -> tuple[Path, str]:
    """Return the real hour where it is here, else a generated one, and which it is."""
    if REAL.exists():
        return REAL, "the real hour 2015-01-01-0"
    ROOT.mkdir(parents=True, exist_ok=True)
    path = ROOT / "hour.json.gz"
    sample.write_hour(path, datetime(2015, 1, 1))
    return path, "a GENERATED hour (the real one is not in ../shared/data)"


MAKERS: dict[str, Callable[[], DataSet]] = {
    "copies": copies,
    "generated": generated,
    "later": later,
}


def _with_surrogates(text: bytes, percent: int) -> bytes:
    """Put a lone surrogate before the actor's login on so many of a hundred lines."""
    mark = b'"login":"'
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if number * percent // 100 != (number + 1) * percent // 100:
            lines[number] = line.replace(mark, mark + rb"\ud83d", 1)
    return b"".join(lines)


def _copy(source: Path, target: Path, change: Callable[[bytes], bytes] | None = None) -> None:
    part = target.with_suffix(".part")
    if change is None:
        shutil.copyfile(source, part)
    else:
        part.write_bytes(gzip.compress(change(gzip.decompress(source.read_bytes())), 6))
    part.replace(target)


def _described(name: str, about: str, folder: Path, paths: list[str] | None = None) -> DataSet:
    paths = paths or sorted(str(path) for path in folder.glob("*.json.gz"))
    compressed = sum(Path(path).stat().st_size for path in paths)
    tiny = folder / "tiny.ndjson.gz"
    if not tiny.exists():
        with gzip.open(paths[0]) as file:
            tiny.write_bytes(gzip.compress(b"".join(islice(file, 20))))
    return DataSet(name, about, folder, paths, compressed, _inflated(folder, paths), str(tiny))


def _inflated(folder: Path, paths: list[str]) -> int:
    """Return the inflated size, counted once: a trailer is no guide above 4 GiB."""
    store = folder / f"inflated-{sum(Path(path).stat().st_size for path in paths)}"
    if not store.exists():
        total = 0
        for path in paths:
            with gzip.open(path) as file:
                while some := file.read(1 << 22):
                    total += len(some)
        store.write_text(str(total))
    return int(store.read_text())


def _say(name: str, folder: Path) -> None:
    if not any(folder.glob("*.gz")):
        print(f"making the data set {name!r} in bench/data", file=sys.stderr)
