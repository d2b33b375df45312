"""The ways out of a bag: to text files, a Dask DataFrame, Arrow and Parquet.

Each is dask.bag's method with the same arguments. Where the plan has a node for it, what is written
or built is made of the kernel's values; where it has none, it is dask.bag's own method, on what the
steps before it give.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dask.bag import core
from dask.utils import ensure_unicode, system_encoding
from fsspec.core import open_files
from fsspec.implementations.local import LocalFileSystem

from satchel.plan import nodes as p

__all__ = ["LateGraph", "WaysOut"]


class WaysOut:
    """The methods of a Bag that lead out of it."""

    _plan: p.Plan | None
    _of: Callable[[p.Plan, str], Any]
    take: Callable[..., Any]
    npartitions: int

    @property
    def _own(self) -> Any:
        """dask.bag's methods of the same names."""
        return super()

    def to_textfiles(
        self,
        path: Any,
        name_function: Callable[[int], str] | None = None,
        compression: str | None = "infer",
        encoding: str | None = system_encoding,
        compute: bool = True,
        storage_options: Mapping[str, Any] | None = None,
        last_endline: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Write the elements, one a line, to one file a partition; as ``dask.bag.to_textfiles``.

        Lines that were read and filtered are written as they are, and a file is whole or absent.

        Args:
            path: a path with ``*``, or a list of as many paths as there are partitions.
            name_function: what stands in place of the ``*``, given the partition's number.
            compression: ``"infer"`` from the name, ``"gzip"``, ``None``, or whatever fsspec knows.
            encoding: of the text.
            compute: write now, else return delayed values.
            storage_options: for the file system.
            last_endline: end the last line with a newline, too.
            **kwargs: as for `compute`.

        Returns:
            The paths, or the delayed values.

        Raises:
            TypeError: if an element is no text.
        """
        given = path, name_function, compression, encoding
        plan = _lines(self._plan, *given, storage_options, last_endline)
        if plan is None:
            return self._own.to_textfiles(*given, compute, storage_options, last_endline, **kwargs)
        out = self._of(plan, "to-textfiles")
        # What is asked for twice is written twice.
        out.name += f"-{uuid.uuid4().hex}"
        if not compute:
            return out.to_delayed()
        out.compute(**kwargs)
        return [file.path for file in plan.files]

    def to_dataframe(
        self, meta: Any = None, columns: Any = None, optimize_graph: bool = True
    ) -> Any:
        """A Dask DataFrame of the elements; as ``dask.bag.Bag.to_dataframe``.

        Args:
            meta: an empty frame, or a dict of names and dtypes; found from the first element if
                it is not given.
            columns: the names of the columns, where there is no meta.
            optimize_graph: for a bag that is dask.bag's own.

        Raises:
            ValueError: if meta is neither given nor to be found, or if both are given.
        """
        if self._plan is None or not p.is_of_files(self._plan):
            return self._own.to_dataframe(meta, columns, optimize_graph)
        from dask.dataframe.dask_expr import from_graph

        head = self.take(1, warn=False) if meta is None else None
        plan, meta = _frame(self._plan, head, meta, columns)
        frames = self._of(plan, "to-dataframe")
        divisions = [None] * (self.npartitions + 1)
        tasks = LateGraph(frames)
        return from_graph(tasks, meta, divisions, frames.__dask_keys__(), "from-bag")

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """The elements as a stream of Arrow's, for ``pa.table``, ``pl.DataFrame``, DuckDB, ...

        The columns' types are found out from all elements first, in a run of its own, unless a
        schema is requested.

        Args:
            requested_schema: a capsule of the schema that is wanted.

        Raises:
            ImportError: if pyarrow is not there.
            NoColumnType: if a column holds values of types that do not go together.
        """
        from satchel import arrow

        return arrow.stream(self, requested_schema)

    def to_parquet(
        self,
        path: str,
        schema: Any = None,
        compression: Any = "snappy",
        storage_options: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """Write the elements to Parquet files, one a partition: ``part.0.parquet``, ...

        Args:
            path: the folder.
            schema: pyarrow's; found out from all elements, in a run of its own, if not given.
            compression: as for ``pyarrow.parquet.ParquetWriter``.
            storage_options: for the file system.
            **kwargs: as for `compute`.

        Returns:
            The paths.

        Raises:
            ImportError: if pyarrow is not there.
            NoColumnType: if a column holds values of types that do not go together.
        """
        from satchel import arrow

        return arrow.parquet(self, path, schema, compression, storage_options, kwargs)


def _lines(
    plan: p.Plan | None,
    path: Any,
    name_function: Callable[[int], str] | None,
    compression: str | None,
    encoding: str | None,
    storage_options: Mapping[str, Any] | None,
    last_endline: bool,
) -> p.Lines | None:
    """The plan of `to_textfiles`; ``None`` where it is dask.bag's own.

    Local files in UTF-8, plain or gzip, of what is read from files without a reduction between are
    ours.
    """
    if plan is None or not p.is_of_files(plan) or encoding is None or os.linesep != "\n":
        return None
    if encoding.lower().replace("_", "-") not in ("utf-8", "utf8"):
        return None
    opened = open_files(
        path,
        compression=compression,
        mode="wt",
        encoding=encoding,
        name_function=name_function,
        num=p.npartitions(plan),
        **(storage_options or {}),
    )
    kinds = {file.compression for file in opened}
    if len(opened) != p.npartitions(plan) or kinds not in ({None}, {"gzip"}):
        return None
    if any(type(file.fs) is not LocalFileSystem for file in opened):
        return None
    files = tuple(p.File(file.path, file.compression) for file in opened)
    return p.Lines(plan, files, bool(last_endline), ensure_unicode)


def _frame(plan: p.Plan, head: tuple[Any, ...] | None, meta: Any, columns: Any) -> tuple[Any, Any]:
    """The plan of `to_dataframe` and the empty frame that it is like.

    Args:
        plan: of the elements.
        head: the first element in a tuple, where there is no `meta`.
        meta: as for `to_dataframe`.
        columns: as for `to_dataframe`.

    Raises:
        ValueError: if there is neither meta nor an element, or both meta and columns.
    """
    import pandas as pd
    from dask.dataframe.dispatch import make_meta

    if head is not None:
        if len(head) == 0:
            raise ValueError(
                "`dask.bag.Bag.to_dataframe` failed to "
                "properly infer metadata, please pass in "
                "metadata via the `meta` keyword"
            )
        meta = pd.DataFrame(list(head), columns=columns)
    elif columns is not None:
        raise ValueError("Can't specify both `meta` and `columns`")
    else:
        meta = make_meta(meta, parent_meta=pd.DataFrame())
    dtypes = meta.dtypes.to_dict()
    return p.Frame(plan, tuple(meta.columns), dtypes, core.to_dataframe), meta


class LateGraph(Mapping[Any, Any]):
    """The tasks of a bag, made when they are asked for: a captured name may change until then.

    Args:
        bag: a bag that has a plan.
    """

    def __init__(self, bag: Any) -> None:
        self._bag = bag
        self._tasks: dict[Any, Any] = {}

    def _made(self) -> dict[Any, Any]:
        bag = self._bag
        return dict(bag.__dask_optimize__(bag.dask, bag.__dask_keys__()))

    def __iter__(self) -> Iterator[Any]:
        self._tasks = self._made()
        return iter(self._tasks)

    def __getitem__(self, key: Any) -> Any:
        return self._tasks[key]

    def __len__(self) -> int:
        return len(self._made())

    def __dask_tokenize__(self) -> str:
        return str(self._bag.name)

    def __reduce__(self) -> tuple[Any, ...]:
        # Where it goes to a scheduler elsewhere, captured names must be read here and now.
        return dict, (self._made(),)
