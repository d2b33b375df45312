"""The one check of this folder: a file with bad lines against dask.bag on the file without them."""

from __future__ import annotations

import gzip
import json
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dask
import dask.bag
from conformance.check import Check
from conformance.difference import difference

import satchel as db
from satchel.errors import BadLinesWarning

Pipeline = Callable[[Any], Any]
"""From a bag of records to a collection."""

Reject = tuple[str, int, int, bytes, str]

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True)
class Files:
    """Files with bad lines, and what plain Python finds in them."""

    path: str
    clean: str
    rejects: tuple[Reject, ...]


def written(folder: Path, contents: Mapping[str, bytes], loader: Any = json.loads) -> Files:
    """Write files, and the same files again without the lines that `loader` refuses."""
    rejects: list[Reject] = []
    for part in ("all", "clean"):
        (folder / part).mkdir()
    for name, content in sorted(contents.items()):
        path, kept, offset = folder / "all" / name, [], 0
        for number, match in enumerate(_LINE.finditer(content), start=1):
            line = match.group()
            try:
                loader(re.sub("\r\n?", "\n", line.decode()))
                kept.append(line)
            except (ValueError, RecursionError) as error:
                said = f"{type(error).__name__}: {error}"
                rejects.append((str(path), number, offset, line, said))
            offset += len(line)
        packed = gzip.compress if name.endswith(".gz") else bytes
        path.write_bytes(packed(content))
        (folder / "clean" / name).write_bytes(packed(b"".join(kept)))
    return Files(f"{folder}/all/*", f"{folder}/clean/*", tuple(rejects))


def agree(
    check: Check, files: Files, pipeline: Pipeline, scheduler: str, loader: Any = json.loads
) -> None:
    """Hold the answer, the warning and the rejects to what dask.bag and plain Python find."""
    with dask.config.set(scheduler="sync"):
        expected = pipeline(dask.bag.read_text(files.clean).map(loader)).compute()
    for policy in ("skip", "keep"):
        records = db.read_ndjson(files.path, loader=loader, on_bad_lines=policy, blocksize=None)
        with check.schedulers.use(scheduler):
            found, told = listened(pipeline(records).compute)
        problem = difference(expected, found)
        assert problem is None, f"{policy} under {scheduler}: {problem}"
        assert told == (expected_warning(files.rejects) if policy == "skip" else [])
        with check.schedulers.use(scheduler):
            rejects, told = listened(pipeline_of_rejects(records))
        assert rejects == list(files.rejects)
        assert told == []


def pipeline_of_rejects(records: Any) -> Callable[[], Any]:
    """The rejects are those of the source, whatever is done to the records."""
    return lambda: records.map(str).filter(None).rejects().compute()


def listened(compute: Callable[[], Any]) -> tuple[Any, list[str]]:
    """What is computed, and the warnings of bad lines."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = compute()
    return found, [str(one.message) for one in caught if one.category is BadLinesWarning]


def expected_warning(rejects: tuple[Reject, ...]) -> list[str]:
    if not rejects:
        return []
    path, line, offset, _, error = rejects[0]
    lines = "1 bad line was" if len(rejects) == 1 else f"{len(rejects):,} bad lines were"
    return [
        f"{lines} left out (on_bad_lines='skip'); first {path}, line {line:,}, byte {offset:,}: "
        f"{error}. rejects() gives all of them"
    ]
