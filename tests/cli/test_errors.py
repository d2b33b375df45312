"""What goes wrong is told in one line, with an exit code: 1 for the data, 2 for the usage."""

from __future__ import annotations

import pytest

from cli.rows import Check, Row

TYPE = 'e["type"]'

ROWS = {
    "no file": Row(("count",), code=2, err="satchel count: Missing argument 'FILE...'. ..."),
    "no such file": Row(
        ("count", "no.json"), code=2, err="satchel count: no.json: no such file ..."
    ),
    "no match": Row(("count", "no*.gz"), code=2, err="satchel count: no*.gz: no file matches ..."),
    "a folder": Row(("count", "."), code=2, err="satchel count: .: is a folder (try: ..."),
    "standard input": Row(("count", "-"), code=2, err="satchel count: -: standard input ..."),
    "an option of a store that says nothing": Row(
        ("count", "s3://b/k.gz", "-o", "anon"),
        code=2,
        err="satchel count: anon: a storage option is NAME=VALUE (try: anon=true)\n",
    ),
    "bzip2": Row(
        ("count", "packed.json.bz2"),
        code=1,
        err="satchel: EOFError: Compressed file ended ...",
    ),
    "no such command": Row(("cuont",), code=2, err="satchel: No such command 'cuont'. ..."),
    "no such option": Row(("count", "all.json", "--no"), code=2, err="satchel count: No such ..."),
    "the expression is missing": Row(
        ("freq", "a.json.gz", "b.json.gz"),
        code=2,
        err="satchel freq: Invalid value for 'EXPR': b.json.gz is a file; the expression ...",
    ),
    "not an expression": Row(
        ("freq", "all.json", "e["), code=2, err="satchel freq: Invalid value for 'EXPR': ..."
    ),
    "not in the language": Row(
        ("freq", "all.json", "open(e['type'])"),
        code=2,
        err="satchel freq: Invalid value for 'EXPR': reads 'open', which is not defined ...",
    ),
    "a missing key": Row(
        ("freq", "all.json", "len(e['commits'])"),
        code=1,
        err="satchel: KeyError: 'commits'; all.json, line 2, byte 69 (inflated); the keys that are "
        "there: 'type', 'actor', 'n' (try: .get() for a key that may be missing)\n",
    ),
    "a line that is not JSON": Row(
        ("count", "bad.json"),
        code=1,
        err="satchel: JSONDecodeError: Expecting value: line 2 column 1 (char 10); bad.json, "
        "line 2, byte 14 (inflated) (try: ...",
    ),
    "a damaged file": Row(
        ("count", "cut.json.gz"), code=1, err="satchel: EOFError: Compressed ..."
    ),
    "an unhashable value": Row(
        ("freq", "all.json", "e['actor']"),
        code=1,
        err="satchel: TypeError: unhashable type: 'dict'...",
    ),
    "a bad number": Row(
        ("head", "all.json", "-n", "x"), code=2, err="satchel head: Invalid value..."
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_error(row: Row, check: Check) -> None:
    check(row)
