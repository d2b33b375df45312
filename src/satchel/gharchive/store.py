"""A mirror in a store that fsspec knows, such as S3.

A draft is a file of this machine; when it is whole it goes to the store as one object, which is
there when all of it has arrived. Objects cannot be added to, so the manifest is written anew, now
and then and at the end; what a mirror that was killed has not written down, the next one finds.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from typing import IO, Any

from satchel.errors import MirrorError
from satchel.gharchive.hours import hour_of
from satchel.gharchive.place import MANIFEST, named

__all__ = ["Store"]

_CHUNK = 1 << 20


class Store:
    """The objects below one address.

    Args:
        root: such as `s3://bucket/path`.
        storage_options: for its file system.

    Raises:
        MirrorError: if what reads this kind of store is not installed.
    """

    appends = False

    def __init__(self, root: str, storage_options: Mapping[str, Any] | None) -> None:
        from fsspec.core import url_to_fs

        self.shown = root.rstrip("/")
        try:
            self._files, path = url_to_fs(root, **(storage_options or {}))
        except ImportError as error:
            raise MirrorError(f"{self.shown}: {error}") from error
        self._path = path.rstrip("/")

    def sizes(self) -> dict[str, int]:
        """How many bytes each of the archive's files has that is there."""
        try:
            listed = self._files.ls(self._path, detail=True, refresh=True)
        except FileNotFoundError:
            return {}
        names = ((str(found["name"]).rpartition("/")[2], found["size"]) for found in listed)
        return {name: size for name, size in names if hour_of(name)}

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file."""
        with self._files.open(f"{self._path}/{name}", "rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk

    @contextlib.contextmanager
    def draft(self, name: str) -> Iterator[_Draft]:
        """A file to write and commit; what is not committed at the end is thrown away."""
        with tempfile.NamedTemporaryFile(prefix="satchel-mirror-") as file, named(file.name):
            yield _Draft(file, self._files, f"{self._path}/{name}")

    def manifest(self) -> bytes:
        """What the manifest says; nothing where there is none."""
        try:
            return bytes(self._files.cat_file(f"{self._path}/{MANIFEST}"))
        except FileNotFoundError:
            return b""

    def write_manifest(self, data: bytes) -> None:
        """Write the manifest anew, whole or not at all."""
        self._files.pipe_file(f"{self._path}/{MANIFEST}", data)

    def append_manifest(self, line: bytes) -> None:
        """Not in a store."""
        raise NotImplementedError

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep nobody out: two mirrors in one store do the work twice, and no harm."""
        yield


class _Draft:
    def __init__(self, file: IO[bytes], files: Any, path: str) -> None:
        self.write = file.write
        self._file, self._files, self._path = file, files, path

    def commit(self) -> None:
        """Send it, as one object, and look whether the store has all of it.

        Raises:
            MirrorError: if the store has another number of bytes.
        """
        self._file.flush()
        size = self._file.tell()
        self._files.put_file(self._file.name, self._path)
        found = self._files.info(self._path, refresh=True)["size"]
        if found != size:
            raise MirrorError(f"{self._path}: {size:,} bytes were sent, and {found:,} are there")
