"""Files as the kernel is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from satchel.plan.nodes import File
from satchel.storage import Ahead

if TYPE_CHECKING:
    from satchel._kernel import Control, Spec

__all__ = ["ahead_of", "specs"]


def ahead_of(files: Sequence[File], control: Control) -> Ahead | None:
    """What brings the files that the kernel does not open itself; ``None`` if there are none."""
    if all(file.store is None for file in files):
        return None
    return Ahead([(file, file.store) for file in files], lambda: control.cancelled)


def specs(files: Sequence[File], first: int, ahead: Ahead | None, at: int = 0) -> list[Spec]:
    """Path, compression, number and origin of each file.

    Args:
        files: of one partition.
        first: the number of the first.
        ahead: what brings those that the kernel does not open itself.
        at: which file of `ahead` the first is.
    """
    return [
        (
            file.path,
            file.compression,
            first + index,
            None if ahead is None else ahead.origin(at + index),
        )
        for index, file in enumerate(files)
    ]
