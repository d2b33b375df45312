"""Real servers for tests and benchmarks: processes of their own, on loopback, on free ports.

An S3 server with authentication, and an HTTP server that fails on command, alone or in front of
another server. Fixtures are in ``servers.fixtures``: `s3` and `s3_faulty` (one server a session,
and a proxy before it), `web` (a folder over HTTP, emptied for each test)::

    with s3_server() as s3:
        s3.put("bucket", "day/0.json.gz", content)  # makes the bucket, too
        db.read_text("s3://bucket/day/*", storage_options=s3.storage_options)
        with faulty_server(upstream=s3.url) as proxy:  # signatures stay valid
            behind = s3.behind(proxy)  # the same, by way of the proxy
            proxy.fail("status", path="*.gz*", code=503, retry_after=1, times=2)
            db.read_text("s3://bucket/day/*", storage_options=behind.storage_options).compute()
            proxy.requests()  # method, path, range, headers, when, what was answered

    with faulty_server(folder=path) as web:  # an Apache-like folder, with ranges and ETags
        web.fail("short", after=1000, each=1)  # the first answer for each path breaks off
        db.read_text(f"{web.url}/0.json.gz")

`S3_OPEN` is a bucket that anonymous clients may read. The faults are listed in ``servers.faults``.
"""

from servers.control import FaultyServer, faulty_server
from servers.s3 import OPEN as S3_OPEN
from servers.s3 import S3Server, s3_server

__all__ = ["S3_OPEN", "FaultyServer", "S3Server", "faulty_server", "s3_server"]
