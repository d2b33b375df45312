"""Requests and answers of HTTP/1.1, read from and written to a connection by hand.

No library of HTTP writes a wrong length or half a body, which is what the faults are.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from http import HTTPStatus


@dataclass
class Request:
    """What a client asked for. Names of headers are in lower case; `raw` has them as they came."""

    method: str
    target: str  # the path with its query, as it came
    headers: dict[str, str]
    raw: bytes
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def without(self, *names: str) -> Request:
        """The same without some headers."""
        first, *lines = self.raw.split(b"\r\n")
        kept = [x for x in lines if x.partition(b":")[0].decode("latin-1").lower() not in names]
        headers = {name: value for name, value in self.headers.items() if name not in names}
        return replace(self, headers=headers, raw=b"\r\n".join([first, *kept]))


@dataclass
class Answer:
    """What is to be sent. For HEAD the body is empty and the headers are those of GET."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    length: int = 0

    def head(self, changed: dict[str, str] | None = None) -> bytes:
        return head(self.status, self.headers | (changed or {}), self.length)


def head(status: int, headers: dict[str, str], length: int) -> bytes:
    """Return the status line and the headers; a length among them is kept."""
    known = {status.value: status.phrase for status in HTTPStatus}
    lines = [f"HTTP/1.1 {status} {known.get(status, 'Unknown')}"]
    if not any(name.lower() == "content-length" for name in headers) and status not in (204, 304):
        headers = {**headers, "Content-Length": str(length)}
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


async def read_request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Request | None:
    """Read one request; None where the client has closed the connection."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, headers = parsed(raw)
    method, target, _ = first.split(" ", 2)
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    return Request(method, target, headers, raw, await read_body(reader, headers))


async def read_answer(reader: asyncio.StreamReader, method: str) -> Answer:
    """Read what another server answers."""
    status = 100
    while status < 200:
        first, headers = parsed(await reader.readuntil(b"\r\n\r\n"))
        status = int(first.split(" ")[1])
    if method == "HEAD" or status in (204, 304):
        return Answer(status, headers, b"", int(headers.get("content-length", 0)))
    body = await read_body(reader, headers, status)
    headers.pop("transfer-encoding", None)
    headers.pop("content-length", None)
    return Answer(status, headers, body, len(body))


async def read_body(
    reader: asyncio.StreamReader, headers: dict[str, str], status: int | None = None
) -> bytes:
    """Read a body by its length, by its chunks, or (of an answer) to the end."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        parts = []
        while size := int((await reader.readline()).split(b";")[0], 16):
            parts.append(await reader.readexactly(size))
            await reader.readline()
        while (await reader.readline()).strip():
            pass  # trailers
        return b"".join(parts)
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    return b"" if status is None else await reader.read()


def parsed(raw: bytes) -> tuple[str, dict[str, str]]:
    """Return the first line and the headers."""
    first, *lines = raw.decode("latin-1").rstrip("\r\n").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return first, {name.strip().lower(): value.strip() for name, _, value in pairs}
