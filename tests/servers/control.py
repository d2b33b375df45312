"""The faulty HTTP server as a test sees it: its address, its rules, and what it was asked."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Seen:
    """A request as it came. `status` is the right answer's, None while that is not there."""

    method: str
    path: str
    query: str
    range: str | None
    headers: dict[str, str]
    time: float
    fault: str | None
    under_way: int  # requests being answered when it came, itself among them
    status: int | None = None
    length: int | None = None


@dataclass(frozen=True)
class FaultyServer:
    """A server in a process of its own, which does as it is told over a pipe."""

    url: str
    process: subprocess.Popen[str] = field(repr=False)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def fail(
        self,
        fault: str,
        *,
        path: str = "*",
        method: str = "*",
        header: dict[str, str] | None = None,
        skip: int = 0,
        times: int | None = None,
        each: int | None = None,
        **arguments: Any,
    ) -> None:
        """Add a rule. The first that applies to a request is obeyed; every `delay` adds up.

        Args:
            fault: its name in `servers.faults`, or `delay`, whose argument is `seconds`.
            path: pattern of the path with its query: `*.gz*`, `*list-type=2*`.
            method: pattern of the method.
            header: patterns of headers that the request must have: `{"Range": "bytes=*"}`.
            skip: how many such requests are answered well first.
            times: how many then fail; None is all.
            each: of those, how many for each path; None is all.
            arguments: the fault's own.
        """
        rule = {
            "fault": fault,
            "path": path,
            "method": method,
            "header": header or {},
            "skip": skip,
            "times": times,
            "each": each,
            "arguments": arguments,
        }
        self._tell({"do": "fail", "rule": rule})

    def heal(self) -> None:
        """Forget all rules."""
        self._tell({"do": "heal"})

    def requests(self, method: str | None = None) -> list[Seen]:
        """Return what was asked since the start, or since `forget`."""
        seen = [Seen(**entry) for entry in self._tell({"do": "requests"})]
        return [each for each in seen if method in (None, each.method)]

    def forget(self) -> None:
        """Forget what was asked."""
        self._tell({"do": "forget"})

    def _tell(self, command: dict[str, Any]) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with self.lock:
            self.process.stdin.write(json.dumps(command) + "\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())


@contextlib.contextmanager
def faulty_server(
    folder: Path | None = None, *, upstream: str | None = None, login: str | None = None
) -> Iterator[FaultyServer]:
    """Serve a folder, or stand in front of another server.

    Args:
        folder: what to serve, with ranges, ETags, and pages of links for folders.
        upstream: the URL of the server whose answers are passed on.
        login: `user:password` without which the folder answers 401.
    """
    about = {"upstream": upstream} if upstream else {"folder": str(folder), "login": login}
    process = subprocess.Popen(
        [sys.executable, "-m", "servers.faulty", json.dumps(about)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline())
        yield FaultyServer(f"http://127.0.0.1:{port}", process)
    finally:
        process.kill()
        process.communicate()
