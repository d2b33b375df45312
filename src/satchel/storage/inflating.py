"""A store's files, inflated on their way by what fsspec knows: the kernel is given the text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from satchel.storage.failures import Stopped
from satchel.storage.line import Line
from satchel.storage.store import Named, Store, Stream

__all__ = ["Inflating"]

_CHUNK = 1 << 20


class Inflating(Store):
    """Reads the files of another store, which are compressed in a way that the kernel is not told.

    Args:
        store: what brings them as they are stored.
        compression: as fsspec calls it.
    """

    splits = False

    def __init__(self, store: Store, compression: str) -> None:
        self._store, self._compression = store, compression
        self.reader = f"{store.reader}; fsspec inflates {compression}"

    def __repr__(self) -> str:
        return f"Inflating({self._store!r}, {self._compression!r})"

    def __dask_tokenize__(self) -> Any:
        return "satchel.storage.Inflating", self._store, self._compression

    def begin(
        self,
        file: Named,
        line: Line,
        start: int = 0,
        stop: int | None = None,
        version: object = None,
    ) -> _Inflated:
        return _Inflated(self.binary(file, line), line, file)

    def binary(self, file: Named, line: Line) -> Any:
        from fsspec.compression import compr

        stored = io.BufferedReader(Stream(self._store, file, line), 1 << 18)
        return compr[self._compression](stored, mode="rb")


class _Inflated:
    """Text as it comes."""

    ranged = False
    version = None
    modified_ns = 0
    size = None

    def __init__(self, opened: Any, line: Line, file: Named) -> None:
        self._opened, self._line, self._file = opened, line, file

    def __iter__(self) -> Iterator[bytes]:
        while True:
            if self._line.ended.is_set():
                raise Stopped
            try:
                chunk = self._opened.read(_CHUNK)
            except Exception as error:
                error.add_note(f"satchel: {self._file.path}")
                raise
            if not chunk:
                return
            yield chunk

    def close(self) -> None:
        self._opened.close()
