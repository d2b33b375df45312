"""The schedulers that a row runs under; what is dear to start is started once."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import Any

import dask
from dask.multiprocessing import initialize_worker_process

from conformance.rows import OURS


class Schedulers:
    """``with schedulers.use(name):`` sets what a plain ``compute()`` runs on."""

    def __init__(self) -> None:
        self.open = ExitStack()

    @contextmanager
    def use(self, name: str) -> Iterator[None]:
        # dask.bag's default is a new pool of processes for every compute: too slow here.
        if name == "default" and not OURS:
            name = "sync"
        if name == "default":
            yield
        elif name == "processes":
            with dask.config.set(scheduler="processes", pool=self.pool):
                yield
        elif name == "client":
            with self.active(self.in_this_process):
                yield
        elif name == "client of processes":
            with self.active(self.in_processes):
                yield
        else:
            with dask.config.set(scheduler=name):
                yield

    @contextmanager
    def active(self, cluster: Any) -> Iterator[Any]:
        """A Client as users have one: made, and from then on found by itself."""
        from distributed import Client

        with Client(cluster, set_as_default=True) as client:
            yield client

    @cached_property
    def pool(self) -> ProcessPoolExecutor:
        return self.open.enter_context(
            ProcessPoolExecutor(
                2,
                multiprocessing.get_context("spawn"),
                initializer=initialize_worker_process,
            )
        )

    @cached_property
    def in_this_process(self) -> Any:
        return self.cluster(processes=False, n_workers=1, threads_per_worker=2)

    @cached_property
    def in_processes(self) -> Any:
        return self.cluster(processes=True, n_workers=2, threads_per_worker=1)

    def cluster(self, **options: Any) -> Any:
        from distributed import LocalCluster

        return self.open.enter_context(
            LocalCluster(dashboard_address=":0", silence_logs=50, **options)
        )
