"""The bag of a range: which files, in which order, and what is said of those that are not there."""

from __future__ import annotations

import gzip
import json
import warnings
from datetime import datetime
from pathlib import Path

import dask.bag
import pytest

from gharchive.archive import Archive
from satchel.bag import Bag
from satchel.errors import BadLinesWarning, MissingHoursWarning
from satchel.gharchive import events, sample


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Hours whose order by name is not that of time."""
    made = tmp_path / "odd [1] * é"
    sample.write_day(made, datetime(2015, 1, 1).date(), hours=[2, 9, 10, 11], events=5)
    sample.write_day(made, datetime(2015, 1, 2).date(), hours=[0], events=5)
    return made


def times(bag: Bag) -> list[str]:
    return list(dict.fromkeys(moment[:13] for moment in bag.pluck("created_at").compute()))


def test_hours_are_in_time_order(folder: Path) -> None:
    bag = events("2015-01-01", "2015-01-02", root=folder, missing="skip")
    hours = [f"2015-01-01T{hour:02}" for hour in (2, 9, 10, 11)]
    assert times(bag) == [*hours, "2015-01-02T00"]
    assert isinstance(bag, dask.bag.Bag)


def test_it_is_what_dask_makes_of_the_same_files(folder: Path) -> None:
    names = [f"2015-01-01-{hour}.json.gz" for hour in (9, 10, 11)]
    theirs = [json.loads(line) for name in names for line in _lines(folder / name)]
    bag = events("2015-01-01-9", datetime(2015, 1, 1, 11), root=folder)
    assert bag.compute(scheduler="sync") == theirs
    assert "native" in str(bag.pluck("type").frequencies().explain())


def _lines(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return list(file)


@pytest.mark.filterwarnings("error")
def test_the_end_counts_at_its_own_precision(folder: Path) -> None:
    assert len(times(events("2015-01-01-9", "2015-01-01-10", root=folder))) == 2
    assert len(times(events("2015-01-01", root=folder, missing="skip"))) == 4
    assert len(times(events("2015-01", root=folder, missing="skip"))) == 5


def test_hours_that_are_missing_are_named(folder: Path) -> None:
    with pytest.warns(
        MissingHoursWarning, match=r"^1 hour is not in .*: 2015-01-01-8.json.gz \(try"
    ):
        events("2015-01-01-8", "2015-01-01-9", root=folder)
    named = r"^6 hours are not in .*: 2015-01-01-3.json.gz, .*, 2015-01-01-7.json.gz and 1 more "
    with pytest.warns(MissingHoursWarning, match=named) as caught:
        events("2015-01-01-2", "2015-01-01-9", root=folder)
    assert caught[0].filename == __file__
    with pytest.raises(FileNotFoundError, match=named):
        events("2015-01-01-2", "2015-01-01-9", root=folder, missing="raise")
    with warnings.catch_warnings(action="error"):
        events("2015-01-01-2", "2015-01-01-9", root=folder, missing="skip")


@pytest.mark.filterwarnings("error")
def test_known_gaps_are_no_news(tmp_path: Path) -> None:
    for hour in (22, 23):
        moment = datetime(2018, 10, 21, hour)
        if hour == 22:
            sample.write_hour(tmp_path / sample.hour_name(moment), moment, events=3)
    sample.write_hour(tmp_path / "2018-10-22-2.json.gz", datetime(2018, 10, 22, 2), events=3)
    bag = events("2018-10-21-22", "2018-10-22-2", root=tmp_path, missing="raise")
    assert times(bag) == ["2018-10-21T22", "2018-10-22T02"]


@pytest.mark.parametrize(
    ("given", "error", "why"),
    [
        (("2014",), FileNotFoundError, "has no hour from 2014-01-01-0.json.gz to 2014-12-31-23"),
        (("2999",), ValueError, "in the future"),
        (("2015-01-02", "2015-01-01"), ValueError, "before the start"),
        (("soon",), ValueError, "expected a year"),
    ],
)
def test_no_hours(given: tuple[str, ...], error: type[Exception], why: str, folder: Path) -> None:
    with pytest.raises(error, match=why):
        events(*given, root=folder, missing="skip")
    with pytest.raises(ValueError, match="missing is 'warn', 'raise' or 'skip', not 'no'"):
        events("2015", root=folder, missing="no")


def test_reading_options_are_those_of_read_ndjson(folder: Path) -> None:
    with (folder / "2015-01-01-9.json.gz").open("ab") as file:
        file.write(gzip.compress(b"no JSON\n"))
    bag = events("2015-01-01-9", root=folder, on_bad_lines="skip")
    with pytest.warns(BadLinesWarning):
        assert bag.count().compute() == 5


def test_from_a_web_server(archive: Archive) -> None:
    archive.has(11)
    bag = events("2015-01-01-9", "2015-01-01-10", root=archive.url)
    assert times(bag) == ["2015-01-01T09", "2015-01-01T10"]
    # An hour that is not there is found out by whoever reads; a known gap is not asked for.
    gaps = events("2018-10-21-22", "2018-10-22-2", root=archive.url)
    with pytest.raises(FileNotFoundError):
        gaps.compute(scheduler="sync")
