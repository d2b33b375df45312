"""`satchel gharchive` as it is typed: what is printed where, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from gharchive.archive import Archive, environment
from satchel.cli import main

QUICK = ("--requests-per-second", "10000", "--tries", "1")


def typed(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["gharchive", *map(str, arguments)], prog_name="satchel")


def mirrored(archive: Archive, *more: str) -> Result:
    return typed("mirror", "--to", archive.to, "--source", archive.url, *QUICK, *more)


def test_a_mirror_prints_what_is_out_of_the_ordinary(archive: Archive) -> None:
    archive.has(4)
    (archive.folder / "2015-01-01-1.json.gz").unlink()
    (archive.folder / "2015-01-01-2.json.gz").write_text("<html>")
    result = mirrored(archive, "2015-01-01-0", "2015-01-01-3")
    assert result.stdout == (
        "2015-01-01-1.json.gz\tmissing\t\n"
        "2015-01-01-2.json.gz\tfailed\tan HTML page in place of the file, '<html>' "
        "(tried 1 times)\n"
    )
    assert result.stderr.startswith("2 fetched, 1 missing, 1 failed (0.0 MB in ")
    assert result.exit_code == 1
    archive.has(4)
    result = mirrored(archive, "2015-01-01-0", "2015-01-01-3")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("2 fetched, 2 there before (")
    result = mirrored(archive, "2015-01-01-0", "2015-01-01-3", "--json")
    assert json.loads(result.stdout)["present"] == 4


def test_a_known_gap_is_no_failure(archive: Archive) -> None:
    result = mirrored(archive, "2018-10-22-0")
    assert (result.exit_code, result.stdout) == (0, "2018-10-22-0.json.gz\tgap\t\n")
    assert result.stderr.startswith("1 known gaps (")


def test_nothing_at_all_is(archive: Archive) -> None:
    assert mirrored(archive, "2015-01-01-0", "2015-01-01-1").exit_code == 1


def test_verify_prints_what_is_wrong(archive: Archive) -> None:
    archive.has(3)
    mirrored(archive, "2015-01-01-0", "2015-01-01-2")
    result = typed("verify", archive.to)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "3 whole, 0 damaged, 0 lost\n"
    (archive.to / "2015-01-01-1.json.gz").write_bytes(b"")
    (archive.to / "2015-01-01-2.json.gz").unlink()
    result = typed("verify", archive.to)
    size = (archive.made / "2015-01-01-1.json.gz").stat().st_size
    assert result.stdout == (
        f"2015-01-01-1.json.gz\tdamaged\t0 bytes, where {size:,} were fetched\n"
        "2015-01-01-2.json.gz\tlost\t\n"
    )
    assert result.stderr.startswith("1 whole, 1 damaged, 1 lost (try: satchel gharchive mirror")
    assert result.exit_code == 1
    told = json.loads(typed("verify", archive.to, "--json").stdout)
    assert told["lost"] == ["2015-01-01-2.json.gz"]


class Row(NamedTuple):
    """A command that cannot be, and how it is told; a text that ends in ``...`` is a beginning."""

    arguments: tuple[str, ...]
    err: str
    code: int = 2


ROWS = {
    "no such date": Row(
        ("mirror", "2015-02-30", "--to", "x"),
        "satchel gharchive mirror: '2015-02-30' is no such date: day is out of range ...",
    ),
    "the end first": Row(
        ("mirror", "2015-02", "2015-01", "--to", "x"),
        "satchel gharchive mirror: the end, 2015-01, is before the start, 2015-02 ...",
    ),
    "the future": Row(
        ("mirror", "2999", "--to", "x"), "satchel gharchive mirror: 2999-01-01-0.json.gz is in..."
    ),
    "no place": Row(("mirror", "2015"), "satchel gharchive mirror: Missing option '--to'. ..."),
    "a web address": Row(
        ("mirror", "2015", "--to", "https://h"), "satchel gharchive mirror: a mirror is kept ..."
    ),
    "no source": Row(
        ("mirror", "2015", "--to", "x", "--source", "h"),
        "satchel gharchive mirror: expected a source such as 'https://data.gharchive.org', ...",
    ),
    "no options": Row(
        ("mirror", "2015", "--to", "x", "-o", "anon"),
        "satchel gharchive mirror: anon: a storage option is NAME=VALUE ...",
    ),
    "no speed": Row(
        ("mirror", "2015", "--to", "x", "--requests-per-second", "0"),
        "satchel gharchive mirror: Invalid value for '--requests-per-second': 0.0 is not...",
    ),
    "no mirror": Row(
        ("verify", "no-such"),
        "satchel: MirrorError: no-such: there is no file of the archive (try: another path)\n",
        1,
    ),
    "no such command": Row(("mirorr",), "satchel gharchive: No such command 'mirorr'. ..."),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_usage(row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = typed(*row.arguments)
    assert (result.exit_code, result.stdout) == (row.code, "")
    if row.err.endswith("..."):
        assert result.stderr.startswith(row.err.removesuffix("..."))
    else:
        assert result.stderr == row.err
    assert list(tmp_path.iterdir()) == []


def test_no_dask_is_imported(archive: Archive) -> None:
    archive.has(2)
    script = (
        "import sys\n"
        "from satchel.cli import main\n"
        "to, source = sys.argv[1:]\n"
        "mirror = ['mirror', '2015-01-01-0', '--to', to, '--source', source]\n"
        "for command in mirror, ['verify', to]:\n"
        "    try:\n"
        "        main(['gharchive', *command])\n"
        "    except SystemExit as end:\n"
        "        heavy = {'dask', 'distributed', 'fsspec', 'pandas', 'numpy', 'aiohttp'}\n"
        "        print(end.code, sorted(sys.modules.keys() & heavy))\n"
    )
    done = subprocess.run(
        (sys.executable, "-c", script, str(archive.to), archive.url),
        capture_output=True,
        text=True,
        env=environment(),
    )
    assert done.stdout == "0 []\n0 []\n", done.stderr


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs terminals")
def test_progress_on_a_terminal_or_when_asked_for(archive: Archive) -> None:
    archive.has(24)
    archive.server.fail("delay", seconds=0.2)
    command = [sys.executable, "-m", "satchel", "gharchive", "mirror", "2015-01-01"]
    command += ["--to", str(archive.to), "--source", archive.url, *QUICK]
    leader, follower = os.openpty()
    running = subprocess.Popen(command, stderr=follower, env=environment())
    os.close(follower)
    told = b""
    while more := _read(leader):
        told += more
    os.close(leader)
    assert running.wait() == 0
    lines = told.decode().replace("\r\n", "\n").split("\r\x1b[K")
    assert " of 24 files   " in lines[1]
    assert " left" in lines[1]
    assert lines[-1].startswith("24 fetched (")
    asked = [*command, "--progress", "--to", f"{archive.to}-2"]
    done = subprocess.run(asked, capture_output=True, text=True, env=environment(), check=True)
    first, *_, last = done.stderr.splitlines()
    assert " of 24 files" in first
    assert last.startswith("24 fetched (")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4_096)
    except OSError:  # That is how Linux says that the other side is closed.
        return b""
