"""The generated sample: the same text for the same recipe, and the shape of the real hours."""

import gzip
import json
import os
import subprocess
import sys
import zlib
from collections import Counter, defaultdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from satchel.gharchive import sample

REAL = Path(__file__).parents[3] / "shared/data/2015-01-01-0.json.gz"
HOUR = datetime(2015, 1, 1, 7)
TYPES = {
    "PushEvent", "CreateEvent", "IssueCommentEvent", "WatchEvent", "IssuesEvent", "ForkEvent",
    "PullRequestEvent", "DeleteEvent", "GollumEvent", "PullRequestReviewCommentEvent",
    "CommitCommentEvent", "ReleaseEvent", "MemberEvent", "PublicEvent",
}  # fmt: skip


@pytest.fixture(scope="module")
def hour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One whole hour of 2015's shape."""
    return sample.write_hour(tmp_path_factory.mktemp("sample") / sample.hour_name(HOUR), HOUR)


@pytest.fixture(scope="module")
def records(hour: Path) -> list[dict[str, Any]]:
    with gzip.open(hour) as file:
        return [json.loads(line) for line in file]


@pytest.fixture(scope="module")
def real() -> list[dict[str, Any]]:
    if not REAL.exists():
        pytest.skip(f"the real hour is not here: {REAL.name} in ../shared/data")
    with gzip.open(REAL) as file:
        return [json.loads(line) for line in file]


