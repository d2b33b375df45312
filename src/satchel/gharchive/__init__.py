"""GH Archive: the hours of GitHub's public events.

`mirror` fetches a range of them, `verify` checks what was fetched, `events` reads it; `sample`
makes hours of the same shape where there is no network.

>>> from datetime import datetime
>>> from satchel.gharchive import sample
>>> sample.hour_name(datetime(2015, 1, 1, 5))
'2015-01-01-5.json.gz'
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from satchel.gharchive.mirroring import mirror
    from satchel.gharchive.reading import events
    from satchel.gharchive.verifying import verify

# Loaded when they are first used: `events` brings Dask, which the command line does without.
_HOME = {"events": "reading", "mirror": "mirroring", "verify": "verifying"}

__all__ = ["events", "mirror", "verify"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'satchel.gharchive' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"satchel.gharchive.{_HOME[name]}"), name)
    globals()[name] = value
    return value
