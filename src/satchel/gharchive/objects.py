"""Who speaks to a store: obstore to S3, as when events are read there; fsspec to all others."""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from satchel.errors import MirrorError
from satchel.storage.address import shown
from satchel.storage.s3_options import Access, access

if TYPE_CHECKING:
    from obstore.store import S3Store

__all__ = ["Objects", "objects"]

_CHUNK = 1 << 20


class Objects(Protocol):
    """The objects below one address, by their names there."""

    def listed(self) -> Iterable[tuple[str, int]]:
        """The name and the size of each; none where there is no such place."""

    def read(self, name: str) -> Iterator[bytes]:
        """The bytes of one; a FileNotFoundError where it is not there."""

    def put(self, name: str, file: Path) -> None:
        """Make a file of this machine an object, all of it at once."""

    def size(self, name: str) -> int:
        """How many bytes one has."""


def objects(root: str, storage_options: Mapping[str, Any] | None) -> Objects:
    """Return whoever speaks to the store of an address.

    Args:
        root: such as `s3://bucket/path`.
        storage_options: as s3fs and fsspec's other file systems take them.

    Raises:
        MirrorError: if it is not installed.
    """
    options = dict(storage_options or {})
    if root.startswith(("s3://", "s3a://")) and importlib.util.find_spec("obstore") is not None:
        told = access(options)
        if isinstance(told, Access):
            return _OfS3(root, told)
    try:
        return _OfFsspec(root, options)
    except ImportError as error:
        hint = "pip install 'satchel[s3]'" if root.startswith("s3") else "pip install that"
        raise MirrorError(f"{shown(root)}: {error} (try: {hint})") from error


class _OfFsspec:
    def __init__(self, root: str, options: Mapping[str, Any]) -> None:
        from fsspec.core import url_to_fs

        self._files, path = url_to_fs(root, **options)
        self._path = path.rstrip("/")

    def listed(self) -> Iterable[tuple[str, int]]:
        try:
            self._files.invalidate_cache()
            found = self._files.ls(self._path, detail=True)
        except FileNotFoundError:
            return []
        return [(str(one["name"]).rpartition("/")[2], one["size"]) for one in found]

    def read(self, name: str) -> Iterator[bytes]:
        with self._files.open(f"{self._path}/{name}", "rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk

    def put(self, name: str, file: Path) -> None:
        self._files.put_file(str(file), f"{self._path}/{name}")

    def size(self, name: str) -> int:
        self._files.invalidate_cache()
        return int(self._files.info(f"{self._path}/{name}")["size"])


class _OfS3:
    def __init__(self, root: str, access: Access) -> None:
        from satchel.storage.s3 import S3, split

        self._root = root.rstrip("/")
        name, path = split(self._root)
        self._prefix = f"{path}/" if path else ""
        self._s3 = S3(access)
        self._bucket = self._s3.bucket(name)

    @cached_property
    def _reader(self) -> S3Store:
        return self._bucket.lister()

    @cached_property
    def _writer(self) -> S3Store:
        return self._bucket.store()

    def listed(self) -> Iterable[tuple[str, int]]:
        from satchel.storage.s3_names import matches

        # The first request is this one: it finds out in which region the bucket is.
        found = matches(self._s3, f"{self._root}/*.json.gz")
        return [(path.rpartition("/")[2], size or 0) for path, size in found]

    def read(self, name: str) -> Iterator[bytes]:
        import obstore

        with self._named(name):
            for chunk in obstore.get(self._reader, self._prefix + name).stream(_CHUNK):
                yield bytes(chunk)

    def put(self, name: str, file: Path) -> None:
        import obstore

        with self._named(name):
            obstore.put(self._writer, self._prefix + name, file)

    def size(self, name: str) -> int:
        import obstore

        with self._named(name):
            size: int = obstore.head(self._writer, self._prefix + name)["size"]
            return size

    @contextlib.contextmanager
    def _named(self, name: str) -> Iterator[None]:
        """Say of an error where it was, in a line, without secrets."""
        from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

        where = f"{self._root}/{name}"
        try:
            yield
        except FileNotFoundError:
            raise FileNotFoundError(f"{where}: no such object, or no such bucket") from None
        except (PermissionDeniedError, UnauthenticatedError) as error:
            raise PermissionError(f"{where}: {self._bucket.said(error)}") from None
        except BaseError as error:
            raise OSError(f"{where}: {self._bucket.said(error)}") from None
