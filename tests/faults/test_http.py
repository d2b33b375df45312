"""Reading over HTTP from a server that fails, by table: the answer, or an error that tells."""

from __future__ import annotations

import socket
from typing import Any

import dask.bag
import pytest
from servers.fixtures import Web

import satchel
from faults.reading import KINDS, WAYS, check, run, written
from faults.table import LASTING, LIES, PASSING, Fault


def rows(table: dict[str, Fault], kinds: tuple[str, ...], ways: tuple[str, ...]) -> list[Any]:
    return [
        pytest.param(fault, kind, way, id=f"{name}, {kind}, {way}")
        for name, fault in table.items()
        for kind in fault.kinds
        for way in ways
        if kind in kinds
    ]


ROWS = (
    rows(PASSING, ("gzip", "plain"), ("records",))
    + rows(LASTING, ("gzip",), ("text",))
    + rows(LIES, ("gzip", "members"), ("text",))
)


@pytest.mark.parametrize(("fault", "kind", "way"), ROWS)
def test_reading_ends_in_the_answer_or_is_told(fault: Fault, kind: str, way: str, web: Web) -> None:
    paths = [str(path) for path in written(web.folder / kind, kind)]
    expected = WAYS[way](dask.bag, paths, None).compute(scheduler="sync")
    fault.set_up(web.server, f"/{kind}/*{KINDS[kind]}")
    urls = [f"{web.url}/{kind}/{file}.{KINDS[kind]}" for file in range(len(paths))]
    end = run(lambda: WAYS[way](satchel, urls, impatient()))
    check(fault, end, expected, f"{web.url}/{kind}/", ())


def impatient() -> dict[str, Any]:
    """A server that says nothing for so long is taken for one that never will."""
    import aiohttp

    return {"client_kwargs": {"timeout": aiohttp.ClientTimeout(sock_connect=2, sock_read=0.7)}}


def test_a_pattern_finds_what_the_page_of_a_folder_links_to(web: Web) -> None:
    paths = [str(path) for path in written(web.folder / "gzip", "gzip")]
    expected = WAYS["records"](dask.bag, paths, None).compute(scheduler="sync")
    end = run(lambda: WAYS["records"](satchel, f"{web.url}/gzip/*.gz", None))
    assert end.error is None, end.message
    assert end.answer == expected


def test_a_server_that_is_not_there_says_so() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/day.json.gz"
        end = run(lambda: satchel.read_text(url).count().compute())
    assert isinstance(end.error, ConnectionError)
    assert url in end.message
    assert "refused" in end.message
