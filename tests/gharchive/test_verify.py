"""A check of a mirror: what was done to it since is named, and the next mirror mends it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from gharchive.archive import Archive
from satchel.errors import MirrorError
from satchel.gharchive import verify

HIT = "2015-01-01-1.json.gz"
RANGE = ("2015-01-01-0", "2015-01-01-2")


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a flipped bit": (flip, "corrupt gzip before byte "),
    "cut short": (lambda path: path.write_bytes(path.read_bytes()[:100]), "100 bytes, where "),
    "empty": (lambda path: path.write_bytes(b""), "0 bytes, where "),
    "longer": (lambda path: path.write_bytes(path.read_bytes() + b"\0"), " were fetched"),
    "a page": (lambda path: path.write_bytes(b"<html>"), "6 bytes, where "),
    "the time in its header": (
        lambda path: path.write_bytes(path.read_bytes()[:4] + b"1234" + path.read_bytes()[8:]),
        "another file than was fetched, and whole",
    ),
}


@pytest.mark.parametrize(("damage", "why"), DAMAGE.values(), ids=DAMAGE)
def test_damage_is_named_and_mended(
    damage: Callable[[Path], object], why: str, archive: Archive
) -> None:
    names = archive.has(3)
    archive.mirrored(*RANGE)
    assert verify(archive.to).is_whole
    damage(archive.to / HIT)
    found = verify(archive.to)
    assert (found.whole, found.lost, found.is_whole, found.noted) == (
        [names[0], names[2]], [], False, True,
    )  # fmt: skip
    assert list(found.damaged) == [HIT]
    assert why in found.damaged[HIT]
    assert verify(archive.to).damaged == found.damaged
    archive.server.forget()
    assert archive.mirrored(*RANGE).fetched == [HIT]
    assert archive.asked() == {HIT: 1}
    assert archive.there() == names
    assert verify(archive.to).whole == names


def test_a_lost_file_is_named_and_fetched(archive: Archive) -> None:
    names = archive.has(3)
    archive.mirrored(*RANGE)
    (archive.to / HIT).unlink()
    found = verify(archive.to)
    assert (found.lost, found.is_whole) == ([HIT], False)
    assert archive.mirrored(*RANGE).fetched == [HIT]
    assert archive.there() == names


def test_what_is_not_in_the_manifest_is_named_and_checked(archive: Archive) -> None:
    names = archive.has(3)
    archive.mirrored(*RANGE[:1])
    (archive.to / names[1]).write_bytes((archive.made / names[1]).read_bytes())
    (archive.to / names[2]).write_bytes(b"")
    (archive.to / "notes.txt").write_text("not the archive's")
    found = verify(archive.to)
    assert (found.unlisted, found.whole) == (names[1:], names[:2])
    assert found.damaged == {names[2]: "no bytes, and the manifest does not know of that"}
    (archive.to / "notes.txt").unlink()
    report = archive.mirrored(*RANGE)
    assert (report.found, report.fetched) == ([names[1]], [names[2]])
    assert archive.there() == names


def test_what_was_kept_damaged_is_not_called_damaged_since(archive: Archive) -> None:
    names = archive.has(1)
    (archive.folder / names[0]).write_bytes((archive.made / names[0]).read_bytes()[:-100])
    (archive.folder / HIT).write_bytes(b"")
    archive.mirrored(*RANGE, keep_damaged=True)
    found = verify(archive.to)
    assert list(found.kept) == names
    assert (found.whole, found.empty, found.missing) == ([HIT], [HIT], ["2015-01-01-2.json.gz"])
    assert found.is_whole


def test_what_the_source_lacked_and_came_in_another_way(archive: Archive) -> None:
    names = archive.has(2)
    (archive.folder / names[1]).write_bytes((archive.made / names[1]).read_bytes()[:-100])
    archive.mirrored("2015-01-01-1", "2015-01-01-2")
    missing = [names[1], "2015-01-01-2.json.gz"]
    assert verify(archive.to).missing == missing
    for name in missing:
        (archive.to / name).write_bytes((archive.made / name).read_bytes())
    found = verify(archive.to)
    assert (found.missing, found.unlisted, found.whole, found.is_whole) == (
        [],
        missing,
        missing,
        True,
    )
    assert archive.mirrored("2015-01-01-1", "2015-01-01-2").found == missing


def test_a_mirror_at_work_is_not_disturbed(archive: Archive) -> None:
    from satchel.gharchive.place import place

    archive.has(1)
    archive.mirrored()
    flip(archive.to / "2015-01-01-0.json.gz")
    with place(archive.to).locked():
        found = verify(archive.to)
    assert (len(found.damaged), found.noted) == (1, False)


def test_no_mirror(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "no-such"):
        with pytest.raises(MirrorError, match="there is no file of the archive"):
            verify(path)


def test_files_without_a_manifest(tmp_path: Path) -> None:
    (tmp_path / HIT).write_bytes(gzip.compress(b"{}\n"))
    found = verify(tmp_path)
    assert (found.whole, found.unlisted) == ([HIT], [HIT])
    assert [path.name for path in tmp_path.iterdir()] == [HIT]
