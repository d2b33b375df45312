"""A mirror in an object store, such as S3.

A draft is a file of this machine; when it is whole it goes to the store as one object, which is
there when all of it has arrived. Objects cannot be added to, so the manifest is written anew, now
and then and at the end; what a mirror that was killed has not written down, the next one finds.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from satchel.errors import MirrorError
from satchel.gharchive.hours import hour_of
from satchel.gharchive.objects import Objects, objects
from satchel.gharchive.place import MANIFEST, named
from satchel.storage.address import shown

__all__ = ["Store"]


class Store:
    """The objects below one address.

    Args:
        root: such as `s3://bucket/path`.
        storage_options: for its file system.

    Raises:
        MirrorError: if what speaks to this kind of store is not installed.
    """

    appends = False

    def __init__(self, root: str, storage_options: Mapping[str, Any] | None) -> None:
        self.shown = shown(root.rstrip("/"))
        self._objects = objects(root, storage_options)

    def sizes(self) -> dict[str, int]:
        """How many bytes each of the archive's files has that is there."""
        return {name: size for name, size in self._objects.listed() if hour_of(name)}

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file."""
        return self._objects.read(name)

    @contextlib.contextmanager
    def draft(self, name: str) -> Iterator[_Draft]:
        """A file to write and commit; what is not committed at the end is thrown away."""
        with tempfile.NamedTemporaryFile(prefix="satchel-mirror-") as file:
            yield _Draft(file, self._objects, name)

    def manifest(self) -> bytes:
        """What the manifest says; nothing where there is none."""
        try:
            return b"".join(self._objects.read(MANIFEST))
        except FileNotFoundError:
            return b""

    def write_manifest(self, data: bytes) -> None:
        """Write the manifest anew, whole or not at all."""
        with self.draft(MANIFEST) as draft:
            draft.write(data)
            draft.commit()

    def append_manifest(self, line: bytes) -> None:
        """Not in a store."""
        raise NotImplementedError

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep nobody out: two mirrors in one store do the work twice, and no harm."""
        yield


class _Draft:
    def __init__(self, file: IO[bytes], objects: Objects, name: str) -> None:
        self._file, self._objects, self._name = file, objects, name

    def write(self, data: bytes) -> None:
        """Add bytes to it, on this machine."""
        with named(self._file.name):
            self._file.write(data)

    def commit(self) -> None:
        """Send it, as one object, and look whether the store has all of it.

        Raises:
            MirrorError: if the store has another number of bytes.
        """
        with named(self._file.name):
            self._file.flush()
        size = self._file.tell()
        self._objects.put(self._name, Path(self._file.name))
        found = self._objects.size(self._name)
        if found != size:
            raise MirrorError(f"{self._name}: {size:,} bytes were sent, and {found:,} are there")
