"""A mirror in a folder of this machine.

A draft is a file beside its place, with a name that no glob of the data takes; a rename makes it
the file. The manifest is a log: a line is added when a file is there, and a line that was cut short
when the machine stopped counts as none.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from satchel.errors import MirrorError
from satchel.gharchive.hours import hour_of
from satchel.gharchive.place import MANIFEST, named

__all__ = ["Folder"]

_PART = ".part"
_LOCK = "gharchive-manifest.lock"
_CHUNK = 1 << 20


class Folder:
    """The files of one folder, which is made when something is written to it."""

    appends = True

    def __init__(self, path: str) -> None:
        self.shown = path
        self._path = Path(path).expanduser()

    def sizes(self) -> dict[str, int]:
        """How many bytes each of the archive's files has that is there."""
        try:
            with os.scandir(self._path) as entries:
                return {
                    entry.name: entry.stat().st_size for entry in entries if hour_of(entry.name)
                }
        except FileNotFoundError:
            return {}

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file."""
        with open(self._path / name, "rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk

    @contextlib.contextmanager
    def draft(self, name: str) -> Iterator[_Draft]:
        """A file to write and commit; what is not committed at the end is thrown away."""
        # Whoever else writes here, a thread that was given up or another process, has other names.
        part = self._path / f"{name}.{os.getpid()}-{threading.get_ident()}{_PART}"
        with named(part):
            try:
                with open(part, "xb") as file:
                    yield _Draft(file, part, self._path / name)
            finally:
                part.unlink(missing_ok=True)

    def manifest(self) -> bytes:
        """What the manifest says; nothing where there is none."""
        try:
            return (self._path / MANIFEST).read_bytes()
        except FileNotFoundError:
            return b""

    def write_manifest(self, data: bytes) -> None:
        """Write the manifest anew, whole or not at all."""
        with self.draft(MANIFEST) as draft:
            draft.write(data)
            draft.commit()

    def append_manifest(self, line: bytes) -> None:
        """Add a line to the manifest, by a single write."""
        with named(self._path / MANIFEST), open(self._path / MANIFEST, "ab", 0) as file:
            file.write(line)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other mirrors out, and throw away what one left that was killed.

        Raises:
            MirrorError: if another mirror is at work here.
        """
        self._path.mkdir(parents=True, exist_ok=True)
        with open(self._path / _LOCK, "a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise MirrorError(
                    f"another mirror is at work in {self.shown} (try: again when it is done)"
                ) from None
            for part in self._path.glob(f"*{_PART}"):
                if hour_of(part.name.removesuffix(_PART).rpartition(".")[0]):
                    part.unlink(missing_ok=True)
            yield


class _Draft:
    def __init__(self, file: BinaryIO, part: Path, final: Path) -> None:
        self.write = file.write
        self._file, self._part, self._final = file, part, final

    def commit(self) -> None:
        """Make it the file of its name, on the disk before it has the name."""
        self._file.flush()
        os.fsync(self._file.fileno())
        os.replace(self._part, self._final)
