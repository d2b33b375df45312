"""The compiled half of satchel: everything that it offers to Python, and to nobody else.

Programs are JSON texts made by `satchel.plan.wire`. The interpreter lock is let go for the whole
of a scan; the host is called with it.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeAlias

__version__: str

class DamagedError(Exception):
    """A file cannot be read to its end: ``args`` is ``(file number, what and where)``."""

class CancelledError(Exception):
    """The run was cancelled through its `Control`."""

class Control:
    """What the threads of one run share: how far they are, and whether to stop."""

    def __init__(self) -> None: ...
    def cancel(self) -> None:
        """Make every thread of the run stop at its next batch of rows."""
    @property
    def cancelled(self) -> bool:
        """Whether the threads are to stop."""
    def progress(self) -> tuple[int, int, int]:
        """Compressed bytes, inflated bytes and rows read so far."""

class Feed(Protocol):
    """The bytes of one file, chunk by chunk, where the kernel does not open it itself.

    Attributes:
        size: how many bytes the file has as it is stored, where that is known.
        modified_ns: when it was modified, in nanoseconds since 1970; 0 where nobody knows.
    """

    @property
    def size(self) -> int | None: ...
    @property
    def modified_ns(self) -> int: ...
    def read(self) -> bytes:
        """The next bytes as they are stored; none at the end."""
    def close(self) -> None:
        """Nothing more will be read; called once."""

class Origin(Protocol):
    """What opens feeds of a file. What it or its feed raises comes out of the run as it is."""

    def open(self, first_lines: bool, start: int = 0, end: int | None = None) -> Feed:
        """Begin to bring its bytes; soon and little by little, where only `first_lines` count.

        Args:
            first_lines: little is wanted, but soon.
            start: the stored byte to begin at; not given where all of the file is read.
            end: about how far will be read, where that is known. The feed goes on behind it, to
                the end of the file, for as long as it is asked.
        """

Spec: TypeAlias = tuple[str, str | None, int, Origin | None, tuple[int, int | None] | None]
"""A file: path, compression (``None``, ``"gzip"`` or ``"zstd"``), number, origin (``None`` opens
the path), and the part of it that is meant, ``(start, end)`` in stored bytes (``None``: all)."""

class Host(Protocol):
    """The way back to the user's functions; `satchel.run.host.Host` is the one there is.

    A row is ``(file number, row in the file, byte offset in the inflated file, line)``, the line as
    bytes where the program says so; of a part of a file, row and offset count from the part's first
    line. Where a line has several documents, each is a row, and they share its number. An answer
    is ``None`` where a filter drops the row, else ``(key, value)``; a list of those, at its end an
    exception that was raised, where steps flatten.

    What is delivered are elements; of a sink of lines ``bytes`` of the file; of a sink of columns
    chunks ``(rows, columns)``, a column being the fields of `satchel.run.buffers.Column`.
    """

    def fill(
        self, query: int, rows: list[tuple[int, int, int, str | bytes]]
    ) -> tuple[Sequence[tuple[Any, Any] | list[Any] | None], BaseException | None]: ...
    def step(self, query: int, row: tuple[int, int, int, str | bytes], acc: Any) -> Any: ...
    def fill_items(
        self, query: int, items: list[Any]
    ) -> tuple[Sequence[tuple[Any, Any] | list[Any] | None], BaseException | None]: ...
    def step_item(self, query: int, item: Any, acc: Any) -> Any: ...
    def load(self, query: int, text: str) -> Any: ...
    def deliver(self, query: int, elements: Batch) -> bool: ...
    def damaged(self, row: tuple[int, int, int, bytes], damage: str) -> None: ...

class Batch(Protocol):
    """Elements on their way to Python, made as they are asked for."""

    def __iter__(self) -> Iterator[Any]: ...
    def __next__(self) -> Any: ...
    def place(self) -> tuple[int, int, int] | None:
        """Of which row the last element is, ``(file number, row in the file, byte offset)``.

        ``None`` before the first element, and of elements that are items of an earlier result.
        """

class Partial:
    """One partition's result of one query; picklable."""

    @property
    def demoted(self) -> str | None:
        """Why the kernel gave the partition up, so that Python runs it again."""
    @property
    def delivered(self) -> bool:
        """Whether the elements went to the host."""
    @property
    def kind(self) -> str:
        """What it holds.

        One of ``"count"``, ``"groups"``, ``"distinct"``, ``"fold"``, ``"sum"``, ``"values"``,
        ``"extreme"``, ``"top"``, ``"schema"``, ``"delivered"`` and ``"demoted"``.
        """
    def __len__(self) -> int: ...
    def items(self) -> list[Any]:
        """Its items in first-seen order: pairs for groups, one item for a reduction to a value."""
    def ranks(self) -> list[tuple[int, int]] | None:
        """Of groups, where each was first seen: ``(partition, position)``."""
    def schema(
        self,
    ) -> tuple[int, int, bool, list[tuple[int, str | None, list[int], int, str]]] | None:
        """Of a schema, ``(records, unreadable, is_cut, places)``.

        A place is ``(parent, step, types, records, example)``, its parents before it; ``step`` is
        ``None`` for the record itself and for list elements, else the key.
        """
    def to_bytes(self) -> bytes: ...
    @staticmethod
    def from_bytes(bytes: bytes) -> Partial: ...

