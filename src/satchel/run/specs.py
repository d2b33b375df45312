"""Files as the kernel is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from satchel.plan.nodes import File

if TYPE_CHECKING:
    from satchel._kernel import Spec

__all__ = ["specs"]


def specs(files: Sequence[File], first: int) -> list[Spec]:
    """Path, compression, number and origin of each file; `first` is the number of the first."""
    return [
        (
            file.path,
            file.compression,
            first + index,
            None if file.store is None else file.store.origin(file),
        )
        for index, file in enumerate(files)
    ]
