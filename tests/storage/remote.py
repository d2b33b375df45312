"""The data sets of the conformance tests, where a store keeps them."""

from __future__ import annotations

import glob
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from conformance.places import Places
from servers import S3_OPEN, S3Server
from servers.fixtures import Web

KINDS = ("s3", "anonymous", "http", "memory")


@dataclass(frozen=True)
class Remote:
    """Files somewhere else: a pattern, or the list of them where there are no patterns."""

    url: Any
    options: dict[str, Any] = field(default_factory=dict)
    schedulers: tuple[str, ...] = ("default", "sync", "threads", "processes", "client")

    def reading(self, library: Any) -> Any:
        """The library, of which every reading function knows the options."""
        return _Reading(library, self.options)


class _Reading:
    def __init__(self, library: Any, options: dict[str, Any]) -> None:
        self._library = library
        self.read_text = partial(library.read_text, storage_options=options)
        if hasattr(library, "read_ndjson"):
            self.read_ndjson = partial(library.read_ndjson, storage_options=options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._library, name)


def remote(kind: str, data: Any, places: Places, s3: S3Server, web: Web) -> Remote:
    """Put a data set where a store of this kind has it."""
    paths = [Path(path) for path in sorted(glob.glob(places.of(data)))]
    folder = f"{paths[0].parent.name}"
    pattern = f"{folder}/*{''.join(paths[0].suffixes)}"
    if kind in ("s3", "anonymous"):
        bucket = "conformance" if kind == "s3" else S3_OPEN
        for path in paths:
            s3.put(bucket, f"{folder}/{path.name}", path.read_bytes())
        options = s3.storage_options if kind == "s3" else s3.anonymous_options
        return Remote(f"s3://{bucket}/{pattern}", options)
    if kind == "http":
        (web.folder / folder).mkdir()
        for path in paths:
            (web.folder / folder / path.name).write_bytes(path.read_bytes())
        return Remote([f"{web.url}/{folder}/{path.name}" for path in paths])
    import fsspec

    memory = fsspec.filesystem("memory")
    for path in paths:
        memory.pipe_file(f"/{folder}/{path.name}", path.read_bytes())
    # Other processes have a memory of their own.
    return Remote(f"memory://{pattern}", {}, ("default", "sync", "threads", "client"))
