"""Where the right answers come from: a folder, or another server."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from email.utils import formatdate
from html import escape
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, unquote, urlsplit

from servers.message import Answer, Request, read_answer


class Origin(Protocol):
    """Answers the requests of one connection."""

    async def answer(self, request: Request) -> Answer: ...

    def close(self) -> None: ...


class Folder:
    """Files with ranges, ETags and preconditions, and folders as pages of links."""

    def __init__(self, root: Path, login: str | None = None) -> None:
        self.root = root.resolve()
        self.login = login

    def close(self) -> None:
        """Nothing is open between requests."""

    async def answer(self, request: Request) -> Answer:
        path = (self.root / unquote(request.path).lstrip("/")).resolve()
        if self.login is not None and not self.admits(request):
            return page(401, "Unauthorized", {"WWW-Authenticate": 'Basic realm="tests"'})
        if request.method not in ("GET", "HEAD"):
            return page(405, "Method Not Allowed")
        if not path.is_relative_to(self.root) or not path.exists():
            return page(404, "Not Found")
        found = self.listing(path) if path.is_dir() else self.file(path, request)
        if request.method == "HEAD":
            found.body = b""
        return found

    def admits(self, request: Request) -> bool:
        """Whether the request brings the user and the password."""
        right = base64.b64encode((self.login or "").encode()).decode()
        return request.headers.get("authorization") == f"Basic {right}"

    def listing(self, path: Path) -> Answer:
        """A page as Apache makes it, of which fsspec reads the links."""
        names = sorted(each.name + "/" * each.is_dir() for each in path.iterdir())
        links = "".join(f'<a href="{quote(name)}">{escape(name)}</a>\n' for name in names)
        content = f"<html><head><title>Index</title></head><body><pre>\n{links}</pre></body></html>"
        body = content.encode()
        return Answer(200, {"Content-Type": "text/html; charset=utf-8"}, body, len(body))

    def file(self, path: Path, request: Request) -> Answer:
        """A file, or the range of it that was asked for."""
        content = path.read_bytes()
        etag = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
        headers = {
            "Content-Type": "application/octet-stream",
            "Accept-Ranges": "bytes",
            "ETag": etag,
            "Last-Modified": formatdate(path.stat().st_mtime, usegmt=True),
        }
        if request.headers.get("if-match") not in (None, "*", etag):
            return page(412, "Precondition Failed", headers)
        if request.headers.get("if-none-match") == etag:
            return Answer(304, headers)
        asked = request.headers.get("range")
        if request.headers.get("if-range") not in (None, etag):
            asked = None
        if asked is None:
            return Answer(200, headers, content, len(content))
        start, end = bounds(asked, len(content))
        if start >= min(end, len(content)):
            return page(416, "Range", headers | {"Content-Range": f"bytes */{len(content)}"})
        part = content[start:end]
        headers["Content-Range"] = f"bytes {start}-{start + len(part) - 1}/{len(content)}"
        return Answer(206, headers, part, len(part))


class Upstream:
    """Another server: requests go to it as they came, so that their signatures hold."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "", parts.port or 80
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    def close(self) -> None:
        """Hang up."""
        if self.writer is not None:
            self.writer.close()
            self.reader = self.writer = None

    async def answer(self, request: Request) -> Answer:
        for again in (True, False):
            fresh = self.reader is None
            if self.reader is None or self.writer is None:
                self.reader, self.writer = await asyncio.open_connection(
                    self.host, self.port, limit=1 << 20
                )
            try:
                self.writer.write(request.raw + request.body)
                found = await read_answer(self.reader, request.method)
            except (asyncio.IncompleteReadError, ConnectionError):
                self.close()
                if fresh or not again:  # an idle connection may have been closed meanwhile
                    raise
            else:
                if found.headers.pop("connection", "").lower() == "close":
                    self.close()
                return found
        raise AssertionError("unreachable")


def page(status: int, text: str, headers: dict[str, str] | None = None) -> Answer:
    """A page that says what is the matter."""
    body = f"<html><body><h1>{status} {text}</h1></body></html>\n".encode()
    kept = {k: v for k, v in (headers or {}).items() if k != "Content-Type"}
    return Answer(status, {"Content-Type": "text/html", **kept}, body, len(body))


def bounds(asked: str, size: int) -> tuple[int, int]:
    """Return where a range starts and ends; one that cannot be read is empty."""
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", asked.strip())
    if not found or found[0] == "bytes=-":
        return size, size
    if not found[1]:
        return max(0, size - int(found[2])), size
    return int(found[1]), int(found[2]) + 1 if found[2] else size
