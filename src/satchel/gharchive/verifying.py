"""Whether a mirror is still what it was when it was made."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from satchel.errors import MirrorError
from satchel.gharchive.crew import work
from satchel.gharchive.hours import FIRST, hour_of
from satchel.gharchive.manifest import Entry, Manifest, now
from satchel.gharchive.pace import Stopped
from satchel.gharchive.place import Place, place
from satchel.gharchive.told import shown
from satchel.gharchive.whole import checked

__all__ = ["Verified", "verify"]


@dataclass
class Verified:
    """What a check of a mirror has found; names are of files, in time order.

    Attributes:
        whole: what is as the manifest says, or whole without it.
        kept: what is as it was fetched, damaged as the source has it, and how.
        damaged: what is not whole, or not what was fetched, and how.
        lost: what the manifest says is there, and is not.
        unlisted: what is there, and not in the manifest.
        empty: what is there, and has no bytes, as the source has it.
        missing: what the source did not have, or had damaged.
        noted: whether what was found is in the manifest now, so that the next mirror mends it.
        bytes: how many were read.
    """

    whole: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    damaged: dict[str, str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    noted: bool = True
    bytes: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing is damaged or lost."""
        return not (self.damaged or self.lost)


def verify(
    root: str | os.PathLike[str],
    *,
    at_once: int | None = None,
    storage_options: Mapping[str, Any] | None = None,
    progress: bool | None = None,
) -> Verified:
    """Read all of a mirror, and say what is damaged, lost, or not in the manifest.

    A file in the manifest is held against the checksum that it had when it was found whole; another
    is inflated to its end. What is damaged is noted in the manifest, so that the next mirror
    fetches it again; nothing else is changed.

    Args:
        root: the folder or store.
        at_once: how many files to read at a time; one a core, unless said.
        storage_options: for the store's file system.
        progress: show how far it is; `None` is where a terminal looks on.

    Raises:
        MirrorError: if there is no mirror.

    >>> import gzip, pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "2015-01-01-0.json.gz").write_bytes(gzip.compress(b"{}")[:-1])
    >>> verify(folder).damaged
    {'2015-01-01-0.json.gz': 'cut short: 21 bytes end in the middle of a gzip member'}
    """
    where = place(root, storage_options)
    sizes, manifest = where.sizes(), Manifest(where)
    if not sizes and not manifest.entries:
        raise MirrorError(f"{where.shown}: there is no file of the archive (try: another path)")
    entries = manifest.entries
    listed = {name for name, entry in entries.items() if entry.is_there}
    absent = {name for name, entry in entries.items() if entry.state in ("missing", "unfit")}
    report = Verified(
        lost=_in_order(listed - sizes.keys()),
        unlisted=_in_order(sizes.keys() - (entries.keys() - absent)),
        missing=_in_order(absent - sizes.keys()),
    )
    stop = threading.Event()

    def each(name: str) -> tuple[str, str | None]:
        return name, _fault(where, name, entries.get(name), stop)

    def take_down(found: tuple[str, str | None]) -> None:
        name, fault = found
        entry = entries.get(name)
        report.bytes += sizes[name]
        if fault is not None:
            report.damaged[name] = fault
        elif entry is not None and entry.state == "damaged":
            report.kept[name] = entry.why or ""
        else:
            report.whole.append(name)

    def idle() -> None:
        done = len(report.whole) + len(report.damaged) + len(report.kept)
        tell(done, report.bytes, f"{len(report.damaged):,} damaged" if report.damaged else "")

    with shown(len(sizes), progress) as tell:
        todo, crew = _in_order(sizes), at_once or os.cpu_count() or 1
        work(todo, each, take_down, at_once=crew, idle=idle, stop=stop.set)
    report.whole = _in_order(report.whole)
    report.empty = [name for name in report.whole if not sizes[name]]
    report.damaged = {name: report.damaged[name] for name in _in_order(report.damaged)}
    report.kept = {name: report.kept[name] for name in _in_order(report.kept)}
    report.noted = _note(where, report.damaged)
    return report


def _fault(where: Place, name: str, entry: Entry | None, stop: threading.Event) -> str | None:
    """What is wrong with a file, if anything."""

    def chunks() -> Iterator[bytes]:
        for chunk in where.chunks(name):
            if stop.is_set():
                raise Stopped
            yield chunk

    if entry is not None and entry.state in ("missing", "unfit"):
        entry = None  # The file has come in another way since.
    if entry is not None and entry.sha256 is not None:
        digest, size = sha256(), 0
        for chunk in chunks():
            digest.update(chunk)
            size += len(chunk)
        if digest.hexdigest() == entry.sha256:
            return None
        if size != entry.size:
            return f"{size:,} bytes, where {entry.size:,} were fetched"
    check, damage = checked(chunks())
    if damage is not None:
        return damage
    if entry is not None and entry.sha256 is not None:
        return "another file than was fetched, and whole"
    return None if check.bytes else "no bytes, and the manifest does not know of that"


def _note(where: Place, damaged: Mapping[str, str]) -> bool:
    """Condemn what is damaged; tell whether the manifest says so now."""
    if not damaged:
        return True
    try:
        with where.locked():
            manifest = Manifest(where)
            for name, why in damaged.items():
                entry = manifest.entries.get(name, Entry(name, "condemned"))
                manifest.add(replace(entry, state="condemned", why=why, when=now()))
            manifest.save()
    except (MirrorError, OSError):
        return False  # Another mirror is at work, or nobody may write here: the report says so.
    return True


def _in_order(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: hour_of(name) or FIRST)
