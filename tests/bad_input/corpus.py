"""Seeds for coverage-guided fuzzing, of what tests know: `python -m bad_input.corpus FOLDER`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from hashlib import sha1
from pathlib import Path

from fuzz.tables import table
from properties.pipelines import Opened

import satchel
from bad_input.grammar import RIGHT, UTF8, WRONG
from satchel import _kernel
from satchel.plan.segments import Staged
from satchel.plan.stages import stage
from satchel.plan.wire import program
from satchel.run.scan import Scan

TABLES = 12
LONGEST = 4096


def lines() -> Iterator[bytes]:
    """Each row of the table, alone and in a record; the first byte says where the line stands."""
    for kind in (RIGHT, WRONG):
        for texts in kind.values():
            for number, text in enumerate(texts.values()):
                yield bytes([number * 7 % 130]) + text.encode()
                yield b"\0" + f'{{"a":{{"b":{text}}},"type":"x","c":[{text}]}}\n'.encode()
    for odd in UTF8.values():
        yield b'\0{"a":"' + odd + b'"}'


def files() -> Iterator[bytes]:
    """Lines with each kind of newline; the first bytes say how they are stored."""
    for number, newline in enumerate((b"\n", b"\r\n", b"\r", b"\n\r", b"\n\n")):
        yield bytes([number, number, 4 + number]) + newline.join(
            [b'{"a":1}', b"", b"[2]", b"x" * 70]
        )


def plans() -> Iterator[Staged]:
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        opened = Opened(satchel, file.name)
        for number in range(TABLES):
            for pipeline in table("corpus", number).pipelines:
                plan = getattr(pipeline.on(opened), "_plan", None)
                if plan is not None:
                    yield stage(plan)


def programs() -> Iterator[bytes]:
    for staged in plans():
        for segment in staged.segments:
            yield program([segment], "strict").encode()


def partials() -> Iterator[bytes]:
    """The partial results of all that runs native over a few records."""
    for number in range(TABLES):
        made = table("corpus", number)
        with tempfile.TemporaryDirectory() as folder:
            opened = Opened(satchel, made.write(Path(folder) / "files"))
            for pipeline in made.pipelines:
                plan = getattr(pipeline.on(opened), "_plan", None)
                staged = stage(plan) if plan is not None else None
                if staged is None or not staged.all_native:
                    continue
                try:
                    parts, _ = Scan(staged.source, staged.segments[:1]).partition(0)
                except Exception as error:  # noqa: BLE001 (a pipeline that raises gives no partial)
                    print(f"no seed: {error!r:.60}", file=sys.stderr)
                    continue
                yield from (
                    part.native.to_bytes()
                    for part in parts
                    if isinstance(part.native, _kernel.Partial)
                )


def main(folder: Path) -> None:
    for name, seeds in (
        ("line", lines()),
        ("lines", files()),
        ("program", programs()),
        ("partial", partials()),
    ):
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        for seed in seeds:
            if len(seed) <= LONGEST:
                (place / sha1(seed).hexdigest()[:16]).write_bytes(seed)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
