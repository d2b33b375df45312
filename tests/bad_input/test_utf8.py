"""Bytes that are not UTF-8: wherever they stand in the file, they raise."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from conformance.check import Check
from conformance.rows import ours_only, records, subject

from bad_input.damage import GOOD, damaged, lines, notes_of, types

ONE = ("default",)

BYTES = {
    "an unused byte": b"\xff",
    "another unused byte": b"\xc1",
    "a continuation alone": b"\x80",
    "half of two": b"\xc3",
    "half of three": b"\xe2\x82",
    "half of four": b"\xf0\x9f\x98",
    "an overlong slash": b"\xc0\xaf",
    "an overlong slash of three": b"\xe0\x80\xaf",
    "an overlong slash of four": b"\xf0\x80\x80\xaf",
    "a surrogate": b"\xed\xa0\x80",
    "a pair of surrogates": b"\xed\xa0\xbd\xed\xb8\x80",
    "beyond Unicode": b"\xf4\x90\x80\x80",
    "five bytes": b"\xf8\x88\x80\x80\x80",
    "latin-1": "Ångström".encode("latin-1"),
}

PLACES = {
    "in a field that is read": b'{"type": "a%s", "x": "y"}\n',
    "in a field that is not": b'{"type": "a", "x": "y%s"}\n',
    "in a key": b'{"type": "a", "x%s": "y"}\n',
    "outside any string": b'{"type": "a"%s, "x": "y"}\n',
    "behind the record": b'{"type": "a"}%s\n',
    "at the start of a line": b'%s{"type": "a"}\n',
    "at the end of the file": b'{"type": "a"}\n%s',
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", BYTES)
def test_bytes_that_are_not_utf8(name: str, place: str, check: Check, tmp_path: Path) -> None:
    content = GOOD + PLACES[place].replace(b"%s", BYTES[name])
    if place != "at the end of the file":
        content += GOOD[: GOOD.index(b"\n") + 1]
    damaged(check, tmp_path, gzip.compress(content, 1), (types, lines), ONE, alone=True)


@pytest.mark.parametrize("size", [0, 1, 8190, 8191, 8192, 8193, 65535, 65536])
def test_bad_bytes_at_the_edges_of_a_readers_buffer(
    size: int, check: Check, tmp_path: Path
) -> None:
    """The message counts from where the reader's own buffer began."""
    filler = b'{"type": "%s"}\n'
    content = filler.replace(b"%s", b"a" * max(0, size - len(filler) + 2)) + b"\xe2\x82\n"
    damaged(check, tmp_path, gzip.compress(content, 1), (lines,), ("default",))
    damaged(check, tmp_path, content, (lines,), ("default",), name="b.json")


@pytest.mark.parametrize("text", ["\u2028", "\x85", "\x7f", "\u00ff", "\uffff", "\U0010ffff"])
def test_odd_characters_that_are_utf8(text: str, check: Check, tmp_path: Path) -> None:
    content = GOOD + f'{{"type": "{text}", "x": "{text}"}}\n{{"type": "\\u2028"}}\n'.encode()
    damaged(check, tmp_path, gzip.compress(content, 1), schedulers=("default",))


def test_bytes_that_a_filter_would_have_dropped(check: Check, tmp_path: Path) -> None:
    """Decoding comes before any function: the line is bad, wanted or not."""

    def wanted(db: object, path: str) -> object:
        return db.read_text(path).filter(lambda line: "Push" in line).count()  # type: ignore[attr-defined]

    content = GOOD + b'{"type": "a\xff"}\n' + GOOD
    damaged(check, tmp_path, gzip.compress(content, 1), (wanted,))


def test_errors_ignored_or_replaced(check: Check, tmp_path: Path) -> None:
    def ignored(db: object, path: str) -> object:
        return db.read_text(path, errors="ignore").count()  # type: ignore[attr-defined]

    def replaced(db: object, path: str) -> object:
        return db.read_text(path, errors="replace").distinct()  # type: ignore[attr-defined]

    content = GOOD + b'{"type": "a\xff"}\n' + GOOD
    damaged(check, tmp_path, gzip.compress(content, 1), (ignored, replaced), ("default",))


@ours_only
def test_a_note_names_the_file_and_take_does_not_mind(tmp_path: Path) -> None:
    path = tmp_path / "latin.json.gz"
    path.write_bytes(gzip.compress(GOOD + b'{"type": "a\xff"}\n'))
    with pytest.raises(UnicodeDecodeError) as raised:
        types(subject, str(path)).compute()
    assert "latin.json.gz" in notes_of(raised.value)
    assert records(subject, str(path)).pluck("id").take(2) == (0, 1)
