"""What a pipeline is: frozen nodes, one for each method call, from the source to the last step.

A node is data. It is made by a method of `Bag` and never changed; what it means for the kernel
is decided in `stages.py`, at compute, because a captured name may change until then.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import FrozenInstanceError, dataclass, field, replace
from typing import Any, ClassVar, Final, TypeAlias, overload

from satchel.plan.written import written

__all__ = [
    "ENDING",
    "MISSING",
    "Batches",
    "Count",
    "Distinct",
    "Exists",
    "Extreme",
    "File",
    "Filter",
    "Flatten",
    "Fold",
    "FoldBy",
    "Frame",
    "Frequencies",
    "GroupBy",
    "Handed",
    "Join",
    "Lines",
    "Load",
    "Map",
    "Moments",
    "Output",
    "Parquet",
    "Plan",
    "Pluck",
    "Reduction",
    "Rejects",
    "Remove",
    "Some",
    "StarMap",
    "Step",
    "Sum",
    "Take",
    "Text",
    "TopK",
    "Types",
    "has",
    "is_of_files",
    "is_reduction",
    "npartitions",
    "rootless",
    "steps",
]

Function: TypeAlias = Callable[..., Any]


class Missing:
    """Stands for an argument that was not given (``None`` may be given)."""

    def __repr__(self) -> str:
        return "<not given>"

    def __reduce__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()


@dataclass(frozen=True, slots=True)
class File:
    """One file of a source.

    Attributes:
        path: where it is, as a user would write it.
        compression: how it is compressed: ``None``, ``"gzip"`` or ``"zstd"``.
        store: what reads it (`satchel.storage`); ``None`` is the kernel itself, by its path.
        size: how many bytes are stored, where that has been told with its name.
        span: which part of it is meant, as stored bytes ``(start, end)`` that `partitions.py` has
            cut; the last part has ``None`` as its end, and a whole file no span.
    """

    path: str
    compression: str | None
    store: Any = None
    size: int | None = None
    span: tuple[int, int | None] | None = None

    def stored_bytes(self) -> int:
        """How many bytes are stored; 0 where nobody has told, or the file is not there."""
        start, end = self.span or (0, None)
        return (self._size() if end is None else end) - start

    def _size(self) -> int:
        if self.size is not None or self.store is not None:
            return self.size or 0
        try:
            return os.path.getsize(self.path)
        except OSError:  # It will be reported when it is opened.
            return 0


class Some(Sequence[File]):
    """Some files of a source, under the numbers that they have there: what one task is told of.

    Args:
        first: the number of the first.
        files: those that there are, in order.
        total: how many the source has.
    """

    __slots__ = ("_files", "_first", "_total")

    def __init__(self, first: int, files: Sequence[File], total: int) -> None:
        self._first, self._files, self._total = first, tuple(files), total

    def __len__(self) -> int:
        return self._total

    @overload
    def __getitem__(self, number: int) -> File: ...
    @overload
    def __getitem__(self, number: slice) -> tuple[File, ...]: ...
    def __getitem__(self, number: int | slice) -> Any:
        if isinstance(number, int):
            return self._files[number - self._first]
        start, stop, _ = number.indices(self._total)
        return self._files[start - self._first : stop - self._first]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Text:
    """Lines of text files: the source that every plan starts from.

    Attributes:
        files: in the order in which dask.bag would read them; a file that was cut up is here part
            by part.
        starts: the number of the first file of each partition; ``None`` is one file a partition,
            as in ``dask.bag.read_text``.
        validate: ``"strict"`` checks every byte of a line, ``"touched"`` what the query reads.
        on_bad_lines: ``"raise"``, ``"skip"`` or ``"keep"``; unless it is the first, the first step
            is `Load` or `Rejects`.
        documents: ``"line"``, or ``"many"`` where a line may have any number of them.
        on_damage: ``"raise"``, or ``"keep"`` for the rows before the damage of a file.
    """

    files: Sequence[File]
    starts: tuple[int, ...] | None = None
    validate: str = "strict"
    on_bad_lines: str = "raise"
    documents: str = "line"
    on_damage: str = "raise"

    @property
    def is_particular(self) -> bool:
        """Whether a row may be something else than a line as dask.bag reads it."""
        return self.documents != "line" or self.on_damage != "raise"

    @property
    def key(self) -> tuple[Any, ...]:
        """What is the same for two sources that read the same rows."""
        return (
            *(self.files, self.starts, self.validate),
            *(self.on_bad_lines, self.documents, self.on_damage),
        )

    @property
    def npartitions(self) -> int:
        return len(self.files if self.starts is None else self.starts)

    def partition(self, index: int) -> tuple[int, Sequence[File]]:
        """The files of one partition, with the number of the first."""
        if self.starts is None:
            return index, self.files[index : index + 1]
        first, last = (*self.starts[index : index + 2], len(self.files))[:2]
        return first, self.files[first:last]

    def only(self, index: int) -> Text:
        """The same source, but that it knows the files of one partition alone.

        There may be a hundred thousand files, and a task for each.
        """
        first, files = self.partition(index)
        last = first + len(files)
        # Where a line is in a file that was cut up, the parts before tell.
        while first and (self.files[first].span or (0,))[0] > 0:
            first -= 1
        return replace(self, files=Some(first, self.files[first:last], len(self.files)))


@dataclass(eq=False, repr=False)
class Step:
    """A method call on what came before it; what it is, is said once.

    Frozen by hand: making the class of a frozen dataclass takes three times as long, and there are
    twenty.
    """

    parent: Plan

    @property
    def written(self) -> tuple[str, ...]:
        """Where its functions are written, also where it has come from another process."""
        found: tuple[str, ...] = vars(self).get("_written") or written(vars(self).values())
        return found

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_written": self.written}

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        object.__setattr__(self, name, value)


@dataclass(eq=False, repr=False)
class Map(Step):
    """Each element becomes what the function makes of it, given these arguments as well."""

    function: Function
    args: tuple[Any, ...] = ()
    kwargs: tuple[tuple[str, Any], ...] = ()


@dataclass(eq=False, repr=False)
class Load(Map):
    """Each line becomes a record; lines that the function refuses are left out."""


@dataclass(eq=False, repr=False)
class Rejects(Map):
    """Each line that the function refuses becomes ``(file, line, byte, bytes, error)``."""


@dataclass(eq=False, repr=False)
class StarMap(Step):
    """Each element becomes what the function makes of its items, as arguments."""

    function: Function
    kwargs: tuple[tuple[str, Any], ...] = ()


@dataclass(eq=False, repr=False)
class Flatten(Step):
    """Each element is replaced by its own elements."""


@dataclass(eq=False, repr=False)
class Filter(Step):
    """Keeps the elements for which the predicate is true."""

    predicate: Function | None


@dataclass(eq=False, repr=False)
class Remove(Step):
    """Keeps the elements for which the predicate is false."""

    predicate: Function


@dataclass(eq=False, repr=False)
class Pluck(Step):
    """Each element becomes its item at `key`, a list of keys a tuple of items."""

    key: Any
    default: Any = MISSING


@dataclass(eq=False, repr=False)
class Join(Step):
    """Each element becomes pairs with those of `other` whose key is the same; without any, none.

    `other` is a collection, or what makes one at each compute.
    """

    other: Any
    on_self: Function
    on_other: Function


@dataclass(eq=False, repr=False)
class Handed(Step):
    """Elements as they are, for a `method` of dask.bag's own, which calls these functions.

    `uses` are functions, each with the positional parameter that is given an element; the method
    does nothing else with elements.
    """

    method: str
    uses: tuple[tuple[Function, int], ...]


@dataclass(eq=False, repr=False)
class Take(Step):
    """The first `k` elements of the first `partitions` partitions."""

    k: int
    partitions: int
    warn: bool = True


@dataclass(eq=False, repr=False)
class Count(Step):
    """How many elements there are."""

    split_every: int | None = None


@dataclass(eq=False, repr=False)
class Sum(Step):
    """The sum of the elements."""

    split_every: int | None = None


@dataclass(eq=False, repr=False)
class Extreme(Step):
    """``min`` or ``max``, by name."""

    name: str
    split_every: int | None = None


@dataclass(eq=False, repr=False)
class Exists(Step):
    """Whether there is an element; ``all`` asks that there be none, of those that are false."""

    name: str
    split_every: int | None = None


@dataclass(eq=False, repr=False)
class Moments(Step):
    """``mean``, ``var`` or ``std``, by name; `ddof` is the degrees of freedom given up."""

    name: str
    ddof: Any = 0

    @property
    def split_every(self) -> bool:
        """All partitions are combined at once."""
        return False

    @property
    def initial(self) -> tuple[Any, ...]:
        """What a partition starts from: the sum of squares (but for ``mean``), sum and count."""
        return (0.0, 0) if self.name == "mean" else (0.0, 0.0, 0)

    def binop(self, acc: tuple[Any, ...], element: Any) -> tuple[Any, ...]:
        """A partition's sums, after one more element."""
        *squares, total, count = acc
        if squares:
            squares[0] += element**2
        total += element
        return (*squares, total, count + 1)


