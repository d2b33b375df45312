"""What a user who counts on native speed is told when some of it was not."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from satchel.errors import FallbackWarning, NotNative
from satchel.plan.segments import Staged
from satchel.run.part import Statistics

__all__ = ["fell_back", "require_native"]

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
    rows = max(measured.fallback, default=0)
    if not rows or not all(plan.all_native for plan in staged):
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
        _, file, row, offset, reason = measured.examples[0]
        path = staged[0].source.files[file].path
        text += f"; first {path}, line {row + 1:,}, byte {offset:,}: {reason}"
    text += ". explain(analyze=True) tells more"
    if strict:
        raise NotNative(f"satchel.strict-native is set: {text}")
    warnings.warn(text, FallbackWarning, stacklevel=4)
