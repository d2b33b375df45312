"""What each command prints."""

from __future__ import annotations

import pytest

from cli.rows import EVENTS, Check, Row, texts

TYPE = 'e["type"]'
LOGIN = 'e["actor"]["login"]'
PUSH = 'e["type"] == "PushEvent"'

ROWS = {
    "count": Row(("count", "all.json"), "4\n"),
    "count several": Row(("count", "a.json.gz", "b.json.gz"), "4\n"),
    "count a pattern": Row(
        ("count", "*.json.gz", "--where", "e['n'] > 1"), code=1, err="satchel..."
    ),
    "count where": Row(("count", "[ab].json.gz", "-w", PUSH), "3\n"),
    "count json": Row(("count", "all.json", "--json"), '{"count": 4}\n'),
    "count nothing": Row(("count", "empty.json"), "0\n"),
    "count touched": Row(("count", "all.json", "--validate", "touched", "-w", PUSH), "3\n"),
    "freq": Row(("freq", "all.json", TYPE), "PushEvent\t3\nForkEvent\t1\n"),
    "freq of several": Row(("freq", "[ab].json.gz", LOGIN, "-j", "2"), "qdm\t2\nana\t2\n"),
    "freq top": Row(("freq", "all.json", LOGIN, "-k", "1"), "qdm\t2\n"),
    "freq where": Row(("freq", "all.json", LOGIN, "-w", PUSH), "qdm\t2\nana\t1\n"),
    "freq of a tuple": Row(
        ("freq", "a.json.gz", f"({TYPE}, e['n'])"), '["PushEvent", 2]\t1\n["ForkEvent", 1]\t1\n'
    ),
    "freq json": Row(
        ("freq", "all.json", TYPE, "--json"),
        '{"value": "PushEvent", "count": 3}\n{"value": "ForkEvent", "count": 1}\n',
    ),
    "freq spells tabs and backslashes": Row(
        ("freq", "odd [1].json", "e['k'] if isinstance(e['k'], str) else e['k'] is None"),
        "False\t2\na\\tb\\\\\t1\nTrue\t1\n".replace("False", "false").replace("True", "true"),
    ),
    "freq of nothing": Row(("freq", "empty.json", TYPE)),
    "top": Row(("top", "all.json", LOGIN, "-k", "1"), "qdm\t2\n"),
    "top by a sum": Row(("top", "all.json", LOGIN, "--sum", 'e["n"]'), "ana\t4\nqdm\t3\n"),
    "top of some": Row(
        ("top", "[ab].json.gz", LOGIN, "--sum", 'len(e["commits"])', "--where", PUSH, "--json"),
        '{"key": "qdm", "sum": 2}\n{"key": "ana", "sum": 1}\n',
    ),
    "head": Row(("head", "all.json", "-n", "2"), texts(EVENTS[:2])),
    "head over files": Row(("head", "a.json.gz", "b.json.gz", "-n", "3"), texts(EVENTS[:3])),
    "head asks for more": Row(("head", "a.json.gz"), texts(EVENTS[:2])),
    "head where": Row(("head", "all.json", "-w", "e['n'] == 1", "-n", "9"), texts(EVENTS[1::2])),
    "head where, as it stands": Row(
        ("head", "odd [1].json", "-n", "1", "-w", "e['k'] is None"), '{"k": null}\n'
    ),
    "head pretty": Row(
        ("head", "odd [1].json", "-n", "1", "--pretty"), '{\n  "k": "a\\tb\\\\"\n}\n'
    ),
    "head of bad lines": Row(("head", "bad.json"), '{"type": "a"}\n{"type": \n'),
    "schema": Row(
        ("schema", "odd [1].json"),
        'k\t4\tNone 1, float 1, str 1, list 1\t"a\\\\tb\\\\\\\\"\nk[]\t1\tint 1, str 1\t1\n',
        err="4 records (all), 2 paths\n",
    ),
    "schema of the first": Row(
        ("schema", "all.json", "-n", "1", "--json"),
        '{"path": "type", "types": {"str": 1}, "records": 1, "share": 1.0, '
        '"example": "\\"PushEvent\\""}\n...',
    ),
    "schema of bad lines": Row(
        ("schema", "bad.json"),
        'type\t1\tstr 1\t"a"\n',
        err="2 lines (all), 1 of them not JSON, 1 path\n",
    ),
    "version": Row(("--version",), "satchel 0.1.0\n"),
    "help": Row(("--help",), "Usage: satchel ..."),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_command(row: Row, check: Check) -> None:
    check(row)


@pytest.mark.parametrize("where", [(), ("--where", PUSH)], ids=["all", "where"])
def test_expressions_run_in_the_kernel(
    where: tuple[str, ...], check: Check, capsys: pytest.CaptureFixture[str]
) -> None:
    check(Row(("explain", "all.json", LOGIN, *where), "1 file, 0.0 MB, 1 partition\n..."))


def test_explain_says_native(folder, monkeypatch) -> None:
    from click.testing import CliRunner

    from satchel.cli import main

    monkeypatch.chdir(folder)
    for more in ((), ("--analyze",)):
        result = CliRunner().invoke(main, ["explain", "all.json", LOGIN, "-w", PUSH, *more])
        assert result.exit_code == 0
        assert "python" not in result.stdout, result.stdout
        assert ("fallback rows: 0" in result.stdout) == bool(more)
