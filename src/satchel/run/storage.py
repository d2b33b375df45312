"""Where groups go that memory does not hold: a folder that is there when it is needed."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import weakref
from typing import Any, BinaryIO

__all__ = ["Storage"]

_A_GIBIBYTE = 1 << 30


class Storage:
    """How much memory groups may take, and a folder of temporary files for the rest.

    The folder is removed with the object that made it, at the latest when the interpreter ends. A
    copy in another process keeps nothing in memory, which would have to be sent, and removes
    nothing.

    Args:
        memory: how many bytes; ``None`` is a quarter of the machine's.
        folder: where to make the folder; ``None`` is where temporary files go.

    >>> storage = Storage(memory=1000)
    >>> with storage.file() as file:
    ...     _ = file.write(b"groups")
    >>> storage.close()
    >>> os.path.exists(storage.path)
    False
    """

    def __init__(self, memory: int | None = None, folder: str | None = None) -> None:
        self.memory = _quarter() if memory is None else memory
        self.path = os.path.join(
            folder or tempfile.gettempdir(), f"satchel-groups-{uuid.uuid4().hex}"
        )
        self._remove = weakref.finalize(self, shutil.rmtree, self.path, True)

    @property
    def is_here(self) -> bool:
        """Whether this is the process that made it."""
        return hasattr(self, "_remove")

    def file(self) -> BinaryIO:
        """A new file in the folder, to write to."""
        if self.is_here and not self._remove.alive:
            raise OSError(f"the run is over: {self.path} has been removed")
        os.makedirs(self.path, mode=0o700, exist_ok=True)
        return open(os.path.join(self.path, uuid.uuid4().hex), "xb")

    def close(self) -> None:
        """Remove the folder with all that is in it."""
        self._remove()

    def __getstate__(self) -> dict[str, Any]:
        return {"path": self.path, "memory": 0}


def _quarter() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4
    except (AttributeError, ValueError, OSError):  # Not every system tells.
        return _A_GIBIBYTE
