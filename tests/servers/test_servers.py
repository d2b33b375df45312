"""The servers do what the tests that use them take for granted."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest

from servers import S3_OPEN, S3Server
from servers.fixtures import Faulty, Web

CONTENT = bytes(range(256)) * 40


def asked(
    url: str, path: str, headers: dict[str, str] | None = None, patience: float = 5
) -> tuple[int, dict[str, str], bytes]:
    """Ask once, over a connection of its own, and retry nothing."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=patience)
    try:
        connection.request("GET", path, headers=headers or {})
        with connection.getresponse() as answer:
            return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def test_the_s3_server_lists_reads_ranges_and_keeps_strangers_out(s3: S3Server) -> None:
    import s3fs

    names = [f"day/{number}.json.gz" for number in range(3)]
    for name in names:
        s3.put("smoke", name, CONTENT)
    s3.put(S3_OPEN, "a", CONTENT)
    assert s3.keys("smoke", "day/") == names
    files = s3fs.S3FileSystem(**s3.storage_options, skip_instance_cache=True)
    assert files.glob("smoke/day/*.json.gz") == [f"smoke/{name}" for name in names]
    assert files.cat_file(f"smoke/{names[0]}", start=3, end=9) == CONTENT[3:9]
    wrong = s3.storage_options | {"secret": "wrong"}
    with pytest.raises(PermissionError):
        s3fs.S3FileSystem(**wrong, skip_instance_cache=True).cat_file(f"smoke/{names[0]}")
    stranger = s3fs.S3FileSystem(**s3.anonymous_options, skip_instance_cache=True)
    assert stranger.cat_file(f"{S3_OPEN}/a") == CONTENT
    with pytest.raises(PermissionError):
        stranger.cat_file(f"smoke/{names[0]}")


def test_the_s3_server_holds_to_preconditions(s3: S3Server) -> None:
    s3.put("smoke", "condition", CONTENT)
    error = s3.client.exceptions.ClientError
    with pytest.raises(error, match="PreconditionFailed"):
        s3.client.get_object(Bucket="smoke", Key="condition", IfMatch='"0"')
    with pytest.raises(error, match="PreconditionFailed"):
        s3.client.put_object(Bucket="smoke", Key="condition", Body=b"", IfNoneMatch="*")
    assert s3.get("smoke", "condition") == CONTENT


def test_signatures_hold_by_way_of_the_proxy(s3_faulty: Faulty) -> None:
    s3_faulty.s3.put("smoke", "by the proxy é+", CONTENT)
    assert s3_faulty.s3.get("smoke", "by the proxy é+") == CONTENT
    assert s3_faulty.s3.keys("smoke", "by") == ["by the proxy é+"]
    read = s3_faulty.proxy.requests("GET")[0]
    assert read.path == "/smoke/by%20the%20proxy%20%C3%A9%2B"
    assert "AWS4-HMAC-SHA256" in read.headers["authorization"]


def test_a_folder_is_served_with_ranges_tags_and_links(web: Web) -> None:
    (web.folder / "day").mkdir()
    (web.folder / "day" / "0 é.gz").write_bytes(CONTENT)
    path = "/day/0%20%C3%A9.gz"
    status, headers, body = asked(web.url, path)
    assert (status, body) == (200, CONTENT)
    status, part, body = asked(web.url, path, {"Range": "bytes=5-9", "User-Agent": "me"})
    assert (status, part["Content-Range"], body) == (206, "bytes 5-9/10240", CONTENT[5:10])
    assert asked(web.url, path, {"Range": "bytes=-7"})[2] == CONTENT[-7:]
    assert asked(web.url, path, {"Range": "bytes=10240-"})[0] == 416
    assert asked(web.url, path, {"If-Match": '"0"'})[0] == 412
    assert asked(web.url, path, {"If-None-Match": headers["ETag"]})[0] == 304
    assert asked(web.url, "/none")[0] == 404
    assert b'href="0%20%C3%A9.gz"' in asked(web.url, "/day/")[2]
    seen = web.server.requests()[1]
    assert (seen.method, seen.path, seen.range) == ("GET", path, "bytes=5-9")
    assert (seen.headers["user-agent"], seen.status, seen.under_way) == ("me", 206, 1)


LENGTHS = {"Content-Length": str(len(CONTENT))}
FAULTS = {
    "throttled": ("status", {"retry_after": 3}, (503, {"Retry-After": "3"}, b"<Code>SlowDown<")),
    "forbidden": ("status", {"code": 403}, (403, {}, b"<Code>AccessDenied<")),
    "page": ("page", {}, (200, {"Content-Type": "text/html"}, b"502 Bad Gateway")),
    "redirect": ("redirect", {"to": "/b"}, (302, {"Location": "/b"}, b"")),
    "slow": ("drip", {"size": 4000}, (200, LENGTHS, CONTENT)),
    "late": ("delay", {"seconds": 0.01}, (200, LENGTHS, CONTENT)),
    "understated": ("understate", {"by": 10}, (200, {"Content-Length": "10230"}, CONTENT[:10230])),
    "corrupt": ("corrupt", {}, (200, LENGTHS, CONTENT[:100] + bytes(range(0x9B, 0x93, -1)))),
    "changed": ("change", {}, (200, {"ETag": '"another"'}, CONTENT[::-1])),
    "reset": ("reset", {}, ConnectionResetError),
    "reset inside": ("reset", {"after": 5000}, ConnectionResetError),
    "short": ("short", {"after": 5000}, http.client.IncompleteRead),
    "stalled": ("stall", {"after": 5000}, TimeoutError),
    "silent": ("silence", {}, TimeoutError),
}


@pytest.mark.parametrize("name", FAULTS)
def test_it_fails_as_it_is_told_and_then_no_more(name: str, web: Web) -> None:
    fault, arguments, expected = FAULTS[name]
    (web.folder / "a").write_bytes(CONTENT)
    web.server.fail(fault, path="/a", skip=1, times=1, **arguments)
    assert asked(web.url, "/a")[2] == CONTENT
    if isinstance(expected, tuple):
        status, headers, body = asked(web.url, "/a")
        assert status == expected[0]
        assert headers.items() >= expected[1].items()
        assert expected[2] in body
    else:
        with pytest.raises(expected):
            asked(web.url, "/a", patience=0.5)
    assert asked(web.url, "/a")[2] == CONTENT
    assert [seen.fault for seen in web.server.requests()] == [
        None,
        fault if fault != "delay" else None,
        None,
    ]


def test_a_range_can_be_ignored_and_each_path_fail_once(web: Web) -> None:
    for name in "ab":
        (web.folder / name).write_bytes(CONTENT)
    web.server.fail("ignore_range", header={"Range": "*=1-*"})
    web.server.fail("status", each=1)
    answered = [asked(web.url, path, {"Range": "bytes=0-1"})[0] for path in ("/a", "/b", "/a")]
    assert answered == [503, 503, 206]
    assert asked(web.url, "/a", {"Range": "bytes=1-1"})[0] == 200
