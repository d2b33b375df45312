"""Put ``tests`` on the path, as the conformance tests do."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

if str(Path(__file__).parents[1]) not in sys.path:
    sys.path.insert(0, str(Path(__file__).parents[1]))

pytest.register_assert_rewrite("faults.reading")

from conformance.fixtures import schedulers  # noqa: E402 (needs the path)
from servers.fixtures import folder_server, proxy, s3, s3_faulty, web  # noqa: E402 (needs the path)

__all__ = ["folder_server", "proxy", "s3", "s3_faulty", "schedulers", "web"]


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many attempts as ever, with shorter pauses between them: the rows are many."""
    monkeypatch.setattr("satchel.storage.failures._LONGEST_PAUSE", 0.1)
