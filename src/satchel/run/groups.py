"""Grouping by hash, without making a record before somebody wants it.

    scanning    key, text of each row -> Shard, one for each partition: lists of texts by key
                a shard that outgrows its share of the memory goes to a file, slot by slot
    collecting  partition by partition of the result, slot by slot: the shards' lists are joined;
                the records of a group are made when the group is handed on

Which partition of the result a group is in is said by dask.bag's rule: the key that a block of
elements met first decides for all keys that are equal to it, as `True` is to `1`. Groups come in
the order in which they were first seen as long as they are in memory, and slot by slot otherwise.
An element is a `str`, which is the JSON text of a record, or `bytes`, a pickled value.
"""

from __future__ import annotations

import marshal
import pickle
import zlib
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from numbers import Number
from sys import getsizeof
from typing import Any

from satchel import _kernel
from satchel.plan.nodes import GroupBy
from satchel.plan.segments import Segment
from satchel.run import reduce
from satchel.run.chain import apply
from satchel.run.storage import Storage

__all__ = ["Shard", "collected", "pack", "unpack"]

Stored = str | bytes
Groups = dict[Hashable, list[Stored]]

_SLOTS = 64
"""Into how many pieces of about the same size groups on disk are cut, for all partitions."""

_GROUP_BYTES = 200
"""What a group takes besides its key and its elements: a list, and a place in a dict."""

_LEAST_BYTES = 1 << 20
"""Less than this is not written on its own where nothing may stay in memory."""


def pack(value: Any) -> bytes:
    """An element that is no record's text, as it is kept."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def unpack(element: bytes) -> Any:
    """The value that was packed."""
    return pickle.loads(element)


class Shard:
    """The groups of one partition of the source, filled as it is scanned.

    Args:
        step: the groupby.
        texts: whether elements come as text (or packed); otherwise they are packed here.
        storage: where they go that memory does not hold.
        shards: how many shards share the memory.
    """

    def __init__(self, step: GroupBy, texts: bool, storage: Storage, shards: int) -> None:
        self._step, self._texts, self._storage = step, texts, storage
        self._share = storage.memory // shards if storage.is_here else _LEAST_BYTES
        self._slots = max(1, _SLOTS // step.partitions)
        self._block: Groups = {}
        self._count = 0  # elements of the block
        self._held = 0  # bytes in memory
        self._groups: dict[int, Groups] = {}
        self._spill: _Spill | None = None

    def extend(self, pairs: Iterable[tuple[Hashable, Any]]) -> None:
        """Add elements with their keys, in row order."""
        if not self._texts:
            pairs = ((k, e if type(e) is bytes else pack(e)) for k, e in pairs)
        block, share, held = self._block, self._share, self._held
        room = self._step.blocksize - self._count
        for key, element in pairs:
            group = block.get(key)
            if group is None:
                group = block[key] = []
                held += getsizeof(key) + _GROUP_BYTES
            group.append(element)
            held += getsizeof(element) + 8
            room -= 1
            if not room or held > share:
                self._settle()
                room = self._step.blocksize
                if held > share:
                    self._write()
                    held = 0
        self._held, self._count = held, self._step.blocksize - room

    def finish(self) -> None:
        """No more will come."""
        self._settle()
        if not self._storage.is_here and self._held:
            self._write()

    def close(self) -> None:
        """Nothing more will be written, also after an error."""
        if self._spill is not None:
            self._spill.close()

    def _settle(self) -> None:
        """Say of each group of a block where it goes, as dask.bag does block by block."""
        place, partitions = self._step.place, self._step.partitions
        for key, elements in self._block.items():
            groups = self._groups.setdefault(place(key) % partitions, {})
            known = groups.setdefault(key, elements)
            if known is not elements:
                known.extend(elements)
        self._block.clear()

    def _write(self) -> None:
        """Put all groups in memory on disk."""
        if self._spill is None:
            self._spill = _Spill(self._storage)
        for partition, groups in self._groups.items():
            for slot, some in _by_slot(groups, self._slots).items():
                self._spill.write(partition, slot, some)
        self._groups.clear()

    @property
    def spilled(self) -> bool:
        """Whether some of it is on disk."""
        return self._spill is not None

    def slots(self) -> range:
        """The slots in which to ask for what is on disk."""
        return range(self._slots)

    def held(self, partition: int) -> Groups:
        """The groups of a partition of the result that are in memory."""
        return self._groups.get(partition, {})

    def held_by_slot(self, partition: int) -> dict[int, Groups]:
        """The same, cut up as those on disk are."""
        return _by_slot(self.held(partition), self._slots)

    def on_disk(self, partition: int, slot: int) -> Iterator[Groups]:
        """Groups of a slot that came before what is in memory, earlier elements first."""
        return iter(()) if self._spill is None else self._spill.read(partition, slot)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_step": None, "_storage": None}


class _Spill:
    """A shard's file: one piece behind the other, each the groups of one slot."""

    def __init__(self, storage: Storage) -> None:
        self._file: Any = storage.file()
        self._path = self._file.name
        self._pieces: dict[tuple[int, int], list[tuple[int, int]]] = {}

    def write(self, partition: int, slot: int, groups: Groups) -> None:
        """Add groups of a slot."""
        # marshal is ten times as fast as pickle on lists of texts, but it knows builtins only.
        lists = marshal.dumps(list(groups.values()), 2)
        piece = pickle.dumps((list(groups), lists), pickle.HIGHEST_PROTOCOL)
        self._pieces.setdefault((partition, slot), []).append((self._file.tell(), len(piece)))
        self._file.write(piece)

    def close(self) -> None:
        """Nothing more will be written."""
        self._file.close()
        self._file = None

    def read(self, partition: int, slot: int) -> Iterator[Groups]:
        """The groups of a slot, in the order in which they were written."""
        pieces = self._pieces.get((partition, slot))
        if pieces is None:
            return
        with open(self._path, "rb") as file:
            for offset, length in pieces:
                file.seek(offset)
                keys, lists = pickle.loads(file.read(length))
                yield dict(zip(keys, marshal.loads(lists), strict=True))


