"""The one check of this folder: files that are hard to read against dask.bag on what they hold."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dask
import dask.bag
from bad_lines.agree import Pipeline, Reject, listened
from bad_lines.test_bad_lines import PIPELINES
from conformance.check import Check
from conformance.difference import difference

import satchel as db
from satchel.run.documents import Piece, pieces

__all__ = ["PIPELINES", "Files", "agree", "before_damage", "lines_of", "records", "written"]

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True)
class Files:
    """Files, the same with each of their documents on a line of its own, and what is left over."""

    path: str
    clean: str
    rejects: tuple[Reject, ...]
    damaged: int = 0


def lines_of(text: bytes) -> Iterator[bytes]:
    """Lines as a text file has them, with what ends them."""
    return (match.group() for match in _LINE.finditer(text))


def before_damage(packed: bytes) -> tuple[bytes, bool]:
    """What a gzip file gives before its damage, by zlib, and whether there is any."""
    found, left = [], packed
    while left := left.lstrip(b"\0") if found else left:
        member = zlib.decompressobj(31)
        while not member.eof:
            try:
                found.append(member.decompress(left, 1))
            except zlib.error:
                return b"".join(found), True
            if not left and not found[-1] and not member.eof:
                return b"".join(found), True
            left = member.unused_data if member.eof else member.unconsumed_tail
    return b"".join(found), False


def written(folder: Path, contents: Mapping[str, bytes], many: bool = True) -> Files:
    """Write files as they are, and the documents that plain Python finds in them, a line each.

    Args:
        folder: where to.
        contents: by name; what is named ``.gz`` is packed already.
        many: whether a line may be several documents.
    """
    rejects: list[Reject] = []
    broken = 0
    for part in ("all", "clean"):
        (folder / part).mkdir(parents=True)
    for name, content in sorted(contents.items()):
        path, kept, offset = folder / "all" / name, [], 0
        text, damaged = before_damage(content) if name.endswith(".gz") else (content, False)
        broken += damaged
        for number, line in enumerate(lines_of(text), start=1):
            found = list(pieces(line)) if many else [Piece(0, line, True)]
            offset += len(line)
            if damaged and offset == len(text) and not line.endswith(b"\n"):
                # Of the line that was cut in two, documents may be whole.
                found = [piece for piece in found if many and piece.closed]
            for start, text_of, _ in found:
                try:
                    json.loads(text_of.decode())
                    kept.append(text_of.rstrip(b"\r\n"))
                except (ValueError, RecursionError) as error:
                    said = f"{type(error).__name__}: {error}"
                    place = str(path), number, offset - len(line) + start
                    rejects.append((*place, text_of, said))
        path.write_bytes(content)
        clean = b"".join(line + b"\n" for line in kept)
        (folder / "clean" / f"{name}.json").write_bytes(clean)
    return Files(f"{folder}/all/*", f"{folder}/clean/*", tuple(rejects), broken)


def records(files: Files, **options: str) -> Any:
    """The records of files that may be anything."""
    return db.read_ndjson(
        files.path, **{"documents": "many", "on_damage": "keep", "on_bad_lines": "keep", **options}
    )


def agree(check: Check, files: Files, pipeline: Pipeline, scheduler: str, **options: str) -> None:
    """Hold the answer, the rejects and what is told to what plain Python and dask.bag find."""
    with dask.config.set(scheduler="sync"):
        expected = pipeline(dask.bag.read_text(files.clean).map(json.loads)).compute()
    bag = records(files, **options)
    with check.schedulers.use(scheduler):
        found, _ = listened(pipeline(bag).compute)
        rejects, _ = listened(bag.rejects().compute)
    problem = difference(expected, found)
    assert problem is None, f"{options} under {scheduler}: {problem}"
    lines = [one for one in rejects if "Error: " in one[4]]
    assert [one[:4] for one in lines] == [one[:4] for one in files.rejects]
    assert len(rejects) - len(lines) == files.damaged
