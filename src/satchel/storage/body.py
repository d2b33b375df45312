"""The bytes of an object, or of a stretch of it: asked for again from where they broke off.

Whatever comes is of one version of the object: its ETag, or where there is none its date and
length, are held against those of the first answer, and the server is asked to hold them too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from satchel.errors import ChangedError
from satchel.storage.failures import Answer, Broken, Patience, Stopped, answered
from satchel.storage.line import Line, Wire, cause

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

__all__ = ["Body", "Target", "Version"]

_CHUNK = 4 << 20
_MOST_OF_AN_ANSWER = 16 << 10


@dataclass(frozen=True)
class Version:
    """Which version of an object its bytes are of; what is not known is ``None``."""

    etag: str | None
    modified: str | None
    size: int | None

    def is_not(self, other: Version) -> bool:
        """Whether the two are of different versions for sure."""
        if self.size is not None and other.size is not None and self.size != other.size:
            return True
        if self.etag is not None and other.etag is not None:
            return self.etag != other.etag
        return None not in (self.modified, other.modified) and self.modified != other.modified

    @property
    def modified_ns(self) -> int:
        """Its date, in nanoseconds since 1970; 0 where nobody knows."""
        try:
            return int(parsedate_to_datetime(self.modified or "").timestamp() * 1e9)
        except ValueError:
            return 0


@dataclass(frozen=True)
class Target:
    """An object as it is asked for.

    Attributes:
        name: what errors call it.
        request: its address and headers, made anew for each attempt: signatures grow old.
        learned: told of an answer that is not the bytes; whether to ask again at once.
        wire: how its server is spoken to.
    """

    name: str
    request: Callable[[], tuple[str, Mapping[str, str]]]
    learned: Callable[[int, Mapping[str, str]], bool]
    wire: Wire


class Body:
    """The bytes of a stretch of an object; iterate once.

    Args:
        target: the object.
        line: over which to ask.
        start: the first byte.
        stop: the byte behind the last; ``None`` is all there are.
        version: of the bytes that somebody else has read already.

    Attributes:
        version: of the object.
        size: of the whole object, where that is known.
        ranged: whether only the stretch comes, and others may be asked for.

    Raises:
        OSError: named for its kind, with address and cause, if the bytes cannot be had.
    """

    def __init__(
        self,
        target: Target,
        line: Line,
        start: int = 0,
        stop: int | None = None,
        version: Version | None = None,
    ) -> None:
        self._target, self._line = target, line
        self._at, self._stop = start, stop
        self._patience = Patience(target.name, line.ended)
        # Where others have read parts already, this one is to be no more than its own.
        self.ranged = version is not None
        self._end: int | None = None  # Where the answer that is coming in ends.
        self._response: BaseHTTPResponse | None = None
        self.version = version or Version(None, None, None)
        self._connect()

    @property
    def size(self) -> int | None:
        return self.version.size

    @property
    def modified_ns(self) -> int:
        return self.version.modified_ns

    def __iter__(self) -> Iterator[bytes]:
        while self._response is not None:
            try:
                chunk = self._read(_CHUNK)
            except Broken as broken:
                self._again(broken)
                continue
            if chunk:
                self._at += len(chunk)
                yield chunk
            elif self._is_short():
                self._again(Broken(f"the body ended at byte {self._at}, too soon"))
            else:
                return

    def close(self) -> None:
        """Read no more; a connection with bytes on the way is of no further use."""
        if self._response is not None:
            self._line.uses(None)
            self._response.close()
            self._response = None

    def _is_short(self) -> bool:
        """Whether the server has sent less of the object than it was asked for."""
        wanted = [end for end in (self._stop, self.size) if end is not None]
        return bool(wanted) and self._at < min(wanted)

    def _again(self, broken: Broken) -> None:
        self.close()
        self._patience.after(broken)
        self._connect()

    def _connect(self) -> None:
        while True:
            try:
                return self._ask()
            except (Answer, Broken) as failure:
                self.close()
                self._patience.after(failure)
            except BaseException:
                self.close()
                raise

    def _ask(self) -> None:
        url, headers = self._target.request()
        asked = dict(headers)
        if self._at or self._stop is not None:
            last = "" if self._stop is None else self._stop - 1
            asked["Range"] = f"bytes={self._at}-{last}"
        etag = self.version.etag
        if etag is not None and not etag.startswith("W/"):
            asked["If-Match"] = etag
        response = self._response = self._line.get(url, asked, self._target.wire)
        if response.status == 206:
            begins, self._end, size = _range(response.headers.get("Content-Range", ""))
            if begins != self._at:
                raise Broken(f"byte {self._at} was asked for and byte {begins} came")
            if size is None:
                # Who does not say how long the object is, is asked for all of it.
                self.close()
                self._stop = None
                self._ask()
                return
            self.ranged = True
            self._same(response, size)
        elif response.status == 200:
            length = response.headers.get("Content-Length", "")
            size = int(length) if length.isdigit() else None
            self._same(response, size)
            if not self.ranged:
                # Nobody asks for the rest: all of it comes.
                self.ranged, self._stop = self._stop is None, None
            ends = [end for end in (size, self._stop) if end is not None]
            self._end = min(ends, default=None)
            self._skip(self._at)
        elif response.status == 416 and self._at == 0:
            # Not even a first byte is there.
            self._same(response, 0)
            self.ranged = True
            self.close()
        else:
            self._refused(response)

    def _same(self, response: BaseHTTPResponse, size: int | None) -> None:
        found = Version(response.headers.get("ETag"), response.headers.get("Last-Modified"), size)
        if self.version.is_not(found):
            raise ChangedError(f"{self._target.name}: {self._changed(found)} (try: again)")
        self.version = found

    def _changed(self, found: Version) -> str:
        if self.version.etag is None and self.version.modified is None:
            listed = self.version.size
            return f"it has {found.size} bytes, and was listed with {listed}: it has changed"
        return "it has changed while it was being read"

    def _skip(self, length: int) -> None:
        """Go past what is there already, where a server knows only whole objects."""
        at, self._at = self._at, 0
        try:
            while self._at < length:
                chunk = self._read(min(_CHUNK, length - self._at))
                if not chunk:
                    raise Broken(f"it has no byte {length}")
                self._at += len(chunk)
        finally:
            self._at = at

    def _refused(self, response: BaseHTTPResponse) -> None:
        from urllib3.exceptions import HTTPError

        try:
            text = response.read(_MOST_OF_AN_ANSWER)
        except (HTTPError, OSError) as error:
            raise Broken(cause(error)) from None
        headers = {name.lower(): value for name, value in response.headers.items()}
        if self._target.learned(response.status, headers):
            self.close()
            self._ask()
            return
        raise answered(response.status, response.reason or "", headers, text)

    def _read(self, length: int) -> bytes:
        """Some of the bytes; none at the end of what comes."""
        from urllib3.exceptions import HTTPError

        assert self._response is not None, "somebody has asked"
        if self._end is not None:
            length = min(length, self._end - self._at)
            if length <= 0:
                self._line.uses(None)
                if self._response.length_remaining:
                    # What follows of a whole object is of no use, nor is its connection.
                    self._response.close()
                self._response.release_conn()
                return b""
        try:
            chunk = self._response.read(length)
        except (HTTPError, OSError, ValueError) as error:
            if self._line.ended.is_set():
                raise Stopped from None
            raise Broken(cause(error)) from None
        if not chunk and self._line.ended.is_set():
            raise Stopped
        return bytes(chunk)


def _range(said: str) -> tuple[int, int, int | None]:
    """Where a ``Content-Range`` begins, where it ends, and how long the object is."""
    found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", said.strip())
    if found is None:
        raise Broken(f"a part of the object came that does not say which ({said!r})")
    if found[3] == "*":
        return int(found[1]), int(found[2]) + 1, None
    size = int(found[3])
    return int(found[1]), min(int(found[2]) + 1, size), size
