"""From what a user writes to files: who reads them, what they are called, how long they are.

local, plain, gzip or zstd    -> the kernel itself, by the path
s3://, http://, https://      -> satchel's own clients, where they know every option
everything else               -> fsspec's file objects
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from satchel.storage.s3_options import access
from satchel.storage.store import Store

__all__ = ["Found", "expand"]

_KERNELS = (None, "gzip", "zstd")
_S3 = ("s3", "s3a")


@dataclass(frozen=True, slots=True)
class Found:
    """One file: what `plan.nodes.File` says of it."""

    path: str
    compression: str | None
    store: Store | None = None
    size: int | None = None


def expand(
    urlpath: Any, compression: str | None, storage_options: Mapping[str, Any] | None
) -> list[Found]:
    """The files that an address, a pattern or a list of them means, in dask.bag's order.

    Args:
        urlpath: as for ``dask.bag.read_text``.
        compression: ``"infer"``, or its name.
        storage_options: for the file system, as s3fs and fsspec's others take them.

    Raises:
        ImportError: if what reads them is not installed; it says what to install.
        OSError: if they cannot be listed.
    """
    urls = _urls(urlpath)
    options = dict(storage_options or {})
    protocols = {url.partition("://")[0] if "://" in url else "" for url in urls}
    protocol = next(iter(protocols)) if len(protocols) == 1 else ""
    if protocol in _S3:
        found = _of_s3(urls, isinstance(urlpath, str | os.PathLike), compression, options)
        if found is not None:
            return found
    if protocol in ("http", "https") or protocols == {"http", "https"}:
        found = _of_the_web(urls, compression, options)
        if found is not None:
            return found
    return _of_fsspec(urlpath, compression, options)


def _urls(urlpath: Any) -> list[str]:
    from fsspec.utils import stringify_path

    several = isinstance(urlpath, list | tuple | set)
    return [str(stringify_path(url)) for url in (urlpath if several else [urlpath])]


def _of_s3(
    urls: Sequence[str], one: bool, compression: str | None, options: Mapping[str, Any]
) -> list[Found] | None:
    """Objects of S3; ``None`` where s3fs has to read them."""
    if importlib.util.find_spec("obstore") is None:
        if importlib.util.find_spec("s3fs") is None:
            raise ImportError("s3:// is read with obstore (try: pip install 'satchel[s3]')")
        return None
    told = access(options)
    if isinstance(told, str):
        if importlib.util.find_spec("s3fs") is None:
            raise ImportError(
                f"the storage option {told!r} is known to s3fs alone (try: pip install s3fs)"
            )
        return None
    from satchel.storage.s3 import S3, split
    from satchel.storage.s3_names import matches

    store = S3(told)
    magic = "*" if one else "*?["
    found: list[tuple[str, int | None]] = []
    for url in urls:
        bucket, key = split(url)
        if "?versionId=" in key or any(sign in bucket for sign in "*?["):
            return None
        if any(sign in key for sign in magic):
            found += matches(store, url)
        else:
            found.append((url, None))
    return _stored(found, store, compression)


def _of_the_web(
    urls: Sequence[str], compression: str | None, options: Mapping[str, Any]
) -> list[Found] | None:
    """Addresses of HTTP; ``None`` where fsspec has to read them."""
    from satchel.storage.web import globbed, web

    store = web(options)
    if isinstance(store, str):
        return None
    if any("*" in url for url in urls):
        urls = globbed(urls, options)
    infer = compression == "infer"
    return [
        found
        for url in urls
        for found in _stored(
            [(store.named(url), None)],
            store,
            _inferred(url.partition("?")[0]) if infer else compression,
        )
    ]


def _stored(
    files: Iterable[tuple[str, int | None]], store: Store, compression: str | None
) -> list[Found]:
    """Files of a store; those that the kernel cannot inflate are inflated on the way."""
    from satchel.storage.inflating import Inflating

    inflating: dict[str, Inflating] = {}
    found = []
    for path, size in files:
        name = _inferred(path) if compression == "infer" else _known(compression)
        if name in _KERNELS:
            found.append(Found(path, name, store, size))
            continue
        assert name is not None, "no compression is the kernel's"
        by = inflating.setdefault(name, Inflating(store, name))
        found.append(Found(path, None, by, size))
    return found


def _inferred(path: str) -> str | None:
    from fsspec.utils import infer_compression

    # fsspec knows this one only where Python has a module for it, and the kernel always does.
    name: str | None = "zstd" if path.endswith(".zst") else infer_compression(path)
    return name


def _known(compression: str | None) -> str | None:
    """The compression, if fsspec knows it."""
    from fsspec.core import get_compression

    name: str | None = "zstd" if compression == "zstd" else get_compression("", compression)
    return name


def _of_fsspec(urlpath: Any, compression: str | None, options: Mapping[str, Any]) -> list[Found]:
    """Whatever fsspec opens, local files among it."""
    from fsspec.core import open_files
    from fsspec.implementations.local import LocalFileSystem

    from satchel.storage.foreign import Foreign

    asked = None if compression == "zstd" else compression
    opened = open_files(urlpath, mode="rt", compression=asked, **options)
    if not opened:
        return []
    files = opened[0].fs
    local = type(files) is LocalFileSystem
    prefix = "" if local else _prefix(files, opened[0].path)
    stores: dict[str | None, Foreign] = {}
    sizes = _sizes(files, _urls(urlpath))
    found = []
    for file in opened:
        name = _inferred(file.path) if compression == "infer" else compression
        ours = name in _KERNELS
        if local and ours:
            found.append(Found(file.path, name))
            continue
        inflate = None if ours else file.compression
        store = stores.setdefault(inflate, Foreign(files, prefix, inflate))
        size = sizes.get(file.path)
        found.append(Found(prefix + file.path, name if ours else None, store, size))
    return found


def _sizes(files: Any, urls: Sequence[str]) -> Mapping[str, int]:
    """How long files are that were listed: most file systems remember what a listing has told."""
    if "http" in files.protocol or not files.protocol:
        return {}  # A listing there is a page of names.
    sizes: dict[str, int] = {}
    for url in urls:
        if "*" in url and "::" not in url:
            for path, told in files.glob(url, detail=True).items():
                if isinstance(told.get("size"), int):
                    sizes[path] = told["size"]
    return sizes


def _prefix(files: Any, path: str) -> str:
    """What stands before the paths of a file system, as a user writes it."""
    protocol = files.protocol if isinstance(files.protocol, str) else files.protocol[0]
    if path.startswith(f"{protocol}://"):
        return ""
    host = getattr(files, "host", None)
    return f"{protocol}://{host if isinstance(host, str) and path.startswith('/') else ''}"
