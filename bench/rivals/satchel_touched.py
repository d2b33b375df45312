"""satchel where only what the question reads is checked."""

from bench.questions import Answer
from bench.rivals.pipeline import ask

PACKAGES = ("satchel", "dask")


def answer(question: str, paths: list[str], threads: int, variant: str = "") -> Answer:
    import satchel as db

    events = db.read_ndjson(paths, validate="touched")
    options = {"scheduler": "sync"} if threads == 1 else {"num_workers": threads}
    return list(ask(events, question).compute(**options))
