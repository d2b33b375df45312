"""What can go wrong with an answer: each fault is a function that writes one, its own way.

A fault is given the answer that was to be sent and the connection to send it on. What follows its
name in `FaultyServer.fail` are its arguments. After most of them the connection is closed.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any
from xml.sax.saxutils import escape

from servers.message import Answer, Request, head

Write = asyncio.StreamWriter
Fault = Callable[..., Awaitable[bool]]
FAULTS: dict[str, Fault] = {}

S3_CODES = {
    403: "AccessDenied",
    404: "NoSuchKey",
    429: "TooManyRequests",
    500: "InternalError",
    503: "SlowDown",
}


def fault(function: Fault) -> Fault:
    """Enter a fault in the table under its name. It says whether the connection is still good."""
    FAULTS[function.__name__] = function
    return function


@fault
async def status(
    request: Request,
    answer: Answer,
    writer: Write,
    *,
    code: int = 503,
    retry_after: str | float | None = None,
    body: str | None = None,
) -> bool:
    """Answer with another status: S3's error in XML, or `body`, and `Retry-After` if given."""
    name = S3_CODES.get(code, f"Error{code}")
    xml = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{name}</Code>'
        f"<Message>the server was told to say {code}</Message>"
        f"<Resource>{escape(request.path)}</Resource><RequestId>1</RequestId></Error>"
    )
    content = (xml if body is None else body).encode()
    headers = {"Content-Type": "application/xml"}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    writer.write(head(code, headers, len(content)))
    writer.write(b"" if request.method == "HEAD" else content)
    return True


@fault
async def page(
    request: Request, answer: Answer, writer: Write, *, kind: str = "html", code: int = 200
) -> bool:
    """Answer with an error page, and say that all is well."""
    content = {
        "html": b"<!DOCTYPE html>\n<html><body><h1>502 Bad Gateway</h1></body></html>\n",
        "xml": b'<?xml version="1.0"?>\n<Error><Code>InternalError</Code></Error>\n',
        "empty": b"",
    }[kind]
    writer.write(head(code, {"Content-Type": f"text/{kind}"}, len(content)))
    writer.write(b"" if request.method == "HEAD" else content)
    return True


@fault
async def redirect(
    request: Request, answer: Answer, writer: Write, *, to: str | None = None, code: int = 302
) -> bool:
    """Send the client somewhere else, or, where that is not told, in a circle."""
    writer.write(head(code, {"Location": to or request.target}, 0))
    return True


@fault
async def reset(
    request: Request, answer: Answer, writer: Write, *, after: int | None = None
) -> bool:
    """Reset the connection, before anything is said or after so many bytes of the body."""
    if after is not None:
        writer.write(answer.head() + answer.body[:after])
        await writer.drain()
        await asyncio.sleep(0.05)  # what was sent is read before the reset comes
    # Closing with nothing to linger for sends RST in place of FIN.
    end = writer.get_extra_info("socket")
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    return False


@fault
async def short(request: Request, answer: Answer, writer: Write, *, after: int = 0) -> bool:
    """Promise the whole body, send so many bytes, and close the connection as if all was well."""
    writer.write(answer.head() + answer.body[:after])
    await writer.drain()
    return False


@fault
async def understate(request: Request, answer: Answer, writer: Write, *, by: int = 1) -> bool:
    """Say that the body is shorter than it is, and send it whole."""
    writer.write(answer.head({"Content-Length": str(max(0, answer.length - by))}) + answer.body)
    await writer.drain()
    return False


@fault
async def stall(request: Request, answer: Answer, writer: Write, *, after: int = 0) -> bool:
    """Send so many bytes of the body, then nothing, for ever."""
    writer.write(answer.head() + answer.body[:after])
    await writer.drain()
    await asyncio.Event().wait()
    return False


@fault
async def silence(request: Request, answer: Answer, writer: Write) -> bool:
    """Take the request and never answer."""
    await asyncio.Event().wait()
    return False


@fault
async def drip(
    request: Request, answer: Answer, writer: Write, *, size: int = 1000, seconds: float = 0.01
) -> bool:
    """Send the body in small pieces with a pause after each."""
    writer.write(answer.head())
    for start in range(0, len(answer.body), size):
        writer.write(answer.body[start : start + size])
        await writer.drain()
        await asyncio.sleep(seconds)
    return True


@fault
async def corrupt(
    request: Request, answer: Answer, writer: Write, *, at: int = 100, count: int = 8
) -> bool:
    """Flip the bits of some bytes of the body."""
    damaged = bytes(byte ^ 0xFF for byte in answer.body[at : at + count])
    body = answer.body[:at] + damaged + answer.body[at + count :]
    writer.write(answer.head() + body)
    return True


@fault
async def change(
    request: Request, answer: Answer, writer: Write, *, etag: str = '"another"'
) -> bool:
    """Answer as if the object had been written anew meanwhile: other bytes, another ETag."""
    wanted = request.headers.get("if-match")
    if wanted not in (None, "*", etag):
        return await status(request, answer, writer, code=412)
    changed = {"ETag": etag, "Last-Modified": "Fri, 01 Jan 2038 00:00:00 GMT"}
    writer.write(answer.head(changed) + answer.body[::-1])
    return True


@fault
async def ignore_range(request: Request, answer: Answer, writer: Write) -> bool:
    """Send the whole where a part was asked for.

    The server has forgotten the range, and with it the signature: of an S3 server's objects, those
    in the open bucket can be had so.
    """
    return await send(request, answer, writer)


async def send(request: Request, answer: Answer, writer: Write, **_: Any) -> bool:
    """Send the answer as it is."""
    writer.write(answer.head() + answer.body)
    return True
