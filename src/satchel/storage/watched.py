"""Connections of urllib3 that tell whose request they carry, so that it can be ended."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

if TYPE_CHECKING:
    from satchel.storage.line import Line

__all__ = ["POOLS", "asking"]

asking = threading.local()
"""``asking.line`` is the line over which this thread asks."""


def _tell(connection: HTTPConnection) -> None:
    line: Line | None = getattr(asking, "line", None)
    if line is not None:
        line.uses(connection.sock)


class _Plain(HTTPConnection):
    def request(self, *args: Any, **kwargs: Any) -> None:
        super().request(*args, **kwargs)
        _tell(self)


class _Secure(HTTPSConnection):
    def request(self, *args: Any, **kwargs: Any) -> None:
        super().request(*args, **kwargs)
        _tell(self)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


POOLS = {"http": _PlainPool, "https": _SecurePool}
