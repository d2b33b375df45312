"""Frames of all kinds, damage, and a Python that has no module for zstd."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dask.bag
import pytest
from conformance.check import Check, compare, outcome
from conformance.rows import EVERYWHERE

import satchel
from satchel.errors import DamagedFile

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ROWS = [{"n": n, "kind": "ab"[n % 3 > 0], "x": 0.1 * n} for n in range(5000)]
TEXT = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
SKIPPED = b"\x53\x2a\x4d\x18\x03\x00\x00\x00abc"
FRAME = zstd.compress(TEXT)
SUMMED = zstd.compress(TEXT, options={zstd.CompressionParameter.checksum_flag: 1})
WIDENER = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 28})
WIDE = WIDENER.compress(TEXT) + WIDENER.flush()

WHOLE = {
    "one frame": FRAME,
    "several frames": zstd.compress(TEXT[:1000]) + zstd.compress(TEXT[1000:], 19),
    "a frame that is skipped": SKIPPED + FRAME + SKIPPED,
    "a checksum": SUMMED,
    "no lines": zstd.compress(b""),
    "only what is skipped": SKIPPED,
}
DAMAGED = {
    "no bytes": b"",
    "cut short": FRAME[:-5],
    "cut in half": FRAME[: len(FRAME) // 2],
    "cut in a header": FRAME[:5],
    "zeros behind it": FRAME + b"\0" * 8,
    "junk behind it": FRAME + b"junk!",
    "no zstd": TEXT,
    "a wrong checksum": SUMMED[:-1] + bytes([SUMMED[-1] ^ 1]),
    "bytes that are wrong": FRAME[:12] + b"\xff" * 300 + FRAME[312:],
}
QUERIES: dict[str, Callable[[Any, str], Any]] = {
    "lines": lambda db, path: db.read_text(path),
    "frequencies": lambda db, path: db.read_text(path).map(json.loads).pluck("kind").frequencies(),
    "sums": lambda db, path: db.read_text(path).map(json.loads).pluck("x").sum(),
    "in Python": lambda db, path: db.read_text(path).map(json.loads).map(lambda e: str(e)[:9]),
    "too large for the kernel": lambda db, path: (
        db.read_text(path).map(json.loads).map(lambda e: (e["n"] + 1) * 10**17).sum()
    ),
    "take": lambda db, path: db.read_text(path).take(3, compute=False),
    "a compression that is named": lambda db, path: db.read_text(path, compression="zstd").count(),
}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("query", QUERIES)
def test_as_dask_bag(tmp_path: Path, check: Check, name: str, query: str) -> None:
    for part in "ab":
        (tmp_path / f"{part}.json.zst").write_bytes(WHOLE[name])
    path = str(tmp_path / "*.json.zst")
    with check.schedulers.use("sync"):
        expected = outcome(QUERIES[query], dask.bag, path)
    for scheduler in EVERYWHERE if name == "one frame" else ("default", "sync"):
        with check.schedulers.use(scheduler):
            found = outcome(QUERIES[query], satchel, path)
        compare(expected, found, f"under {scheduler}")


@pytest.mark.parametrize("name", DAMAGED)
@pytest.mark.parametrize("query", ["lines", "frequencies", "in Python", "too large for the kernel"])
def test_damage(tmp_path: Path, check: Check, name: str, query: str) -> None:
    path = str(tmp_path / "a.json.zst")
    Path(path).write_bytes(DAMAGED[name])
    with check.schedulers.use("sync"):
        expected = outcome(QUERIES[query], dask.bag, path)
        found = outcome(QUERIES[query], satchel, path)
    assert expected.error is not None
    compare(expected, found, name)


def test_damage_says_where(tmp_path: Path) -> None:
    path = tmp_path / "a.json.zst"
    path.write_bytes(FRAME[: len(FRAME) // 2])
    with pytest.raises(EOFError) as caught:
        satchel.read_text(str(path)).count().compute()
    (note,) = caught.value.__notes__
    assert str(path) in note
    assert f"ends inside a zstd frame, at byte {len(FRAME) // 2}" in note


def test_a_window_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "a.json.zst"
    path.write_bytes(WIDE)
    with pytest.raises(zstd.ZstdError) as caught:
        satchel.read_text(str(path)).count().compute()
    assert "128 MiB (try: zstd -d --long=31" in caught.value.__notes__[0]


@pytest.mark.filterwarnings("ignore::satchel.errors.DamagedFilesWarning")
def test_the_rows_before_damage_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.json.zst"
    path.write_bytes(zstd.compress(TEXT[:-8]) + FRAME[:-5])
    kept = satchel.read_ndjson(str(path), on_bad_lines="keep", on_damage="keep")
    native = kept.pluck("n").max()
    python = kept.map(lambda e: int(str(e["n"]))).max()
    huge = kept.map(lambda e: (e["n"] + 1) * 10**17).max()
    assert native.compute() == python.compute() == huge.compute() // 10**17 - 1
    assert native.compute() > 4000


def test_documents_on_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.json.zst"
    path.write_bytes(zstd.compress(b'{"a": 1}{"a": 2}\n{"a": 3}\n'))
    assert satchel.read_ndjson(str(path), documents="many").pluck("a").compute() == [1, 2, 3]


SCRIPT = """
import sys
for name in ("compression.zstd", "backports.zstd", "backports", "zstandard"):
    sys.modules[name] = None
import satchel
from satchel.errors import DamagedFile
import fsspec.compression
assert "zstd" not in fsspec.compression.compr
for options in ({}, {"compression": "zstd"}):
    lines = satchel.read_text(sys.argv[1], **options)
    assert lines.count().compute() == 5000
    assert lines.map(lambda line: len(str(line))).compute() == [len(x) for x in lines.compute()]
assert satchel.read_ndjson(sys.argv[1]).map(lambda e: (e["n"] + 1) * 10**17).max().compute()
try:
    satchel.read_text(sys.argv[2]).count().compute()
except DamagedFile as error:
    print(error)
"""


def test_without_a_module_of_pythons(tmp_path: Path) -> None:
    whole, cut = tmp_path / "a.json.zst", tmp_path / "b.json.zst"
    whole.write_bytes(FRAME)
    cut.write_bytes(FRAME[:-5])
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(whole), str(cut)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert f"{cut}: after line" in done.stdout
    assert "ends inside a zstd frame" in done.stdout
    assert issubclass(DamagedFile, OSError)
