"""Where a mirror is kept: a folder, or whatever else fsspec knows.

A place holds files under their names, side by side, and a manifest among them. A file comes into
it as a draft, which becomes the file when all of it is there and found whole, in one step; a draft
that is given up leaves nothing.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

__all__ = ["MANIFEST", "Draft", "Place", "named", "place"]

MANIFEST = "gharchive-manifest.jsonl"
"""The name of the manifest: no glob of the data takes it."""


class Draft(Protocol):
    """A file on its way into a place."""

    def write(self, data: bytes, /) -> Any:
        """Add bytes to it."""

    def commit(self) -> None:
        """Make it the file of its name, in place of what was there."""


class Place(Protocol):
    """Where files are kept.

    Attributes:
        shown: the place as messages name it, without secrets.
        appends: whether the manifest can be added to; else it is written anew each time.
    """

    shown: str
    appends: bool

    def sizes(self) -> dict[str, int]:
        """How many bytes each of the archive's files has that is there."""

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file."""

    def draft(self, name: str) -> contextlib.AbstractContextManager[Draft]:
        """A file to write and commit; what is not committed at the end is thrown away."""

    def manifest(self) -> bytes:
        """What the manifest says; nothing where there is none."""

    def write_manifest(self, data: bytes) -> None:
        """Write the manifest anew, whole or not at all."""

    def append_manifest(self, line: bytes) -> None:
        """Add a line to the manifest."""

    def locked(self) -> contextlib.AbstractContextManager[None]:
        """Keep other mirrors out meanwhile, and make room for this one."""


def place(root: str | os.PathLike[str], storage_options: Mapping[str, Any] | None = None) -> Place:
    """Return the place that `root` names: a folder, or a URL of a store such as `s3://bucket/path`.

    Args:
        root: need not be there yet.
        storage_options: for the store's file system.

    Raises:
        ValueError: for a web address, since nothing can be listed or written there.

    >>> place("archive").shown
    'archive'
    >>> place("https://data.gharchive.org")
    Traceback (most recent call last):
        ...
    ValueError: a mirror is kept in a folder or a store, not at https://data.gharchive.org
    """
    root = os.fspath(root)
    scheme, mark, rest = root.partition("://")
    if not mark or scheme in ("file", "local"):
        from satchel.gharchive.folder import Folder

        return Folder(rest if mark else root)
    if scheme in ("http", "https"):
        raise ValueError(f"a mirror is kept in a folder or a store, not at {root}")
    from satchel.gharchive.store import Store

    return Store(root, storage_options)


@contextlib.contextmanager
def named(path: str | os.PathLike[str]) -> Iterator[None]:
    """Name the file in an error of the machine that does not, such as that of a full disk.

    >>> with named("a"):
    ...     raise OSError(28, "No space left on device")
    Traceback (most recent call last):
        ...
    OSError: [Errno 28] No space left on device: 'a'
    """
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename is None:
            raise type(error)(error.errno, error.strerror, os.fspath(path)) from error
        raise
