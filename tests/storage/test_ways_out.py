"""Ways out to a store, with the options that are given, and the command line on addresses."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from typing import Any

import pytest
from servers import S3_OPEN, S3Server
from servers.fixtures import Web

import satchel as db


@pytest.fixture(scope="module")
def events(s3: S3Server) -> str:
    for number in range(3):
        lines = "".join(json.dumps({"n": n, "k": n % 2}) + "\n" for n in range(number * 10))
        for bucket in ("out", S3_OPEN):
            s3.put(bucket, f"in/{number}.json.gz", gzip.compress(lines.encode()))
    return "s3://out/in/*.json.gz"


def test_text_goes_to_a_store(events: str, s3: S3Server) -> None:
    options = s3.storage_options
    records = db.read_ndjson(events, storage_options=options, files_per_partition=1)
    odd = records.filter(lambda e: e["k"] == 1).map(json.dumps)
    written = odd.to_textfiles("s3://out/text/*.json.gz", storage_options=options)
    assert len(written) == 3
    again = db.read_ndjson("s3://out/text/*.json.gz", storage_options=options)
    assert again.pluck("n").compute() == [n for stop in (10, 20) for n in range(1, stop, 2)]


def test_parquet_goes_to_a_store(events: str, s3: S3Server) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    import fsspec

    options = s3.storage_options
    records = db.read_ndjson(events, storage_options=options, files_per_partition=1)
    records.to_parquet("s3://out/parquet", storage_options=options)
    files = fsspec.filesystem("s3", **options)
    found: list[Any] = []
    for path in sorted(files.glob("s3://out/parquet/*")):
        with files.open(path) as file:
            found += parquet.read_table(file).column("n").to_pylist()
    assert sorted(found) == sorted([*range(10), *range(20)])


def command(*arguments: str, environment: dict[str, str] | None = None) -> Any:
    import os

    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(
        [sys.executable, "-m", "satchel", *arguments],
        capture_output=True,
        text=True,
        env=clean | {"AWS_EC2_METADATA_DISABLED": "true"} | (environment or {}),
    )


def test_the_command_line_reads_addresses(events: str, s3: S3Server, web: Web) -> None:
    ran = command("freq", events, 'e["k"]', environment=s3.environment)
    assert (ran.stdout, ran.stderr, ran.returncode) == ("0\t15\n1\t15\n", "", 0)
    public = f"s3://{S3_OPEN}/in/2.json.gz"
    ran = command("count", public, "-o", "anon=true", "-o", f"endpoint_url={s3.url}")
    assert (ran.stdout, ran.stderr) == ("20\n", "")
    (web.folder / "a.json").write_text('{"n": 1}\n{"n": 2}\n')
    assert command("count", f"{web.url}/a.json", public, "-o", "anon=true").returncode == 1
    assert command("head", "-n", "1", f"{web.url}/a.json").stdout == '{"n": 1}\n'


def test_the_command_line_says_what_is_wrong_in_a_line(s3: S3Server, web: Web) -> None:
    ran = command("count", "s3://out/none-*", environment=s3.environment)
    assert (ran.returncode, ran.stdout) == (2, "")
    said = "s3://out/none-*: nothing matches this pattern (try: satchel count --help)"
    assert ran.stderr == f"satchel count: {said}\n"
    ran = command("count", "s3://out/none.json", environment=s3.environment)
    assert ran.returncode == 1
    assert ran.stderr.startswith("satchel: FileNotFoundError: s3://out/none.json: 404 NoSuchKey")
    ran = command("count", "s3://out/*", "-o", "anon=true", "-o", f"endpoint_url={s3.url}")
    assert ran.returncode == 1
    assert ran.stderr.startswith("satchel: PermissionError: s3://out/: 403 AccessDenied")
    assert ran.stderr.count("\n") == 1
    assert command("count", "s3://out/*", "-o", "anon").returncode == 2
