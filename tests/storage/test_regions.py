"""A bucket that is in another region than was thought: AWS says where, and there it is read."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

import satchel as db

HOME = "eu-west-1"
LISTING = b"""<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult><Name>far</Name><IsTruncated>false</IsTruncated><Contents><Key>one.json</Key>
<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"1"</ETag><Size>2</Size></Contents>
</ListBucketResult>"""


class Far(http.server.BaseHTTPRequestHandler):
    """Answers as AWS does where a request is signed for another region, or not at all."""

    asked: list[str]

    def do_GET(self) -> None:
        signed = self.headers.get("Authorization", "") + self.path
        self.asked.append(signed)
        body, status = b"1\n", 200
        if HOME not in signed:
            body, status = b"<Error><Code>PermanentRedirect</Code></Error>", 301
        elif "list-type" in urlsplit(self.path).query:
            body = LISTING
        self.send_response(status)
        self.send_header("x-amz-bucket-region", HOME)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def far() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    handler = type("Handler", (Far,), {"asked": asked})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


@pytest.mark.parametrize("key", ["one.json", "*.json"])
def test_a_bucket_is_read_where_it_is(key: str, far: tuple[str, list[str]]) -> None:
    url, asked = far
    options = {"key": "AKID", "secret": "secret", "endpoint_url": url}
    assert db.read_text(f"s3://far/{key}", storage_options=options).compute() == ["1\n"]
    assert HOME not in asked[0]
    assert HOME in asked[-1]
