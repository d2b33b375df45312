"""A partition as a pandas DataFrame, of columns that the kernel has filled.

dask.bag makes `pd.DataFrame(elements, columns=columns).astype(dtypes)`. What pandas finds out about
a column by looking at each of its values is here known from the kernel:

| values | pandas infers |
|---|---|
| int | `int64` |
| float, int with float, either with None | `float64` |
| bool | `bool` |
| str, str with None | its dtype for strings, where that is Arrow's |
| None | `object` |

Anything else, and any column of lists or dicts, is `Unlike`: pandas itself looks at the elements.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from satchel.plan.columns import Columns
from satchel.plan.nodes import Frame
from satchel.run.buffers import Column, arrow, columns
from satchel.run.part import Unlike

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FrameOf"]


class FrameOf:
    """Chunks of columns, put together to one frame."""

    def __init__(self, step: Frame, columns: Columns) -> None:
        self._step = step
        self._columns = columns
        self._chunks: list[list[Column]] = []

    def take(self, chunks: Iterable[tuple[int, list[Any]]]) -> bool:
        """Take chunks of rows."""
        self._chunks.extend(columns(found) for _, found in chunks)
        return True

    def finish(self) -> pd.DataFrame:
        """The frame.

        Raises:
            Unlike: if pandas would infer something that the kernel does not know.
        """
        import pandas as pd

        step, shape = self._step, self._columns.shape
        if not self._chunks:
            raise Unlike("a partition without elements")
        every = list(zip(*self._chunks, strict=True))
        if shape == "dict":
            every = [every[self._columns.names.index(name)] for name in step.columns]
        texts = any(part.kind == "text" for parts in every for part in parts)
        strings = pd.Series(["text"]).dtype if texts else None
        arrays = {place: _inferred(parts, shape, strings) for place, parts in enumerate(every)}
        frame = pd.DataFrame(arrays, copy=False)
        frame.columns = pd.Index(list(step.columns), tupleize_cols=False)
        found = zip(step.columns, frame.dtypes, strict=True)
        casts = {name: step.dtypes[name] for name, dtype in found if dtype != step.dtypes[name]}
        if not casts:
            return frame
        # What dask.bag says, for the same reason: an older pandas copies otherwise.
        copy = {} if int(pd.__version__.split(".")[0]) >= 3 else {"copy": False}
        return frame.astype(casts, **copy)

    def discard(self) -> None:
        """Nothing is open."""


def _inferred(parts: tuple[Column, ...], shape: str, strings: Any) -> Any:
    """One column as pandas, whose dtype for strings is given, would infer it from its values."""
    import numpy as np

    kinds = {part.kind for part in parts} - {"null"}
    nulls = any(part.nulls for part in parts)
    if kinds == {"int"} and not nulls:
        return np.concatenate([np.frombuffer(part.buffers[0], "<i8") for part in parts])
    if kinds and kinds <= {"int", "float"}:
        return np.concatenate([_floats(part) for part in parts])
    if kinds == {"bool"} and not nulls:
        return np.concatenate([_bits(part.buffers[0], part.length) for part in parts])
    if kinds == {"text"} and getattr(strings, "storage", None) == "pyarrow":
        import pyarrow as pa

        arrays = [arrow(part, pa.large_string()) for part in parts]
        return strings.__from_arrow__(pa.chunked_array(arrays))
    if not kinds and shape != "record":
        return np.full(sum(part.length for part in parts), None, dtype=object)
    found = " and ".join(sorted(kinds | ({"null"} if nulls else set())))
    raise Unlike(f"a column of {found}")


def _floats(part: Column) -> Any:
    import numpy as np

    if part.kind == "null":
        return np.full(part.length, np.nan)
    values = np.frombuffer(part.buffers[0], "<f8" if part.kind == "float" else "<i8")
    values = values.astype("f8")
    if part.valid is not None:
        values[~_bits(part.valid, part.length)] = np.nan
    return values


def _bits(data: bytes, length: int) -> Any:
    import numpy as np

    bits = np.unpackbits(np.frombuffer(data, "u1"), count=length, bitorder="little")
    return bits.view(bool)
