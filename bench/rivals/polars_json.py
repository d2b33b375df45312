"""Polars' lazy JSON reader, streaming, with an explicit schema of just the columns read."""

from typing import Any

from bench.questions import Answer

PACKAGES = ("polars",)


def answer(question: str, paths: list[str], threads: int, variant: str = "") -> Answer:
    import polars as pl

    if pl.thread_pool_size() != threads:
        raise RuntimeError(f"Polars runs on {pl.thread_pool_size()} threads, not on {threads}")
    schema: dict[str, Any] = {"type": pl.String}
    if question != "types":
        schema["actor"] = pl.Struct({"login": pl.String})
    if question == "committers":
        schema["payload"] = pl.Struct({"commits": pl.List(pl.Struct({"sha": pl.String}))})
    events = pl.scan_ndjson(paths, schema=schema)
    if question == "types":
        return events.group_by("type").len().collect(engine="streaming").rows()
    pushes = events.filter(pl.col("type") == "PushEvent")
    login = pl.col("actor").struct.field("login")
    count = pl.len() if question == "pushers" else (
        pl.col("payload").struct.field("commits").list.len().sum()
    )  # fmt: skip
    counts = pushes.group_by(login).agg(count.alias("n"))
    return counts.top_k(5, by="n").collect(engine="streaming").rows()
