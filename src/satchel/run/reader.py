"""The lines of a file as dask.bag's reader gives them: the slow twin of the kernel's reader.

It serves where Python has to read a partition again, and where a file is damaged, so that the
error is the one that the reader of dask.bag raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from satchel.plan.nodes import File

__all__ = ["lines", "reraise"]


def lines(files: Iterable[File]) -> Iterator[str]:
    """Every line of `files` in order, as ``str``; whatever ends a line has become a newline."""
    # fsspec is what dask.bag opens files with: its errors for a missing file are the user's.
    from fsspec.core import OpenFile
    from fsspec.implementations.local import LocalFileSystem

    filesystem = LocalFileSystem()
    for file in files:
        opened = OpenFile(
            filesystem,
            file.path,
            mode="rt",
            compression=file.compression,
            encoding="utf-8",
            errors="strict",
            newline=None,
        )
        with opened as stream:
            yield from stream


def reraise(file: File, found: str) -> None:
    """Read a damaged file to its end, so that Python's reader raises its own error.

    Args:
        file: the file in which the kernel found damage.
        found: what the kernel found and where, which becomes a note on the error.

    Raises:
        EOFError, gzip.BadGzipFile, zlib.error, UnicodeDecodeError, OSError: whatever the reader
            raises, with the note.
    """
    try:
        for _ in lines([file]):
            pass
    except Exception as error:
        error.add_note(found)
        raise
