"""ClickHouse, in process, with an explicit schema of just the columns that the question reads."""

import json

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

    # On one thread its parallel parser only costs; without it ClickHouse is at its best.
    settings = f"max_threads = {threads}, output_format_json_quote_64bit_integers = 0"
    if threads == 1:
        settings += ", input_format_parallel_parsing = 0"
    rows: Answer = []
    source = f"file('{_pattern(paths)}', 'JSONEachRow', '{COLUMNS[question]}', 'gzip')"
    query = f"{QUERIES[question].format(source=source)} SETTINGS {settings}"
    for line in str(chdb.query(query, "JSONCompactEachRow")).splitlines():
        name, count = json.loads(line)
        rows.append((name, int(count)))
    return rows


def _pattern(paths: list[str]) -> str:
    return paths[0] if len(paths) == 1 else "{" + ",".join(paths) + "}"
