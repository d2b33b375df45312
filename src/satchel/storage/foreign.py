"""Files that fsspec opens.

They are of file systems that satchel has no client for, or compressed as the kernel does not know.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from satchel.storage.address import secrets_of, without
from satchel.storage.failures import Stopped
from satchel.storage.line import Line
from satchel.storage.store import Named, Store

__all__ = ["Foreign"]

_CHUNK = 1 << 20


class Foreign(Store):
    """Reads what fsspec opens.

    Args:
        files: the file system of fsspec.
        prefix: what stands before a path of it, as a user writes it.
        inflate: the compression that fsspec takes off; ``None`` leaves that to the kernel.
    """

    def __init__(self, files: Any, prefix: str, inflate: str | None) -> None:
        self._files, self._prefix, self._inflate = files, prefix, inflate
        self.reader = f"fsspec's {type(files).__name__}"
        if inflate is not None:
            self.reader += f", which inflates {inflate}"
        self.splits = inflate is None
        self._start()

    def __repr__(self) -> str:
        return f"Foreign({type(self._files).__name__})"

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_turn"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._start()

    def __dask_tokenize__(self) -> Any:
        return "satchel.storage.Foreign", self._files, self._prefix, self._inflate

    def _start(self) -> None:
        # Not every file system may be used from two threads (one of ftp has one connection).
        shared = getattr(self._files, "async_impl", False) or not self._prefix
        self._turn: Any = contextlib.nullcontext() if shared else threading.RLock()

    def begin(
        self,
        file: Named,
        line: Line,
        start: int = 0,
        stop: int | None = None,
        version: object = None,
    ) -> _Opened:
        with self._named(file):
            with self._turn:
                opened = self._open(file)
                if start:
                    opened.seek(start)
            return _Opened(self, file, opened, line)

    def opened(self, file: Named, mode: str, newline: str | None, errors: str) -> Any:
        from fsspec.core import OpenFile

        return OpenFile(
            self._files,
            self._path(file),
            mode=mode,
            compression=self._inflate or file.compression,
            encoding="utf-8",
            errors=errors,
            newline=newline,
        )

    def _open(self, file: Named) -> Any:
        from fsspec.compression import compr

        opened = self._files.open(self._path(file), mode="rb")
        return opened if self._inflate is None else compr[self._inflate](opened, mode="rb")

    def _path(self, file: Named) -> str:
        return file.path.removeprefix(self._prefix)

    @contextlib.contextmanager
    def _named(self, file: Named) -> Iterator[None]:
        """Note the address on what fsspec raises, and hide what it should not have said."""
        try:
            yield
        except Exception as error:
            secrets = secrets_of(getattr(self._files, "storage_options", {}))
            error.args = tuple(
                without(arg, secrets) if isinstance(arg, str) else arg for arg in error.args
            )
            error.add_note(f"satchel: {file.path}, read by {self.reader}")
            raise


class _Opened:
    """A file as it comes."""

    ranged = False
    version = None
    modified_ns = 0

    def __init__(self, store: Foreign, file: Named, opened: Any, line: Line) -> None:
        self._store, self._file, self._opened, self._line = store, file, opened, line
        size = None if store._inflate is not None else getattr(opened, "size", None)
        self.size: int | None = size if isinstance(size, int) else None

    def __iter__(self) -> Iterator[bytes]:
        while True:
            if self._line.ended.is_set():
                raise Stopped
            with self._store._named(self._file), self._store._turn:
                chunk = self._opened.read(_CHUNK)
            if not chunk:
                return
            yield bytes(chunk)

    def close(self) -> None:
        self._opened.close()
