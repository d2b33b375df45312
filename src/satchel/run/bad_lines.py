"""What is left out: lines that the loader refuses, and damaged files, as the plan says.

A *bad line* is one that the user's loader answers with a `REFUSAL`, or that is not UTF-8. The
kernel leaves every line that it does not find clean to the loader, so that nothing here runs for a
clean one.

    Load      bad lines are left out, and counted       b = read_ndjson(..., on_bad_lines="skip")
    Rejects   bad lines are what is wanted              b.rejects()

A *damaged file* cannot be read to its end; ``on_damage="keep"`` takes the rows before that.
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
class Found:
    """How many there were of a kind, where the first of them is, and what is wrong with that."""

    count: int
    place: Place
    error: str

    def __add__(self, other: Found | None) -> Found:
        if other is None:
            return self
        first = min(self, other, key=lambda found: found.place)
        return Found(self.count + other.count, first.place, first.error)


@dataclass(frozen=True)
class Refused:
    """What was left out: lines that the loader refused, and files behind their damage."""

    lines: Found | None = None
    files: Found | None = None

    def __add__(self, other: Refused | None) -> Refused:
        if other is None:
            return self
        return Refused(_plus(self.lines, other.lines), _plus(self.files, other.files))


def _plus(left: Found | None, right: Found | None) -> Found | None:
    return right if left is None else left + right


def _more(left: Found | None, right: Found | None) -> Found | None:
    """The one of two counts of the same that has seen more."""
    return max(filter(None, (left, right)), key=lambda found: found.count, default=None)


class Ledger:
    """Takes down the lines that the loader refuses, and damaged files, of a query in a partition.

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
        self.refused = Refused(lines=Found(1, place, said)) + self.refused
        return self._reject(place, line, said) if wanted else None

    def damaged(
        self, place: Place, damage: str, cut: bytes = b""
    ) -> tuple[str, int, int, Any, str]:
        """Count a file that is read no further; what `rejects()` has of it, as of a line.

        Args:
            place: of the line that the damage has cut in two.
            damage: what is wrong.
            cut: what is there of that line.
        """
        said = damage.replace(f"{self._files[place[0]].path}: ", "")
        self.refused = Refused(files=Found(1, place, said)) + self.refused
        return self._reject(place, cut, said)

    def _reject(self, place: Place, line: str | bytes, said: str) -> tuple[str, int, int, Any, str]:
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
        if refused is not None:
            _, seen = most.get(source.key, (source, Refused()))
            seen = Refused(_more(seen.lines, refused.lines), _more(seen.files, refused.files))
            most[source.key] = source, seen
    return list(most.values())
