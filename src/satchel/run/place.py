"""A file on its way to its place: whole, or not there at all.

A file is written beside its place and moved there when it is finished, so that a run that fails
leaves no half of one. What that could change for whoever looks at the file (a link, a device, a
folder in which nothing can be made) is written in place, as dask.bag does it, and so is what is
not on this machine.
"""

from __future__ import annotations

import os
import shutil
import stat
import uuid
from typing import Any, BinaryIO

__all__ = ["Place"]


class Place:
    """A file to write.

    Args:
        target: its path, or an ``OpenFile`` of fsspec.
    """

    def __init__(self, target: Any) -> None:
        self._target = target
        self._beside: str | None = None
        self._opened: BinaryIO | None = None

    @property
    def file(self) -> BinaryIO:
        """What to write to; opened when it is first asked for."""
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def _open(self) -> BinaryIO:
        if not isinstance(self._target, str):
            remote: BinaryIO = self._target.open()
            return remote
        folder, name = os.path.split(self._target)
        os.makedirs(folder, exist_ok=True)
        if _is_replaceable(self._target):
            beside = os.path.join(folder, f".{name}.{uuid.uuid4().hex}.part")
            try:
                file = open(beside, "wb")  # noqa: SIM115 - closed by `finish` or `discard`
            except OSError:
                # Opening the place itself may do, or raises the error that names it.
                pass
            else:
                self._beside = beside
                return file
        return open(self._target, "wb")

    def finish(self) -> None:
        """Put it where it belongs."""
        self.file.close()
        if self._beside is not None:
            if os.path.exists(self._target):
                shutil.copymode(self._target, self._beside)
            os.replace(self._beside, self._target)
            self._beside = None

    def discard(self) -> None:
        """Remove what is not finished."""
        if self._opened is not None:
            self._opened.close()
        if self._beside is not None:
            os.remove(self._beside)
            self._beside = None


def _is_replaceable(path: str) -> bool:
    """Whether nobody could tell a new file at `path` from one that was written over."""
    try:
        found = os.lstat(path)
    except OSError:  # There is none.
        return True
    return stat.S_ISREG(found.st_mode) and found.st_nlink == 1 and os.access(path, os.W_OK)