@dataclass(eq=False, repr=False)
class Frequencies(Step):
    """How often each distinct element occurs: pairs, first seen first."""

    split_every: int | None = None
    sort: bool = False


@dataclass(eq=False, repr=False)
class Distinct(Step):
    """The first of each distinct element, or of each distinct `key` of one."""

    key: Any = None


@dataclass(eq=False, repr=False)
class TopK(Step):
    """The `k` largest elements, or those with the largest `key`."""

    k: int
    key: Any = None
    split_every: int | None = None


@dataclass(eq=False, repr=False)
class Fold(Step):
    """Every partition folded by `binop`, the results by `combine`."""

    binop: Function
    combine: Function | None = None
    initial: Any = MISSING
    split_every: int | None = None


@dataclass(eq=False, repr=False)
class FoldBy(Step):
    """As `Fold`, for each group of elements with the same key."""

    key: Any
    binop: Function
    initial: Any = MISSING
    combine: Function | None = None
    combine_initial: Any = MISSING
    split_every: int | None = None


@dataclass(eq=False, repr=False)
class Reduction(Step):
    """Every partition through one function, the results through another; both get iterators."""

    perpartition: Function
    aggregate: Function
    split_every: int | None = None


@dataclass(eq=False, repr=False)
class GroupBy(Step):
    """Pairs of a key and the list of elements that have it.

    `shuffle` is dask.bag's, ``"disk"`` or ``"tasks"``; `place` is its rule of where a key goes: a
    number, of which the remainder by `partitions` is meant.
    """

    grouper: Any
    shuffle: str
    partitions: int
    place: Callable[[Any], int]
    blocksize: int = 1 << 20
    max_branch: int | None = None


