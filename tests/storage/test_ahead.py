"""What is asked of a server, and when: ahead of the kernel, within a bound, as it is read."""

from __future__ import annotations

import contextlib
import gzip
import http.server
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from servers import FaultyServer
from servers.control import Seen
from servers.fixtures import Faulty, Web

import satchel as db
from satchel.errors import ChangedError
from satchel.plan.nodes import File
from satchel.storage import Ahead, ahead
from satchel.storage.failures import Stopped
from satchel.storage.line import Wire
from satchel.storage.web import Web as WebStore

MIB = 1 << 20
ROWS = 60_000


@pytest.fixture(scope="module")
def content() -> bytes:
    """Lines that hardly compress: 24 MiB and some."""
    dice = random.Random(5)
    return b"".join(
        b'{"n": %d, "x": "%0400x"}\n' % (n, dice.getrandbits(1600)) for n in range(ROWS)
    )


@pytest.fixture
def large(web: Web, content: bytes) -> str:
    (web.folder / "large.json").write_bytes(content)
    return f"{web.url}/large.json"


def ranges(server: FaultyServer) -> list[tuple[int, int]]:
    found = []
    for seen in server.requests():
        assert seen.range is not None
        start, end = seen.range.removeprefix("bytes=").split("-")
        found.append((int(start), int(end) + 1))
    return found


def gets(proxy: FaultyServer) -> list[Seen]:
    return [seen for seen in proxy.requests() if "list-type" not in seen.query]


def test_a_large_file_comes_in_parts_of_one_version(large: str, web: Web, content: bytes) -> None:
    assert db.read_text(large).count().compute() == ROWS
    asked = sorted(ranges(web.server))
    assert [start for start, _ in asked] == [0, 8 * MIB, 16 * MIB, 24 * MIB]
    assert all(end - start <= 8 * MIB for start, end in asked)
    _first, *others = web.server.requests()
    headers = [{name.lower(): v for name, v in seen.headers.items()} for seen in others]
    assert all(header["if-match"] for header in headers)


def test_a_file_that_changes_is_an_error_and_no_mixture(large: str, web: Web) -> None:
    web.server.fail("change", header={"Range": "bytes=8388608-*"})
    with pytest.raises(ChangedError, match=large):
        db.read_text(large).count().compute()


