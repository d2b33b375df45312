"""A mirror: what it fetches, what it leaves alone, and what it is like when it was stopped."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from gharchive.archive import Archive, environment, until
from satchel.errors import MirrorError
from satchel.gharchive import verify

MANIFEST = "gharchive-manifest.jsonl"
DAY = ("2015-01-01", "2015-01-01")


def command(archive: Archive, *more: str) -> list[str]:
    """The command that mirrors the day."""
    quick = ("--requests-per-second", "10000", "--timeout", "30")
    to = ("--source", archive.url, "--to", str(archive.to))
    return [sys.executable, "-m", "satchel", "gharchive", "mirror", *DAY, *to, *quick, *more]


def started(archive: Archive, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command(archive, *more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )


def entries(to: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (to / MANIFEST).read_text().splitlines()]


def test_a_day_and_a_second_run_that_asks_for_nothing(archive: Archive) -> None:
    names = archive.has(24)
    report = archive.mirrored(*DAY)
    assert (report.fetched, report.present, report.is_complete) == (names, 0, True)
    assert archive.there() == names
    assert report.bytes == sum((archive.made / name).stat().st_size for name in names)
    archive.server.forget()
    before = (archive.to / MANIFEST).stat()
    again = archive.mirrored(*DAY)
    assert (again.fetched, again.present, again.bytes) == ([], 24, 0)
    assert archive.server.requests() == []
    assert (archive.to / MANIFEST).stat().st_mtime_ns == before.st_mtime_ns


def test_the_manifest_says_what_is_there(archive: Archive) -> None:
    names = archive.has(2)
    archive.mirrored("2015-01-01-0", "2015-01-01-2")
    told = {entry["name"]: entry for entry in entries(archive.to)}
    assert set(told) == {*names, "2015-01-01-2.json.gz"}
    first = told[names[0]]
    size = (archive.made / names[0]).stat().st_size
    assert (first["state"], first["size"], first["lines"]) == ("whole", size, 40)
    assert first["source"] == f"{archive.url}/{names[0]}"
    assert {"sha256", "inflated", "etag", "when"} <= set(first)
    assert told["2015-01-01-2.json.gz"]["why"] == "404 Not Found"


def test_a_longer_range_fetches_what_is_new(archive: Archive) -> None:
    names = archive.has(5)
    archive.mirrored("2015-01-01-1", "2015-01-01-2")
    report = archive.mirrored("2015-01-01-0", "2015-01-01-4")
    assert report.fetched == [names[0], *names[3:]]
    assert archive.asked() == dict.fromkeys(names, 1)


def test_known_gaps_are_asked_for_once(archive: Archive) -> None:
    gaps = [f"2018-10-2{end}.json.gz" for end in ("1-23", "2-0", "2-1")]
    hours = ("2018-10-21-23", "2018-10-22-1")
    for _ in range(2):
        report = archive.mirrored(*hours)
        assert (report.gaps, report.missing, report.is_complete) == (gaps, [], True)
        assert archive.asked() == dict.fromkeys(gaps, 1)
    archive.mirrored(*hours, again=True)
    assert archive.asked() == dict.fromkeys(gaps, 2)


def test_a_known_gap_that_came_back_is_fetched(archive: Archive) -> None:
    (archive.folder / "2018-10-22-0.json.gz").write_bytes(
        (archive.made / "2015-01-01-0.json.gz").read_bytes()
    )
    assert archive.mirrored("2018-10-22-0").fetched == ["2018-10-22-0.json.gz"]


def test_a_page_in_place_of_a_known_gap_is_a_gap(archive: Archive) -> None:
    (archive.folder / "2016-01-28-1.json.gz").write_text("<?xml version='1.0'?><Error/>")
    report = archive.mirrored("2016-01-28-1")
    assert (report.gaps, report.failed) == (["2016-01-28-1.json.gz"], {})


def test_an_hour_that_is_missing_is_asked_for_by_every_run(archive: Archive) -> None:
    assert archive.mirrored().missing == ["2015-01-01-0.json.gz"]
    assert not archive.mirrored().is_complete
    archive.has(1)
    assert archive.mirrored().fetched == ["2015-01-01-0.json.gz"]


def test_hours_that_are_not_over_are_left_out(archive: Archive) -> None:
    from datetime import UTC, datetime, timedelta

    now = datetime.now(UTC)
    report = archive.mirrored(now - timedelta(hours=3), now + timedelta(hours=2))
    assert len(report.missing) == 3
    assert report.not_over == 3


def test_who_asks_and_how(archive: Archive) -> None:
    archive.has(12)
    archive.server.fail("delay", seconds=0.05)
    archive.mirrored("2015-01-01-0", "2015-01-01-11", at_once=3)
    seen = archive.server.requests()
    under_way = [request.under_way for request in seen]
    assert max(under_way) - under_way[0] == 2  # an earlier test may have left one that never ends
    (agent,) = {request.headers["user-agent"] for request in seen}
    assert agent.startswith("satchel/0.1.0 ")


def test_no_more_requests_than_were_allowed(archive: Archive) -> None:
    archive.has(5)
    report = archive.mirrored("2015-01-01-0", "2015-01-01-4", requests_per_second=10)
    assert len(report.fetched) == 5
    assert report.seconds >= 0.4


def test_no_more_bytes_than_were_allowed(archive: Archive) -> None:
    archive.has(2)
    report = archive.mirrored("2015-01-01-0", "2015-01-01-1", bytes_per_second=50_000)
    assert report.seconds >= report.bytes / 50_000 * 0.9


def test_a_password_is_sent_and_not_shown(archive: Archive) -> None:
    archive.has(1)
    with_password = archive.url.replace("http://", "http://ann:s%40crt@")
    archive.mirrored(source=with_password)
    (seen,) = archive.server.requests()
    assert seen.headers["authorization"] == "Basic YW5uOnNAY3J0"
    assert "crt" not in (archive.to / MANIFEST).read_text()


@pytest.mark.parametrize("found", [b"", b"no gzip", None], ids=["empty", "no gzip", "cut short"])
def test_a_file_that_is_there_and_not_whole_is_fetched(
    found: bytes | None, archive: Archive
) -> None:
    (name,) = archive.has(1)
    archive.to.mkdir()
    whole = (archive.made / name).read_bytes()
    (archive.to / name).write_bytes(whole[:-9] if found is None else found)
    assert archive.mirrored().fetched == [name]
    assert archive.there() == [name]


def test_a_file_that_is_there_and_whole_is_taken_over(archive: Archive) -> None:
    (name,) = archive.has(1)
    archive.to.mkdir()
    (archive.to / name).write_bytes((archive.made / name).read_bytes())
    report = archive.mirrored()
    assert (report.found, report.fetched, archive.asked()) == ([name], [], {})
    assert archive.mirrored().present == 1


def test_a_file_that_was_cut_since_is_fetched_again(archive: Archive) -> None:
    (name,) = archive.has(1)
    archive.mirrored()
    with (archive.to / name).open("r+b") as file:
        file.truncate(50)
    assert archive.mirrored().fetched == [name]
    assert archive.there() == [name]


MANIFESTS = {
    "none": lambda lines: b"",
    "a line less": lambda lines: b"".join(lines[:-1]),
    "half a line": lambda lines: b"".join(lines)[:-30],
    "no newline": lambda lines: b"".join(lines)[:-1],
    "something else in it": lambda lines: b"\xff\0\n[1]\n{}\n" + b"".join(lines),
}


@pytest.mark.parametrize("left", MANIFESTS.values(), ids=MANIFESTS)
def test_a_manifest_that_was_cut_costs_nothing_but_a_look(left: Any, archive: Archive) -> None:
    names = archive.has(4)
    hours = ("2015-01-01-0", "2015-01-01-2")
    archive.mirrored(*hours)
    path = archive.to / MANIFEST
    path.write_bytes(left(path.read_bytes().splitlines(keepends=True)))
    report = archive.mirrored(hours[0], "2015-01-01-3")
    assert (report.fetched, report.present + len(report.found)) == (names[3:], 3)
    assert archive.asked() == dict.fromkeys(names, 1)
    assert [entry["name"] for entry in entries(archive.to) if entry["state"] == "whole"] == (
        sorted(names, key=[entry["name"] for entry in entries(archive.to)].index)
    )
    assert verify(archive.to).unlisted == []


@pytest.mark.parametrize("after", [1, 5, 12])
def test_killed_and_started_again(after: int, archive: Archive) -> None:
    names = archive.has(24)
    archive.server.fail("drip", size=4000, seconds=0.01)
    killed = started(archive, "--at-once", "3")
    until(lambda: len(list(archive.to.glob("*.json.gz"))) >= after)
    killed.kill()
    killed.communicate()
    done = {path.name for path in archive.to.glob("*.json.gz")}
    assert after <= len(done) < 24
    report = archive.mirrored(*DAY)
    assert report.is_complete
    assert archive.there() == names
    archive.check_none_was_asked_for_in_vain(done, at_once=3)
    assert len(verify(archive.to).whole) == 24


def test_interrupted_within_a_second_and_resumed(archive: Archive) -> None:
    names = archive.has(24)
    # One answer never ends, and one never begins.
    archive.server.fail("stall", path="*-3.json.gz", after=2000, times=1)
    archive.server.fail("silence", path="*-4.json.gz", times=1)
    running = started(archive, "--at-once", "3")
    until(lambda: len(list(archive.to.glob("*.json.gz"))) == 22)
    running.send_signal(signal.SIGINT)
    begun = time.monotonic()
    out, err = running.communicate(timeout=20)
    # A second, and what a busy machine takes to end a process.
    assert time.monotonic() - begun < 2
    assert (running.returncode, out, err) == (130, "", "satchel: interrupted\n")
    assert len(archive.there()) == 22
    # Ctrl-C may come between a file and its line in the manifest; the next run finds it.
    assert len(entries(archive.to)) in (21, 22)
    assert archive.mirrored(*DAY).fetched == ["2015-01-01-3.json.gz", "2015-01-01-4.json.gz"]
    assert archive.there() == names


def test_a_second_mirror_of_one_folder_says_that_the_first_is_at_work(archive: Archive) -> None:
    names = archive.has(24)
    archive.server.fail("drip", size=4000, seconds=0.02)
    first = started(archive)
    until(lambda: archive.to.exists() and list(archive.to.glob("*.json.gz")))
    with pytest.raises(MirrorError, match="another mirror is at work in "):
        archive.mirrored(*DAY)
    _, err = first.communicate(timeout=60)
    assert first.returncode == 0, err
    assert archive.there() == names
    assert archive.asked() == dict.fromkeys(names, 1)


def test_a_disk_that_is_full(archive: Archive) -> None:
    """A bound on the size of files stands for it: the same error, from the same write."""
    archive.has(3)

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000))

    done = subprocess.run(
        command(archive), capture_output=True, text=True, env=environment(), preexec_fn=bound
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("satchel: OSError: [Errno 27] File too large: '")
    assert str(archive.to) in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert archive.there() == []


def test_a_folder_that_nobody_may_write_to(archive: Archive) -> None:
    archive.has(1)
    archive.to.mkdir(mode=0o555)
    # Root may write anywhere, unless it gives that up.
    root = os.geteuid() == 0
    if root and shutil.which("setpriv") is None:
        pytest.skip("root may write anywhere, and there is no setpriv to give that up")
    given_up = ("setpriv", "--bounding-set=-dac_override") if root else ()
    done = subprocess.run(
        [*given_up, *command(archive)], capture_output=True, text=True, env=environment()
    )
    assert done.returncode == 1
    assert "Permission denied: '" in done.stderr
    assert str(archive.to) in done.stderr
    assert archive.asked() == {}


def test_a_folder_below_a_file(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(NotADirectoryError, match=r"taken"):
        archive.mirrored(to=tmp_path / "taken" / "mirror")


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"source": "ftp://ann:secret@host"}, r"expected a source such as .*, got 'ftp://\*\*\*@h"),
        ({"source": "data.gharchive.org"}, "expected a source such as "),
        ({"source": "https://host/?key=1"}, "without"),
        ({"to": "https://host/"}, "kept in a folder or a store"),
        ({"at_once": 0}, "at_once above zero, got 0"),
        ({"tries": 0}, "tries above zero, got 0"),
        ({"requests_per_second": -1}, "requests_per_second above zero"),
        ({"bytes_per_second": 0}, "bytes_per_second above zero"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_before_anything_is_asked(
    how: dict[str, Any], why: str, archive: Archive
) -> None:
    with pytest.raises(ValueError, match=why) as caught:
        archive.mirrored(**how)
    assert "secret" not in str(caught.value)
    assert archive.asked() == {}
