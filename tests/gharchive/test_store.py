"""A mirror in an object store: a real server that speaks S3, alone and behind one that fails."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from servers import S3Server
from servers.fixtures import Faulty

from gharchive.archive import Archive, environment, until
from satchel.gharchive import events, verify

MANIFEST = "gharchive-manifest.jsonl"
BUCKET = "mirrors"
DAY = ("2015-01-01", "2015-01-01")
_prefixes = itertools.count()


@dataclass(frozen=True)
class Bucket:
    """A prefix of a test's own, and an archive to mirror there."""

    archive: Archive
    s3: S3Server
    prefix: str
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def root(self) -> str:
        return f"s3://{BUCKET}/{self.prefix}"

    def mirrored(self, *range: str, **how: Any) -> Any:
        options = {"storage_options": self.options, **how}
        return self.archive.mirrored(*range, to=self.root, **options)

    @property
    def options(self) -> dict[str, Any]:
        return {**self.s3.storage_options, **self.more}

    def verified(self) -> Any:
        return verify(self.root, storage_options=self.options)

    def there(self) -> list[str]:
        """The hours in the bucket, each checked to be the source's."""
        keys = self.s3.keys(BUCKET, f"{self.prefix}/")
        names = sorted({key.rpartition("/")[2] for key in keys} - {MANIFEST})
        for name in names:
            assert self.get(name) == (self.archive.made / name).read_bytes(), name
        return names

    def get(self, name: str) -> bytes:
        return self.s3.get(BUCKET, f"{self.prefix}/{name}")

    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.get(MANIFEST).splitlines()]


# An option that s3fs alone knows makes it the client.
@pytest.fixture(params=[{}, {"s3_additional_kwargs": {}}], ids=["obstore", "s3fs"])
def bucket(request: pytest.FixtureRequest, archive: Archive, s3: S3Server) -> Bucket:
    prefix = f"{next(_prefixes)}/archive"
    s3.put(BUCKET, f"{prefix}-beside/2015-01-01-0.json.gz", b"not the mirror's")
    return Bucket(archive, s3, prefix, request.param)


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
    for name in names[::2]:
        bucket.s3.put(BUCKET, f"{bucket.prefix}/{name}", bucket.get(name)[:-8] + bytes(8))
    bucket.s3.client.delete_object(Bucket=BUCKET, Key=f"{bucket.prefix}/{names[1]}")
    found = bucket.verified()
    assert (list(found.damaged), found.lost, found.whole) == (names[::2], names[1:2], [])
    assert "corrupt gzip" in found.damaged[names[2]]
    assert bucket.mirrored(*hours).fetched == names
    assert bucket.verified().whole == names == bucket.there()


@pytest.mark.parametrize(
    ("how", "ends"),
    [(subprocess.Popen.kill, -9), (lambda running: running.send_signal(signal.SIGINT), 130)],
    ids=["killed", "interrupted"],
)
def test_stopped_and_started_again(how: Callable[[Any], None], ends: int, bucket: Bucket) -> None:
    names = bucket.archive.has(24)
    bucket.archive.server.fail("drip", size=4000, seconds=0.02)
    options = [
        f"{name}={json.dumps(value)}" if type(value) is dict else f"{name}={value}"
        for name, value in bucket.options.items()
    ]
    arguments = [*DAY, "--to", bucket.root, "--source", bucket.archive.url, "-j", "3"]
    arguments += ["--requests-per-second", "1000", *(f"-o{option}" for option in options)]
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
    assert 3 <= len(done) < 24
    assert bucket.mirrored(*DAY).is_complete
    assert bucket.there() == sorted(names)
    bucket.archive.check_none_was_asked_for_in_vain(done, at_once=3)
    assert {entry["name"] for entry in bucket.entries()} == set(names)


def test_events_of_it_in_time_order(bucket: Bucket) -> None:
    bucket.archive.has(12)
    bucket.mirrored("2015-01-01-0", "2015-01-01-11")
    hours = ("2015-01-01-9", "2015-01-01-11")
    bag = events(*hours, root=bucket.root, storage_options=bucket.options)
    times = bag.pluck("created_at").compute(scheduler="sync")
    assert list(dict.fromkeys(time[11:13] for time in times)) == ["09", "10", "11"]
    assert len(times) == 120
    # Small files are read together: the listing has told how small they are.
    assert bag.npartitions == 1


def test_a_bucket_that_is_not_ours(bucket: Bucket) -> None:
    bucket.archive.has(1)
    wrong = {**bucket.options, "secret": "mistaken"}
    with pytest.raises(OSError, match=r"(?i)forbidden|denied|signature") as caught:
        bucket.mirrored(storage_options=wrong)
    assert "mistaken" not in str(caught.value)
    assert bucket.there() == []
    assert bucket.archive.asked() == {}


def test_a_store_that_fails_ends_the_mirror_and_the_next_goes_on(
    bucket: Bucket, s3_faulty: Faulty
) -> None:
    names = bucket.archive.has(3)
    # The store takes the second object, and says that it does not.
    s3_faulty.proxy.fail("status", code=400, method="P*", path="*-1.json.gz*")
    behind = {**s3_faulty.s3.storage_options, **bucket.more}
    hours = ("2015-01-01-0", "2015-01-01-2")
    with pytest.raises(OSError):
        bucket.mirrored(*hours, at_once=1, storage_options=behind)
    assert bucket.there() == names[:2]
    assert [entry["name"] for entry in bucket.entries()] == names[:1]
    report = bucket.mirrored(*hours)
    assert (report.present, report.found, report.fetched) == (1, names[1:2], names[2:])
    assert bucket.there() == names