class Careless(http.server.BaseHTTPRequestHandler):
    """Knows parts, and no preconditions; what it serves is another file at each request."""

    header = "ETag"

    def do_GET(self) -> None:
        start, end = map(int, self.headers["Range"].removeprefix("bytes=").split("-"))
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {start}-{end}/{20 * MIB}")
        self.send_header("Content-Length", str(end + 1 - start))
        dates = ("Thu, 01 Jan 2015 00:00:00 GMT", "Fri, 02 Jan 2015 00:00:00 GMT")
        values = ('"one"', '"two"') if self.header == "ETag" else dates
        self.send_header(self.header, values[start > 0])
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(b"1\n" * ((end + 1 - start) // 2))

    def log_message(self, *_: Any) -> None:
        pass


@pytest.mark.parametrize("header", ["ETag", "Last-Modified"])
def test_a_server_that_knows_no_preconditions_is_held_to_one_version(header: str) -> None:
    handler = type("Handler", (Careless,), {"header": header})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            url = f"http://127.0.0.1:{server.server_port}/one.json"
            with pytest.raises(ChangedError, match=url):
                db.read_text(url).count().compute()
        finally:
            server.shutdown()


def test_a_server_that_knows_no_parts_sends_all(large: str, web: Web) -> None:
    web.server.fail("ignore_range")
    assert db.read_ndjson(large).pluck("n").sum().compute() == sum(range(ROWS))
    assert len(web.server.requests()) == 1


def test_a_server_that_forgets_about_parts(large: str, web: Web) -> None:
    """Of the whole object, no more is taken than the part that was asked for."""
    web.server.fail("ignore_range", header={"Range": "bytes=8388608-*"})
    assert db.read_ndjson(large).pluck("n").sum().compute() == sum(range(ROWS))


def test_a_server_that_knows_no_parts_and_breaks_off(large: str, web: Web) -> None:
    """It is asked again, and what had come is passed over."""
    web.server.fail("short", after=5 * MIB, times=1, header={"Range": "*"})
    web.server.fail("ignore_range")
    assert db.read_ndjson(large).pluck("n").sum().compute() == sum(range(ROWS))


def test_the_first_lines_are_all_that_is_fetched_for_them(
    large: str, content: bytes, s3_faulty: Faulty
) -> None:
    for name in "ab":
        s3_faulty.s3.put("lines", f"{name}.json.gz", gzip.compress(content, 1))
    options = s3_faulty.s3.storage_options
    lines = db.read_text("s3://lines/*.json.gz", storage_options=options)
    s3_faulty.proxy.forget()
    assert len(lines.take(3)) == 3
    (seen,) = s3_faulty.proxy.requests()
    assert seen.path.endswith("a.json.gz")
    assert seen.range == "bytes=0-262143"
    assert lines.count().compute() == 2 * ROWS
    # More than the first piece has, but not all there is.
    s3_faulty.proxy.forget()
    assert len(lines.take(3000)) == 3000
    assert all(seen.path.endswith("a.json.gz") for seen in s3_faulty.proxy.requests())
    assert ranges(s3_faulty.proxy)[-1][1] < 4 * MIB


def test_files_are_fetched_ahead_within_a_bound(web: Web) -> None:
    """While nobody reads, no more is asked for than may be in flight."""
    size = 3 * MIB
    for number in range(40):
        (web.folder / f"{number:02}.json").write_bytes(b"\n" * size)
    store = WebStore({}, Wire())
    files = [(File(f"{web.url}/{n:02}.json", None, store, size), store) for n in range(40)]
    fetching = Ahead(files, lambda: False)
    try:
        origin = fetching.origin(0)
        assert origin is not None
        feed = origin.open(False)
        before = -1
        while before != (before := len(web.server.requests())):
            time.sleep(1)
        assert 10 < before <= ahead.IN_FLIGHT // size
        paths = sorted(seen.path for seen in web.server.requests())
        assert paths == [f"/{n:02}.json" for n in range(before)]
        total = 0
        while chunk := feed.read():
            total += len(chunk)
        feed.close()
        assert total == size
    finally:
        fetching.close()
    assert not ours()


def ours() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "satchel-ahead"]


@pytest.mark.parametrize("scheduler", [None, "threads", "sync"])
def test_threads_end_with_the_run(scheduler: Any, s3_faulty: Faulty) -> None:
    for number in range(8):
        s3_faulty.s3.put("ends", f"{number}.json", b'{"n": 1}\n' * 1000)
    source = db.read_ndjson("s3://ends/*", storage_options=s3_faulty.s3.storage_options)
    assert source.pluck("n").sum().compute(scheduler=scheduler) == 8000
    with pytest.raises(KeyError):
        source.map(lambda e: e["no"]).compute(scheduler=scheduler)
    assert len(source.take(2)) == 2
    s3_faulty.proxy.fail("status", path="*3.json*", code=403)
    with pytest.raises(PermissionError, match=r"s3://ends/3\.json: 403 AccessDenied"):
        source.pluck("n").sum().compute(scheduler=scheduler)
    deadline = time.monotonic() + 10  # Dask's own threads may still be at other partitions.
    while ours() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not ours()


def test_threads_end_while_a_server_says_nothing(web: Web) -> None:
    store = WebStore({}, Wire())
    for fault in ("silence", "stall"):
        (web.folder / f"{fault}.json").write_bytes(b"1\n" * 1000)
        web.server.fail(fault, path=f"/{fault}.json")
    for fault in ("silence", "stall"):
        fetching = Ahead([(File(f"{web.url}/{fault}.json", None, store), store)], lambda: False)
        opening = threading.Thread(target=fails, args=(fetching,), daemon=True)
        opening.start()
        while not any(seen.path == f"/{fault}.json" for seen in web.server.requests()):
            time.sleep(0.05)
        fetching.close()
        assert not ours()
        opening.join(5)
        assert not opening.is_alive()


def fails(fetching: Ahead) -> None:
    origin = fetching.origin(0)
    assert origin is not None
    with pytest.raises(Stopped):
        b"".join(iter(origin.open(False).read, b""))


def test_a_body_that_breaks_off_is_gone_on_with(large: str, web: Web) -> None:
    web.server.fail("short", after=3 * MIB, times=1, header={"Range": "bytes=8388608-*"})
    web.server.fail("reset", after=MIB, times=1, header={"Range": "bytes=0-*"})
    assert db.read_ndjson(large).pluck("n").sum().compute() == sum(range(ROWS))
    starts = [start for start, _ in ranges(web.server)]
    assert 11 * MIB in starts  # from where it broke, and not from the start
    assert len(starts) == 6


def test_who_asks_to_be_left_alone_is(web: Web) -> None:
    (web.folder / "one.json").write_text("1\n")
    web.server.fail("status", code=429, retry_after=1, times=1)
    assert db.read_text(f"{web.url}/one.json").compute() == ["1\n"]
    first, second = web.server.requests()
    assert second.time - first.time >= 1


def test_silence_is_a_timeout_and_then_another_attempt(web: Web) -> None:
    (web.folder / "one.json").write_text("1\n")
    web.server.fail("silence", times=1)
    web.server.fail("stall", after=1, times=1)
    options = {"client_kwargs": {"timeout": 0.5}}
    assert db.read_text(f"{web.url}/one.json", storage_options=options).compute() == ["1\n"]
    assert len(web.server.requests()) == 3


def test_what_fails_for_good_says_where_and_why(web: Web) -> None:
    (web.folder / "one.json").write_text("1\n")
    url = f"{web.url}/one.json"
    web.server.fail("status", code=500)
    with pytest.raises(OSError, match=rf"{url}: 500 InternalError.* \(8 attempts\)"):
        db.read_text(url).compute()
    assert len(web.server.requests()) == 8
    web.server.heal()
    with pytest.raises(ConnectionError, match="no connection"):
        db.read_text("http://127.0.0.1:9/one.json").compute()


def test_a_page_in_place_of_a_file_is_named(web: Web) -> None:
    url = f"{web.url}/one.json.gz"
    (web.folder / "one.json.gz").write_bytes(gzip.compress(b"1\n"))
    web.server.fail("page")
    with pytest.raises(gzip.BadGzipFile) as raised:
        db.read_text(url).compute()
    assert any(url in note for note in raised.value.__notes__)


SCRIPT = """
import json, sys
import satchel as db

if __name__ == "__main__":
    lines = db.read_text(sys.argv[1:]).map(json.loads)
    print("started", flush=True)
    try:
        lines.pluck("n").sum().compute({arguments})
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
@pytest.mark.parametrize("arguments", ["", "scheduler='threads'", "scheduler='sync'"])
@pytest.mark.parametrize("fault", ["silence", "stall"])
def test_ctrl_c_while_the_network_says_nothing(
    fault: str, arguments: str, web: Web, tmp_path: Path
) -> None:
    for number in range(4):
        (web.folder / f"{number}.json").write_bytes(b'{"n": 1}\n' * 100_000)
    web.server.fail(fault, path="/[123].json")
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(arguments=arguments))
    child = subprocess.Popen(
        [sys.executable, str(script), *(f"{web.url}/{number}.json" for number in range(4))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == "started\n"
        while not any(seen.fault for seen in web.server.requests()):
            time.sleep(0.05)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=10)  # Silence alone would take twenty seconds.
    finally:
        child.kill()
        child.communicate()
    assert out == "interrupted\n"
    assert err == ""
