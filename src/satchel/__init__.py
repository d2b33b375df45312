"""satchel: dask.bag at the speed at which the gzip inflates.

``import satchel as db`` in place of ``import dask.bag as db``: the same pipelines over gzipped
JSON lines, the same answers.

>>> import satchel as db
>>> db.from_sequence(["a", "b", "a"]).frequencies().compute()
[('a', 2), ('b', 1)]
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from satchel.bag import Bag, Item
    from satchel.errors import SatchelError
    from satchel.interface import (
        assert_eq,
        compute,
        concat,
        from_delayed,
        from_sequence,
        from_url,
        map,
        map_partitions,
        range,
        read_avro,
        to_textfiles,
        zip,
    )
    from satchel.sources import from_s3, read_ndjson, read_text

__version__ = "0.1.0"

# Names are loaded when they are first used, so that the command line does not import Dask.
_HOME = {
    "Bag": "bag",
    "Item": "bag",
    "SatchelError": "errors",
    "from_s3": "sources",
    "read_ndjson": "sources",
    "read_text": "sources",
} | dict.fromkeys(
    (
        "assert_eq",
        "compute",
        "concat",
        "from_delayed",
        "from_sequence",
        "from_url",
        "map",
        "map_partitions",
        "range",
        "read_avro",
        "to_textfiles",
        "zip",
    ),
    "interface",
)

__all__ = [
    "Bag",
    "Item",
    "SatchelError",
    "assert_eq",
    "compute",
    "concat",
    "from_delayed",
    "from_s3",
    "from_sequence",
    "from_url",
    "map",
    "map_partitions",
    "range",
    "read_avro",
    "read_ndjson",
    "read_text",
    "to_textfiles",
    "zip",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'satchel' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"satchel.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
