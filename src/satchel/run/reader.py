"""The lines of a file as dask.bag's reader gives them: the slow twin of the kernel's reader.

It serves where Python has to read a partition again, and where a file is damaged, so that the
error is the one that the reader of dask.bag raises. Parts of files are cut by the kernel here too;
that they are the lines of the whole is held by a test.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from satchel import _kernel
from satchel.errors import DamagedFile
from satchel.plan.nodes import File, Text
from satchel.run import documents, salvage
from satchel.run.chain import feeds
from satchel.run.specs import spec

if TYPE_CHECKING:
    from satchel.run.notes import Place

__all__ = ["Lines", "Opened", "line_at", "reraise", "text_of"]

Opened = Callable[[File, str | None, str], Any]
"""Opens a file, given newline and mode."""

_SKIPPED = 1 << 20


class Lines:
    """Every line of files, in order; it knows which one it has given out last.

    Where lines may be left as they are, they come as bytes, as they stand in the file, also where
    they are not UTF-8; otherwise as ``str``, whatever ends a line being a newline. Where a line may
    have several documents, it is those that come.

    Args:
        source: says what a line is.
        files: the files of a partition.
        first: the number of the first of them in the source.
    """

    def __init__(self, source: Text, files: Sequence[File], first: int = 0) -> None:
        self._source = source
        self._files = files
        self._first = first
        self._raw = source.on_bad_lines != "raise"
        self._counts = self._raw or source.is_particular
        self._file = -1
        self._row = -1
        self._offset = 0
        self.damaged: list[tuple[Place, str]] = []
        """Where files were left off, and why."""

    @feeds
    def __iter__(self) -> Iterator[Any]:
        for number, file in enumerate(self._files):
            self._file = number
            try:
                if self._source.is_particular:
                    yield from self._particular(file)
                    continue
                lines = _raw_lines(file) if self._raw else _text_lines(file)
                following = 0
                for row, line in enumerate(lines):
                    self._row, self._offset = row, following
                    following += len(line)
                    yield line
            except Exception:
                self._row = -1  # The file is at fault, and not what was done with a line.
                raise

    @feeds
    def _particular(self, file: File) -> Iterator[Any]:
        """The rows of a file, where a line may be none, or several, or cut in two by damage."""
        many = self._source.documents == "many"
        following = 0
        for row, (line, damage) in enumerate(_kept_lines(self._source, file)):
            start, following = following, following + len(line)
            if damage is not None:
                rest = documents.whole(line) if many else 0
                place = self._first + self._file, row, start + rest
                self.damaged.append((place, damage))
                line = line[:rest]
            for piece in documents.pieces(line) if many else [documents.Piece(0, line, True)]:
                if piece.text:
                    self._row, self._offset = row, start + piece.start
                    yield piece.text if self._raw else text_of(piece.text)

    def place(self) -> Place | None:
        """Where the last line is; ``None`` before the first."""
        if self._row < 0:
            return None
        if not self._counts:
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


def line_at(source: Text, file: File, offset: int) -> bytes:
    """The line, or the document, that starts at a byte of the inflated file or part."""
    damaged = source.on_damage == "keep"
    opened: Any = salvage.Salvage(file, _opened) if damaged else _opened(file, "", "rb")
    with opened as stream:
        if damaged:
            stream = io.BufferedReader(stream)
        if stream.seekable():
            stream.seek(offset)
        while offset and not stream.seekable():
            offset -= len(stream.read(min(offset, _SKIPPED)))
        text = io.TextIOWrapper(stream, "utf-8", "surrogateescape", newline="")
        line = text.readline().encode("utf-8", "surrogateescape")
    if source.documents == "many":
        return next((piece.text for piece in documents.pieces(line)), line)
    return line


def reraise(source: Text, file: File, found: str) -> NoReturn:
    """Read a damaged file to its end, so that Python's reader raises its own error.

    Args:
        source: says what is damage: where lines come as bytes, those that are not UTF-8 are none.
        file: the file in which the kernel found it, or a part of it.
        found: what the kernel found and where, which becomes a note on the error.

    Raises:
        EOFError, gzip.BadGzipFile, zlib.error, UnicodeDecodeError, OSError: whatever the reader
            raises, with the note.
        DamagedFile: where it raises nothing.
    """
    rows: Any = Lines(replace(source, documents="line"), [replace(file, span=None)])
    if file.compression == "zstd":
        rows = _by_fsspec(file)
    try:
        for _ in rows:
            pass
    except Exception as error:
        error.add_note(found)
        raise
    raise DamagedFile(found.removeprefix("satchel: "))


def _text_lines(file: File) -> Iterator[str]:
    with _opened(file, newline=None) as stream:
        yield from stream


def _raw_lines(file: File) -> Iterator[bytes]:
    # Bytes that are not UTF-8 come through as lone surrogates, which no line has otherwise.
    with _opened(file, newline="", errors="surrogateescape") as stream:
        for line in stream:
            yield line.encode("utf-8", "surrogateescape")


def _kept_lines(source: Text, file: File) -> Iterator[tuple[bytes, str | None]]:
    if source.on_damage == "keep":
        return salvage.lines(file, _opened)
    return ((line, None) for line in _raw_lines(file))


def _opened(file: File, newline: str | None, mode: str = "rt", errors: str = "strict") -> Any:
    # fsspec is what dask.bag opens files with: its errors for a missing file are the user's.
    from fsspec.core import OpenFile
    from fsspec.implementations.local import LocalFileSystem

    if file.span is not None or file.compression == "zstd":
        inflated = io.BufferedReader(_Inflated(file))
        return inflated if mode == "rb" else io.TextIOWrapper(inflated, "utf-8", errors, newline)
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


def _by_fsspec(file: File) -> Iterator[bytes]:
    """A zstd file as dask.bag reads it, where Python has a module for that; else nothing."""
    from fsspec.compression import compr

    stored = replace(file, compression=None, span=None)
    if "zstd" in compr:
        with _opened(stored, None, "rb") as stream, compr["zstd"](stream, mode="rb") as inflated:
            yield from inflated


class _Inflated(io.RawIOBase):
    """A file, or a part of one, as the kernel cuts and inflates it."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._reading = contextlib.ExitStack()
        self._blocks = iter(_kernel.Blocks(self._reading.enter_context(spec(file))))
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._reading.close()
        super().close()

    def readinto(self, room: Any) -> int:
        if not self._rest:
            try:
                self._rest = memoryview(next(self._blocks, b""))
            except _kernel.DamagedError as damage:
                as_it_is = Text((self._file,), on_bad_lines="keep")
                reraise(as_it_is, self._file, f"satchel: {damage.args[1]}")
        view = memoryview(room).cast("B")
        length = min(len(view), len(self._rest))
        view[:length] = self._rest[:length]
        self._rest = self._rest[length:]
        return length
