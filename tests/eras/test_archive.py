"""Generated hours of every era, damaged in every way: what was written is what is read."""

from __future__ import annotations

import gzip
import json
import warnings
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from bad_lines.agree import listened
from click.testing import CliRunner
from conformance.check import Check
from conformance.rows import EVERYWHERE

import satchel as db
from satchel.cli.group import Satchel
from satchel.errors import DamagedFilesWarning
from satchel.gharchive import events, sample
from satchel.gharchive.damage import KINDS
from satchel.gharchive.eras import ERAS, era_of, shape_of
from satchel.gharchive.ranges import Hour, write_range

TOLERANT = {"documents": "many", "on_bad_lines": "keep", "on_damage": "keep"}
COUNT = 60


def whole(hour: Hour, seed: int = 0) -> Iterator[Any]:
    """The records of an hour that can be read, by what its manifest says."""
    shape = shape_of(hour.era, hour.hour)
    recipe = sample.Recipe(hour.hour, hour.events, 60_000, 40_000, 0.0, seed, shape)
    for number, line in enumerate(sample.lines(recipe)):
        if number not in hour.lost:
            yield from [json.loads(line)] * (1 + (number in hour.twice))


def quietly(compute: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DamagedFilesWarning)
        return compute()


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_what_is_damaged_is_left_out_and_nothing_else(
    seed: int, kind: Any, era: Any, tmp_path: Path
) -> None:
    (hour,) = write_range(
        *(tmp_path, "2015-01-01-7"), era=era, damage=1, kinds=[kind], events=COUNT, seed=seed
    )
    assert hour.damage in (kind, None)
    if kind == "missing":
        assert not hour.path.exists()
        return
    bag = db.read_ndjson(str(hour.path), **TOLERANT)
    expected = list(whole(hour, seed))
    assert quietly(bag.compute) == expected
    assert len(expected) == hour.records
    assert len(quietly(bag.rejects().compute)) == hour.rejects
    assert quietly(bag.pluck("type").frequencies().map(lambda pair: pair[1]).sum().compute) == (
        len(expected)
    )
    if era == "A" or kind in ("empty", "duplicates"):
        return
    # As dask.bag reads it, it is an error; where lines alone are bad, they can be left out.
    with pytest.raises((ValueError, EOFError, OSError)):
        db.read_ndjson(str(hour.path)).count().compute()
    if kind in ("spliced", "bytes"):
        lines = db.read_ndjson(str(hour.path), on_bad_lines="skip")
        found, told = listened(lines.compute)
        assert found == expected
        assert [text[:2] for text in told] == [f"{hour.rejects} "]


@pytest.mark.parametrize("scheduler", EVERYWHERE)
def test_a_range_across_eras_with_damage(scheduler: str, check: Check, tmp_path: Path) -> None:
    hours = write_range(tmp_path, "2014-12-31-12", "2015-01-01-11", damage=0.7, events=COUNT)
    assert {hour.era for hour in hours} == {"B", "C"}
    assert len({hour.damage for hour in hours}) > 6
    bag = events("2014-12-31-12", "2015-01-01-11", root=tmp_path, missing="skip", **TOLERANT)
    expected = [record["created_at"] for hour in hours for record in whole(hour)]
    with check.schedulers.use(scheduler), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found, rejects = db.compute(bag.pluck("created_at"), bag.rejects())
    assert found == expected
    assert len(rejects) == sum(hour.rejects for hour in hours)
    damaged = sum(hour.damage in ("truncated", "page") for hour in hours)
    told = {
        str(one.message).split(" were")[0] for one in caught if one.category is DamagedFilesWarning
    }
    assert told == {f"{damaged} damaged files"}


def test_the_same_arguments_give_the_same_files(tmp_path: Path) -> None:
    def made(name: str, *range_of: str, **more: Any) -> dict[str, bytes]:
        write_range(tmp_path / name, *range_of, damage=0.5, events=20, **more)
        return {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}

    day = made("one", "2012-08-31")
    assert made("two", "2012-08-31") == day
    # An hour does not depend on the range that it was made in.
    some = made("three", "2012-08-31-3", "2012-08-31-9")
    assert some == {name: day[name] for name in some}
    assert made("four", "2012-08-31", seed=1) != day


def test_an_hour_without_damage_is_the_samples_own(tmp_path: Path) -> None:
    (hour,) = write_range(tmp_path / "range", "2015-01-01-5", events=COUNT)
    own = sample.write_hour(tmp_path / hour.path.name, hour.hour, events=COUNT)
    assert hour.path.read_bytes() == own.read_bytes()
    assert (hour.era, hour.damage, hour.records, hour.rejects) == ("C", None, COUNT, 0)


