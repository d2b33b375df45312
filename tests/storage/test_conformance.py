"""The same pipelines on files that a store keeps: the answer is that of the local files."""

from __future__ import annotations

import json
from typing import Any

import dask
import dask.bag
import pytest
from conformance.check import compare, outcome
from conformance.places import Places
from conformance.rows import Row, records, subject
from conformance.schedulers import Schedulers
from servers import S3Server
from servers.fixtures import Web

from storage.remote import KINDS, remote

CASES = [
    Row("frequencies", lambda db, p: records(db, p).pluck("type", "?").frequencies(), "plain"),
    Row("of every odd line", lambda db, p: records(db, p), "nasty"),
    Row("lines", lambda db, p: db.read_text(p), "text"),
    Row(
        "the document's question",
        lambda db, p: (
            records(db, p)
            .filter(lambda e: e["type"] == "PushEvent")
            .foldby(
                lambda e: e["actor"]["login"],
                lambda total, e: total + len(e["payload"]["commits"]),
                0,
                lambda a, b: a + b,
                0,
            )
            .topk(5, key=lambda pair: pair[1])
        ),
        "plain",
    ),
    Row("a step in Python", lambda db, p: records(db, p).map(json.dumps).map(hash_of), "plain"),
    Row("taken", lambda db, p: records(db, p).take(3), "plain"),
    Row("taken of all", lambda db, p: records(db, p).take(70, npartitions=-1), "plain"),
    Row("a demoted fold", lambda db, p: records(db, p).map(big).sum(), "plain"),
    Row("an error", lambda db, p: records(db, p).map(lambda e: e["payload"]["push_id"]), "plain"),
    Row(
        "partitions of two",
        lambda db, p: db.read_text(p, files_per_partition=2).map(len).max(),
        "plain",
    ),
    Row("no lines", lambda db, p: db.read_text(p).count(), ((), ("1",), ())),
    Row("groups", lambda db, p: records(db, p).groupby(kind).map(size).topk(9), "plain"),
]


def kind(e: Any) -> Any:
    return e["type"]


def size(pair: Any) -> Any:
    return len(pair[1]), pair[0]


def hash_of(text: str) -> int:
    return sum(map(ord, text))


def big(e: Any) -> int:
    return int(e["id"]) ** 5


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("row", CASES, ids=[row.name for row in CASES])
def test_the_answer_is_that_of_the_local_files(
    row: Row, kind: str, places: Places, schedulers: Schedulers, s3: S3Server, web: Web
) -> None:
    there = remote(kind, row.data, places, s3, web)
    with dask.config.set(scheduler="sync"):
        expected = outcome(row.pipeline, dask.bag, places.of(row.data))
    for scheduler in there.schedulers:
        with schedulers.use(scheduler):
            found = outcome(row.pipeline, there.reading(subject), there.url)
        compare(expected, found, f"{kind} under {scheduler}")


@pytest.mark.parametrize("row", CASES, ids=[row.name for row in CASES])
def test_the_answer_is_that_of_s3fs(
    row: Row, places: Places, schedulers: Schedulers, s3: S3Server, web: Web
) -> None:
    there = remote("s3", row.data, places, s3, web)
    with dask.config.set(scheduler="sync"):
        expected = outcome(row.pipeline, there.reading(dask.bag), there.url)
        found = outcome(row.pipeline, there.reading(subject), there.url)
    compare(expected, found, "s3fs")
