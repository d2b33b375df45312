"""What reads files: the part that every store has in common.

A store is shared by all the files of a source, and goes to workers with them. It knows how to
begin to read a file; what reads ahead (`ahead.py`) and what Python reads again with (`opened`) are
made of that.
"""

from __future__ import annotations

import io
import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

from satchel.storage.line import Line

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from satchel.storage.body import Version

__all__ = ["Bytes", "Named", "Store", "Stream"]


class Named(Protocol):
    """A file of a plan, as far as a store is concerned."""

    @property
    def path(self) -> str: ...
    @property
    def compression(self) -> str | None: ...
    @property
    def size(self) -> int | None: ...
    @property
    def span(self) -> tuple[int, int | None] | None: ...


class Bytes(Protocol):
    """The bytes of a file, or of a stretch of it, as they come.

    Attributes:
        size: of the whole file as it is stored, where that is known.
        ranged: whether only the stretch comes, and others may be asked for.
        version: what the bytes of other stretches are to be of.
    """

    @property
    def size(self) -> int | None: ...
    @property
    def modified_ns(self) -> int: ...
    @property
    def ranged(self) -> bool: ...
    @property
    def version(self) -> Version | None: ...
    def __iter__(self) -> Iterator[bytes]: ...
    def close(self) -> None: ...


class Store(ABC):
    """How the files of one source are read."""

    reader: str
    """Who reads, as `explain` tells it."""

    splits = True
    """Whether a file can be read from any byte of what is stored."""

    @abstractmethod
    def begin(
        self,
        file: Named,
        line: Line,
        start: int = 0,
        stop: int | None = None,
        version: Version | None = None,
    ) -> Bytes:
        """Begin to read a stretch of a file over a line.

        Raises:
            OSError: if it cannot be had; the message has the address and the cause.
        """

    def beginning(self, file: Named, length: int) -> bytes:
        """The first bytes of a file, as they are stored."""
        line = Line()
        found = self.begin(file, line, 0, length)
        try:
            return b"".join(itertools.islice(found, 1))[:length]
        finally:
            found.close()

    def binary(self, file: Named, line: Line) -> Any:
        """The file as a binary file of Python's: as the kernel is given it."""
        return io.BufferedReader(Stream(self, file, line), 1 << 18)

    def opened(self, file: Named, mode: str, newline: str | None, errors: str) -> Any:
        """The file as fsspec opens one: text or bytes, inflated."""
        from fsspec.core import OpenFile

        return OpenFile(
            _Opener(self, file),
            file.path,
            mode=mode,
            compression=file.compression,
            encoding="utf-8",
            errors=errors,
            newline=newline,
        )


class _Opener:
    """As much of a file system as an ``OpenFile`` asks for."""

    def __init__(self, store: Store, file: Named) -> None:
        self._store, self._file = store, file

    def open(self, path: str, mode: str = "rb") -> Any:
        return self._store.binary(self._file, Line())


class Stream(io.RawIOBase):
    """A file as it is stored, from its first byte or the one that is sought."""

    def __init__(self, store: Store, file: Named, line: Line) -> None:
        self._store, self._file, self._line = store, file, line
        self._at = 0
        self._chunk = memoryview(b"")
        self._bytes: Bytes | None = None
        self._chunks: Iterator[bytes] = iter(())

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END:
            raise io.UnsupportedOperation("the end of a file that is read over a network")
        to = offset + (self._at if whence == io.SEEK_CUR else 0)
        if to != self._at:
            self._forget()
            self._at = to
        return to

    def readinto(self, room: WriteableBuffer) -> int:
        into = memoryview(room).cast("B")
        if self._bytes is None:
            self._bytes = self._store.begin(self._file, self._line, self._at)
            self._chunks = iter(self._bytes)
        while not self._chunk:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._chunk = memoryview(chunk)
        length = min(len(self._chunk), len(into))
        into[:length] = self._chunk[:length]
        self._chunk = self._chunk[length:]
        self._at += length
        return length

    def close(self) -> None:
        self._forget()
        super().close()

    def _forget(self) -> None:
        if self._bytes is not None:
            self._bytes.close()
        self._bytes, self._chunk = None, memoryview(b"")
