"""Whether a file is whole: gzip that is checked to its end as it passes by, never held.

Every member is inflated and held against the checksum and the length that it ends with; at most a
megabyte of what comes out is held at a time. zlib keeps up with most networks, and lets go of the
interpreter lock meanwhile.

>>> import gzip
>>> file = gzip.compress(b'{"n": 1}')
>>> check = Check()
>>> check.feed(file)
>>> check.damage(), check.inflated, check.lines
(None, 8, 1)
>>> check = Check()
>>> check.feed(file[:-1])
>>> check.damage()
'cut short: 27 bytes end in the middle of a gzip member'
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable

__all__ = ["Check", "NotGzip", "checked"]

_MAGIC = b"\x1f\x8b"
_GZIP = zlib.MAX_WBITS | 16
_AT_ONCE = 1 << 20
_BEGINNING = 80  # So much of what is no gzip is kept, to say what it is.


class NotGzip(Exception):
    """The file is something else, such as a page that says sorry."""


class _Damaged(Exception):
    """The file is gzip, and not whole; the message says what is wrong, and at which byte."""


class Check:
    """Reads a file as it passes by: `feed` its bytes, then ask for its `damage`.

    Attributes:
        bytes: how many have been fed.
        inflated: how many came out.
    """

    def __init__(self) -> None:
        self.bytes = self.inflated = 0
        self._digest = hashlib.sha256()
        self._member: zlib._Decompress | None = None
        self._members = 0
        self._carried = b""
        self._beginning = b""
        self._newlines = 0
        self._ends_line = True
        self._damage: str | None = None

    @property
    def sha256(self) -> str:
        """The checksum of the bytes that have been fed, damaged or not."""
        return self._digest.hexdigest()

    @property
    def lines(self) -> int:
        """How many lines came out, the last one with or without its newline."""
        return self._newlines + (not self._ends_line)

    def feed(self, data: bytes) -> None:
        """Check some more bytes; what follows damage is counted, and not inflated.

        Raises:
            NotGzip: if the file is not gzip at all, but a page, say.
        """
        self._digest.update(data)
        self.bytes += len(data)
        try:
            while data and self._damage is None:
                if self._member is None:
                    data = self._begin(data)
                if self._member is not None:
                    data = self._inflate(self._member, data)
        except _Damaged as error:
            self._damage = str(error)

    def damage(self) -> str | None:
        """Say what is wrong with the file if this is all of it; no bytes at all are whole."""
        if self._damage is None and (self._member is not None or self._carried):
            return f"cut short: {self.bytes:,} bytes end in the middle of a gzip member"
        return self._damage

    def _begin(self, data: bytes) -> bytes:
        """Begin a member where one begins; zeros between members are padding."""
        if self._members and not self._carried:
            data = data.lstrip(b"\0")
        data, self._carried = self._carried + data, b""
        if not data.startswith(_MAGIC[: len(data)]):
            if self._members:
                raise _Damaged(f"bytes that are no gzip follow its end, before byte {self.bytes:,}")
            raise NotGzip(f"{_what(data)} in place of the file, {_shown(data)}")
        if len(data) < len(_MAGIC):
            self._carried = data
            return b""
        self._member = zlib.decompressobj(_GZIP)
        return data

    def _inflate(self, member: zlib._Decompress, data: bytes) -> bytes:
        """Inflate as far as `data` and the member reach; return what follows the member."""
        while True:
            try:
                out = member.decompress(data, _AT_ONCE)
            except zlib.error as error:
                reason = str(error).partition(": ")[2] or str(error)
                raise _Damaged(f"corrupt gzip before byte {self.bytes:,}: {reason}") from None
            if out:
                self._count(out)
            if member.eof:
                self._member = None
                self._members += 1
                return member.unused_data
            data = member.unconsumed_tail
            if not data and len(out) < _AT_ONCE:
                return b""

    def _count(self, out: bytes) -> None:
        if self.inflated < _BEGINNING:
            self._beginning += out[:_BEGINNING]
            # Servers compress their pages, too, and some do it to files that are gzip already.
            if self._beginning.lstrip().startswith((b"<", _MAGIC)):
                what, shown = _what(self._beginning), _shown(self._beginning)
                raise NotGzip(f"{what}, compressed, in place of the file, {shown}")
        self.inflated += len(out)
        self._newlines += out.count(b"\n")
        self._ends_line = out.endswith(b"\n")


def checked(chunks: Iterable[bytes]) -> tuple[Check, str | None]:
    """Read a file to its end; return what was found, and what is wrong with it, if anything.

    >>> checked([b"<html>", b"Sorry"])[1]
    "an HTML page in place of the file, '<html>'"
    """
    check = Check()
    try:
        for chunk in chunks:
            check.feed(chunk)
    except NotGzip as error:
        return check, str(error)
    return check, check.damage()


def _what(data: bytes) -> str:
    text = data.lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return "an HTML page"
    if text.startswith(b"<"):
        return "an XML page"
    return "gzip once more" if text.startswith(_MAGIC) else "something that is no gzip"


def _shown(data: bytes) -> str:
    return ascii(data[:_BEGINNING].decode("latin-1"))
