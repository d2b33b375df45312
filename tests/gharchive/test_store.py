"""A mirror in an object store: a real server that speaks S3, alone and behind one that fails."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from servers import S3Server
from servers.fixtures import Faulty

from gharchive.archive import Archive, environment, until
from satchel.gharchive import events, verify

MANIFEST = "archive/gharchive-manifest.jsonl"
DAY = ("2015-01-01", "2015-01-01")
_buckets = itertools.count()


@dataclass(frozen=True)
class Bucket:
    """A bucket of a test's own, and an archive to mirror into it."""

    archive: Archive
    s3: S3Server
    name: str

    @property
    def root(self) -> str:
        return f"s3://{self.name}/archive"

    def mirrored(self, *range: str, **how: Any) -> Any:
        options = {"storage_options": self.s3.storage_options, **how}
        return self.archive.mirrored(*range, to=self.root, **options)

    def verified(self) -> Any:
        return verify(self.root, storage_options=self.s3.storage_options)

    def there(self) -> list[str]:
        """The hours in the bucket, each checked to be the source's."""
        keys = set(self.s3.keys(self.name, "archive/")) - {MANIFEST}
        for key in keys:
            name = key.rpartition("/")[2]
            assert self.s3.get(self.name, key) == (self.archive.made / name).read_bytes(), name
        return sorted(key.rpartition("/")[2] for key in keys)

    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.s3.get(self.name, MANIFEST).splitlines()]


@pytest.fixture
def bucket(archive: Archive, s3: S3Server) -> Bucket:
    name = f"mirror-{next(_buckets)}-{time.time_ns()}"
    s3.put(name, "beside.txt", b"not the archive's")
    return Bucket(archive, s3, name)


def test_a_day_and_a_second_run_that_asks_for_nothing(bucket: Bucket) -> None:
    names = bucket.archive.has(24)
    assert bucket.mirrored(*DAY).fetched == names
    assert bucket.there() == sorted(names)
    assert {entry["name"] for entry in bucket.entries()} == set(names)
    bucket.archive.server.forget()
    again = bucket.mirrored(*DAY)
    assert (again.present, again.fetched) == (24, [])
    assert bucket.archive.asked() == {}
    assert bucket.verified().whole == names
    assert bucket.s3.get(bucket.name, "beside.txt") == b"not the archive's"


def test_what_is_not_whole_does_not_reach_it(bucket: Bucket) -> None:
    names = bucket.archive.has(3)
    server = bucket.archive.server
    server.fail("short", path="*-0.json.gz", after=3000)
    server.fail("page", path="*-1.json.gz")
    report = bucket.mirrored("2015-01-01-0", "2015-01-01-2")
    assert (set(report.failed), report.fetched) == (set(names[:2]), names[2:])
    assert bucket.there() == names[2:]


def test_damage_is_named_and_mended(bucket: Bucket) -> None:
    names = bucket.archive.has(3)
    hours = ("2015-01-01-0", "2015-01-01-2")
    bucket.mirrored(*hours)
    whole = bucket.s3.get(bucket.name, f"archive/{names[0]}")
    bucket.s3.put(bucket.name, f"archive/{names[0]}", whole[:-8] + bytes(8))
    bucket.s3.client.delete_object(Bucket=bucket.name, Key=f"archive/{names[1]}")
    found = bucket.verified()
    assert (list(found.damaged), found.lost, found.whole) == (names[:1], names[1:2], names[2:])
    assert "corrupt gzip" in found.damaged[names[0]]
    assert bucket.mirrored(*hours).fetched == names[:2]
    assert bucket.verified().whole == names == bucket.there()


@pytest.mark.parametrize(
    ("how", "ends"),
    [(subprocess.Popen.kill, -9), (lambda running: running.send_signal(signal.SIGINT), 130)],
    ids=["killed", "interrupted"],
)
def test_stopped_and_started_again(how: Callable[[Any], None], ends: int, bucket: Bucket) -> None:
    names = bucket.archive.has(24)
    bucket.archive.server.fail("drip", size=4000, seconds=0.02)
    options = json.dumps(bucket.s3.storage_options)
    arguments = [*DAY, "--to", bucket.root, "--source", bucket.archive.url, "-j", "3"]
    arguments += ["--storage-options", options, "--requests-per-second", "1000"]
    running = subprocess.Popen(
        [sys.executable, "-m", "satchel", "gharchive", "mirror", *arguments],
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: len(bucket.archive.asked()) >= 9)
    how(running)
    _, err = running.communicate(timeout=20)
    assert running.returncode == ends, err
    done = set(bucket.there())
    in_flight = set(bucket.archive.asked()) - done
    assert 3 <= len(done) < 24
    assert len(in_flight) <= 3
    assert bucket.mirrored(*DAY).is_complete
    assert bucket.there() == sorted(names)
    assert bucket.archive.asked() == {name: 1 + (name in in_flight) for name in names}
    assert {entry["name"] for entry in bucket.entries()} == set(names)


def test_events_of_it_in_time_order(bucket: Bucket) -> None:
    bucket.archive.has(12)
    bucket.mirrored("2015-01-01-0", "2015-01-01-11")
    options = bucket.s3.storage_options
    bag = events("2015-01-01-9", "2015-01-01-11", root=bucket.root, storage_options=options)
    times = bag.pluck("created_at").compute(scheduler="sync")
    assert list(dict.fromkeys(time[11:13] for time in times)) == ["09", "10", "11"]
    assert len(times) == 120


def test_a_bucket_that_is_not_there_or_not_ours(bucket: Bucket) -> None:
    bucket.archive.has(1)
    wrong = {**bucket.s3.storage_options, "secret": "wrong"}
    with pytest.raises(OSError) as caught:
        bucket.mirrored(storage_options=wrong)
    assert "wrong" not in str(caught.value)
    assert bucket.there() == []


def test_a_store_that_fails_ends_the_mirror_and_the_next_goes_on(
    bucket: Bucket, s3_faulty: Faulty
) -> None:
    names = bucket.archive.has(3)
    # The store takes the second object, and says that it does not.
    s3_faulty.proxy.fail("status", code=400, method="P*", path="*-1.json.gz*")
    behind = s3_faulty.s3.storage_options
    hours = ("2015-01-01-0", "2015-01-01-2")
    with pytest.raises(OSError):
        bucket.mirrored(*hours, at_once=1, storage_options=behind)
    assert bucket.there() == names[:2]
    assert [entry["name"] for entry in bucket.entries()] == names[:1]
    report = bucket.mirrored(*hours)
    assert (report.present, report.found, report.fetched) == (1, names[1:2], names[2:])
    assert bucket.there() == names
