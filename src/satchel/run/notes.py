"""What is added to an exception of the user's function: in which step it happened, and on what.

An exception carries at most one note of each kind: `blame` names the step, `annotate` the line.
Both are called where the exception is caught for the first time, and replace what an earlier run
has left on the same object. An exception that takes no notes is raised without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from satchel.expr import nodes as n
from satchel.expr.interpret import interpret
from satchel.plan.nodes import File, Step, Text, steps
from satchel.plan.segments import Segment
from satchel.run.spans import in_file

__all__ = ["Place", "annotate", "annotate_item", "blame", "locate", "named", "note"]

Place = tuple[int, int, int]
"""Where a line is: the file's number, the line's number in it from 0, its byte when inflated.

Of a file that was cut up, both count from the first line of the part: `spans.py`."""

_SHOWN = 200
_OURS = "satchel: "
_STEP = _OURS + "in step "


def blame(error: BaseException, step: Step, of: str = "") -> None:
    """Add a note that names the step whose function raised.

    Args:
        error: what it raised.
        step: the method call.
        of: what it worked on, where that is not an element (``"combining partial results"``).
    """
    note(error, named(step) + (f", {of}" if of else ""))


def named(step: Step) -> str:
    """The note that names a step, for those who will not have the plan at hand."""
    try:
        return f"{_STEP}{len(steps(step)[1])}: {_called(step)}"
    except Exception:  # noqa: BLE001 - objects of the user's that cannot even be named.
        return f"{_STEP}{len(steps(step)[1])}"


def annotate(
    error: BaseException,
    row: tuple[int, int, int, str | bytes],
    files: Sequence[File],
    segment: Segment | None,
) -> None:
    """Add a note that names the file, the line, the byte offset and the line's beginning."""
    file, number, offset, line = row
    of = ""
    try:
        _, number, offset = in_file(files, (file, number, offset))
    except Exception:  # noqa: BLE001 - the file is gone or has changed; what is known is told.
        start = (files[file].span or (0,))[0]
        of = f", both counted from the part of it that starts at stored byte {start}"
    text = line if isinstance(line, str) else line.decode("utf-8", "backslashreplace")
    told = [f"{_OURS}{files[file].path}, line {number + 1}, byte {offset} (inflated){of}"]
    told.append("  " + _shown(text.rstrip("\r\n")))
    if isinstance(error, KeyError) and error.args and segment is not None:
        keys = _keys_there(error.args[0], text, segment)
        if keys is not None:
            listed = ", ".join(map(repr, keys)) or "none"
            told.append(f"  the keys that are there: {listed}")
    note(error, "\n".join(told))


def annotate_item(error: BaseException, item: Any) -> None:
    """Add a note that shows an item of an earlier result, which is of no one line."""
    try:
        text = repr(item)
    except Exception:  # noqa: BLE001 - an object of the user's that cannot be shown.
        text = f"a {type(item).__name__}"
    note(error, f"{_OURS}an item of an earlier result\n  {_shown(text)}")


def locate(
    error: BaseException, place: Place | None, source: Text, segment: Segment | None
) -> None:
    """As `annotate`, for a line that has to be read again."""
    if place is None:
        return
    from satchel.run.reader import line_at  # Nobody waits for it where nothing is wrong.

    file, number, offset = place
    try:
        line = line_at(source, source.files[file], offset)
    except Exception:  # noqa: BLE001 - the file is gone or has changed; where it was is still told.
        line = b"(the line cannot be read again)"
    annotate(error, (file, number, offset, line), source.files, segment)


def note(error: BaseException, text: str) -> None:
    """Add a note, in place of what is there of an earlier run."""
    try:
        kept = ("step",) if _kind(text) == "line" else ()
        notes = [one for one in getattr(error, "__notes__", ()) if _kind(one) in (None, *kept)]
        error.__notes__ = [*notes, text]
    except Exception:  # noqa: BLE001, S110 - the class of it takes no notes: it is raised as it is.
        pass


def _kind(note: Any) -> str | None:
    if not isinstance(note, str) or not note.startswith(_OURS):
        return None
    return "step" if note.startswith(_STEP) else "line"


def _shown(line: str) -> str:
    """The beginning of a line, what cannot be printed in it escaped."""
    shown = line if len(line) <= _SHOWN else line[:_SHOWN] + " ..."
    if shown.isprintable():
        return shown
    letters = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown)
    return "".join(letters)


def _called(step: Step) -> str:
    """A method call as the user wrote it, about, and where its functions are."""
    from satchel.plan.explain import arguments, verb

    call = _shown(f".{verb(step)}({arguments(step)})")
    return call + (f", written at {' and '.join(step.written)}" if step.written else "")


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
    try:
        return list(record) if isinstance(record, dict) and missing not in record else None
    except TypeError:  # What is missing is no key at all.
        return None
