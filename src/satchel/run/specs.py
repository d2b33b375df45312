"""Files as the kernel is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from satchel.plan.nodes import File

if TYPE_CHECKING:
    from satchel._kernel import Spec

__all__ = ["spec", "specs"]


def specs(files: Sequence[File], first: int) -> list[Spec]:
    """What the kernel is told of each file; `first` is the number of the first."""
    return [spec(file, first + index) for index, file in enumerate(files)]


def spec(file: File, number: int = 0) -> Spec:
    """Path, compression, number, origin and span of a file."""
    origin = None if file.store is None else file.store.origin(file)
    return file.path, file.compression, number, origin, file.span
