"""Files that are not the gzip they say they are."""

from __future__ import annotations

import gzip
import os
import re
import struct
import zlib
from pathlib import Path

import pytest
from conformance.check import Check
from conformance.rows import Row, ours_only, records, subject

from bad_input.damage import GOOD, at, damaged, lines, notes_of, types

FILE = gzip.compress(GOOD, mtime=0)
ONE = ("default",)
TRAILER = len(FILE) - 8
HEADER = 10


def member(flags: int = 0, extra: bytes = b"", method: int = 8) -> bytes:
    """A gzip member with the optional parts of its header."""
    deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
    body = deflate.compress(GOOD) + deflate.flush()
    head = bytes([0x1F, 0x8B, method, flags, 0, 0, 0, 0, 0, 255])
    return head + extra + body + struct.pack("<II", zlib.crc32(GOOD), len(GOOD))


def with_header_crc(crc_of: bytes) -> bytes:
    return struct.pack("<H", zlib.crc32(crc_of) & 0xFFFF)


HEAD_WITH_CRC = bytes([0x1F, 0x8B, 8, 2, 0, 0, 0, 0, 0, 255])

FILES = {
    "nothing": b"",
    "gzip of nothing": gzip.compress(b""),
    "gzip of a newline": gzip.compress(b"\n"),
    "one byte": b"\x1f",
    "two bytes": b"\x1f\x8b",
    "text": GOOD,
    "an error page": b'<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>\n',
    "a zip file": b"PK\x03\x04" + bytes(100),
    "zstd": b"\x28\xb5\x2f\xfd" + bytes(100),
    "nothing but zeros": bytes(1000),
    "an unknown method": member(method=7),
    "a wrong CRC": FILE[:TRAILER] + b"\0\0\0\0" + FILE[-4:],
    "a wrong length": FILE[:-4] + struct.pack("<I", len(GOOD) + 1),
    "a length of zero": FILE[:-4] + bytes(4),
    "both wrong": FILE[:TRAILER] + b"\xff" * 8,
    "trailing junk": FILE + b"junk",
    "one byte of junk": FILE + b"x",
    "junk that starts as gzip": FILE + b"\x1f\x8b\x08",
    "junk after zeros": FILE + bytes(512) + b"junk",
    "zeros": FILE + bytes(512),
    "one zero": FILE + b"\0",
    "two members": FILE + FILE,
    "an empty member between": FILE + gzip.compress(b"") + FILE,
    "zeros between members": FILE + bytes(20) + FILE,
    "a damaged second member": FILE + FILE[:100] + b"\xff" * 20 + FILE[120:],
    "a truncated second member": FILE + FILE[: len(FILE) // 2],
    "a second member that is text": FILE + GOOD,
    "a wrong CRC in the first member": FILE[:TRAILER] + b"\0\0\0\0" + FILE[-4:] + FILE,
    "a name in the header": member(8, b"2015-01-01-0.json\0"),
    "a comment in the header": member(16, b"a comment\0"),
    "an extra field": member(4, b"\x04\x00abcd"),
    "a CRC of the header": member(2, with_header_crc(HEAD_WITH_CRC)),
    "a wrong CRC of the header": member(2, b"\0\0"),
    "all parts of a header": member(4 | 8 | 16, b"\x02\x00ab" + b"name\0" + b"comment\0"),
    "a name without an end": member(8, b"")[:10] + b"n" * 50,
    "reserved flags": member(0xE0),
    "a reserved block type": FILE[:HEADER] + b"\x07" + FILE[HEADER + 1 :],
    "stored blocks": gzip.compress(GOOD, 0),
    "a damaged stored length": gzip.compress(GOOD, 0)[:11] + b"\xff\xff" + bytes(500),
}


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_dask_bags_error(name: str, check: Check, tmp_path: Path) -> None:
    damaged(check, tmp_path, FILES[name])


CUTS = sorted(
    {
        *range(1, 20),
        *range(20, len(FILE) - 20, max(1, len(FILE) // 25)),
        *range(len(FILE) - 20, len(FILE)),
    }
)


@pytest.mark.parametrize("cut", CUTS)
def test_truncated_gzip(cut: int, check: Check, tmp_path: Path) -> None:
    damaged(check, tmp_path, FILE[:cut], queries=(lines, types), schedulers=ONE, alone=True)


@pytest.mark.parametrize("at_byte", range(HEADER, len(FILE), max(1, len(FILE) // 40)))
def test_a_flipped_byte(at_byte: int, check: Check, tmp_path: Path) -> None:
    """Lines alone are read: where a flip made bad JSON first, the order of errors differs."""
    flipped = bytearray(FILE)
    flipped[at_byte] ^= 0x55
    damaged(check, tmp_path, bytes(flipped), queries=(lines,), schedulers=ONE)


@ours_only
@pytest.mark.parametrize(
    "name", ["a wrong CRC", "a damaged second member", "a reserved block type", "text"]
)
def test_a_note_names_the_file_and_where_in_it(name: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.json.gz"
    path.write_bytes(FILES[name])
    with pytest.raises(Exception) as raised:
        types(subject, str(path)).compute()
    note = notes_of(raised.value)
    assert "broken.json.gz" in note
    offsets = [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", note)]
    assert any(offset <= len(FILES[name]) for offset in offsets), note


@ours_only
@pytest.mark.parametrize("cut", [len(FILE) // 2, len(FILE) - 3])
def test_a_note_says_where_a_file_was_cut(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "cut.json.gz"
    path.write_bytes(FILE[:cut])
    with pytest.raises(EOFError) as raised:
        types(subject, str(path)).compute()
    note = notes_of(raised.value)
    assert "cut.json.gz" in note
    assert re.search(r"\d", note.replace(str(path), ""))


@ours_only
def test_take_does_not_look_behind_what_it_returns(tmp_path: Path) -> None:
    """dask.bag lists the whole file first, and raises; we stream."""
    path = tmp_path / "cut.json.gz"
    path.write_bytes(FILE[: len(FILE) * 3 // 4])
    assert [e["id"] for e in records(subject, str(path)).take(2)] == [0, 1]


def test_names_that_are_no_file(check: Check, tmp_path: Path) -> None:
    good = tmp_path / "good.json.gz"
    good.write_bytes(FILE)
    (tmp_path / "folder.json.gz").mkdir()
    os.symlink(tmp_path / "gone", tmp_path / "broken.json.gz")
    for path in (
        tmp_path / "nothing.json.gz",
        tmp_path / "nothing.json",
        tmp_path / "no" / "folder" / "at.all.json.gz",
        tmp_path / "nothing-*.json.gz",
        tmp_path / "folder.json.gz",
        tmp_path / "broken.json.gz",
        tmp_path / "b*.json.gz",
        "",
    ):
        for query in (types, lines):
            check(Row(str(path), at(query, str(path)), ()))
    for paths in ([], [str(good), str(tmp_path / "nothing.json.gz")]):
        check(Row("a list", lambda db, p, paths=paths: types(db, paths), ()))
    check(Row("take of nothing", lambda db, p: db.read_text(str(tmp_path / "nothing")).take(1), ()))
    check(Row("none", lambda db, p: db.read_text(None), ()))
    check(Row("a number", lambda db, p: db.read_text(3), ()))
    check(Row("good", at(types, str(good)), ()))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "secret.json.gz"
    path.write_bytes(FILE)
    path.chmod(0)
    check(Row("secret", at(types, str(path)), ()))


def test_a_file_that_shrinks_between_two_computes(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "a.json.gz"

    def pipeline(db: object, _: str) -> object:
        path.write_bytes(FILE)
        bag = types(db, str(path))
        before = bag.compute()
        path.write_bytes(FILE[:-100])
        try:
            bag.compute()
        except EOFError as error:
            return before, str(error)
        return before, None

    check(Row("shrinks", pipeline, ()))