BOUNDARIES = {
    "A": [datetime(2011, 2, 12), datetime(2012, 8, 31, 23)],
    "B": [datetime(2012, 9, 1), datetime(2014, 12, 31, 23)],
    "C": [datetime(2015, 1, 1), datetime(2025, 10, 6, 23)],
    "D": [datetime(2025, 10, 7), datetime(2026, 1, 1)],
}


@pytest.mark.parametrize("era", ERAS)
def test_the_era_is_that_of_the_date(era: Any, tmp_path: Path) -> None:
    for moment in BOUNDARIES[era]:
        assert era_of(moment) == era
        (hour,) = write_range(tmp_path, moment, events=5)
        assert hour.era == era


def records_of(tmp_path: Path, era: Any, count: int = 400) -> list[Any]:
    (hour,) = write_range(tmp_path, "2015-01-01-7", era=era, events=count)
    return db.read_ndjson(str(hour.path), documents="many").compute()


def test_era_a_has_several_events_on_a_line(tmp_path: Path) -> None:
    hours = write_range(tmp_path, "2012-01-01-0", "2012-01-01-7", events=COUNT)
    lines = [gzip.decompress(hour.path.read_bytes()).count(b"\n") for hour in hours]
    assert min(lines) == 0
    assert COUNT // 2 < max(lines) < COUNT


@pytest.mark.parametrize("era", ["A", "B"])
def test_the_timeline_has_no_ids_and_actors_by_login(era: Any, tmp_path: Path) -> None:
    for record in records_of(tmp_path, era):
        assert "id" not in record
        assert "repo" not in record
        assert record["actor"] == record["actor_attributes"]["login"]
        assert record["repository"]["owner"] in record["repository"]["url"]
        assert record["created_at"].startswith("2014-12-31T23:")
        assert record["created_at"].endswith("-08:00")
        if record["type"] == "PushEvent":
            assert record["payload"]["size"] == len(record["payload"]["shas"])


def fields(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(fields, value.values()))
    return 1


def test_trimmed_payloads(tmp_path: Path) -> None:
    trimmed, before = records_of(tmp_path, "D"), records_of(tmp_path, "C")
    for record in trimmed:
        if record["type"] == "PushEvent":
            assert set(record["payload"]) == {"repository_id", "push_id", "ref", "head", "before"}
    pulls = [
        [fields(record) for record in records if record["type"] == "PullRequestEvent"]
        for records in (trimmed, before)
    ]
    assert max(pulls[0]) < 60
    assert min(pulls[1]) > 200
    # What leads to an event is as it was.
    keys = ["id", "type", "actor", "repo", "payload", "public", "created_at"]
    assert all([*record][:7] == keys for record in trimmed + before)


ROWS = {
    "era": ({"era": "E"}, "expected an era of 'A', 'B', 'C', 'D', got 'E'"),
    "share": ({"damage": 1.5}, "expected a share of damaged hours between 0 and 1, got 1.5"),
    "kind": ({"damage": 1, "kinds": ["rust"]}, "expected kinds of damage of truncated, empty, .*"),
    "none": ({"damage": 1, "kinds": []}, "expected kinds of damage of .*, got none"),
    "events": ({"events": 0}, "expected at least one of events, got 0"),
}


@pytest.mark.parametrize("name", ROWS)
def test_arguments_that_cannot_be(name: str, tmp_path: Path) -> None:
    arguments, said = ROWS[name]
    with pytest.raises(ValueError, match=said):
        write_range(tmp_path, "2015-01-01-0", **arguments)  # type: ignore[arg-type]


def test_from_a_shell(tmp_path: Path) -> None:
    command = ["gharchive", "sample", str(tmp_path), "2014-12-31-23", "2015-01-01-0"]
    run = CliRunner().invoke(Satchel(name="satchel"), [*command, "--events", "9"])
    names = ("2014-12-31-23", "2015-01-01-0")
    paths = [str(tmp_path / f"{name}.json.gz") for name in names]
    assert run.output == f"{paths[0]}\tB\t9\t\n{paths[1]}\tC\t9\t\n"
    damaged = ["--damage", "1", "--kind", "empty", "--era", "D", "--json"]
    run = CliRunner().invoke(Satchel(name="satchel"), [*command, "--events", "2", *damaged])
    told = [json.loads(line) for line in run.output.splitlines()]
    assert told[0] == {
        "path": paths[0],
        "era": "D",
        "damage": "empty",
        "events": 2,
        "records": 0,
        "rejects": 0,
        "lost": [0, 1],
        "twice": [],
    }
