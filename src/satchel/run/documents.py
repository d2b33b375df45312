r"""Several documents on one line: the slow twin of the kernel's cutter, and its meaning.

    line     {"a": 1} {"b": "}{"}\0\0\0{"c": [3]}oops\n
    pieces   `-------'`---------'      `--------'`---'

A document is an object or an array, and ends where its bracket is closed outside of strings. On a
line of documents that a loader takes, that is where ``json.JSONDecoder.raw_decode`` says that they
end; of others, it is the loader who refuses them. Zero bytes, which JSON has nowhere, end a
document as the end of the line does. What is no document, or does not end, is a piece as well, up
to there: so nothing of a line is lost but zero bytes and blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Piece", "pieces", "whole"]

_TOKEN = re.compile(rb'\\["\\]|["{}\[\]]')
_ZEROS = re.compile(rb"\0*")
_SPACE = re.compile(rb"[ \t]*")
_NO_ZEROS = re.compile(rb"[^\0]*")


class Piece(NamedTuple):
    """A part of a line: where it starts, its bytes, whether brackets make it a document."""

    start: int
    text: bytes
    closed: bool


def pieces(line: bytes) -> Iterator[Piece]:
    r"""The documents of a line with its newline, in order, and what is none.

    >>> [piece.text for piece in pieces(b'{"a": 1} {"b": "}{"}\0\0{"c": [3]}oops\n')]
    [b'{"a": 1} ', b'{"b": "}{"}', b'{"c": [3]}', b'oops\n']
    >>> list(pieces(b" \0\0 \n"))
    []
    """
    end = len(line.rstrip(b"\r\n"))
    at = 0
    while (at := _end(_ZEROS, line, at, end)) < end:
        stop = _end(_NO_ZEROS, line, at, end)
        last = len(line) if stop == end else stop
        while (first := _end(_SPACE, line, at, stop)) < stop:
            closing = _closing(line, first, stop)
            after = stop if closing is None else _end(_SPACE, line, closing, stop)
            piece = line[at : last if after == stop else after]
            yield Piece(at, piece, closing is not None)
            at = after
        at = stop


def whole(line: bytes) -> int:
    r"""How much of a line that something has cut in two are pieces that are whole.

    >>> whole(b'{"a": 1}{"b": 2'), whole(b'{"a": 1}'), whole(b'{"a"')
    (8, 8, 0)
    """
    for piece in pieces(line):
        if piece.start + len(piece.text) == len(line) and not piece.closed:
            return piece.start
    return len(line)


def _end(pattern: re.Pattern[bytes], line: bytes, at: int, end: int) -> int:
    found = pattern.match(line, at, end)
    assert found is not None, "the patterns match nothing, too"
    return found.end()


def _closing(line: bytes, first: int, stop: int) -> int | None:
    """Where the bracket at `first` is closed; ``None`` where there is none, or it is not."""
    if line[first : first + 1] not in (b"{", b"["):
        return None
    depth, in_string = 0, False
    for found in _TOKEN.finditer(line, first, stop):
        token = found.group()
        if token == b'"':
            in_string = not in_string
        elif not in_string and len(token) == 1:
            depth += 1 if token in b"{[" else -1
            if depth == 0:
                return found.end()
    return None
