"""dask.bag itself, with the loader of the row."""

import importlib
from typing import Any

from bench.questions import Answer
from bench.rivals.pipeline import ask, collect

PACKAGES = ("dask", "ujson", "orjson")


def answer(question: str, paths: list[str], threads: int, variant: str) -> Answer:
    import dask.bag as db

    reader: Any = db
    loads = importlib.import_module(variant).loads
    # The loaders hold the GIL: more than one core takes processes, dask.bag's own choice too.
    return collect(ask(reader.read_text(paths).map(loads), question), threads, parallel="processes")
