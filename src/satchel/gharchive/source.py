"""Where the archive is fetched from: one request for one file, over HTTP.

What comes of it is the bytes, or an exception that says whether another try is worth it: `Absent`
(there is no such file), `Refused` (and would be again), `Failed` (it may work next time).
"""

from __future__ import annotations

import contextlib
import functools
import re
import threading
import time
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import urllib3
from urllib3 import exceptions
from urllib3.util import Retry, Timeout, make_headers

from satchel import __version__
from satchel.errors import MirrorError
from satchel.gharchive.pace import LONGEST_WAIT, Pace

__all__ = ["ARCHIVE", "Absent", "Body", "Failed", "Refused", "Source"]

ARCHIVE = "https://data.gharchive.org"

_AGENT = f"satchel/{__version__} (gharchive mirror)"
_CHUNK = 1 << 16
_CONNECT_SECONDS = 10.0
_REDIRECTS = Retry(5, connect=0, read=0, status=0, other=0, respect_retry_after_header=False)

_SLOWEST = 1 << 10
"""Bytes a second: a body that comes more slowly hangs, though a byte comes now and then."""


class Absent(Exception):
    """The source has no such file."""


class Refused(Exception):
    """The source does not give this file, and asking again would not help."""


class Failed(Exception):
    """This try came to nothing; the next one may not."""


class Source:
    """A server that has the archive's files side by side.

    Args:
        address: what stands before a file's name; a user and password in it are sent, and never
            shown.
        pace: how fast to ask.
        at_once: how many connections to keep.
        timeout: seconds without a byte, or with next to none, after which a try has failed.

    Raises:
        ValueError: if the address is not one of HTTP.
    """

    def __init__(self, address: str, pace: Pace, at_once: int, timeout: float) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            shown = re.sub(r"//[^/]*@", "//***@", address)
            raise ValueError(f"expected a source such as {ARCHIVE!r}, got {shown!r}")
        if parts.query or parts.fragment:
            raise ValueError("a source is what stands before the files' names, without ? and #")
        user, _, host = parts.netloc.rpartition("@")
        self.address = f"{parts.scheme}://{host}{parts.path.rstrip('/')}"
        self._pace = pace
        self._timeout = timeout
        # The files are gzip: a server that compresses them once more makes other files of them.
        headers = make_headers(
            user_agent=_AGENT, accept_encoding="identity", basic_auth=unquote(user) or None
        )
        self._pool = _pool(parts.scheme, host)(
            maxsize=at_once,
            headers=headers,
            retries=_REDIRECTS,
            timeout=Timeout(connect=min(_CONNECT_SECONDS, timeout), read=timeout),
        )
        self._live: set[urllib3.HTTPResponse] = set()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def get(self, name: str) -> Iterator[Body]:
        """Ask for a file, once.

        Raises:
            Absent, Refused, Failed: if it is not had.
            MirrorError: if the source asks for a pause that is too long to wait for.
            Stopped: if the mirror stops.
        """
        self._pace.request()
        url = f"{self.address}/{name}"
        try:
            response = self._pool.request("GET", url, preload_content=False)
        except exceptions.HTTPError as error:
            if isinstance(getattr(error, "reason", None), exceptions.ResponseError):
                raise Refused("it redirects again and again") from None
            raise Failed(self._cause(error)) from None
        assert isinstance(response, urllib3.HTTPResponse)
        with self._lock:
            self._live.add(response)
        try:
            self._judge(response)
            yield Body(response, url, self._pace, self._timeout)
        finally:
            with self._lock:
                self._live.discard(response)
            response.close()  # A body that was read to its end has given its connection back.

    def cut(self) -> None:
        """End the reads that other threads wait in."""
        with self._lock:
            for response in self._live:
                # One that has just ended has no socket any more.
                with contextlib.suppress(ValueError, RuntimeError, OSError):
                    response.shutdown()

    def close(self) -> None:
        """Close the connections that nobody uses."""
        self._pool.clear()

    def _judge(self, response: urllib3.HTTPResponse) -> None:
        """Raise what a status means, if it does not mean that the file comes."""
        if response.status == 200:
            return
        said = f"{response.status} {response.reason or ''}".strip()
        if response.status in (404, 410):
            raise Absent(said)
        if response.status < 500 and response.status not in (408, 425, 429):
            raise Refused(said)
        seconds = _retry_after(response)
        if seconds > LONGEST_WAIT:
            raise MirrorError(
                f"{self.address} says {said}, and asks for a pause of {seconds / 60:,.0f} minutes "
                "(try: the same command after that; it goes on where it is)"
            )
        self._pace.hold(seconds)
        raise Failed(said)

    def _cause(self, error: BaseException) -> str:
        return _cause(error, self._timeout)