@dataclass(eq=False, repr=False)
class Output(Step):
    """The way out: each partition becomes one value, by the method of this name."""

    name: ClassVar[str]


@dataclass(eq=False, repr=False)
class Lines(Output):
    """Each partition is written to a file of its own, an element a line.

    Attributes:
        files: one for each partition, all with the same compression.
        last_endline: whether a newline follows the last element, too.
        as_text: what makes a str of an element that is none, or raises.
    """

    files: tuple[File, ...] = field(repr=False)
    last_endline: bool = field(repr=False)
    as_text: Function = field(repr=False)
    name = "to_textfiles"


@dataclass(eq=False, repr=False)
class Frame(Output):
    """Each partition becomes a pandas DataFrame.

    Attributes:
        columns: their names, in order.
        dtypes: what each is cast to.
        build: makes the frame of a list of elements, given columns and dtypes.
    """

    columns: tuple[Any, ...]
    dtypes: dict[Any, Any] = field(repr=False)
    build: Function = field(repr=False)
    name = "to_dataframe"


@dataclass(eq=False, repr=False)
class Types(Output):
    """Of each partition, which types its columns have."""

    name = "types"


@dataclass(eq=False, repr=False)
class Batches(Output):
    """Each partition becomes record batches of Arrow.

    Attributes:
        schema: pyarrow's, of all of them.
        root: what a row is made of: a ``"struct"`` (a dict), a ``"tuple"``, a single ``"value"``;
            ``None`` where nobody has looked.
    """

    schema: Any = field(repr=False)
    root: str | None = field(repr=False)
    name = "to_arrow"


@dataclass(eq=False, repr=False)
class Parquet(Batches):
    """Each partition is written to a Parquet file.

    Attributes:
        targets: a path, or an ``OpenFile`` of fsspec, for each partition.
        compression: as pyarrow calls it.
    """

    targets: tuple[Any, ...] = field(repr=False)
    compression: Any = field(repr=False)
    name = "to_parquet"


Plan: TypeAlias = Text | Step

_REDUCTIONS = (
    *(Take, Count, Sum, Extreme, Exists, Moments, Frequencies, Distinct, TopK, Fold, FoldBy),
    Reduction,
)


ENDING = (*_REDUCTIONS, GroupBy, Output)
"""The steps behind which nothing is done row by row of what came before."""


def is_reduction(step: Plan) -> bool:
    """Whether the step turns all partitions into one result."""
    return isinstance(step, _REDUCTIONS)


def has(plan: Plan, *kinds: type[Step]) -> bool:
    """Whether one of the plan's steps is of one of these kinds."""
    return any(isinstance(step, kinds) for step in steps(plan)[1])


def is_of_files(plan: Plan | None) -> bool:
    """Whether the plan's partitions are those that are read from files."""
    return plan is not None and not has(plan, *ENDING)


def rootless(step: Step, known: dict[int, Step]) -> Step:
    """A copy of a step whose source has no files: what goes to a worker, who is told of its own.

    Args:
        step: which.
        known: copies that have been made, by the id of what they are of.
    """
    copy = known.get(id(step))
    if copy is None:
        copy = known[id(step)] = object.__new__(type(step))
        parent = step.parent
        bare = replace(parent, files=()) if isinstance(parent, Text) else rootless(parent, known)
        vars(copy).update(vars(step), parent=bare)
    return copy


def steps(plan: Plan) -> tuple[Text, list[Step]]:
    """The source of a plan and its steps, first to last."""
    found: list[Step] = []
    while isinstance(plan, Step):
        found.append(plan)
        plan = plan.parent
    return plan, found[::-1]


def npartitions(plan: Plan) -> int:
    """How many partitions the plan's result has."""
    while isinstance(plan, Step):
        if is_reduction(plan):
            return 1
        if isinstance(plan, GroupBy):
            return plan.partitions
        plan = plan.parent
    return plan.npartitions
