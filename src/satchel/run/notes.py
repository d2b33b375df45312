"""What is added to an exception of the user's function: where it happened, and on what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from satchel.expr import nodes as n
from satchel.expr.interpret import interpret
from satchel.plan.nodes import File
from satchel.plan.segments import Segment

__all__ = ["annotate"]

_SHOWN = 200


def annotate(
    error: BaseException, row: tuple[int, int, int, str], files: Sequence[File], segment: Segment
) -> None:
    """Add notes that name the file, the line, the byte offset and the line's beginning."""
    file, number, offset, line = row
    error.add_note(f"satchel: {files[file].path}, line {number + 1}, byte {offset} (inflated)")
    shown = line.rstrip("\n")
    error.add_note("  " + (shown if len(shown) <= _SHOWN else shown[:_SHOWN] + " ..."))
    if isinstance(error, KeyError) and error.args:
        keys = _keys_there(error.args[0], line, segment)
        if keys is not None:
            listed = ", ".join(map(repr, keys)) or "none"
            error.add_note(f"  the keys that are there: {listed}")


def _keys_there(missing: Any, line: str, segment: Segment) -> list[Any] | None:
    """The keys of the dict that has no `missing`, found by looking where the query looks."""
    load = segment.load
    if load is None:
        return None
    try:
        record = load(line)
    except Exception:  # noqa: BLE001 - the line itself is wrong, and the error says so
        return None
    inputs = {"line": line, "record": record}
    roots = [node for _, node in segment.native_steps if node is not None]
    roots += segment.native.roots.values()
    for node in n.walk(roots):
        if node.op == "getitem" and node.args[1].op == "const" and node.args[1].data == missing:
            try:
                container = interpret(node.args[0], inputs)
            except Exception:  # noqa: BLE001, S112 - not reached on this record; another is
                continue
            if isinstance(container, dict) and missing not in container:
                return list(container)
    return list(record) if isinstance(record, dict) and missing not in record else None
