"""What a user is told: that not all of a run was native, that not every line was a record."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

from satchel.errors import BadLinesWarning, DamagedFilesWarning, FallbackWarning, NotNative
from satchel.plan.nodes import Text
from satchel.plan.segments import Staged
from satchel.run.bad_lines import Found, Refused
from satchel.run.part import Statistics
from satchel.run.spans import in_file

__all__ = ["fell_back", "left_out", "require_native"]

Warn = Callable[[str, type[Warning]], None]

ROWS = 0.01
TIME = 0.2
HARDLY_NANOS = 100_000_000


def require_native(staged: Sequence[Staged]) -> None:
    """Raise where a step would run in Python: ``satchel.strict-native`` is set.

    Raises:
        NotNative: with what `explain` says of the plan.
    """
    from satchel.plan.explain import explained  # A script that runs well never needs it.

    for plan in staged:
        if not plan.all_native:
            raise NotNative(
                f"satchel.strict-native is set, and not every step runs native:\n{explained(plan)}"
            )


def fell_back(staged: Sequence[Staged], measured: Statistics, strict: bool) -> None:
    """Warn, or raise if `strict`, where a native run left much to Python.

    That is more than 1 % of its rows, or more than 20 % of its time where that is felt.

    Raises:
        NotNative: instead of the warning.
    """
    # A bad line is told of in its own way.
    bad = sum(found.lines.count for _, found in measured.refused if found.lines is not None)
    rows = max(measured.fallback, default=0) - bad
    if rows <= 0 or not all(plan.all_native for plan in staged):
        return
    phases = ("inflate", "scan", "fold", "host")
    busy = sum(getattr(measured, f"{phase}_nanos") for phase in phases)
    felt = measured.host_nanos > max(TIME * busy, HARDLY_NANOS)
    if rows <= ROWS * measured.rows and not felt:
        return
    share, time = rows / max(measured.rows, 1), measured.host_nanos / max(busy, 1)
    text = (
        f"{rows:,} rows of {measured.rows:,} ({share:.1%}) fell back to Python, "
        f"{time:.0%} of the time"
    )
    if measured.examples:
        files = staged[0].source.files
        ((file, row, offset, reason),) = measured.located(files, 1)
        path = files[file].path
        text += f"; first {path}, line {row + 1:,}, byte {offset:,}: {reason}"
    text += ". explain(analyze=True) tells more"
    if strict:
        raise NotNative(f"satchel.strict-native is set: {text}")
    warnings.warn(text, FallbackWarning, stacklevel=4)


def left_out(found: Sequence[tuple[Text, Refused]], warn: Warn | None = None) -> None:
    """Warn of what was left out of each source, as it says.

    That is of bad lines with ``on_bad_lines="skip"``, of damaged files with ``on_damage="keep"``.

    Args:
        found: what was refused of each source.
        warn: as ``warnings.warn``, which is called for the caller of the caller of the caller.
    """
    told: list[tuple[str, type[Warning]]] = []
    for source, refused in found:
        if refused.lines is not None and source.on_bad_lines == "skip":
            told.append((_of_lines(source, refused.lines), BadLinesWarning))
        if refused.files is not None and source.on_damage == "keep":
            told.append((_of_files(source, refused.files), DamagedFilesWarning))
    for text, category in told:
        if warn is None:
            warnings.warn(text, category, stacklevel=4)
        else:
            warn(text, category)


def _of_lines(source: Text, found: Found) -> str:
    file, row, offset = in_file(source.files, found.place)
    lines = "1 bad line was" if found.count == 1 else f"{found.count:,} bad lines were"
    return (
        f"{lines} left out (on_bad_lines='skip'); first {source.files[file].path}, "
        f"line {row + 1:,}, byte {offset:,}: {found.error}. rejects() gives all of them"
    )


def _of_files(source: Text, found: Found) -> str:
    file, row, offset = in_file(source.files, found.place)
    files = "1 damaged file was" if found.count == 1 else f"{found.count:,} damaged files were"
    lines = "1 whole line" if row == 1 else f"{row:,} whole lines"
    return (
        f"{files} read up to the damage (on_damage='keep'); first {source.files[file].path}, "
        f"after {lines}, byte {offset:,} inflated: {found.error}"
    )
