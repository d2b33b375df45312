"""ClickHouse, in process, with an explicit schema of just the columns that the question reads."""

import json
from pathlib import Path
from typing import Any

from bench.questions import Answer

PACKAGES = ("chdb", "chdb-core")

COLUMNS = {
    "types": "type String",
    "pushers": "type String, actor Tuple(login String)",
    "committers": (
        "type String, actor Tuple(login String), payload Tuple(commits Array(Tuple(sha String)))"
    ),
}
QUERIES = {
    "types": "SELECT type, count() FROM {source} GROUP BY type",
    "pushers": (
        "SELECT actor.login, count() AS n FROM {source} WHERE type = 'PushEvent' "
        "GROUP BY actor.login ORDER BY n DESC LIMIT 5"
    ),
    "committers": (
        "SELECT actor.login, sum(length(payload.commits)) AS n FROM {source} "
        "WHERE type = 'PushEvent' GROUP BY actor.login ORDER BY n DESC LIMIT 5"
    ),
}


def answer(question: str, paths: list[str], threads: int, variant: str = "") -> Answer:
    import chdb

    engine: Any = chdb
    # On one thread its parallel parser only costs; without it ClickHouse is at its best.
    settings = f"max_threads = {threads}, output_format_json_quote_64bit_integers = 0"
    if threads == 1:
        settings += ", input_format_parallel_parsing = 0"
    rows: Answer = []
    source = _source(paths, COLUMNS[question])
    query = f"{QUERIES[question].format(source=source)} SETTINGS {settings}"
    for line in str(engine.query(query, "JSONCompactEachRow")).splitlines():
        name, count = json.loads(line)
        rows.append((name, int(count)))
    return rows


def _source(paths: list[str], columns: str) -> str:
    """Return a table of the files: a choice in a pattern holds names only, so one a folder."""
    names: dict[str, list[str]] = {}
    for path in paths:
        names.setdefault(str(Path(path).parent), []).append(Path(path).name)
    tables = []
    for folder, some in names.items():
        pattern = some[0] if len(some) == 1 else "{" + ",".join(some) + "}"
        tables.append(f"file('{folder}/{pattern}', 'JSONEachRow', '{columns}', 'gzip')")
    if len(tables) == 1:
        return tables[0]
    return "(" + " UNION ALL ".join(f"SELECT * FROM {table}" for table in tables) + ")"
