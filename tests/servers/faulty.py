"""An HTTP server that fails on command, as a process: `python -m servers.faulty ORIGIN`.

ORIGIN is JSON: `{"folder": ..., "login": "user:password"}` or `{"upstream": "http://..."}`. It
prints its port; then each line on stdin is a command in JSON, and is answered with a line. It ends
when stdin does.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from servers.faults import FAULTS, send
from servers.message import Answer, Request, read_request
from servers.origins import Folder, Origin, Upstream


@dataclass
class Rule:
    """When to fail, and how: see `FaultyServer.fail`."""

    fault: str
    path: str
    method: str
    header: dict[str, str]
    skip: int
    times: int | None
    each: int | None
    arguments: dict[str, Any]
    met: int = 0
    by_path: Counter[str] = field(default_factory=Counter)

    def applies(self, request: Request) -> bool:
        """Whether it is this request's turn; counts it if the rule speaks of it."""
        if not (
            fnmatchcase(request.target, self.path)
            and fnmatchcase(request.method, self.method)
            and all(
                fnmatchcase(request.headers.get(name.lower(), ""), pattern)
                for name, pattern in self.header.items()
            )
        ):
            return False
        self.met += 1
        if self.met <= self.skip:
            return False
        if self.times is not None and self.met > self.skip + self.times:
            return False
        self.by_path[request.path] += 1
        return self.each is None or self.by_path[request.path] <= self.each


class Server:
    """The rules in force and the requests so far."""

    def __init__(self, origin: Callable[[], Origin]) -> None:
        self.origin = origin
        self.rules: list[Rule] = []
        self.log: list[dict[str, Any]] = []
        self.under_way = 0

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one client until it hangs up."""
        origin = self.origin()
        errors = (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)
        try:
            with contextlib.suppress(*errors):
                while (request := await read_request(reader, writer)) is not None:
                    if not await self.one(request, origin, writer):
                        return
                    await writer.drain()
        finally:
            origin.close()
            writer.close()

    async def one(self, request: Request, origin: Origin, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; says whether the connection may serve another."""
        chosen, delay = None, 0.0
        for rule in self.rules:
            if (chosen is None or rule.fault == "delay") and rule.applies(request):
                if rule.fault == "delay":
                    delay += rule.arguments["seconds"]
                else:
                    chosen = rule
        self.under_way += 1
        entry = {
            "method": request.method,
            "path": request.path,
            "query": request.target.partition("?")[2],
            "range": request.headers.get("range"),
            "headers": request.headers,
            "time": time.time(),
            "fault": chosen.fault if chosen else None,
            "under_way": self.under_way,
        }
        self.log.append(entry)
        try:
            if delay:
                await asyncio.sleep(delay)
            if chosen and chosen.fault == "ignore_range":
                request = request.without("range", "authorization", "x-amz-date")
            try:
                answer = await origin.answer(request)
            except (ConnectionError, asyncio.IncompleteReadError):
                answer = Answer(502)
            entry["status"], entry["length"] = answer.status, answer.length
            write = FAULTS[chosen.fault] if chosen else send
            return await write(request, answer, writer, **(chosen.arguments if chosen else {}))
        finally:
            self.under_way -= 1

    def command(self, told: dict[str, Any]) -> Any:
        """Do what the test says."""
        match told:
            case {"do": "fail", "rule": rule}:
                self.rules.append(Rule(**rule))
            case {"do": "heal"}:
                self.rules.clear()
            case {"do": "forget"}:
                self.log.clear()
            case {"do": "requests"}:
                return self.log
        return None


async def serve(about: dict[str, Any]) -> None:
    """Serve until stdin ends."""

    def origin() -> Origin:
        if "upstream" in about:
            return Upstream(about["upstream"])
        return Folder(Path(about["folder"]), about.get("login"))

    server = Server(origin)
    listening = await asyncio.start_server(
        server.connection, "127.0.0.1", 0, limit=1 << 20, backlog=1024
    )
    print(json.dumps(listening.sockets[0].getsockname()[1]), flush=True)
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(commands), sys.stdin
    )
    while line := await commands.readline():
        print(json.dumps(server.command(json.loads(line))), flush=True)


def main() -> None:
    """Serve, and leave the clients that wait for ever to the end of the process."""
    loop = asyncio.new_event_loop()
    loop.run_until_complete(serve(json.loads(sys.argv[1])))


if __name__ == "__main__":
    main()
