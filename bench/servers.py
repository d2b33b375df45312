"""The servers of the tests, with the day on one of them, for `promises.storage`."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from bench.datasets import DataSet

TESTS = Path(__file__).parents[1] / "tests"
DAY = "day"
MANY = "many"
LATE = 0.05
"""Seconds that the late server adds to each answer."""


class Servers(NamedTuple):
    """Storage options for the server, and for it behind a proxy that is prompt or late."""

    direct: dict[str, Any]
    native: dict[str, Any]
    prompt: dict[str, Any]
    late: dict[str, Any]


@contextlib.contextmanager
def servers(data: DataSet) -> Iterator[Servers]:
    """Run a server with the files of `data` in the bucket `DAY`, and two proxies before it."""
    if str(TESTS) not in sys.path:
        sys.path.append(str(TESTS))
    from servers import faulty_server, s3_server

    with (
        s3_server() as s3,
        faulty_server(upstream=s3.url) as prompt,
        faulty_server(upstream=s3.url) as late,
    ):
        for path in map(Path, data.paths):
            s3.put(DAY, path.name, path.read_bytes())
        s3.bucket(MANY)
        late.fail("delay", seconds=LATE)
        yield Servers(
            s3.storage_options,
            s3.obstore_options,
            s3.behind(prompt).storage_options,
            s3.behind(late).storage_options,
        )