class Body:
    """What the source answers with: the bytes of a file, and what it says of it.

    Attributes:
        url: where it is from.
        length: how many bytes the source says it has; `None` if it does not say.
        etag: the source's mark of this version of it.
    """

    def __init__(
        self, response: urllib3.HTTPResponse, url: str, pace: Pace, patience: float
    ) -> None:
        self.url = url
        self.etag = response.headers.get("ETag")
        declared = response.headers.get("Content-Length", "")
        self.length = int(declared) if declared.isdigit() else None
        self._response = response
        self._pace = pace
        self._patience = patience

    def __iter__(self) -> Iterator[bytes]:
        """Yield the bytes as they come.

        Raises:
            Failed: if there are fewer than was said, or they stop coming.
            Stopped: if the mirror stops.
        """
        came = 0
        try:
            for chunk in self._chunks():
                came += len(chunk)
                self._pace.received(len(chunk))
                yield chunk
        except (exceptions.HTTPError, OSError) as error:
            self._pace.wait(0)  # When the mirror stops, that is why the read has ended.
            told = "" if self.length is None else f" of {self.length:,}"
            cause = _cause(error, self._patience)
            raise Failed(f"{came:,} bytes{told} came, then: {cause}") from None
        self._pace.wait(0)
        # Fewer bytes than were said are an error of urllib3's.
        if not came and self.length is None:
            raise Failed("nothing came, and the source did not say how much should")

    def _chunks(self) -> Iterator[bytes]:
        """The chunks, as long as they come fast enough; only waiting for them counts."""
        waited, came = 0.0, 0
        while True:
            start = time.monotonic()
            chunk = self._response.read1(_CHUNK, decode_content=False)
            if not chunk:
                return
            waited += time.monotonic() - start
            came += len(chunk)
            if waited >= self._patience:
                if came < _SLOWEST * waited:
                    raise TimeoutError(f"only {came:,} bytes in {waited:.0f} s")
                waited, came = 0.0, 0
            yield chunk


def _pool(scheme: str, host: str) -> type[urllib3.PoolManager] | functools.partial[Any]:
    """What makes the connections: through the proxy that the environment names, if it does."""
    proxy = urllib.request.getproxies().get(scheme)
    if proxy is None or urllib.request.proxy_bypass(host):
        return urllib3.PoolManager
    return functools.partial(urllib3.ProxyManager, proxy)


def _retry_after(response: urllib3.HTTPResponse) -> float:
    """The seconds that the source asks to wait; 0 where it does not, or not legibly."""
    try:
        return _REDIRECTS.get_retry_after(response) or 0.0
    except exceptions.InvalidHeader:
        return 0.0


def _cause(error: BaseException, timeout: float) -> str:
    """What went wrong, without the client's own objects in it."""
    match error:
        case exceptions.MaxRetryError(reason=Exception() as reason):
            return _cause(reason, timeout)
        case exceptions.NameResolutionError():
            return "the name of the host is not known"
        case exceptions.NewConnectionError() | exceptions.ProtocolError() if error.args:
            inner = error.__cause__ or error.args[-1]
            return _cause(inner, timeout) if isinstance(inner, BaseException) else str(inner)
        case exceptions.ConnectTimeoutError():
            return f"no connection within {min(_CONNECT_SECONDS, timeout):g} s"
        case exceptions.ReadTimeoutError():
            return f"not a byte for {timeout:g} s"
        case OSError(strerror=str() as said) if said:
            return said
    return str(error) or type(error).__name__
