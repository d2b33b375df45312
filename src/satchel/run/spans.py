"""Where lines are in a file that was cut up: counted when it is asked for.

The kernel counts lines and bytes of a part of a file from the part's first line, since all that is
before it would have to be read to know more. Whoever tells a user of a line counts that first.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from satchel import _kernel
from satchel.plan.nodes import File
from satchel.run.specs import spec

if TYPE_CHECKING:
    from satchel.run.notes import Place

__all__ = ["in_file"]


def in_file(files: Sequence[File], place: Place) -> Place:
    """The same place with line and byte counted from the start of the file.

    Args:
        files: the source's files, by number.
        place: a place as the kernel or `reader.Lines` tell it.

    Raises:
        Exception: if what is before the part cannot be read.
    """
    number, row, offset = place
    for part in _parts_before(files, number):
        lines, inflated = _counted(part, _modified(part))
        row, offset = row + lines, offset + inflated
    return number, row, offset


def _parts_before(files: Sequence[File], number: int) -> list[File]:
    """The parts of a file before this one; each is counted once, whoever asks."""
    parts: list[File] = []
    span = files[number].span
    while span is not None and span[0] > 0:
        number -= 1
        parts.append(files[number])
        span = files[number].span
    return parts


@functools.lru_cache(maxsize=1 << 16)
def _counted(part: File, _modified: int) -> tuple[int, int]:
    """How many lines, and inflated bytes, a part has."""
    with spec(part) as told:
        return _kernel.count(told)


def _modified(part: File) -> int:
    return os.stat(part.path).st_mtime_ns if part.store is None else 0
