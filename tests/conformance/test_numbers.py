"""count, sum, min, max: the smallest reductions, and what numbers do in them."""

from __future__ import annotations

from conformance.check import Check
from conformance.rows import EVERYWHERE, PROCESSES, Row, dumped, each, pushes, records

INTS = dumped(*([i, i * i, -i] for i in range(9)))
HOLES = dumped([], [1, 2], [], [3], [])
EMPTY = ((), ())
BOOLS = dumped([True, False], [True], [True, True])
MIXED = dumped([1, 2.5, True], [False, 4], [3.25])
BIG = dumped([2**63 - 1, 1], [2**63, -1], [2**70])
EDGE = dumped([2**62, 2**62 - 1], [1], [-(2**63), -(2**63), -1])
TENTHS = dumped([0.1] * 10, [0.2, 1e16, 1.0, -1e16], [1e308, 1e308, -1e308])
SPECIAL = (("NaN", "1", "2"), ("3", "NaN"), ("-Infinity", "1e400"))
ZEROS = dumped([-0.0], [0, -0.0], [0.0])
TEXTS = dumped(["b", "abc", "å"], ["B", ""], ["\U0001f600", "\uffff"])
SURROGATES = (('"\\ud83d\\ude00"', '"\\uffff"'), ('"\\udc00"', '"\\ud800"'))
LISTS = dumped([[1, "a"], [1]], [[0, "z"], [1, "b"]])
UNLIKE = dumped([1, "a"], [2])
TIES = dumped([1, True, 1.0], [1.0, 1], [True])
NONES = dumped([None, 1], [2])


@each(
    Row("events", lambda db, p: records(db, p).count(), native=True, schedulers=EVERYWHERE),
    Row("pushes", lambda db, p: pushes(db, p).count(), native=True, schedulers=EVERYWHERE),
    Row("lines", lambda db, p: db.read_text(p).count(), schedulers=PROCESSES),
    Row("holes", lambda db, p: records(db, p).count(), HOLES, True),
    Row("nothing", lambda db, p: records(db, p).count(), EMPTY, True),
    Row("one empty file", lambda db, p: records(db, p).count(), ((),), True),
    Row("split_every", lambda db, p: records(db, p).count(split_every=2), INTS, True),
    Row("after a map", lambda db, p: records(db, p).map(lambda e: e["type"]).count()),
    Row("after a map that raises", lambda db, p: records(db, p).map(lambda e: e["public"]).count()),
    Row("after a pluck that raises", lambda db, p: records(db, p).pluck("public").count()),
    Row("as an int", lambda db, p: int(records(db, p).count()), INTS),
    Row("as a float", lambda db, p: float(records(db, p).count()), INTS),
    Row("as a bool", lambda db, p: bool(records(db, p).count()), EMPTY),
    Row("applied", lambda db, p: records(db, p).count().apply(lambda n: [n]), INTS),
)
def test_count(row: Row, check: Check) -> None:
    check(row)


@each(
    Row("ints", lambda db, p: records(db, p).sum(), INTS, True, EVERYWHERE),
    Row(
        "lengths",
        lambda db, p: pushes(db, p).map(lambda e: len(e["payload"]["commits"])).sum(),
        native=True,
        schedulers=PROCESSES,
    ),
    Row("a field", lambda db, p: pushes(db, p).pluck("payload").pluck("size").sum(), "plain", True),
    Row("bools", lambda db, p: records(db, p).sum(), BOOLS, True),
    Row("mixed", lambda db, p: records(db, p).sum(), MIXED, True, PROCESSES),
    Row("beyond 64 bits", lambda db, p: records(db, p).sum(), BIG, True),
    Row("to the edge of 64 bits", lambda db, p: records(db, p).sum(), EDGE, True),
    Row(
        "over the edge and back",
        lambda db, p: records(db, p).sum(),
        dumped([2**63 - 1, 1, -1], [-1]),
        True,
    ),
    Row("floats", lambda db, p: records(db, p).sum(), TENTHS, True, PROCESSES),
    Row("floats in a tree", lambda db, p: records(db, p).sum(split_every=2), TENTHS, True),
    Row("NaN and infinities", lambda db, p: records(db, p).sum(), SPECIAL, True),
    Row("negative zeros", lambda db, p: records(db, p).sum(), ZEROS, True),
    Row(
        "a float field",
        lambda db, p: pushes(db, p).map(lambda e: e["payload"]["ratio"]).sum(),
        "plain",
        True,
    ),
    Row("texts", lambda db, p: records(db, p).sum(), TEXTS),
    Row("None", lambda db, p: records(db, p).sum(), NONES),
    Row("lists", lambda db, p: records(db, p).sum(), LISTS),
    Row("holes", lambda db, p: records(db, p).sum(), HOLES, True),
    Row("nothing", lambda db, p: records(db, p).sum(), EMPTY, True),
    Row("one empty file", lambda db, p: records(db, p).sum(), ((),), True),
    Row(
        "a condition",
        lambda db, p: records(db, p).map(lambda e: e["type"] == "PushEvent").sum(),
        native=True,
    ),
)
def test_sum(row: Row, check: Check) -> None:
    check(row)


def both(method: str) -> tuple[Row, ...]:
    """The rows of min, which are also those of max."""

    def of(data: object, name: str, native: bool | None = None, **more: object) -> Row:
        return Row(
            f"{method} of {name}",
            lambda db, p: getattr(records(db, p), method)(**more),
            data,
            native,
        )  # type: ignore[arg-type]

    return (
        Row(
            f"{method} everywhere",
            lambda db, p: getattr(records(db, p), method)(),
            INTS,
            True,
            EVERYWHERE,
        ),
        of(INTS, "a tree", True, split_every=2),
        of(MIXED, "mixed numbers", True),
        of(BIG, "big ints", True),
        of(TENTHS, "floats", True),
        of(SPECIAL, "NaN and infinities", True),
        of(ZEROS, "zeros", True),
        of(TIES, "ties keep the first", True),
        of(TEXTS, "texts", True),
        of(SURROGATES, "surrogates", True),
        of(BOOLS, "bools", True),
        of(LISTS, "lists"),
        of(UNLIKE, "what does not compare"),
        of(NONES, "None"),
        of(HOLES, "holes", True),
        of(EMPTY, "nothing"),
        of(((),), "one empty file"),
        Row(
            f"{method} of nothing left",
            lambda db, p: getattr(records(db, p).filter(lambda x: x > 1000), method)(),
            INTS,
        ),
        Row(
            f"{method} of a field",
            lambda db, p: getattr(pushes(db, p).map(lambda e: e["created_at"]), method)(),
            "plain",
            True,
        ),
        Row(
            f"{method} of tuples",
            lambda db, p: getattr(records(db, p).map(lambda x: (x % 5, -x)), method)(),
            INTS,
        ),
        Row(f"{method} of dicts", lambda db, p: getattr(records(db, p), method)(), "plain"),
    )


@each(*both("min"), *both("max"))
def test_min_and_max(row: Row, check: Check) -> None:
    check(row)
