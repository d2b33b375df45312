"""What is not installed is named, with what to install; what can read in its place does."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from servers import S3Server

import satchel as db


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Any:
    def take_away(*modules: str) -> None:
        for module in modules:
            monkeypatch.setitem(sys.modules, module, None)

    return take_away


def test_s3fs_reads_where_obstore_is_missing(s3: S3Server, without: Any) -> None:
    s3.put("missing", "one.json", b'{"n": 1}\n')
    without("obstore")
    numbers = db.read_ndjson("s3://missing/*.json", storage_options=s3.storage_options).pluck("n")
    assert "fsspec's S3FileSystem" in str(numbers.explain())
    assert numbers.explain().all_native
    assert numbers.sum().compute() == 1


def test_without_both_it_is_said_what_to_install(without: Any) -> None:
    without("obstore", "s3fs")
    with pytest.raises(ImportError, match=r"pip install 'satchel\[s3\]'"):
        db.read_text("s3://bucket/one.json")


def test_an_option_that_only_s3fs_knows_asks_for_s3fs(without: Any) -> None:
    without("s3fs")
    with pytest.raises(ImportError, match=r"'s3_additional_kwargs'.*pip install s3fs"):
        db.read_text("s3://b/one.json", storage_options={"s3_additional_kwargs": {"x": 1}})


def test_what_dask_bag_reads_asks_for_s3fs() -> None:
    # A process of its own: fsspec remembers what it has imported.
    script = (
        "import sys; sys.modules['s3fs'] = None; import satchel as db\n"
        "db.read_text('s3://bucket/one.json', blocksize=1000)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    last = ran.stderr.splitlines()[-1]
    assert last.startswith("ImportError: blocksize, another encoding")
    assert last.endswith("(try: pip install s3fs, for S3)")


def test_patterns_over_http_ask_for_aiohttp(without: Any) -> None:
    without("aiohttp")
    with pytest.raises(ImportError, match="pip install aiohttp"):
        db.read_text("http://127.0.0.1:9/*.json")
