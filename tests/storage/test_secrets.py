"""What may not be shown is not: in errors and notes, in names, in what explains and in reprs."""

from __future__ import annotations

import json
import logging
import traceback
from typing import Any

import dask
import pytest
from servers import S3Server
from servers.fixtures import Web

import satchel as db
from satchel.storage.address import shown

TOKEN = "a-session-token/of=the+tests"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("s3://bucket/a?b.json", "s3://bucket/a?b.json"),
        ("https://host/a.gz", "https://host/a.gz"),
        ("https://host:8/a.gz?part=2&sig=abc", "https://host:8/a.gz?part=2&sig=***"),
        ("https://u:p@host/a@b.gz", "https://***@host/a@b.gz"),
        ("ftp://u:p@host/a", "ftp://***@host/a"),
        (
            "https://h/a?X-Amz-Credential=AK%2F1&X-Amz-Date=2",
            "https://h/a?X-Amz-Credential=***&X-Amz-Date=2",
        ),
        (f"https://h/a?odd={'x' * 60}", "https://h/a?odd=***"),
        ("https://h/a?token", "https://h/a?token"),
    ],
)
def test_an_address_is_shown_without_rights(url: str, expected: str) -> None:
    assert shown(url) == expected


def everything_said(bag: Any) -> str:
    """All that somebody who looks at a bag may see, and at what goes wrong with it."""
    said = [repr(bag), str(bag), bag.name, str(bag.explain()), repr(bag._plan.files[0])]
    said += [repr(key) for key in bag.__dask_graph__()]
    said += [repr(bag._plan.files[0].store), repr(next(iter(bag.__dask_graph__().values())))]
    for query in (bag, bag.map(json.loads), bag.map(json.loads).map(lambda e: e["no such key"])):
        for scheduler in ("default", "threads", "sync"):
            try:
                with dask.config.set({} if scheduler == "default" else {"scheduler": scheduler}):
                    query.compute()
            except Exception as error:  # noqa: BLE001 (whatever it is, it is looked at)
                said += ["".join(traceback.format_exception(error)), repr(error)]
    return "\n".join(said)


def test_keys_are_not_shown(s3: S3Server, caplog: pytest.LogCaptureFixture, capfd: Any) -> None:
    s3.put("secrets", "one.json", b'{"n": 1}\n')
    s3.put("secrets", "bad.json.gz", b"<html>")
    caplog.set_level(logging.DEBUG)
    right = {"key": s3.key, "secret": s3.secret, "endpoint_url": s3.url}
    wrong = right | {"key": "WRONGKEYID", "secret": "wrong-secret-key", "token": TOKEN}
    said = ""
    for options in (right, wrong):
        for name in ("one.json", "bad.json.gz", "missing.json"):
            said += everything_said(db.read_text(f"s3://secrets/{name}", storage_options=options))
    try:
        db.read_text("s3://secrets/*", storage_options=wrong)
    except PermissionError as error:
        said += "".join(traceback.format_exception(error))
    said += "\n".join(record.getMessage() for record in caplog.records)
    said += "".join(capfd.readouterr())
    assert "KeyError" in said
    assert "FileNotFoundError" in said
    assert "BadGzipFile" in said
    assert "PermissionError" in said
    assert "s3://secrets/missing.json" in said
    assert "X-Amz-Signature=***" in said  # urllib3's log has each request
    for secret in (s3.secret, s3.key, "WRONGKEYID", "wrong-secret-key", "a-session-token"):
        assert secret not in said


def test_passwords_and_signatures_of_addresses_are_not_shown(web: Web) -> None:
    (web.folder / "one.json").write_text('{"n": 1}\n')
    (web.folder / "bad.json.gz").write_text("<html>")
    host = web.url.removeprefix("http://")
    said = ""
    for name in ("one.json", "bad.json.gz", "missing.json"):
        signed = f"http://ann:hunter22@{host}/{name}?X-Amz-Signature=0f1e2d3c&part=1"
        said += everything_said(db.read_text(signed))
    web.server.fail("status", code=403)
    said += everything_said(db.read_text(f"{web.url}/one.json?sig=0f1e2d3c"))
    assert "hunter22" not in said
    assert "0f1e2d3c" not in said
    assert f"http://***@{host}/bad.json.gz?X-Amz-Signature=***&part=1" in said
    assert "PermissionError" in said


def test_two_addresses_that_look_alike_are_two_files(web: Web) -> None:
    (web.folder / "one.json").write_text("1\n")
    urls = [f"{web.url}/one.json?sig={sig}" for sig in ("first-one", "another")]
    bag = db.read_text([*urls, urls[0]])
    assert len({file.path for file in bag._plan.files}) == 2
    assert bag.compute() == ["1\n"] * 3
    assert {seen.query for seen in web.server.requests()} == {"sig=first-one", "sig=another"}
