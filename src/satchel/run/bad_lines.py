"""Lines that the loader refuses, where the plan says what becomes of them.

A *bad line* is one that the user's loader answers with a `REFUSAL`, or that is not UTF-8. The
kernel leaves every line that it does not find clean to the loader, so that nothing here runs for a
clean one.

    Load      bad lines are left out, and counted       b = read_ndjson(..., on_bad_lines="skip")
    Rejects   bad lines are what is wanted              b.rejects()
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from satchel.plan.nodes import File, Load, Rejects, Text
from satchel.run.notes import Place
from satchel.run.spans import in_file

__all__ = ["DROPPED", "REFUSALS", "Ledger", "Refuse", "Refused", "answered", "by_source"]

REFUSALS = (ValueError, RecursionError)
"""How a loader refuses a line: the errors of ``json``, ``ujson``, ``orjson`` and ``msgspec`` are
ValueErrors, and so are those of decoding; nesting that is too deep is a RecursionError."""

Refuse = Callable[[str | bytes, Exception, bool], Any]
"""Told of a bad line, of the loader's error, and whether what `rejects()` has of the line is
wanted, it gives that."""


class _Dropped:
    """What a row becomes that a filter does not let through."""


DROPPED: Final = _Dropped()


@dataclass(frozen=True)
class Refused:
    """How many lines were refused, where the first of them is, and what the loader said of it."""

    count: int
    place: Place
    error: str

    def __add__(self, other: Refused | None) -> Refused:
        if other is None:
            return self
        first = min(self, other, key=lambda refused: refused.place)
        return Refused(self.count + other.count, first.place, first.error)


class Ledger:
    """Takes down the lines that the loader refuses, of one query in one partition.

    Args:
        files: the source's files, by number.
        place: tells where the line is that the loader has just been given.
    """

    def __init__(self, files: Sequence[File], place: Callable[[], Place | None]) -> None:
        self._files = files
        self._place = place
        self.refused: Refused | None = None

    def __call__(
        self, line: str | bytes, error: Exception, wanted: bool
    ) -> tuple[str, int, int, Any, str] | None:
        """Count a line; what `rejects()` has of it: file, line, byte, bytes, error."""
        place, said = self._place(), f"{type(error).__name__}: {error}"
        assert place is not None, "a line has a place"
        self.refused = Refused(1, place, said) + self.refused
        if not wanted:
            return None
        file, row, offset = in_file(self._files, place)
        return self._files[file].path, row + 1, offset, line, said


def answered(step: Load | Rejects, refuse: Refuse | None) -> Callable[[Any], Any]:
    """What a line becomes: the step's function of a line as text, or as bytes of a file."""
    from satchel.run.reader import text_of

    load = step.function
    wanted = isinstance(step, Rejects)

    def answer(line: Any) -> Any:
        try:
            record = load(text_of(line) if type(line) is bytes else line)
        except REFUSALS as error:
            refused = None if refuse is None else refuse(line, error, wanted)
            return refused if wanted else DROPPED
        return DROPPED if wanted else record

    return answer


def by_source(found: Sequence[tuple[Text, Refused | None]]) -> list[tuple[Text, Refused]]:
    """What was refused of each source, given what each query over it has seen.

    Queries over one source see the same lines, as far as they read.
    """
    most: dict[Any, tuple[Text, Refused]] = {}
    for source, refused in found:
        key = source.files, source.starts, source.validate, source.on_bad_lines
        if refused is not None and (key not in most or most[key][1].count < refused.count):
            most[key] = source, refused
    return list(most.values())
