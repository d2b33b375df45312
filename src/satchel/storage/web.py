"""Files of servers of HTTP, by their addresses."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from satchel.storage.address import shown
from satchel.storage.body import Body, Target, Version
from satchel.storage.line import Line, Wire
from satchel.storage.store import Named, Store

__all__ = ["Web", "web"]

# How fsspec's own client goes about it; nothing of what is read depends on them.
_OF_FSSPEC_ALONE = frozenset(
    {
        "asynchronous",
        "block_size",
        "cache_options",
        "cache_type",
        "listings_expiry_time",
        "loop",
        "max_paths",
        "same_scheme",
        "simple_links",
        "size_policy",
        "skip_instance_cache",
        "use_listings_cache",
    }
)


class Web(Store):
    """Reads addresses.

    Args:
        headers: for each request.
        wire: how servers are spoken to.
    """

    reader = "satchel's HTTP client"

    def __init__(self, headers: Mapping[str, str], wire: Wire) -> None:
        self._headers, self._wire = dict(headers), wire
        self._hidden: dict[str, str] = {}

    def __repr__(self) -> str:
        return "Web(...)"

    def __dask_tokenize__(self) -> Any:
        return "satchel.storage.Web", self._headers, self._wire, self._hidden

    def named(self, url: str) -> str:
        """What an address is called, which is all of it unless it has something to hide."""
        name = shown(url)
        if name == url:
            return url
        also = 1
        while self._hidden.setdefault(name, url) != url:
            also += 1
            name = f"{shown(url)}#{also}"
        return name

    def begin(
        self,
        file: Named,
        line: Line,
        start: int = 0,
        stop: int | None = None,
        version: Version | None = None,
    ) -> Body:
        url = self._hidden.get(file.path, file.path)
        parts = urlsplit(url)
        headers = dict(self._headers)
        user, at, host = parts.netloc.rpartition("@")
        if at:
            headers["Authorization"] = _basic(*map(unquote, user.partition(":")[::2]))
            url = parts._replace(netloc=host).geturl()
        target = Target(file.path, lambda: (url, headers), lambda *_: False, self._wire)
        return Body(target, line, start, stop, version)


def web(options: Mapping[str, Any]) -> Web | str:
    """What fsspec would make of these storage options; or the one that only fsspec knows."""
    left = {name: value for name, value in options.items() if name not in _OF_FSSPEC_ALONE}
    client = dict(left.pop("client_kwargs", None) or {})
    headers = {**(client.pop("headers", None) or {}), **(left.pop("headers", None) or {})}
    for auth in (client.pop("auth", None), left.pop("auth", None)):
        if auth is not None:
            headers["Authorization"] = _basic(*auth[:2])
    timeout = client.pop("timeout", None)
    verify = left.pop("ssl", True)
    if verify not in (True, False, None):
        return "ssl"
    if left or client:
        return next(iter(left), None) or f"client_kwargs: {next(iter(client))}"
    if timeout is None:
        return Web(headers, Wire(verify=verify is not False))
    if not isinstance(timeout, int | float):
        # aiohttp's has several; the one for silence is ours.
        timeout = getattr(timeout, "sock_read", None) or Wire().read
    return Web(headers, Wire(read=float(timeout), verify=verify is not False))


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def globbed(urls: Sequence[str], options: Mapping[str, Any]) -> list[str]:
    """The addresses, with patterns in place of which fsspec looks at the links of a page.

    Raises:
        ImportError: if aiohttp, with which it does, is not installed.
    """
    try:
        import aiohttp  # noqa: F401
    except ImportError:
        raise ImportError(
            "a pattern over http is looked up among the links of a page, for which fsspec uses "
            "aiohttp (try: pip install aiohttp, or a list of addresses)"
        ) from None
    from fsspec import filesystem

    found: list[str] = []
    files = filesystem("http", **options)
    for url in urls:
        found += sorted(files.glob(url)) if "*" in url else [url]
    return found
