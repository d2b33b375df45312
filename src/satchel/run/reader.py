"""The lines of a file as dask.bag's reader gives them: the slow twin of the kernel's reader.

It serves where Python has to read a partition again, and where a file is damaged, so that the
error is the one that the reader of dask.bag raises.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from satchel.plan.nodes import File
from satchel.run.chain import feeds

if TYPE_CHECKING:
    from satchel.run.notes import Place

__all__ = ["Lines", "line_at", "reraise", "text_of"]


class Lines:
    """Every line of files, in order; it knows which one it has given out last.

    Args:
        files: the files of a partition.
        first: the number of the first of them in the source.
        raw: give lines as bytes, as they stand in the file, also where they are not UTF-8;
            otherwise as ``str``, whatever ends a line being a newline.
    """

    def __init__(self, files: Sequence[File], first: int = 0, *, raw: bool = False) -> None:
        self._files = files
        self._first = first
        self._raw = raw
        self._file = -1
        self._row = -1
        self._offset = 0

    @feeds
    def __iter__(self) -> Iterator[Any]:
        for number, file in enumerate(self._files):
            self._file = number
            lines = _raw_lines(file) if self._raw else _text_lines(file)
            try:
                following = 0
                for row, line in enumerate(lines):
                    self._row, self._offset = row, following
                    following += len(line)
                    yield line
            except Exception:
                self._row = -1  # The file is at fault, and not what was done with a line.
                raise

    def place(self) -> Place | None:
        """Where the last line is; ``None`` before the first."""
        if self._row < 0:
            return None
        if not self._raw:
            before = zip(range(self._row), _raw_lines(self._files[self._file]), strict=False)
            self._offset = sum(len(line) for _, line in before)
        return self._first + self._file, self._row, self._offset


def text_of(line: bytes) -> str:
    r"""A line of a file as a text file hands it out.

    Raises:
        UnicodeDecodeError: if it is not UTF-8.

    >>> text_of(b"one\r\n"), text_of(b"two\r"), text_of(b"three")
    ('one\n', 'two\n', 'three')
    """
    text = line.decode("utf-8")
    for ending in ("\r\n", "\r"):
        if text.endswith(ending):
            return text.removesuffix(ending) + "\n"
    return text


def line_at(file: File, offset: int) -> bytes:
    """The line that starts at a byte of the inflated file, with what ends it."""
    with _opened(file, newline="", mode="rb") as stream:
        stream.seek(offset)
        text = io.TextIOWrapper(stream, "utf-8", "surrogateescape", newline="")
        return text.readline().encode("utf-8", "surrogateescape")


def reraise(file: File, found: str, *, raw: bool = False) -> None:
    """Read a damaged file to its end, so that Python's reader raises its own error.

    Args:
        file: the file in which the kernel found damage.
        found: what the kernel found and where, which becomes a note on the error.
        raw: bytes that are not UTF-8 are no damage.

    Raises:
        EOFError, gzip.BadGzipFile, zlib.error, UnicodeDecodeError, OSError: whatever the reader
            raises, with the note.
    """
    try:
        for _ in Lines([file], raw=raw):
            pass
    except Exception as error:
        error.add_note(found)
        raise


def _text_lines(file: File) -> Iterator[str]:
    with _opened(file, newline=None) as stream:
        yield from stream


def _raw_lines(file: File) -> Iterator[bytes]:
    # Bytes that are not UTF-8 come through as lone surrogates, which no line has otherwise.
    with _opened(file, newline="", errors="surrogateescape") as stream:
        for line in stream:
            yield line.encode("utf-8", "surrogateescape")


def _opened(file: File, newline: str | None, mode: str = "rt", errors: str = "strict") -> Any:
    # fsspec is what dask.bag opens files with: its errors for a missing file are the user's.
    from fsspec.core import OpenFile
    from fsspec.implementations.local import LocalFileSystem

    if file.store is not None:
        return file.store.opened(file, mode, newline, errors)
    return OpenFile(
        LocalFileSystem(),
        file.path,
        mode=mode,
        compression=file.compression,
        encoding="utf-8",
        errors=errors,
        newline=newline,
    )
