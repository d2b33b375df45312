"""Which files an address means, and in which order: dask.bag with s3fs is the oracle."""

from __future__ import annotations

import gzip
import json
from typing import Any

import dask
import dask.bag
import pytest
from servers import S3_OPEN, S3Server
from servers.fixtures import Web

import satchel as db

KEYS = (
    "2015-01-01-0.json.gz",
    "2015-01-01-10.json.gz",
    "2015-01-01-2.json.gz",
    "2015-01-02-0.json.gz",
    "2015/a/one.json",
    "2015/b/one.json",
    "2015/b/two.json",
    "a name with spaces + é%20.json",
    "odd/[1].json",
)

PATTERNS: list[Any] = [
    "*.json.gz",
    "2015-01-01-*.json.gz",
    "2015-01-0*-0.json.gz",
    "2015/*/one.json",
    "2015/**/*.json",
    "2015/b/*",
    "**/*.json",
    "2015-01-01-?.json.gz*",
    "2015-01-01-[02]*.json.gz",
    "a name with spaces + é%20.json",
    "2015/b/two.json",
    ["2015/b/two.json", "2015/a/one.json", "2015/b/two.json"],
    ["2015-01-02-*", "2015-01-01-*"],
    ["2015-01-01-?.json.gz", "2015/b/two.json"],
    "nothing-*.json",
    "nowhere/*.json",
]


@pytest.fixture(scope="module")
def bucket(s3: S3Server) -> str:
    for key in KEYS:
        text = (json.dumps(key) + "\n").encode()
        s3.put("names", key, gzip.compress(text) if key.endswith(".gz") else text)
    return "names"


def read(library: Any, urlpath: Any, options: Any) -> Any:
    try:
        with dask.config.set(scheduler="sync"):
            return library.read_text(urlpath, storage_options=options).map(json.loads).compute()
    except (ValueError, FileNotFoundError) as error:
        return type(error)


@pytest.mark.parametrize("pattern", PATTERNS, ids=str)
def test_a_pattern_means_what_it_means_to_s3fs(pattern: Any, bucket: str, s3: S3Server) -> None:
    urlpath = (
        [f"s3://{bucket}/{key}" for key in pattern]
        if isinstance(pattern, list)
        else f"s3://{bucket}/{pattern}"
    )
    expected = read(dask.bag, urlpath, s3.storage_options)
    assert read(db, urlpath, s3.storage_options) == expected


@pytest.mark.parametrize("key", ["missing.json", "2015/b"])
def test_what_is_not_there_is_missing_at_compute(key: str, bucket: str, s3: S3Server) -> None:
    lines = db.read_text(f"s3://{bucket}/{key}", storage_options=s3.storage_options)
    with pytest.raises(FileNotFoundError, match=f"s3://{bucket}/{key}"):
        lines.compute()


def test_a_listing_tells_the_sizes_and_nothing_else_is_asked(bucket: str, s3_faulty: Any) -> None:
    lines = db.read_text(f"s3://{bucket}/2015-*", storage_options=s3_faulty.s3.storage_options)
    assert all(file.size and file.size > 20 for file in lines._plan.files)
    # The listing, and what stands around its end.
    assert ["list-type=2" in asked.query for asked in s3_faulty.proxy.requests()] == [True, True]
    assert f"4 files, {sum(f.size for f in lines._plan.files) / 1e6:,.1f} MB" in str(
        lines.explain()
    )


def test_the_documents_own_calls(bucket: str, s3: S3Server, monkeypatch: Any) -> None:
    """``from_s3`` as it was in 2015: a pattern, a key, a list, with keys, anonymous."""
    endpoint = {"endpoint_url": s3.url}
    keys = {"aws_access_key": s3.key, "aws_secret_key": s3.secret, "storage_options": endpoint}
    everything = db.from_s3(bucket, "2015-*.json.gz", **keys)
    assert everything.npartitions == 4
    assert everything.count().compute() == 4
    one = db.from_s3(bucket, "2015/a/one.json", s3.key, s3.secret, storage_options=endpoint)
    assert one.compute() == ['"2015/a/one.json"\n']
    several = db.from_s3(f"s3://{bucket}/", ["2015/b/two.json", "2015/a/one.json"], **keys)
    assert several.map(json.loads).compute() == ["2015/b/two.json", "2015/a/one.json"]
    s3.put(S3_OPEN, "named/one.json", b"1\n")
    anonymous = db.from_s3(S3_OPEN, "named/*", anon=True, storage_options=endpoint)
    assert anonymous.compute() == ["1\n"]
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    assert db.from_s3(bucket).count().compute() == 5  # `*` does not look into folders.
    with pytest.raises(TypeError, match="connection"):
        db.from_s3(bucket, connection=object())  # type: ignore[arg-type]


def test_patterns_over_http_are_links_of_a_page(web: Web) -> None:
    for name in ("b.json", "a.json", "c.txt"):
        (web.folder / name).write_text(f'"{name}"\n')
    lines = db.read_text(f"{web.url}/*.json")
    assert lines.map(json.loads).compute() == ["a.json", "b.json"]


def test_what_the_kernel_cannot_inflate_fsspec_does(s3: S3Server, web: Web, tmp_path: Any) -> None:
    import bz2
    import lzma

    text = b"".join(b'{"n": %d}\n' % n for n in range(20_000))
    for name, content in {"a.bz2": bz2.compress(text), "a.xz": lzma.compress(text)}.items():
        (tmp_path / name).write_bytes(content)
        (web.folder / name).write_bytes(content)
        s3.put("packed", name, content)
        for urlpath, options in (
            (str(tmp_path / name), {}),
            (f"{web.url}/{name}", {}),
            (f"s3://packed/{name}", s3.storage_options),
        ):
            numbers = db.read_ndjson(urlpath, storage_options=options).pluck("n")
            assert numbers.sum().compute() == sum(range(20_000))
            assert numbers.explain().all_native
            assert f"inflates {name.split('.')[1]}" in str(numbers.explain())
            assert numbers.take(2) == (0, 1)
