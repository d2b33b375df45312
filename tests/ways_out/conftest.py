"""Put ``tests`` on the path, so that worker processes can import what tests define."""

from __future__ import annotations

import sys
from pathlib import Path

if str(Path(__file__).parents[1]) not in sys.path:
    sys.path.insert(0, str(Path(__file__).parents[1]))


from conformance.fixtures import schedulers

__all__ = ["schedulers"]
