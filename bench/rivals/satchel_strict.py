"""satchel as the document would use it: dask.bag's own lines, every line checked whole."""

import json

from bench.questions import Answer
from bench.rivals.pipeline import ask

PACKAGES = ("satchel", "dask")


def answer(question: str, paths: list[str], threads: int, variant: str = "") -> Answer:
    import satchel as db

    events = db.read_text(paths).map(json.loads)
    options = {"scheduler": "sync"} if threads == 1 else {"num_workers": threads}
    return list(ask(events, question).compute(**options))