class Records:
    """Makes records of JSON texts that a scan delivered with their keys.

    Args:
        load: the user's loader, for a text that the kernel leaves to it.
    """

    def __init__(self, load: Callable[[str], Any]) -> None: ...
    def made(self, texts: list[str]) -> list[Any]:
        """The record of each text."""

class Scan:
    """A program that is ready to run, on any thread.

    Raises:
        ValueError: if the program cannot be read.
    """

    def __init__(self, program: str) -> None: ...
    def partition(
        self,
        partition: int,
        files: Sequence[Spec],
        host: Host,
        control: Control,
    ) -> tuple[list[Partial], dict[str, Any]]:
        """Run every query over one partition.

        Args:
            partition: its number, which ranks what is first seen.
            files: in the order in which to read them.
            host: called for rows that fall back and with elements that go on in Python.
            control: shared by the threads of a run.

        Returns:
            One partial a query, and what was measured (the fields of `Statistics`).

        Raises:
            DamagedError: if a file cannot be read, or holds bytes that are not UTF-8.
            CancelledError: after `Control.cancel`.
            Exception: whatever the host raised.
        """

class Merge:
    """dask.bag's tree of combines for one query; partials are pushed in any order.

    Args:
        program: the query's program.
        query: its index there.
        partitions: how many partials will come.
        split_every: how many neighbours are combined at each level; 0 is all at once.
        combine: the program of a fold's combine.
        initial: the combine's initial value in a tuple.
        in_python: the combine is Python's: `finish` hands the partials back.
    """

    def __init__(
        self,
        program: str,
        query: int,
        partitions: int,
        split_every: int,
        combine: str | None = None,
        initial: tuple[Any] | None = None,
        in_python: bool = False,
    ) -> None: ...
    def push(self, partition: int, partial: Partial, keep: bool = False) -> None:
        """Add one partition's partial, taking it over unless `keep`."""
    def finish(
        self,
    ) -> tuple[str, Partial | None, str | None, list[tuple[int, int, Partial]]]:
        """The result, ``(how, partial, why, parts)``.

        ``how`` is ``"done"``, ``"empty"`` where there was no element, or ``"python"`` with the
        parts that remain, ``(level, index, partial)``.
        """

def run_items(scan: Scan, query: int, items: Partial, host: Host, control: Control) -> Partial:
    """Run a query that reads ``item`` over the items of a merged partial."""

class Blocks:
    """The inflated bytes of a file, or of a part of it, whole lines at a time."""

    def __init__(self, file: Spec) -> None: ...
    def __iter__(self) -> Iterator[bytes]: ...
    def __next__(self) -> bytes:
        """The next lines.

        Raises:
            DamagedError: if the file cannot be read, behind the last whole line before the damage.
        """
    def cut_line(self) -> bytes:
        """Behind that error, what there is of the line that the damage has cut in two."""

def count(file: Spec) -> tuple[int, int]:
    """How many lines, and inflated bytes, a file has, or a part of it.

    Raises:
        DamagedError: if it cannot be read.
    """

def inflate_only(path: str) -> tuple[int, float]:
    """Read and inflate a gzip file and do nothing else: inflated bytes, and seconds."""
