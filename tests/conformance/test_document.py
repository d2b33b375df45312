"""The three questions of the document, in the document's own lines."""

from __future__ import annotations

import json
from typing import Any

from conformance.check import Check
from conformance.rows import EVERYWHERE, Row, each, records

EVERY_CLUSTER = (*EVERYWHERE, "client of processes")


def get_logins(x):
    """The key for foldby, like a groupby key. Get the username from a PushEvent"""
    return x["actor"]["login"]


def binop(total, x):
    """Count the number of commits in a PushEvent"""
    return total + len(x["payload"]["commits"])


def combine(total1, total2):
    """This combines commit counts from PushEvents"""
    return total1 + total2


def events_by_type(db: Any, path: str) -> Any:
    b = db.read_text(path).map(json.loads)
    return b.pluck("type").frequencies()


def top_pushers(db: Any, path: str) -> Any:
    b = db.read_text(path).map(json.loads)
    pushes = b.filter(lambda x: x["type"] == "PushEvent")  # filter out the push events
    names = pushes.pluck("actor").pluck("login")  # get the login names
    # List top 5 pushers
    return names.frequencies().topk(5, key=lambda name, count: count)


def top_committers(db: Any, path: str) -> Any:
    b = db.read_text(path).map(json.loads)
    pushes = b.filter(lambda x: x["type"] == "PushEvent")
    commits = pushes.foldby(get_logins, binop, initial=0, combine=combine)
    return commits.topk(5, key=lambda name, count: count)


def all_three(db: Any, path: str) -> Any:
    return events_by_type(db, path), top_pushers(db, path), top_committers(db, path)


QUESTIONS = (events_by_type, top_pushers, top_committers, all_three)


@each(
    *(
        Row(f"{question.__name__} {data}", question, data, True, EVERYWHERE)
        for question in QUESTIONS
        for data in ("plain", "nasty")
    )
)
def test_the_questions(row: Row, check: Check) -> None:
    check(row)


@each(
    Row("all three", all_three, "real", True, ("client", "client of processes")),
    Row("all three", all_three, "nasty", True, ("client of processes",)),
)
def test_the_questions_on_a_cluster(row: Row, check: Check) -> None:
    check(row)


@each(
    Row(
        "the first record and its keys",
        lambda db, path: [(first, list(first.keys())) for first in records(db, path).take(1)],
        "real",
    ),
    Row("the first two", lambda db, path: records(db, path).take(2), "plain"),
    Row("how many", lambda db, path: records(db, path).count(), "real", True),
)
def test_around_the_questions(row: Row, check: Check) -> None:
    check(row)


def test_the_answers_that_the_document_printed(check: Check) -> None:
    """Not only dask.bag's answers: the very figures of the document."""
    printed = Row("the document", all_three, "real", native=True)
    check(printed)
    by_type, pushers, committers = check.oracle(printed, check.places.of("real")).value
    assert dict(by_type)["PushEvent"] == 4280
    assert dict(by_type)["GollumEvent"] == 90
    assert pushers == [
        ("KenanSulayman", 79),
        ("mirror-updates", 42),
        ("cm-gerrit", 35),
        ("qdm", 29),
        ("greatfire", 24),
    ]
    assert committers == [
        ("mirror-updates", 413),
        ("jrmarino", 88),
        ("javra", 80),
        ("KenanSulayman", 79),
        ("chcholman", 51),
    ]
