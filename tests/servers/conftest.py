"""Put ``tests`` on the path, as the conformance tests do."""

from __future__ import annotations

import sys
from pathlib import Path

if str(Path(__file__).parents[1]) not in sys.path:
    sys.path.insert(0, str(Path(__file__).parents[1]))

from servers.fixtures import folder_server, proxy, s3, s3_faulty, web

__all__ = ["folder_server", "proxy", "s3", "s3_faulty", "web"]
