"""DuckDB's JSON reader with an explicit schema of just the columns that the question reads."""

from bench.questions import Answer

PACKAGES = ("duckdb",)

ACTOR = "actor: 'STRUCT(login VARCHAR)'"
COLUMNS = {
    "types": "{type: 'VARCHAR'}",
    "pushers": f"{{type: 'VARCHAR', {ACTOR}}}",
    "committers": f"{{type: 'VARCHAR', {ACTOR}, payload: 'STRUCT(commits JSON[])'}}",
}
QUERIES = {
    "types": "SELECT type, count(*) FROM {source} GROUP BY 1",
    "pushers": (
        "SELECT actor.login, count(*) AS n FROM {source} WHERE type = 'PushEvent' "
        "GROUP BY 1 ORDER BY n DESC LIMIT 5"
    ),
    "committers": (
        "SELECT actor.login, sum(len(payload.commits)) AS n FROM {source} "
        "WHERE type = 'PushEvent' GROUP BY 1 ORDER BY n DESC LIMIT 5"
    ),
}


def answer(question: str, paths: list[str], threads: int, variant: str = "") -> Answer:
    import duckdb

    # Without `records` a single column makes DuckDB guess what a line is, at ten times the price.
    source = (
        "read_json(?, format = 'newline_delimited', records = true, compression = 'gzip', "
        f"maximum_object_size = 33554432, columns = {COLUMNS[question]})"
    )
    connection = duckdb.connect(config={"threads": threads})
    return connection.execute(QUERIES[question].format(source=source), [paths]).fetchall()
