"""Large objects are read in parts: the answers of the whole, and what is asked for of each."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest
from conformance.schedulers import Schedulers
from partitions.files import bgzip
from servers import FaultyServer, S3Server

import satchel as db
from satchel.bag import Bag
from satchel.plan.nodes import Text

ROWS = 20_000
KIB = 1 << 10


@pytest.fixture(scope="module")
def content() -> bytes:
    dice = random.Random(9)
    return b"".join(
        b'{"n": %d, "x": "%0200x"}\r\n' % (n, dice.getrandbits(800)) for n in range(ROWS)
    )


def records(s3: S3Server, key: str, stored: bytes, endpoint: str, blocksize: int) -> Bag:
    s3.put("parts", key, stored)
    options = {**s3.storage_options, "client_kwargs": {"endpoint_url": endpoint}}
    # A pattern is listed, and a list has sizes.
    return db.read_ndjson(f"s3://parts/{key}*", storage_options=options, blocksize=blocksize)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("scheduler", ["default", "sync", "processes", "client"])
def test_the_answers_of_the_whole(
    s3: S3Server, schedulers: Schedulers, content: bytes, packed: bool, scheduler: str
) -> None:
    stored = bgzip(content, random.Random(1)) if packed else content
    key = f"{scheduler}.json.gz" if packed else f"{scheduler}.json"
    bag = records(s3, key, stored, s3.url, 700 * KIB)
    assert bag.npartitions > 3
    with schedulers.use(scheduler):
        assert bag.pluck("n").compute() == list(range(ROWS))
        assert bag.map(lambda e: (e["n"] + 1) * 10**15).max().compute() == ROWS * 10**15
        with pytest.raises(ZeroDivisionError) as caught:
            bag.map(lambda e: 1 // (e["n"] - 15_000)).sum().compute()
    offset = content.index(b'{"n": 15000')
    assert f"{key}, line 15001, byte {offset} (inflated)" in caught.value.__notes__[1]


def test_what_is_asked_for(s3: S3Server, proxy: FaultyServer, content: bytes) -> None:
    bag = records(s3, "asked.json", content, proxy.url, 1000 * KIB)
    proxy.heal()
    proxy.forget()
    assert bag.count().compute() == ROWS
    ranges = [_range(seen) for seen in proxy.requests() if seen.range]
    assert isinstance(bag._plan.parent, Text)  # type: ignore[union-attr]
    starts = [(file.span or (0, None))[0] for file in bag._plan.parent.files]  # type: ignore[union-attr]
    assert set(starts) <= {start for start, _ in ranges}
    # Of each part no more is read than the part, and a little for the end of its last line.
    assert sum(end - start for start, end in ranges) <= len(content) + len(starts) * 256 * KIB


def _range(seen: Any) -> tuple[int, int]:
    start, end = seen.range.removeprefix("bytes=").split("-")
    return int(start), int(end) + 1


def test_zstd_is_the_kernels(s3: S3Server, content: bytes) -> None:
    zstd = pytest.importorskip(
        "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
    )
    bag = records(s3, "a.jsonl.zst", zstd.compress(content), s3.url, 100 * KIB)
    assert bag.npartitions == 1
    assert "inflates" not in str(bag.explain())
    assert bag.pluck("n").sum().compute() == sum(range(ROWS))


def test_what_fsspec_inflates_is_not_cut_up(tmp_path: Path, content: bytes) -> None:
    import bz2

    path = tmp_path / "a.json.bz2"
    path.write_bytes(bz2.compress(content))
    bag = db.read_ndjson(str(path), blocksize=100 * KIB)
    assert bag.npartitions == 1
    assert json.dumps(bag.pluck("n").compute()) == json.dumps(list(range(ROWS)))
