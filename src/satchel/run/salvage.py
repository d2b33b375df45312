"""What can be read of a damaged gzip file: every byte that inflates before the damage.

Python's own reader gives up a buffer's worth of bytes with its exception, and the kernel does not;
so this reads on its own, as the slow twin of what the kernel does with ``on_damage="keep"``.
"""

from __future__ import annotations

import dataclasses
import io
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from satchel import _kernel
from satchel.plan.nodes import File
from satchel.run.specs import spec

if TYPE_CHECKING:
    from satchel.run.reader import Opened

__all__ = ["Salvage", "lines"]

_CHUNK = 1 << 16
_GZIP = 31
"""Tells zlib to read a member's header and to check its trailer."""


class Salvage(io.RawIOBase):
    """The inflated bytes of a file, up to its end or to its damage.

    Args:
        file: what to read.
        opened: opens it as it is stored, or inflated where this does not know how.

    Attributes:
        damage: what was wrong, in words, once the bytes before it have been read.
    """

    def __init__(self, file: File, opened: Opened) -> None:
        self._inflates = file.compression == "gzip"
        stored = dataclasses.replace(file, compression=None) if self._inflates else file
        if file.compression == "zstd":
            self._chunks = self._by_kernel(file)
        else:
            self._stored = opened(stored, None, "rb")
            self._chunks = self._members() if self._inflates else self._whole()
        self._rest = b""
        self.damage: str | None = None

    def readable(self) -> bool:
        """It is read, and nothing else."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as the next bytes go."""
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = chunk
        length = min(len(buffer), len(self._rest))
        buffer[:length], self._rest = self._rest[:length], self._rest[length:]
        return length

    def _whole(self) -> Iterator[bytes]:
        with self._stored as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk

    def _by_kernel(self, file: File) -> Iterator[bytes]:
        with spec(file) as told:
            blocks = _kernel.Blocks(told)
            try:
                yield from blocks
            except _kernel.DamagedError as damage:
                yield blocks.cut_line()
                self.damage = damage.args[1].replace(f"{file.path}: ", "")

    def _members(self) -> Iterator[bytes]:
        with self._stored as stream:
            left, read, members = b"", 0, 0
            while True:
                # Between members there may be zeros, before the first there may not.
                while not (left := left.lstrip(b"\0") if members else left):
                    left = stream.read(_CHUNK)
                    read += len(left)
                    if not left:
                        return
                member = zlib.decompressobj(_GZIP)
                members += 1
                while not member.eof:
                    if not left:
                        left = stream.read(_CHUNK)
                        read += len(left)
                        if not left:
                            self.damage = (
                                f"ends inside a gzip member, at byte {read}; "
                                "was the copy cut short?"
                            )
                            return
                    before = member.copy()
                    try:
                        inflated = member.decompress(left)
                    except zlib.error as error:
                        yield _before_error(before, left)
                        self.damage = f"{error}, before compressed byte {read}"
                        return
                    yield inflated
                    left = member.unused_data


def _before_error(member: Any, left: bytes) -> bytes:
    """What a member gives before the error that is in these bytes."""
    found: list[bytes] = []
    try:
        while left or found[-1:] != [b""]:
            # One byte at a time: what comes with the error is lost.
            found.append(member.decompress(left, 1))
            left = member.unconsumed_tail
    except zlib.error:
        pass
    return b"".join(found)


def lines(file: File, opened: Opened) -> Iterator[tuple[bytes, str | None]]:
    """The lines of a file as they are stored, each with ``None``.

    Behind the last one, if the file is damaged, comes what is there of the line that the damage has
    cut in two, with what is wrong.
    """
    salvage = Salvage(file, opened)
    text = io.TextIOWrapper(io.BufferedReader(salvage), "utf-8", "surrogateescape", newline="")
    held: bytes | None = None
    for line in text:
        if held is not None:
            yield held, None
        held = line.encode("utf-8", "surrogateescape")
    cut = b""
    if held is not None and (salvage.damage is None or held.endswith(b"\n")):
        yield held, None
    elif held is not None:
        cut = held  # Behind a carriage return, too, there may have been more.
    if salvage.damage is not None:
        yield cut, salvage.damage
