"""Reading from an S3 server that fails, by table: the right answer, or an error that tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dask.bag
import pytest
from conformance.schedulers import Schedulers
from servers import S3_OPEN, S3Server
from servers.fixtures import Faulty

import satchel
from faults.reading import FILES, KINDS, WAYS, End, check, content, run, written
from faults.table import LASTING, LIES_AGAINST_A_LISTING, LISTING, PASSING, Fault

BUCKET = S3_OPEN  # where a proxy, too, can read: see `ignore_range`
MANY = 1100  # keys, which is more than one page of a listing
# A server that says nothing for so long is taken for one that never will.
PATIENCE = {"config_kwargs": {"connect_timeout": 2, "read_timeout": 0.7}}


@pytest.fixture(scope="session")
def filled(s3: S3Server) -> S3Server:
    for kind, suffix in KINDS.items():
        for file in range(FILES):
            s3.put(BUCKET, f"{kind}/{file}.{suffix}", content(kind, file))
    for number in range(MANY):
        s3.client.put_object(Bucket=BUCKET, Key=f"many/{number:05d}.json", Body=b'{"n": 1}\n')
    return s3


@pytest.fixture(scope="session")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Any]:
    """What dask.bag makes of the same files where they are local."""
    folder = tmp_path_factory.mktemp("local")
    known: dict[tuple[str, str], Any] = {}

    def answer(kind: str, way: str) -> Any:
        if (kind, way) not in known:
            paths = [str(path) for path in written(folder / kind, kind)]
            known[kind, way] = WAYS[way](dask.bag, paths, None).compute(scheduler="sync")
        return known[kind, way]

    return answer


def read(server: S3Server, kind: str, way: str, scheduler: str | None) -> End:
    url = f"s3://{BUCKET}/{kind}/*.{KINDS[kind]}"
    return run(lambda: WAYS[way](satchel, url, server.storage_options | PATIENCE), scheduler)


def rows(
    table: dict[str, Fault], ways: tuple[str, ...], kinds: tuple[str, ...] = tuple(KINDS)
) -> list[Any]:
    return [
        pytest.param(fault, kind, way, id=f"{name}, {kind}, {way}")
        for name, fault in table.items()
        for kind in fault.kinds
        for way in ways
        if kind in kinds
    ]


def held(
    fault: Fault,
    kind: str,
    way: str,
    servers: Faulty,
    expected: Callable[[str, str], Any],
    scheduler: str | None = "sync",
) -> None:
    fault.set_up(servers.proxy, f"/{BUCKET}/{kind}/*")
    end = read(servers.s3, kind, way, scheduler)
    check(fault, end, expected(kind, way), f"{BUCKET}/{kind}/", (servers.s3.secret,))
    if fault.rules[0]["fault"] != "delay":
        assert any(seen.fault for seen in servers.proxy.requests()), "the fault was not met"


@pytest.mark.parametrize(("fault", "kind", "way"), rows(PASSING, ("text", "records")))
def test_what_passes_changes_no_answer(
    fault: Fault,
    kind: str,
    way: str,
    filled: S3Server,
    s3_faulty: Faulty,
    expected: Callable[[str, str], Any],
) -> None:
    held(fault, kind, way, s3_faulty, expected)


@pytest.mark.parametrize(
    ("fault", "kind", "way"),
    [
        *rows(LASTING, ("records",), ("gzip", "plain")),
        *rows(LASTING, ("in Python",), ("members",)),
        *rows(LIES_AGAINST_A_LISTING, ("text",)),
    ],
)
def test_what_lasts_is_told(
    fault: Fault,
    kind: str,
    way: str,
    filled: S3Server,
    s3_faulty: Faulty,
    expected: Callable[[str, str], Any],
) -> None:
    held(fault, kind, way, s3_faulty, expected)


@pytest.mark.parametrize("name", LISTING)
def test_a_listing_is_whole_or_an_error(name: str, filled: S3Server, s3_faulty: Faulty) -> None:
    fault = LISTING[name]
    fault.set_up(s3_faulty.proxy, f"/{BUCKET}*list-type=2*")
    options = s3_faulty.s3.storage_options | PATIENCE

    def job() -> Any:
        return satchel.read_text(f"s3://{BUCKET}/many/*.json", storage_options=options).npartitions

    check(fault, run(job), MANY, BUCKET, (s3_faulty.s3.secret,))


def test_a_page_of_html_in_place_of_a_listing_is_asked_for_again(
    filled: S3Server, s3_faulty: Faulty
) -> None:
    s3_faulty.proxy.fail("page", path=f"/{BUCKET}*list-type=2*", skip=1, times=1)
    found = satchel.read_text(
        f"s3://{BUCKET}/many/*.json", storage_options=s3_faulty.s3.storage_options
    )
    assert found.npartitions == MANY


def test_pages_of_html_in_place_of_a_listing_are_an_error(
    filled: S3Server, s3_faulty: Faulty
) -> None:
    s3_faulty.proxy.fail("page", path=f"/{BUCKET}*list-type=2*", skip=1)
    with pytest.raises(OSError, match=f"s3://{BUCKET}/many.*a page of the listing was none"):
        satchel.read_text(
            f"s3://{BUCKET}/many/*.json", storage_options=s3_faulty.s3.storage_options
        )


FEW = {name: PASSING[name] for name in ("503 SlowDown", "short", "reset inside")}


@pytest.mark.parametrize("scheduler", ["threads", "processes", "client", "client of processes"])
@pytest.mark.parametrize("name", [*FEW, "forbidden", "gone"])
def test_it_ends_so_under_every_scheduler(
    name: str,
    scheduler: str,
    filled: S3Server,
    s3_faulty: Faulty,
    expected: Callable[[str, str], Any],
    schedulers: Schedulers,
) -> None:
    with schedulers.use(scheduler):
        held(FEW.get(name) or LASTING[name], "gzip", "records", s3_faulty, expected, None)


@pytest.mark.parametrize("name", FEW)
def test_take_survives_what_passes(name: str, filled: S3Server, s3_faulty: Faulty) -> None:
    FEW[name].set_up(s3_faulty.proxy, f"/{BUCKET}/gzip/*")
    bag = satchel.read_ndjson(
        f"s3://{BUCKET}/gzip/*.gz", storage_options=s3_faulty.s3.storage_options | PATIENCE
    )
    end = run(lambda: bag.pluck("n").take(1600, npartitions=-1))
    assert end.error is None, end.message
    assert end.answer == (*range(1500), *range(100))