def text(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def test_the_same_recipe_gives_the_same_bytes(hour: Path, tmp_path: Path) -> None:
    again = sample.write_hour(tmp_path / hour.name, HOUR)
    assert again.read_bytes() == hour.read_bytes()


@pytest.mark.parametrize(
    "change",
    [{"seed": 1}, {"events": 301}, {"shape": "2023"}, {"newcomers": 0.5}, {"actors": 900}],
    ids=str,
)
def test_another_recipe_gives_another_text(tmp_path: Path, change: dict[str, Any]) -> None:
    one = sample.write_hour(tmp_path / "one.json.gz", HOUR, events=300)
    other = sample.write_hour(tmp_path / "other.json.gz", HOUR, **{"events": 300, **change})
    assert text(one) != text(other)


def test_every_hour_differs_and_ids_grow(tmp_path: Path) -> None:
    paths = sample.write_day(tmp_path, date(2015, 1, 1), events=40)
    assert [path.name for path in paths] == [f"2015-01-01-{n}.json.gz" for n in range(24)]
    assert len({text(path) for path in paths}) == 24
    idents = [int(json.loads(line)["id"]) for path in paths for line in text(path).splitlines()]
    assert idents == sorted(set(idents))


def test_a_day_by_processes_is_the_day_by_one(tmp_path: Path) -> None:
    def day(folder: str, workers: int) -> list[bytes]:
        made = sample.write_day(
            tmp_path / folder, date(2015, 1, 1), hours=[0, 9], events=10_000, workers=workers
        )
        return [path.read_bytes() for path in made]

    assert day("one", 1) == day("two", 2)


def test_a_file_with_its_recipe_is_left_alone_and_another_is_replaced(tmp_path: Path) -> None:
    path = sample.write_hour(tmp_path / "hour.json.gz", HOUR, events=20)
    os.utime(path, (1, 1))
    sample.write_hour(path, HOUR, events=20)
    assert path.stat().st_mtime == 1
    sample.write_hour(path, HOUR, events=21)
    assert text(path).count(b"\n") == 21
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_left_behind_when_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(recipe: sample.Recipe) -> Any:
        yield "{}"
        raise OSError("disk full")

    monkeypatch.setattr(sample, "lines", broken)
    with pytest.raises(OSError, match="disk full"):
        sample.write_hour(tmp_path / "hour.json.gz", HOUR)
    assert list(tmp_path.iterdir()) == []


def test_one_member_with_its_name_alone_in_the_header(hour: Path) -> None:
    # Not even a comment: DuckDB refuses a gzip file whose header has more than the name.
    head = hour.read_bytes()[:200]
    assert head[:4] == b"\x1f\x8b\x08\x08"
    assert head[10:].startswith(b"2015-01-01-7.json\0")
    inflate = zlib.decompressobj(31)
    inflate.decompress(hour.read_bytes())
    assert inflate.eof
    assert inflate.unused_data == b""


def test_all_types_and_their_shares(records: list[dict[str, Any]]) -> None:
    counts = Counter(record["type"] for record in records)
    assert set(counts) == TYPES
    assert 0.52 < counts["PushEvent"] / len(records) < 0.59
    assert 0.25 < sum("org" in record for record in records) / len(records) < 0.35


def test_size_and_ratio(hour: Path) -> None:
    size = len(text(hour))
    assert 2_100 < size / 7_700 < 2_500
    assert 6.0 < size / hour.stat().st_size < 7.5


def test_the_later_shape(tmp_path: Path) -> None:
    path = sample.write_hour(tmp_path / "hour.json.gz", datetime(2023, 5, 1), shape="2023")
    lines = text(path).splitlines()
    assert 3_700 < len(text(path)) / 7_700 < 4_700
    assert {json.loads(line)["type"] for line in lines} == TYPES | {"PullRequestReviewEvent"}


def test_people_follow_zipf(records: list[dict[str, Any]]) -> None:
    actors = Counter(record["actor"]["login"] for record in records)
    assert 3_000 < len(actors) < 4_500
    assert 20 < actors.most_common(1)[0][1] < 100
    assert len({(r["actor"]["id"], r["actor"]["login"]) for r in records}) == len(actors)


def test_newcomers_are_nearly_all_distinct(tmp_path: Path) -> None:
    path = sample.write_hour(
        tmp_path / "h.gz", HOUR, events=2_000, actors=20_000_000, newcomers=0.9
    )
    logins = {json.loads(line)["actor"]["login"] for line in text(path).splitlines()}
    assert len(logins) > 1_750


def test_times_are_in_the_hour(records: list[dict[str, Any]]) -> None:
    times = [record["created_at"] for record in records]
    assert times == sorted(times)
    assert {moment[:14] for moment in times} == {"2015-01-01T07:"}


def test_text_has_what_makes_json_hard(hour: Path) -> None:
    raw = text(hour)
    assert all(raw.count(mark) > 100 for mark in (rb"\n", rb"\r", rb"\t", rb"\""))
    assert 0 < raw.count(rb"\u") < 100
    assert not raw.isascii()


def paths(record: object, here: str, found: dict[str, Counter[str]]) -> None:
    """Count the types that stand at each path, keys in their order."""
    found[here][type(record).__name__] += 1
    if isinstance(record, dict):
        found[here]["keys " + " ".join(key for key in record if key != "pull_request")] += 1
        for key, value in record.items():
            paths(value, f"{here}.{key}", found)
    elif isinstance(record, list):
        for value in record:
            paths(value, here + "[]", found)


def shapes(records: list[dict[str, Any]]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        paths(record, record["type"], found)
    return found


def test_paths_types_and_key_order_are_the_real_hours(
    records: list[dict[str, Any]], real: list[dict[str, Any]]
) -> None:
    ours, theirs = shapes(records), shapes(real)
    assert sorted(set(ours) - set(theirs)) == []
    # What the real hour has a few times may be missing from ours, and a null from the real hour.
    common = {path for path, seen in theirs.items() if seen.total() >= 40}
    assert sorted(common - set(ours)) == []
    for path in common:
        strange = set(ours[path]) - set(theirs[path])
        if theirs[path].total() < 400:
            strange -= {"NoneType"}
        assert not strange, f"{path}: ours has {strange}, the real hour {theirs[path]}"


def test_bad_counts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one of events, got 0"):
        sample.write_hour(tmp_path / "hour.json.gz", HOUR, events=0)
    with pytest.raises(ValueError, match="between 0 and 1, got 2"):
        sample.write_hour(tmp_path / "hour.json.gz", HOUR, newcomers=2)


def test_from_a_shell(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "satchel.gharchive.sample", str(tmp_path), "2015-01-01"]
    path = ":".join(entry for entry in sys.path if entry)
    done = subprocess.run(
        [*command, "--hours", "3", "--events", "30"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.stdout == f"{tmp_path / '2015-01-01-3.json.gz'}\n"
