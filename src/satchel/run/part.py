"""What a scan of one partition gives: a part for each query, and what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from satchel import _kernel
from satchel.plan.nodes import File, Text
from satchel.run.bad_lines import Refused

__all__ = ["Misfit", "Part", "Statistics", "Unlike"]


class Unlike(Exception):
    """What the kernel found cannot become what dask.bag makes of the elements; why."""


class Misfit(Exception):
    """An element among those of a batch does not fit into the schema; with pyarrow's error."""


class Part(NamedTuple):
    """One partition's result of one query: the kernel's partial, or a Python value.

    Attributes:
        native: the partial.
        value: what Python has made of the partition.
        refused: what was left out of it.
    """

    native: _kernel.Partial | None
    value: Any = None
    refused: Refused | None = None


@dataclass(eq=False, repr=False)
class Statistics:
    """What a scan measured, added up over partitions.

    Times are CPU-like nanoseconds of the phases, summed over threads; ``fallback`` has one number
    of rows a query; ``examples`` are the first fallback rows, ``(query, file, row, byte, reason)``;
    ``refused`` says what was left out of each source.
    """

    rows: int = 0
    compressed: int = 0
    inflated: int = 0
    inflate_nanos: int = 0
    scan_nanos: int = 0
    fold_nanos: int = 0
    host_nanos: int = 0
    fallback: list[int] = field(default_factory=list)
    examples: list[tuple[int, int, int, int, str]] = field(default_factory=list)
    stamps: dict[int, tuple[int, int, tuple[int, int] | None]] = field(default_factory=dict)
    demoted: dict[int, str] = field(default_factory=dict)
    refused: list[tuple[Text, Refused]] = field(default_factory=list)

    def located(self, files: Sequence[File], most: int) -> list[tuple[int, int, int, str]]:
        """The first fallback rows: file, row and byte in the whole of it, reason."""
        from satchel.run.spans import in_file

        return [(*in_file(files, one[1:4]), one[4]) for one in self.examples[:most]]

    def add(self, other: Statistics) -> None:
        for name in (
            "rows",
            "compressed",
            "inflated",
            "inflate_nanos",
            "scan_nanos",
            "fold_nanos",
            "host_nanos",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        width = max(len(self.fallback), len(other.fallback))
        pad = [0] * width
        self.fallback = [
            a + b
            for a, b in zip(
                (self.fallback + pad)[:width], (other.fallback + pad)[:width], strict=True
            )
        ]
        self.examples = sorted(self.examples + other.examples, key=lambda e: e[1:3])[:100]
        self.stamps |= other.stamps
        self.demoted |= other.demoted