def _by_slot(groups: Groups, slots: int) -> dict[int, Groups]:
    found: dict[int, Groups] = {}
    for key, elements in groups.items():
        found.setdefault(_slot(key) % slots, {})[key] = elements
    return found


def _slot(key: Any) -> int:
    """A number that is the same for equal keys, also in another process."""
    if isinstance(key, str):
        return zlib.crc32(key.encode("utf-8", "surrogatepass"))
    if isinstance(key, Number):
        return hash(key)
    if isinstance(key, tuple):
        return hash(tuple(map(_slot, key)))
    return 0


def collected(
    step: GroupBy,
    load: Callable[[str], Any] | None,
    following: Segment,
    shards: Sequence[Shard],
    partition: int,
) -> Any:
    """What the segment behind a `groupby` makes of one partition of groups.

    Args:
        step: the groupby.
        load: the user's loader.
        following: the segment behind it.
        shards: those of all the source's partitions, in their order.
        partition: which partition of the result.

    Raises:
        Exception: the user's own.
    """
    pairs = _pairs(shards, partition, _kernel.Records(load or _no_loader))
    return reduce.partition(following.sink, apply(following.steps, pairs), step.partitions == 1)


def _pairs(
    shards: Sequence[Shard], partition: int, records: _kernel.Records
) -> Iterator[tuple[Hashable, list[Any]]]:
    for pieces in _pieces(shards, partition):
        joined: Groups = {}
        for groups in pieces:
            for key, elements in groups.items():
                joined.setdefault(key, []).extend(elements)
        for key in list(joined):
            # What has been handed on need not wait for the others.
            yield key, _made(joined.pop(key), records)


def _pieces(shards: Sequence[Shard], partition: int) -> Iterator[Iterator[Groups]]:
    """What is to be joined at a time, in row order: all of it, or a slot where some is on disk."""
    if not any(shard.spilled for shard in shards):
        yield (shard.held(partition) for shard in shards)
        return
    held = [shard.held_by_slot(partition) for shard in shards]
    for slot in shards[0].slots():
        yield _in_slot(shards, held, partition, slot)


def _in_slot(
    shards: Sequence[Shard], held: Sequence[dict[int, Groups]], partition: int, slot: int
) -> Iterator[Groups]:
    for shard, in_memory in zip(shards, held, strict=True):
        yield from shard.on_disk(partition, slot)
        yield in_memory.get(slot, {})


def _made(elements: list[Stored], records: _kernel.Records) -> list[Any]:
    texts = [element for element in elements if isinstance(element, str)]
    made = records.made(texts)
    if len(texts) == len(elements):
        return made
    ready = iter(made)
    return [unpack(e) if isinstance(e, bytes) else next(ready) for e in elements]


def _no_loader(text: str) -> Any:
    raise AssertionError(f"expected no JSON text, found {text[:80]!r}")
