"""From the files and expressions of a command line to an answer, without Dask."""

from __future__ import annotations

import json
import os
from typing import Any

from satchel.cli.expression import Expression
from satchel.plan.nodes import File, Filter, Map, Plan, Text
from satchel.plan.partitions import cut
from satchel.plan.stages import stage
from satchel.run import progress
from satchel.run.local import execute

__all__ = ["answer", "records"]


def records(files: tuple[File, ...], where: Expression | None, validate: str) -> Plan:
    """The records of files, those for which `where` holds if it is given."""
    loaded = Map(Text(*cut(files, "auto", os.cpu_count() or 1), validate), json.loads)
    return loaded if where is None else Filter(loaded, where)


def answer(plan: Plan, threads: int | None) -> Any:
    """Run a plan on this machine's threads, with a progress line where a terminal looks on."""
    staged = stage(plan)
    with progress.shown([staged]) as tell:
        (result,), _ = execute([staged], threads, tell)
    return result
