"""What a source can do to a mirror: each row ends in the right file or in a clear report."""

from __future__ import annotations

import gzip
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest

from gharchive.archive import Archive
from satchel.errors import MirrorError

HIT = "2015-01-01-1.json.gz"


class Row(NamedTuple):
    """A fault that meets one of three hours, what becomes of the hour, and after how many tries."""

    fault: str
    arguments: dict[str, Any]
    becomes: str
    tries: int
    why: str = ""


ONCE = {"each": 1}

ROWS = {
    "404": Row("status", {"code": 404}, "missing", 2),
    "404 once": Row("status", {"code": 404, **ONCE}, "fetched", 2),
    "410": Row("status", {"code": 410}, "missing", 2),
    "403": Row("status", {"code": 403}, "failed", 1, "403 Forbidden"),
    "429, then fine": Row("status", {"code": 429, **ONCE}, "fetched", 2),
    "500 twice, then fine": Row("status", {"code": 500, "each": 2}, "fetched", 3),
    "503 for ever": Row("status", {"code": 503}, "failed", 4, "503 Service Unavailable (tried 4"),
    "reset before the answer": Row("reset", ONCE, "fetched", 2),
    "reset in the middle": Row("reset", {"after": 3000, **ONCE}, "fetched", 2),
    "reset for ever": Row("reset", {"after": 3000}, "failed", 4, "3,000 bytes of "),
    "short": Row("short", {"after": 3000, **ONCE}, "fetched", 2),
    "short for ever": Row("short", {"after": 3000}, "failed", 4, "3,000 bytes of "),
    "a length too small": Row("understate", {"by": 3}, "damaged", 2, "cut short"),
    "a length too small, once": Row("understate", {"by": 3, **ONCE}, "fetched", 2),
    "HTML with 200": Row("page", ONCE, "fetched", 2),
    "HTML with 200 for ever": Row("page", {}, "failed", 4, "an HTML page in place of the file"),
    "XML with 200": Row("page", {"kind": "xml", **ONCE}, "fetched", 2),
    "XML with 200 for ever": Row("page", {"kind": "xml"}, "failed", 4, "an XML page in place"),
    "no bytes once": Row("page", {"kind": "empty", **ONCE}, "fetched", 2),
    "a corrupt byte": Row("corrupt", {"at": 2000, "count": 1}, "damaged", 2, "corrupt gzip before"),
    "a corrupt byte once": Row("corrupt", {"at": 2000, "count": 1, **ONCE}, "fetched", 2),
    "a corrupt trailer": Row(
        "corrupt", {"at": -2, "count": 1}, "damaged", 2, "corrupt gzip before"
    ),
    "another object": Row("change", {}, "failed", 4, "something that is no gzip in place"),
    "a stall": Row("stall", {"after": 3000, **ONCE}, "fetched", 2),
    "a stall for ever": Row("stall", {"after": 3000}, "failed", 4, "not a byte for 0.3 s"),
    "silence": Row("silence", ONCE, "fetched", 2),
    "silence for ever": Row("silence", {}, "failed", 4, "not a byte for 0.3 s"),
    "a slow drip": Row("drip", {"size": 1, "seconds": 0.05, **ONCE}, "fetched", 2),
    "a slow drip for ever": Row("drip", {"size": 1, "seconds": 0.05}, "failed", 4, "only "),
    "small pieces": Row("drip", {"size": 500, "seconds": 0.001}, "fetched", 1),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_fault(row: Row, archive: Archive) -> None:
    names = archive.has(3)
    arguments = dict(row.arguments)
    if arguments.get("at", 0) < 0:
        arguments["at"] += (archive.folder / HIT).stat().st_size
    archive.server.fail(row.fault, path=f"*{HIT}", **arguments)
    report = archive.mirrored("2015-01-01-0", "2015-01-01-2", timeout=0.3)
    told = getattr(report, row.becomes)
    assert HIT in told
    assert row.why in (told[HIT] if isinstance(told, dict) else "")
    # The others are there in any case, and the hour itself whole or not at all.
    hit = [HIT] if row.becomes == "fetched" else []
    assert archive.there() == [names[0], *hit, names[2]]
    assert archive.asked() == {names[0]: 1, HIT: row.tries, names[2]: 1}
    # The next run, with a source that is well, asks for what is not there and nothing else.
    archive.server.heal()
    archive.server.forget()
    again = archive.mirrored("2015-01-01-0", "2015-01-01-2", again=True)
    assert archive.there() == names
    assert again.fetched == [HIT] * (not hit)
    assert again.is_complete


def test_it_waits_as_long_as_it_is_asked_to_and_all_of_it_does(archive: Archive) -> None:
    names = archive.has(4)
    archive.server.fail("status", code=429, retry_after=1, times=1)
    report = archive.mirrored("2015-01-01-0", "2015-01-01-3", at_once=1)
    assert report.fetched == names
    first, second, *_ = [seen.time for seen in archive.server.requests()]
    assert second - first >= 1


def test_a_date_to_wait_for_is_understood(archive: Archive) -> None:
    from email.utils import formatdate
    from time import time

    archive.has(1)
    archive.server.fail("status", code=503, retry_after=formatdate(time() + 2), times=1)
    assert archive.mirrored().fetched
    first, second = [seen.time for seen in archive.server.requests()]
    assert second - first >= 0.9  # a date of HTTP has no fractions


def test_a_pause_too_long_to_wait_for_ends_the_mirror(archive: Archive) -> None:
    archive.has(2)
    archive.server.fail("status", code=503, retry_after=7200, path="*-1.json.gz")
    with pytest.raises(MirrorError, match=r"503 .* a pause of 120 minutes .*goes on where it is"):
        archive.mirrored("2015-01-01-0", "2015-01-01-1", at_once=1)
    assert archive.there() == ["2015-01-01-0.json.gz"]
    assert len(archive.server.requests()) == 2


def test_a_pause_that_cannot_be_read_is_none(archive: Archive) -> None:
    archive.has(1)
    archive.server.fail("status", code=503, retry_after="soon", times=1)
    assert archive.mirrored().fetched


def test_redirects_are_followed(archive: Archive) -> None:
    archive.has(1)
    (archive.folder / "new").mkdir()
    name = "2015-01-01-0.json.gz"
    (archive.folder / name).rename(archive.folder / "new" / name)
    archive.server.fail("redirect", path=f"/{name}", to=f"/new/{name}", code=301)
    assert archive.mirrored().fetched == [name]
    assert archive.there() == [name]


def test_redirects_without_end_are_not(archive: Archive) -> None:
    archive.has(1)
    archive.server.fail("redirect", to="/2015-01-01-0.json.gz")
    assert archive.mirrored().failed == {"2015-01-01-0.json.gz": "it redirects again and again"}


def test_a_redirect_to_a_page_is_no_file(archive: Archive) -> None:
    archive.has(1)
    (archive.folder / "login").write_text("<html>Who are you?")
    archive.server.fail("redirect", path="*.gz", to="/login")
    (why,) = archive.mirrored().failed.values()
    assert "an HTML page" in why


DAMAGED = {
    "truncated": (lambda whole: whole[:-4000], "cut short"),
    "truncated in the trailer": (lambda whole: whole[:-1], "cut short"),
    "followed by something": (lambda whole: whole + b"<html>", "no gzip follow its end"),
    "a second member cut short": (lambda whole: whole + whole[:30], "cut short"),
}


@pytest.mark.parametrize(("damage", "why"), DAMAGED.values(), ids=DAMAGED)
def test_what_the_source_has_damaged_is_kept_only_when_asked_for(
    damage: Any, why: str, archive: Archive
) -> None:
    (name,) = archive.has(1)
    damaged = damage((archive.made / name).read_bytes())
    (archive.folder / name).write_bytes(damaged)
    report = archive.mirrored()
    assert why in report.damaged[name]
    assert not report.is_complete
    assert archive.there() == []
    archive.server.forget()
    # It is not fetched a third time, until somebody says so.
    assert archive.mirrored().damaged == report.damaged
    assert archive.asked() == {}
    kept = archive.mirrored(keep_damaged=True)
    assert (kept.fetched, kept.damaged, kept.is_complete) == ([name], report.damaged, True)
    assert (archive.to / name).read_bytes() == damaged
    archive.server.forget()
    assert archive.mirrored().present == 1
    assert archive.asked() == {}


PAGES = {
    "a page, compressed": (gzip.compress(b"<!DOCTYPE html><p>Sorry"), "an HTML page, compressed"),
    "a file compressed once more": (gzip.compress(gzip.compress(b"{}")), "gzip once more"),
    "an error in JSON": (b'{"message": "rate limit"}', "something that is no gzip"),
    "one byte": (b"\x1f", "cut short"),
}


@pytest.mark.parametrize(("content", "why"), PAGES.values(), ids=PAGES)
def test_what_is_no_file_of_events_is_not_kept_at_all(
    content: bytes, why: str, archive: Archive
) -> None:
    (name,) = archive.has(1)
    (archive.folder / name).write_bytes(content)
    report = archive.mirrored()
    assert why in {**report.failed, **report.damaged}[name]
    assert archive.there() == []


def test_an_hour_of_no_bytes_is_asked_for_twice_kept_and_told(archive: Archive) -> None:
    name = "2015-01-01-0.json.gz"
    (archive.folder / name).write_bytes(b"")
    report = archive.mirrored()
    assert (report.fetched, report.empty, report.is_complete) == ([name], [name], True)
    assert (archive.to / name).read_bytes() == b""
    assert archive.asked() == {name: 2}
    assert archive.mirrored().present == 1
    assert archive.asked() == {name: 2}


class Plain(BaseHTTPRequestHandler):
    """Answers without saying how long the answer is, in the ways that HTTP has for that."""

    content = b""

    def do_GET(self) -> None:
        way = self.path.split("/")[1]
        self.protocol_version = "HTTP/1.1" if way.startswith("chunks") else "HTTP/1.0"
        self.send_response(200)
        if way.startswith("chunks"):
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        body = {"nothing": b"", "half": self.content[:3000]}.get(way, self.content)
        if way.startswith("chunks"):
            for start in range(0, len(body), 1000):
                piece = body[start : start + 1000]
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            if way == "chunks":
                self.wfile.write(b"0\r\n\r\n")
        else:
            self.wfile.write(body)
        self.close_connection = True

    def log_message(self, format: str, *arguments: object) -> None:
        pass


LENGTHLESS = {
    "whole": "",
    "chunks": "",
    "chunks-cut": "bytes came, then: ",
    "half": "cut short",
    "nothing": "nothing came, and the source did not say how much should",
}


@pytest.mark.parametrize("way", LENGTHLESS)
def test_an_answer_that_does_not_say_how_long_it_is(way: str, archive: Archive) -> None:
    (name,) = archive.has(1)

    class Handler(Plain):
        content = (archive.made / name).read_bytes()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        report = archive.mirrored(source=f"http://127.0.0.1:{server.server_port}/{way}")
        server.shutdown()
    whole = way in ("whole", "chunks")
    assert archive.there() == [name] * whole
    assert report.fetched == [name] * whole
    assert LENGTHLESS[way] in {**report.failed, **report.damaged}.get(name, "")


def test_nobody_listens(archive: Archive) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    report = archive.mirrored(source=f"http://127.0.0.1:{port}")
    assert report.failed == {"2015-01-01-0.json.gz": "Connection refused (tried 4 times)"}
    with pytest.raises(
        MirrorError, match=r"10 hours in a row could not be had from http://127.*ref"
    ):
        archive.mirrored("2015-01-01", source=f"http://127.0.0.1:{port}")


def test_a_host_that_nobody_knows(archive: Archive) -> None:
    (why,) = archive.mirrored(source="http://no-such-host.invalid", tries=1).failed.values()
    assert why == "the name of the host is not known (tried 1 times)"
