"""Files as the kernel is told of them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from satchel import _kernel
from satchel.plan.nodes import File

if TYPE_CHECKING:
    from satchel._kernel import Control, Spec
    from satchel.storage import Ahead

__all__ = ["ahead_of", "spec", "specs"]


def ahead_of(files: Sequence[File], control: Control) -> Ahead | None:
    """What brings the files that the kernel does not open itself; ``None`` if there are none."""
    if all(file.store is None for file in files):
        return None
    from satchel.storage import Ahead  # Most runs read files that the kernel opens.

    return Ahead([(file, file.store) for file in files], lambda: control.cancelled)


def specs(files: Sequence[File], first: int, ahead: Ahead | None, at: int = 0) -> list[Spec]:
    """Path, compression, number, origin and span of each file.

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
            file.span,
        )
        for index, file in enumerate(files)
    ]


@contextlib.contextmanager
def spec(file: File) -> Iterator[Spec]:
    """A file that is read alone."""
    ahead = ahead_of([file], _kernel.Control())
    try:
        yield specs([file], 0, ahead)[0]
    finally:
        if ahead is not None:
            ahead.close()
