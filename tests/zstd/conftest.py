"""Put ``tests`` on the path, so that worker processes can import what tests define."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

if str(Path(__file__).parents[1]) not in sys.path:
    sys.path.insert(0, str(Path(__file__).parents[1]))

pytest.register_assert_rewrite("conformance.check")

from conformance.fixtures import check, places, schedulers  # noqa: E402 (needs the path)

__all__ = ["check", "places", "schedulers"]
