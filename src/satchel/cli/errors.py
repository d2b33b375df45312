"""What went wrong with the data, in one line: what, where, and what to try."""

from __future__ import annotations

import json
import zlib
from gzip import BadGzipFile

__all__ = ["message"]

_PREFIX = "satchel: "
_STEP = f"{_PREFIX}in step "


def message(error: BaseException) -> str:
    """One line for an exception: its text, the place that its notes name, and a hint.

    >>> message(KeyError("commits"))
    "KeyError: 'commits' (try: .get() for a key that may be missing)"
    """
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    notes = [note for note in getattr(error, "__notes__", ()) if isinstance(note, str)]
    # Steps are the library's: whoever typed a command has not written any.
    ours = [note for note in notes if note.startswith(_PREFIX) and not note.startswith(_STEP)]
    places = [note.removeprefix(_PREFIX).splitlines()[0] for note in ours]
    lines = [line.strip() for note in ours for line in note.splitlines()[1:]]
    keys = [line for line in lines if line.startswith("the keys that are there")]
    hint = _hint(error)
    parts = [what, *places, *keys]
    return " ".join("; ".join(parts).split()) + (f" (try: {hint})" if hint else "")


def _hint(error: BaseException) -> str | None:
    match error:
        case KeyError() | IndexError():
            return ".get() for a key that may be missing"
        case json.JSONDecodeError():
            return "satchel schema, which counts the lines that are not JSON"
        case EOFError() | BadGzipFile() | zlib.error():
            return "gzip -t on the file; it is damaged, or not gzip"
        case UnicodeDecodeError():
            return "iconv, if the file is not in UTF-8"
        case TypeError() if "unhashable" in str(error):
            return "a part of it, or len() or str() of it, as the key"
        case TypeError():
            return "satchel schema, for the types that are there"
    return None
