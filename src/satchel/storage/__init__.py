"""How bytes are reached: which files an address means, who reads them, and reading ahead.

The kernel opens local files itself. Of all others a `Store` brings the bytes, ahead of the kernel
(`Ahead`); `docs/storage.md` says what is read how.
"""

from satchel.storage.ahead import Ahead
from satchel.storage.expand import Found, expand
from satchel.storage.store import Store

__all__ = ["Ahead", "Found", "Store", "expand"]
