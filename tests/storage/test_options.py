"""Storage options as s3fs takes them, and the credentials of the environment and of profiles."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from servers import S3_OPEN, S3Server
from servers.fixtures import Web
from servers.s3 import REGION

import satchel as db
from satchel.storage.s3_options import Access, access


@pytest.fixture(scope="module")
def url(s3: S3Server) -> str:
    s3.put("options", "one.json", b"1\n2\n")
    s3.put(S3_OPEN, "options.json", b"3\n")
    return "s3://options/*.json"


def lines(url: str, **options: Any) -> list[str]:
    found: list[str] = db.read_text(url, storage_options=options).compute()
    return found


def test_each_way_to_write_the_same(url: str, s3: S3Server) -> None:
    keys = {"key": s3.key, "secret": s3.secret}
    client_keys = {"aws_access_key_id": s3.key, "aws_secret_access_key": s3.secret}
    ways: list[dict[str, Any]] = [
        keys | {"endpoint_url": s3.url},
        keys | {"client_kwargs": {"endpoint_url": s3.url}},
        {"username": s3.key, "password": s3.secret, "endpoint_url": s3.url},
        {"client_kwargs": client_keys | {"endpoint_url": s3.url, "region_name": REGION}},
        keys | {"endpoint_url": s3.url, "config_kwargs": {"s3": {"addressing_style": "path"}}},
        keys | {"endpoint_url": s3.url, "use_ssl": False, "default_block_size": 1 << 20},
        keys | {"endpoint_url": s3.url, "requester_pays": True},
        keys | {"endpoint_url": s3.url, "config_kwargs": {"signature_version": "s3v4"}},
    ]
    for options in ways:
        found = db.read_text(url, storage_options=options)
        assert "satchel's S3 client" in str(found.explain()), options
        assert found.compute() == ["1\n", "2\n"], options


def test_anonymous(url: str, s3: S3Server) -> None:
    assert lines(f"s3://{S3_OPEN}/options*", anon=True, endpoint_url=s3.url) == ["3\n"]
    with pytest.raises(PermissionError, match=r"s3://options/one\.json: 403 AccessDenied"):
        lines("s3://options/one.json", anon=True, endpoint_url=s3.url)
    with pytest.raises(PermissionError, match="s3://options/"):
        lines(url, anon=True, endpoint_url=s3.url)


def test_a_wrong_key_is_a_permission_error(url: str, s3: S3Server) -> None:
    wrong = {"key": s3.key, "secret": "not the secret", "endpoint_url": s3.url}
    with pytest.raises(PermissionError, match="SignatureDoesNotMatch"):
        lines("s3://options/one.json", **wrong)
    with pytest.raises(PermissionError, match="s3://options/"):
        lines(url, **wrong)


def test_the_environment(url: str, s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    assert lines(url) == ["1\n", "2\n"]
    assert lines("s3://options/one.json") == ["1\n", "2\n"]
    # A session token that belongs to other keys is not sent along with those that are named.
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "SOMEBODYELSE")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "somebody else's token")
    assert lines(url, key=s3.key, secret=s3.secret) == ["1\n", "2\n"]


def test_profiles(url: str, s3: S3Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    credentials, config = tmp_path / "credentials", tmp_path / "config"
    credentials.write_text(
        f"[default]\naws_access_key_id = nobody\naws_secret_access_key = none\n"
        f"[work]\naws_access_key_id = {s3.key}\naws_secret_access_key = {s3.secret}\n"
    )
    config.write_text(
        f"[profile work]\nregion = {REGION}\nendpoint_url = {s3.url}\n"
        f"[profile by-process]\ncredential_process = {_prints(s3, tmp_path)}\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    assert lines(url, profile="work") == ["1\n", "2\n"]
    monkeypatch.setenv("AWS_PROFILE", "work")
    assert lines(url) == ["1\n", "2\n"]
    # What has to be fetched, botocore fetches.
    assert lines(url, profile="by-process", endpoint_url=s3.url) == ["1\n", "2\n"]
    with pytest.raises(ValueError, match="'none such' is in neither"):
        lines(url, profile="none such")


def _prints(s3: S3Server, folder: Path) -> str:
    script = folder / "keys.sh"
    script.write_text(
        "#!/bin/sh\n"
        f'echo \'{{"Version": 1, "AccessKeyId": "{s3.key}",\'\n'
        f'echo \'"SecretAccessKey": "{s3.secret}"}}\'\n'
    )
    script.chmod(0o700)
    return str(script)


def test_no_credentials_at_all(url: str, s3: S3Server) -> None:
    with pytest.raises(PermissionError, match=r"no credentials.*'anon': True"):
        lines("s3://options/one.json", endpoint_url=s3.url)


def test_what_only_s3fs_knows_goes_to_s3fs(url: str, s3: S3Server) -> None:
    options = s3.storage_options | {"s3_additional_kwargs": {"RequestPayer": "requester"}}
    found = db.read_text(url, storage_options=options)
    assert "fsspec's S3FileSystem" in str(found.explain())
    assert found.compute() == ["1\n", "2\n"]


def test_every_option_of_s3fs_is_known_or_named() -> None:
    """None is passed over in silence."""
    import inspect

    from s3fs import S3FileSystem

    for name in set(inspect.signature(S3FileSystem.__init__).parameters) - {"self", "kwargs"}:
        told = access({name: None})
        assert isinstance(told, Access) or told.startswith(name)
    assert access({"no_such_option": 1}) == "no_such_option"
    assert access({"client_kwargs": {"api_version": "1"}}) == "client_kwargs: api_version"
    assert access({"config_kwargs": {"proxies": {}}}) == "config_kwargs: proxies"
    assert access({"config_kwargs": {"s3": {"use_dualstack_endpoint": True}}}) == (
        "config_kwargs: s3: use_dualstack_endpoint"
    )


def test_options_of_http(web: Web) -> None:
    (web.folder / "one.json").write_text("1\n")
    url = f"{web.url}/one.json"
    for options in (
        {"headers": {"X-Test": "yes"}},
        {"client_kwargs": {"headers": {"X-Test": "yes"}, "timeout": 5}},
        {"headers": {"X-Test": "yes"}, "block_size": 100, "ssl": True},
    ):
        web.server.forget()
        assert lines(url, **options) == ["1\n"]
        (seen,) = web.server.requests()
        assert {name.lower(): value for name, value in seen.headers.items()}["x-test"] == "yes"
    assert "fsspec's HTTPFileSystem" in str(
        db.read_text(url, storage_options={"encoded": True}).explain()
    )
    web.server.forget()
    assert lines(url.replace("http://", "http://ann:p%40w@")) == ["1\n"]
    (seen,) = web.server.requests()
    assert seen.headers["authorization"] == "Basic YW5uOnBAdw=="


def test_a_hundred_thousand_files_have_one_store(url: str, s3: S3Server) -> None:
    source = db.read_text(
        [f"s3://options/{n}" for n in range(1000)], storage_options=s3.storage_options
    )
    assert len({id(file.store) for file in source._plan.files}) == 1
    sent = pickle.dumps(source._plan)
    assert sent.count(s3.secret.encode()) == 1
    assert len({id(file.store) for file in pickle.loads(sent).files}) == 1
