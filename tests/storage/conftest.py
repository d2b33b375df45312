"""Put ``tests`` on the path, as the conformance tests do."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

if str(Path(__file__).parents[1]) not in sys.path:
    sys.path.insert(0, str(Path(__file__).parents[1]))

pytest.register_assert_rewrite("conformance.check", "storage.remote")

from conformance.fixtures import places, schedulers  # noqa: E402 (needs the path)
from servers.fixtures import folder_server, proxy, s3, s3_faulty, web  # noqa: E402

__all__ = ["folder_server", "places", "proxy", "s3", "s3_faulty", "schedulers", "web"]


@pytest.fixture(autouse=True)
def nobodys_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the machine's owner has configured is not what is tested."""
    for name in os.environ:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
