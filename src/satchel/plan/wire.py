"""The program that the kernel reads: one JSON text for all queries that share a scan."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from satchel.expr import nodes as n
from satchel.expr.wire import encode, to_wire
from satchel.plan.segments import Segment

__all__ = ["combine_program", "program"]

VERSION = 1


def program(
    segments: Sequence[Segment],
    validate: str,
    on_bad_lines: str = "raise",
    documents: str = "line",
    on_damage: str = "raise",
) -> str:
    """The program of segments that read the same source with the same loader.

    Args:
        segments: one query each; all with the same ``loader`` (or none that loads).
        validate: ``"strict"`` or ``"touched"``.
        on_bad_lines: unless it is ``"raise"``, the host takes lines as bytes, which may not be
            UTF-8.
        documents: ``"line"``, or ``"many"`` where a line may have any number of them.
        on_damage: ``"raise"``, or ``"keep"`` for the rows before the damage of a file.
    """
    roots: list[n.Node] = []
    for segment in segments:
        roots += [node for _, node in segment.native_steps if node is not None]
        roots += segment.native.roots.values()
    table, ids = to_wire(roots)
    loaders = {segment.loader for segment in segments if segment.loader is not None}
    assert len(loaders) <= 1, "queries with different loaders do not share a scan"
    return json.dumps(
        {
            "version": VERSION,
            "loader": next(iter(loaders), None),
            "validate": validate,
            "bytes": on_bad_lines != "raise",
            "documents": documents,
            "on_damage": on_damage,
            "nodes": table,
            "queries": [_query(segment, ids) for segment in segments],
        }
    )


def combine_program(node: n.Node) -> str:
    """The program of a combine: the last node is its result, over ``acc`` and ``other``."""
    table, ids = to_wire([node])
    assert ids[node] == len(table) - 1
    return json.dumps(
        {"version": VERSION, "loader": None, "validate": "strict", "nodes": table, "queries": []}
    )


def _query(segment: Segment, ids: dict[n.Node, int]) -> dict[str, Any]:
    sink: dict[str, Any] = {"kind": segment.native.kind}
    sink |= {field: ids[node] for field, node in segment.native.roots.items()}
    for field, value in segment.native.fields.items():
        sink[field] = encode(value) if field == "initial" else value
    steps = [[kind] if node is None else [kind, ids[node]] for kind, node in segment.native_steps]
    return {"steps": steps, "sink": sink}
