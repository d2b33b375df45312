"""The numbers that satchel promises, as data: what is compared, which way, and with what."""

from typing import NamedTuple


class Target(NamedTuple):
    """A promise: `least` says whether the figure must be at least or at most `wanted`."""

    key: str
    what: str
    wanted: float
    least: bool
    unit: str = ""
    aim: float | None = None

    def met(self, measured: float) -> bool:
        """Tell whether a measured figure keeps the promise."""
        return measured >= self.wanted if self.least else measured <= self.wanted


TARGETS = (
    Target("strict/inflate", "strict against inflate-only, throughput", 0.60, True, aim=0.67),
    Target("touched-types/inflate", "touched / inflate-only, events by type", 0.80, True, aim=0.88),
    Target(
        "touched-committers/inflate", "touched / inflate-only, top committers", 0.68, True, aim=0.78
    ),
    Target("dask/strict", "dask.bag with json against strict, CPU", 10, True, "times", aim=14),
    Target("chdb/strict", "ClickHouse against strict, CPU", 2, True, "times"),
    Target("duckdb/strict", "DuckDB against strict, CPU", 4, True, "times"),
    Target("polars/strict", "Polars against strict, CPU", 4, True, "times"),
    Target("generated/copies", "generated day / the copies, CPU a byte", 1.15, False, "times"),
    Target("later/copies", "2023's shape against the copies, CPU a byte", 1.25, False, "times"),
    Target("single/copies", "one 2 GiB member against the copies, MB/s", 0.75, True, "times"),
    Target("two/one", "two threads against one, wall", 1.8, True, "times"),
    Target("memory-day", "peak above import, the day, two threads", 250, False, "MiB"),
    Target("memory-single", "peak above import, one 2 GiB member", 120, False, "MiB"),
    Target("count-seconds", "satchel count on one hour from the shell", 0.3, False, "s"),
    Target("count-dask", "modules of Dask imported by satchel count", 0, False),
    Target("script/import", "third question's script against import dask.bag", 1.3, False, "times"),
    Target("take", "take(1) on one 2 GiB member, after import", 50, False, "ms"),
    Target("fallback-1", "1 % fallback rows against none", 1.15, False, "times"),
    Target("fallback-10", "10 % fallback rows against none", 2, False, "times"),
    Target("fallback-100", "all rows fall back, against dask.bag", 1, False, "times"),
    Target("hour-native", "dask.bag against fromisoformat().hour, native", 8, True, "times"),
    Target("hour-fields", "dask.bag against the same in Python on fields", 4, True, "times"),
    Target("whole", "dask.bag against a function of the whole record", 2, True, "times"),
    Target("reductions", "dask.bag against each native reduction: the least", 8, True, "times"),
    Target("commits", "dask.bag against commits flattened, then by author", 8, True, "times"),
    Target("groups", "dask.bag against groupby, then Python on each group", 4, True, "times"),
    Target("groups-memory", "peak above import, groups of 4 GiB, limit 1 GiB", 1280, False, "MiB"),
    Target("frame", "dask.bag against five fields to a DataFrame", 8, True, "times"),
    Target("frame-polars", "Polars against the same", 1, True, "times"),
    Target("lines", "dask.bag against writing one type's lines", 8, True, "times"),
    Target("mirror-wrong", "mirror killed and resumed ten times: files wrong", 0, False),
    Target("mirror-twice", "the same: fetched twice, but not on their way", 0, False),
    Target("s3/local", "the day from an S3 server against local, CPU", 1.25, False, "times"),
    Target("s3-dask", "dask.bag with s3fs against satchel, wall", 8, True, "times"),
    Target("s3-late", "each answer 50 ms later against none, wall", 1.5, False, "times"),
    Target("s3-memory", "peak above import, reading from S3", 350, False, "MiB"),
    Target("s3-listing", "listing 130,000 objects and building the graph", 10, False, "s"),
    Target("lower", "lowering an ordinary function", 1, False, "ms"),
    Target("lower-worst", "lowering two hundred ifs", 50, False, "ms"),
    Target(
        "fallback-memory", "peak when all rows fall back, against dask.bag", 1.1, False, "times"
    ),
)
