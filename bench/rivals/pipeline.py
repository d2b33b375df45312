"""The questions as the document writes them, for whatever has dask.bag's interface."""

from typing import Any

from bench.questions import Answer


def ask(events: Any, question: str) -> Any:
    """Return the lazy answer to a question about a bag of events."""
    if question == "types":
        return events.pluck("type").frequencies()
    pushes = events.filter(lambda event: event["type"] == "PushEvent")
    if question == "pushers":
        counts = pushes.map(lambda event: event["actor"]["login"]).frequencies()
    else:
        login = lambda event: event["actor"]["login"]  # noqa: E731, as the document has it
        project = lambda event: event["repo"]["name"]  # noqa: E731
        counts = pushes.foldby(
            login if question == "committers" else project,
            lambda total, event: total + len(event["payload"]["commits"]),
            0,
            lambda one, other: one + other,
            0,
        )
    return counts.topk(5, key=lambda name, count: count)


def collect(lazy: Any, threads: int, *, parallel: str) -> Answer:
    """Compute on one thread, or on `threads` of the scheduler that serves best."""
    options: dict[str, Any] = (
        {"scheduler": "sync"} if threads == 1 else {"scheduler": parallel, "num_workers": threads}
    )
    return list(lazy.compute(**options))
