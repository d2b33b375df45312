"""Servers, and an archive on one of them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

if str(Path(__file__).parents[1]) not in sys.path:
    sys.path.insert(0, str(Path(__file__).parents[1]))

from servers.fixtures import Web, folder_server, proxy, s3, s3_faulty, web

from gharchive.archive import MIDNIGHT, Archive
from satchel.gharchive import sample

__all__ = ["folder_server", "proxy", "s3", "s3_faulty", "web"]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day of small hours, made once."""
    folder = tmp_path_factory.mktemp("made")
    sample.write_day(folder, MIDNIGHT.date(), events=40)
    return folder


@pytest.fixture
def archive(web: Web, made: Path, tmp_path: Path) -> Archive:
    return Archive(web.folder, web.server, made, tmp_path / "mirror")
