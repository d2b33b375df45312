"""Writing one file of `to_textfiles`."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable
from typing import Any

from satchel.plan.nodes import Lines
from satchel.run.place import Place

__all__ = ["TextFile", "write"]


class TextFile:
    """One partition's file, of blocks that the kernel has made."""

    def __init__(self, step: Lines, partition: int) -> None:
        self._place = Place(step.files[partition].path)

    def take(self, blocks: Iterable[bytes]) -> bool:
        """Write blocks."""
        for block in blocks:
            self._place.file.write(block)
        return True

    def finish(self) -> None:
        """Put the file where it belongs."""
        self._place.finish()

    def discard(self) -> None:
        """Remove what is not finished."""
        self._place.discard()


def write(step: Lines, partition: int, elements: Iterable[Any]) -> None:
    """Write one partition's elements to its file, as dask.bag does.

    Raises:
        Exception: what the elements or `step.as_text` raise; the file is then not there.
    """
    target = step.files[partition]
    place = Place(target.path)
    try:
        opened: Any = place.file
        if target.compression == "gzip":
            opened = gzip.GzipFile(fileobj=opened, mode="wb")
        with io.TextIOWrapper(opened, encoding="utf-8") as file:
            started = False
            for element in elements:
                if started:
                    file.write("\n")
                started = True
                file.write(step.as_text(element))
            if step.last_endline:
                file.write("\n")
        place.finish()
    finally:
        place.discard()
