"""How files become partitions: small ones together, large ones in parts, toward a target size.

                 weights          toward 100
    a b c d      1 1 1 30    ->   a b c | d 0..10 | d 10..20 | d 20..

A file can be cut up where it is plain text, at ends of lines, or block gzip (BGZF), between its
blocks. Where exactly is found when the parts are read; here bytes are cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

from satchel.plan.nodes import File

__all__ = ["cut", "grouped"]

PARTITIONS: Final = 100
"""So many partitions there shall be at least, as of `dask.bag.from_sequence`: more than most
machines have cores, so that the same files are cut alike on all of them."""

A_WORKER: Final = 4
"""So many for each worker, where that is more."""

LEAST: Final = 4 << 20
"""Less is not worth a task: it is scanned in a few milliseconds."""

MOST: Final = 128 << 20
"""A part of this size is scanned in a few tenths of a second, more of them balance better."""

INFLATES: Final = 4
"""A compressed byte counts as so many, the least that JSON is compressed by."""

_BLOCK_HEADER = 64


def grouped(files: Sequence[File], together: int | None) -> tuple[int, ...] | None:
    """The first file of each partition, so many files being together.

    >>> grouped([File("a", None), File("b", None), File("c", None)], 2)
    (0, 2)
    """
    return None if together is None else tuple(range(0, len(files), together))


def cut(
    files: Sequence[File], blocksize: int | Literal["auto"], workers: int, *, whole: bool = False
) -> tuple[tuple[File, ...], tuple[int, ...]]:
    """The files, large ones in parts, and the number of the first of each partition.

    Args:
        files: in order.
        blocksize: how many stored bytes a partition is to have; ``"auto"`` is the `MOST` that
            leaves enough partitions, compressed bytes counting `INFLATES` times.
        workers: how many partitions are worked on at once.
        whole: compressed files are not cut up.

    >>> cut([File("a", None, size=3), File("b", None, size=6), File("c", None, size=9)], 10, 1)[1]
    (0, 2)
    >>> [file.span for file in cut([File("a", None, size=25)], 10, 1)[0]]
    [(0, 8), (8, 16), (16, None)]
    """
    weights = [_weight(file, blocksize == "auto") for file in files]
    total = sum(weight or 0 for weight in weights)
    enough = total // max(PARTITIONS, A_WORKER * workers)
    target = max(LEAST, min(MOST, enough)) if blocksize == "auto" else blocksize
    cut_up: list[File] = []
    starts: list[int] = []
    room = 0
    for file, weight in zip(files, weights, strict=True):
        splits = weight is not None and weight > target and not (whole and file.compression)
        parts = _parts(file, weight or 0, target) if splits else [file]
        if not starts or weight is None or weight > room:
            # What is large, or of unknown size, stands alone.
            starts += range(len(cut_up), len(cut_up) + len(parts))
            room = 0 if weight is None else target - min(weight, target)
        else:
            room -= weight
        cut_up += parts
    return tuple(cut_up), tuple(starts)


def _weight(file: File, auto: bool) -> int | None:
    """What a file counts; ``None`` where its size is not known."""
    if file.size is None and file.store is not None:
        return None
    return file.stored_bytes() * (INFLATES if auto and file.compression is not None else 1)


def _parts(file: File, weight: int, target: int) -> list[File]:
    """A file in as few parts as the target allows, all about as long; itself if it stays whole."""
    if file.store is not None and not file.store.splits:
        return [file]
    if file.compression is not None and not (file.compression == "gzip" and _is_blocks(file)):
        return [file]
    size, count = file.stored_bytes(), -(-weight // target)
    bounds = [size * part // count for part in range(count)]
    ends = [*bounds[1:], None]
    return [replace(file, span=span) for span in zip(bounds, ends, strict=True)]


def _is_blocks(file: File) -> bool:
    """Whether a file begins with a block of block gzip; one that cannot be read does not."""
    try:
        beginning = _beginning(file)
    except Exception:  # noqa: BLE001 - whatever is wrong with the file is told when it is read.
        return False
    return beginning[:4] == b"\x1f\x8b\x08\x04" and b"BC\x02\x00" in beginning


def _beginning(file: File) -> bytes:
    if file.store is None:
        with open(file.path, "rb") as stream:
            return stream.read(_BLOCK_HEADER)
    beginning: bytes = file.store.beginning(file, _BLOCK_HEADER)
    return beginning
