"""One request at a time to servers of HTTP, which another thread can end."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import socket
import threading
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from satchel.storage.address import shown_path
from satchel.storage.failures import Broken, Stopped

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

__all__ = ["Line", "Wire"]

_CONNECTIONS = 32
_USER_AGENT = "satchel"


@dataclass(frozen=True)
class Wire:
    """How servers are spoken to.

    Attributes:
        connect: for how many seconds a connection may be in the making.
        read: how many seconds of silence are too many.
        verify: whether certificates are checked, or the path of those that are trusted.
    """

    connect: float = 10.0
    read: float = 20.0
    verify: bool | str = True


class Line:
    """Requests, one after another; what is under way ends with `end`."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    def get(self, url: str, headers: Mapping[str, str], wire: Wire) -> BaseHTTPResponse:
        """Begin to read an address; its body has not been read yet.

        Raises:
            Broken: if no answer comes.
            Stopped: if the line has ended.
        """
        import urllib3
        from urllib3.util import Retry, Timeout

        if self.ended.is_set():
            raise Stopped
        from satchel.storage.watched import asking

        retries = Retry(total=None, connect=False, read=False, other=False, status=0, redirect=5)
        asking.line = self
        try:
            return _pool(_proxy(url), wire.verify, os.getpid()).request(
                "GET",
                url,
                headers={**headers, "Accept-Encoding": "identity", "User-Agent": _USER_AGENT},
                preload_content=False,
                decode_content=False,
                retries=retries,
                timeout=Timeout(connect=wire.connect, read=wire.read),
            )
        except urllib3.exceptions.HTTPError as error:
            if self.ended.is_set():
                raise Stopped from None
            broken = Broken(cause(error))
            broken.hopeless = isinstance(error, urllib3.exceptions.SSLError) and (
                "CERTIFICATE_VERIFY_FAILED" in str(error)
            )
            raise broken from None
        finally:
            asking.line = None

    def uses(self, connection: socket.socket | None) -> None:
        """Take down what a request goes over; ``None`` where it is done."""
        with self._lock:
            self._socket = connection
        if connection is not None and self.ended.is_set():
            self.end()

    def end(self) -> None:
        """End what is under way, from whatever thread."""
        self.ended.set()
        with self._lock:
            if self._socket is not None:
                # What has ended by itself, or is ending, needs no help.
                with contextlib.suppress(OSError, ValueError):
                    self._socket.shutdown(socket.SHUT_RDWR)


def cause(error: Exception) -> str:
    """What broke, in words without the address: that may hold secrets."""
    from urllib3 import exceptions as known

    if isinstance(error, known.MaxRetryError) and error.reason is not None:
        error = error.reason
    match error:
        case known.ReadTimeoutError():
            return "no byte came for too long"
        case known.NameResolutionError():
            return "its host's name is not known"
        case known.NewConnectionError():
            # To urllib3 2 it is one of those that took too long.
            return f"no connection: {str(error).rpartition(': ')[2]}"
        case known.ConnectTimeoutError():
            return "no connection came about in time"
        case known.IncompleteRead():
            return "the connection ended before the body did"
        case known.SSLError():
            return f"TLS failed: {error.args[0] if error.args else error}"
        case known.ResponseError():
            return "too many redirects"
    return f"the connection broke ({type(error).__name__}: {error})"


class _Hiding(logging.Filter):
    """Hides the rights that addresses carry from urllib3's log, which has every one at DEBUG."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                shown_path(arg) if isinstance(arg, str) and "?" in arg else arg
                for arg in record.args
            )
        return True


@functools.lru_cache(maxsize=16)
def _pool(proxy: str | None, verify: bool | str, process: int) -> PoolManager:
    """Connections that are kept; those of a process from which this one was forked are its own."""
    import urllib3

    for name in ("connectionpool", "poolmanager", "util.retry"):
        log = logging.getLogger(f"urllib3.{name}")
        if not any(isinstance(known, _Hiding) for known in log.filters):
            log.addFilter(_Hiding())
    trust: dict[str, Any] = {
        "cert_reqs": "CERT_REQUIRED" if verify else "CERT_NONE",
        "ca_certs": verify if isinstance(verify, str) else None,
    }
    from satchel.storage.watched import POOLS

    pool = (
        urllib3.PoolManager(maxsize=_CONNECTIONS, **trust)
        if proxy is None
        else urllib3.ProxyManager(proxy, maxsize=_CONNECTIONS, **trust)
    )
    pool.pool_classes_by_scheme = POOLS
    return pool


def _proxy(url: str) -> str | None:
    """The proxy that the environment names for an address."""
    proxies = urllib.request.getproxies()
    if not proxies:
        return None
    parts = urlsplit(url)
    proxy = proxies.get(parts.scheme, proxies.get("all"))
    if proxy is None or urllib.request.proxy_bypass(parts.hostname or ""):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"
