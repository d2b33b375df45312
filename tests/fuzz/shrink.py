"""A triple that differs, made small: fewer files, lines and steps, while it still differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from fuzz.tables import Table

Differs = Callable[[Table], bool]


def smallest(table: Table, index: int, differs: Differs) -> Table:
    """The table with one pipeline, cut down as far as it goes step by step.

    Args:
        table: where the triple stands.
        index: which of its pipelines.
        differs: whether the first pipeline of a table is computed differently.
    """
    table = replace(table, pipelines=(table.pipelines[index],), together=1)
    if not differs(table):
        return table
    while True:
        for smaller in _smaller(table):
            if differs(smaller):
                table = smaller
                break
        else:
            return table


def _smaller(table: Table) -> Iterator[Table]:
    if table.scheduler:
        yield replace(table, scheduler="")
    if table.files_per_partition:
        yield replace(table, files_per_partition=None)
    for at in range(len(table.files)):
        if len(table.files) > 1:
            yield replace(table, files=table.files[:at] + table.files[at + 1 :])
    (pipeline,) = table.pipelines
    for at in reversed(range(len(pipeline.calls))):
        calls = pipeline.calls[:at] + pipeline.calls[at + 1 :]
        yield replace(table, pipelines=(replace(pipeline, calls=calls),))
    for at, file in enumerate(table.files):
        count = len(file.lines)
        size = count
        while size:
            for start in range(0, count, size):
                lines = file.lines[:start] + file.lines[start + size :]
                less = replace(file, lines=lines)
                yield replace(table, files=(*table.files[:at], less, *table.files[at + 1 :]))
            size //= 2
        plain = replace(file, zipped=False, newline="\n", ends=True)
        if plain != file:
            yield replace(table, files=(*table.files[:at], plain, *table.files[at + 1 :]))
