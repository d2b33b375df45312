"""A table: some files of random records, and random pipelines over them.

A *triple* is one pipeline with its functions over one set of files in one partitioning. Its number
says in which table it stands, and a table is made from the seed and its own number alone: so any
triple of any run can be made again by itself.
"""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from properties.pipelines import Maker, Pipeline
from properties.records import Records

WIDTH = 16
"""How many pipelines a table has."""

SIZES = (0, 1, 1, 2, 3, 5, 8, 12, 20, 45)


@dataclass(frozen=True)
class File:
    """What stands in one file, and whether it is compressed."""

    lines: tuple[str, ...]
    zipped: bool = True
    newline: str = "\n"
    ends: bool = True
    """Whether its last line has a newline."""

    def write(self, path: Path) -> str:
        content = self.newline.join(self.lines)
        if self.ends and self.lines:
            content += self.newline
        data = content.encode("utf-8")
        path = path.with_suffix(".json.gz" if self.zipped else ".json")
        path.write_bytes(gzip.compress(data, 1) if self.zipped else data)
        return str(path)


@dataclass(frozen=True)
class Table:
    """Files, how they make partitions, and what is asked of them.

    Attributes:
        number: which table of the run it is.
        together: how many pipelines satchel computes in one call.
        scheduler: what satchel runs under; "" is its own choice.
    """

    number: int
    files: tuple[File, ...]
    files_per_partition: int | None
    pipelines: tuple[Pipeline, ...]
    together: int = 1
    scheduler: str = ""

    def write(self, folder: Path) -> list[str]:
        """Write the files; the paths."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return [file.write(folder / f"{index:02d}") for index, file in enumerate(self.files)]

    def partitions(self, paths: Sequence[str]) -> list[list[str]]:
        """The paths of each partition."""
        size = self.files_per_partition or 1
        return [list(paths[at : at + size]) for at in range(0, len(paths), size)]


def table(seed: int, number: int) -> Table:
    """The table of a number, always the same for a seed."""
    random = Random(f"{seed}/{number}")
    choice = random.choice
    odd = choice((0, 0, 0.02, 0.1, 0.3, 0.6))
    drift = choice((0,) * 9 + (0.003, 0.02, 0.1))
    wild = choice((0,) * 9 + (0.02, 0.05))
    foreign = choice((0,) * 6 + (0.1, 0.4))
    blank = random.random() < 0.05
    files = tuple(_files(random, Records(random, drift, odd), blank))
    per = choice((None, None, None, 1, 2, 3))
    pipelines = tuple(Maker(random, wild, foreign, blank).pipeline() for _ in range(WIDTH))
    together = choice((1, 1, 1, 1, 1, 2, 3, 5))
    scheduler = choice(("",) * 12 + ("sync", "sync", "threads"))
    return Table(number, files, per, pipelines, together, scheduler)


def _files(random: Random, records: Records, blank: bool) -> list[File]:
    number = 0
    files = []
    for _ in range(random.choice((1, 1, 2, 2, 3, 4) * 3 + (10,))):
        lines = []
        for _ in range(random.choice(SIZES)):
            if blank and random.random() < 0.1:
                lines.append(random.choice(("", " ", "\t")))
            lines.append(records.line(number))
            number += 1
        newline = random.choice(("\n",) * 9 + ("\r\n",))
        # Compressing takes longer than all that is done to so few lines.
        files.append(File(tuple(lines), random.random() < 0.3, newline, random.random() < 0.8))
    return files
