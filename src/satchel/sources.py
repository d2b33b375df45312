"""What to read: files, as plans that nothing has been read for yet."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, cast

import dask.bag as dask_bag
from dask.system import CPU_COUNT
from dask.utils import parse_bytes, system_encoding

from satchel import storage
from satchel.bag import Bag, adopt
from satchel.plan.nodes import File, Load, Text
from satchel.plan.partitions import cut, grouped

__all__ = ["from_s3", "read_ndjson", "read_text"]

_VALIDATE = ("strict", "touched")
_ON_BAD_LINES = ("raise", "skip", "keep")
_DOCUMENTS = ("line", "many")
_ON_DAMAGE = ("raise", "keep")


def read_text(
    urlpath: Any,
    blocksize: Any = None,
    compression: str | None = "infer",
    encoding: str = system_encoding,
    errors: str = "strict",
    linedelimiter: str | None = None,
    collection: bool = True,
    storage_options: Mapping[str, Any] | None = None,
    files_per_partition: int | None = None,
    include_path: bool = False,
) -> Any:
    """Read lines from text files; as ``dask.bag.read_text``, with the same arguments.

    Files in UTF-8 that are read as a whole are the kernel's, wherever they are; with another
    encoding, or cut up, they are read by dask.bag's own function.

    Args:
        urlpath: a path or address, a pattern with ``*``, or a list of them.
        blocksize: bytes to cut larger files up into (dask.bag's reader).
        compression: ``"infer"`` from the name, ``"gzip"``, ``None``, or whatever fsspec knows.
        encoding: of the text.
        errors: what to do with bytes that are not in the encoding.
        linedelimiter: ``None`` for universal newlines.
        collection: a Bag if true, else a list of delayed lists.
        storage_options: for the file system.
        files_per_partition: how many files make one partition; one by default.
        include_path: elements are ``(line, path)``.

    Returns:
        A Bag of lines, each with its newline.

    Raises:
        ValueError: if no file matches.

    >>> import satchel as db
    >>> db.read_text("no-such-*.json.gz")
    Traceback (most recent call last):
        ...
    ValueError: ('No files found', 'no-such-*.json.gz')
    """
    ours = (
        blocksize is None
        and collection
        and not include_path
        and errors == "strict"
        and encoding.lower().replace("_", "-") in ("utf-8", "utf8")
        and linedelimiter is None
    )
    if not ours:
        try:
            lines = dask_bag.read_text(
                urlpath,
                blocksize,
                compression,
                encoding,
                errors,
                linedelimiter,
                collection,
                storage_options,
                files_per_partition,
                include_path,
            )
        except ImportError as error:
            raise ImportError(
                "blocksize, another encoding, errors=, linedelimiter= and include_path= are for "
                f"dask.bag, which reads with fsspec: {error} (try: pip install s3fs, for S3)"
            ) from error
        return adopt(lines)
    files = files_of(urlpath, compression, storage_options)
    return Bag._of(Text(files, grouped(files, files_per_partition)), "read-text")


def read_ndjson(
    urlpath: Any,
    *,
    loader: Callable[[str], Any] = json.loads,
    validate: str = "strict",
    on_bad_lines: str = "raise",
    documents: str = "line",
    on_damage: str = "raise",
    blocksize: int | str | None = "auto",
    compression: str | None = "infer",
    storage_options: Mapping[str, Any] | None = None,
    files_per_partition: int | None = None,
) -> Bag:
    r"""Read records from files with one JSON document a line, or several.

    ``read_ndjson(path)`` is ``read_text(path).map(json.loads)``, but for its partitions: small
    files are read together, and large ones in parts where that can be done, which is in plain text
    and in block gzip (``bgzip``).

    Args:
        urlpath: a path, a pattern with ``*``, or a list of them.
        loader: what turns a line into a record.
        validate: ``"strict"`` checks every byte of every line, as the loader would;
            ``"touched"`` checks only what the query reads, and is faster.
        on_bad_lines: what to do with a line that the loader answers with a ValueError or a
            RecursionError, or that is not UTF-8. ``"raise"`` raises; ``"skip"`` leaves it out,
            and a `BadLinesWarning` tells how many there were, and of the first where it is;
            ``"keep"`` leaves it out for ``rejects()`` to give.
        documents: what the loader is given: ``"line"``, each line as it is; ``"many"``, each of any
            number of objects and arrays on a line, whatever white space or zero bytes stand
            between them. A blank line has none.
        on_damage: what to do with a gzip or zstd file that is cut short or damaged: ``"raise"``
            raises what Python's reader raises; ``"keep"`` keeps the rows before the damage, and a
            `DamagedFilesWarning` tells how many files there were, and of the first where that is.
        blocksize: how many bytes of files, as they are stored, make one partition: an int, a text
            such as ``"64 MiB"``, or ``None`` for one file a partition, as of ``read_text``.
            ``"auto"`` makes about 100 partitions, or four for each worker if that is more, of 4 to
            128 MiB of text, or an estimated quarter of that compressed.
        compression: ``"infer"`` from the name, ``"gzip"``, ``None``, or whatever fsspec knows.
        storage_options: for the file system.
        files_per_partition: exactly so many files make one partition, in place of `blocksize`.

    Raises:
        ValueError: if no file matches, or an argument is none of those named here.

    >>> import tempfile
    >>> import satchel as db
    >>> file = tempfile.NamedTemporaryFile(suffix=".json")
    >>> _ = file.write(b'{"n": 1}\nnot JSON\n{"n": 2}\n'), file.flush()
    >>> events = db.read_ndjson(file.name, on_bad_lines="keep")
    >>> events.pluck("n").compute()
    [1, 2]
    >>> [(line, error) for _, line, _, _, error in events.rejects()]
    [(2, 'JSONDecodeError: Expecting value: line 1 column 1 (char 0)')]
    """
    return records(
        files_of(urlpath, compression, storage_options),
        loader=loader,
        validate=validate,
        on_bad_lines=on_bad_lines,
        documents=documents,
        on_damage=on_damage,
        blocksize=blocksize,
        files_per_partition=files_per_partition,
    )


def records(
    files: Sequence[File],
    *,
    loader: Callable[[str], Any] = json.loads,
    validate: str = "strict",
    on_bad_lines: str = "raise",
    documents: str = "line",
    on_damage: str = "raise",
    blocksize: int | str | None = "auto",
    files_per_partition: int | None = None,
) -> Bag:
    """What ``read_ndjson`` reads, of files that are known."""
    if validate not in _VALIDATE:
        raise ValueError(f"validate is 'strict' or 'touched', not {validate!r}")
    if on_bad_lines not in _ON_BAD_LINES:
        raise ValueError(f"on_bad_lines is 'raise', 'skip' or 'keep', not {on_bad_lines!r}")
    if documents not in _DOCUMENTS:
        raise ValueError(f"documents is 'line' or 'many', not {documents!r}")
    if on_damage not in _ON_DAMAGE:
        raise ValueError(f"on_damage is 'raise' or 'keep', not {on_damage!r}")
    target = _blocksize(blocksize, files_per_partition)
    starts = grouped(files, files_per_partition)
    if target is not None:
        # Behind damage nothing is kept, so that a compressed file is read from its start.
        files, starts = cut(files, target, _workers(), whole=on_damage == "keep")
    source = Text(files, starts, validate, on_bad_lines, documents, on_damage)
    if on_bad_lines != "raise":
        return Bag._of(Load(source, loader), "load")
    return Bag._of(source, "read-text").map(loader)


def from_s3(
    bucket_name: str,
    paths: str | Sequence[str] = "*",
    aws_access_key: str | None = None,
    aws_secret_key: str | None = None,
    connection: None = None,
    anon: bool = False,
    *,
    storage_options: Mapping[str, Any] | None = None,
) -> Bag:
    """Read lines from objects of a bucket of S3; as ``dask.bag.from_s3`` did in 2015.

    ``from_s3(bucket, paths)`` is ``read_text("s3://bucket/paths")``.

    Args:
        bucket_name: with or without ``s3://``.
        paths: a key, a pattern with ``*``, or a list of them.
        aws_access_key: with `aws_secret_key`; by default the environment's, a profile's, a role's.
        aws_secret_key: the secret to it.
        connection: boto's, which is no more; only ``None``.
        anon: ask without credentials, as public buckets allow.
        storage_options: more, as s3fs takes them.

    Raises:
        ValueError: if no object matches.
        TypeError: if a `connection` is given.
    """
    if connection is not None:
        raise TypeError(
            "connection was boto's; storage_options says the same (try: docs/storage.md)"
        )
    options = dict(storage_options or {})
    if anon:
        options["anon"] = True
    if aws_access_key is not None:
        options |= {"key": aws_access_key, "secret": aws_secret_key}
    bucket = bucket_name.removeprefix("s3://").rstrip("/")
    keys = [paths] if isinstance(paths, str) else list(paths)
    urls = [f"s3://{bucket}/{key.removeprefix(f's3://{bucket}/')}" for key in keys]
    lines = read_text(urls[0] if isinstance(paths, str) else urls, storage_options=options)
    return cast(Bag, lines)


def _blocksize(
    blocksize: int | str | None, files_per_partition: int | None
) -> int | Literal["auto"] | None:
    """The target in bytes, ``"auto"``, or ``None`` where partitions are whole files.

    Raises:
        ValueError: if it is no size, or both are given.
    """
    if files_per_partition is not None:
        if blocksize not in ("auto", None):
            raise ValueError("expected blocksize or files_per_partition, got both")
        return None
    if blocksize is None or blocksize == "auto":
        return cast('Literal["auto"] | None', blocksize)
    size = parse_bytes(blocksize)
    if size < 1:
        raise ValueError(f"expected a blocksize of at least 1 byte, got {blocksize!r}")
    return int(size)


def _workers() -> int:
    """How many partitions are worked on at once: by a Client's workers, if there is one."""
    distributed = sys.modules.get("distributed")
    try:
        client = None if distributed is None else distributed.default_client()
    except ValueError:
        client = None
    if client is None or client.asynchronous:
        return int(CPU_COUNT)
    return sum(client.nthreads().values())


def files_of(
    urlpath: Any,
    compression: str | None = "infer",
    storage_options: Mapping[str, Any] | None = None,
    sizes: Sequence[int] = (),
) -> tuple[File, ...]:
    """The files in dask.bag's order.

    Args:
        urlpath: as of ``read_text``.
        compression: as of ``read_text``.
        storage_options: as of ``read_text``.
        sizes: the bytes that each is known to have, where `urlpath` is a list without patterns.

    Raises:
        ValueError: if there are none.
    """
    found = storage.expand(urlpath, compression, storage_options)
    if not found:
        raise ValueError("No files found", urlpath)
    every: Sequence[int | None] = sizes or [file.size for file in found]
    return tuple(
        File(file.path, file.compression, file.store, size)
        for file, size in zip(found, every, strict=True)
    )
