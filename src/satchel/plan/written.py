"""Where functions are written, for messages: it goes with a step to other processes.

A function that is pickled by value loses the name of its file on the way.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Iterable
from typing import Any

__all__ = ["written"]


def written(values: Iterable[Any]) -> tuple[str, ...]:
    """The file and first line of each function among `values` that somebody has written for this.

    Functions of the standard library are known by their names, and those of Dask and of satchel
    that stand in a step are none of the user's.

    >>> from textwrap import dedent
    >>> written([written, dedent, len, 3])
    ()
    """
    codes = (_code(value) for value in values)
    found = (f"{os.path.basename(c.co_filename)}:{c.co_firstlineno}" for c in codes if c)
    return tuple(dict.fromkeys(found))


_OWN = ("satchel", "dask")


def _code(function: Any) -> Any:
    while isinstance(function, functools.partial):
        function = function.func
    module = str(getattr(function, "__module__", None)).partition(".")[0]
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    known = module in sys.stdlib_module_names or module in _OWN
    return code if hasattr(code, "co_firstlineno") and not known else None
