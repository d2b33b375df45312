"""What gives somebody the right to read is told to nobody: no error, name, repr, warning or log."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from servers import S3_OPEN, S3Server, faulty_server
from servers.fixtures import Faulty, Web

import satchel
from faults.reading import End, content, run

TOKEN = "FwoGZXIvYXdzEsecret-token-of-a-session"
PASSWORD = "pa55word-of-ann"
SIGNATURE = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"
OPTIONS = {"config_kwargs": {"connect_timeout": 2, "read_timeout": 0.7}}
NOWHERE = "http://127.0.0.1:9"  # the port of a protocol that nobody serves


def looked_at(url: Any, options: Any) -> Any:
    """Build a pipeline, and look at it in the ways there are before it is run."""
    bag = satchel.read_text(url, storage_options=options)
    events = bag.map(json.loads).filter(lambda e: e["n"] > 3)
    shown = [repr(bag), repr(events), str(events.dask), repr(list(events.dask)), events.name]
    shown += [str(events.explain()), repr(events._plan), repr(events.__dask_tokenize__())]
    return shown, events.pluck("n").frequencies()


def ended(url: Any, options: Any) -> End:
    """Run it to its end, whatever that is."""
    shown: list[str] = []

    def job() -> Any:
        said, result = looked_at(url, options)
        shown.extend(said)
        return result

    end = run(job)
    end.said += shown
    return end


def held(end: End, *secrets: str) -> None:
    for secret in secrets:
        for text in end.said:
            assert secret not in text, f"a secret was told: {text[:2000]}"


@pytest.fixture(scope="module")
def filled(s3: S3Server) -> S3Server:
    s3.put("private", "0.json.gz", content("gzip", 0))
    s3.put(S3_OPEN, "secrets/0.json.gz", content("gzip", 0))
    return s3


FAULTS: dict[str, Callable[[Faulty], None]] = {
    "none": lambda servers: None,
    "forbidden": lambda servers: servers.proxy.fail("status", path="*gz*", code=403),
    "gone": lambda servers: servers.proxy.fail("status", path="*gz*", code=404),
    "broken": lambda servers: servers.proxy.fail("status", path="*gz*", code=500),
    "reset": lambda servers: servers.proxy.fail("reset", path="*gz*"),
    "a page": lambda servers: servers.proxy.fail("page", path="*gz*"),
    "redirected": lambda servers: servers.proxy.fail("redirect", path="*gz*", to="/elsewhere"),
    "no listing": lambda servers: servers.proxy.fail("status", path="*list-type*", code=403),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_secret_key_is_not_told(name: str, filled: S3Server, s3_faulty: Faulty) -> None:
    FAULTS[name](s3_faulty)
    options = s3_faulty.s3.storage_options | OPTIONS
    end = ended("s3://private/*.json.gz", options)
    assert (end.error is None) is (name == "none")
    held(end, s3_faulty.s3.secret)


def test_a_wrong_key_is_not_told(filled: S3Server) -> None:
    wrong = "not-the-secret-of-anyone"
    end = ended("s3://private/0.json.gz", filled.storage_options | {"secret": wrong} | OPTIONS)
    assert isinstance(end.error, PermissionError), end.message
    assert "private" in end.message
    held(end, wrong)


def test_a_token_is_not_told(filled: S3Server) -> None:
    options = filled.storage_options | {"token": TOKEN} | OPTIONS
    held(ended("s3://private/0.json.gz", options), filled.secret, TOKEN)


def test_a_server_that_is_not_there(s3: S3Server) -> None:
    options = s3.storage_options | OPTIONS
    options["client_kwargs"] = options["client_kwargs"] | {"endpoint_url": NOWHERE}
    end = ended("s3://private/*.json.gz", options)
    assert isinstance(end.error, OSError), end.message
    held(end, s3.secret)


def test_keys_of_the_environment_are_not_told(
    filled: S3Server, s3_faulty: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in s3_faulty.s3.environment.items():
        monkeypatch.setenv(name, value)
    end = ended("s3://private/0.json.gz", OPTIONS)
    assert end.error is None, end.message
    held(end, s3_faulty.s3.secret)
    s3_faulty.proxy.fail("status", path="*gz*", code=403)
    end = ended("s3://private/0.json.gz", OPTIONS)
    assert isinstance(end.error, PermissionError), end.message
    held(end, s3_faulty.s3.secret)


def test_without_a_key_one_reads_what_is_open_and_nothing_else(filled: S3Server) -> None:
    options = filled.anonymous_options | OPTIONS
    end = ended(f"s3://{S3_OPEN}/secrets/*.json.gz", options)
    assert end.error is None, end.message
    end = ended("s3://private/0.json.gz", options)
    assert isinstance(end.error, PermissionError), end.message
    assert "private" in end.message


@pytest.mark.parametrize("fault", [None, 401, 404, 500])
def test_a_password_in_an_address_is_not_told(fault: int | None, web: Web) -> None:
    (web.folder / "0.json.gz").write_bytes(content("gzip", 0))
    with faulty_server(web.folder, login=f"ann:{PASSWORD}") as server:
        if fault is not None:
            server.fail("status", code=fault)
        address = server.url.replace("http://", f"http://ann:{PASSWORD}@")
        end = ended(f"{address}/0.json.gz", None)
        assert (end.error is None) is (fault is None), end.message
        if end.error is not None:
            assert "0.json.gz" in end.message
            assert str(fault) in end.message
    held(end, PASSWORD)


@pytest.mark.parametrize("fault", [None, 403, 500])
def test_a_signature_in_an_address_is_not_told(fault: int | None, web: Web) -> None:
    (web.folder / "0.json.gz").write_bytes(content("gzip", 0))
    if fault is not None:
        web.server.fail("status", code=fault)
    end = ended(f"{web.url}/0.json.gz?X-Amz-Expires=60&X-Amz-Signature={SIGNATURE}", None)
    assert (end.error is None) is (fault is None), end.message
    held(end, SIGNATURE)


def test_a_pipeline_that_is_sent_on_still_reads(filled: S3Server) -> None:
    bag = satchel.read_ndjson(
        "s3://private/0.json.gz", storage_options=filled.storage_options | OPTIONS
    )
    sent = pickle.loads(pickle.dumps(bag.pluck("n").max()))
    assert run(lambda: sent.compute()).answer == 1499
