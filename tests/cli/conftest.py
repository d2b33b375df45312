"""Files for the commands, and one check for a command line."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from satchel.cli import main

if str(Path(__file__).parents[1]) not in sys.path:
    sys.path.insert(0, str(Path(__file__).parents[1]))

from cli.rows import EVENTS, Check, Row, texts


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("data")
    (made / "a.json.gz").write_bytes(gzip.compress(texts(EVENTS[:2]).encode()))
    (made / "b.json.gz").write_bytes(gzip.compress(texts(EVENTS[2:]).encode()))
    (made / "all.json").write_text(texts(EVENTS))
    (made / "odd [1].json").write_text(
        '{"k": "a\\tb\\\\"}\n{"k": null}\n{"k": [1, "é"]}\n{"k": 1.0}\n'
    )
    (made / "bad.json").write_text('{"type": "a"}\n{"type": \n')
    (made / "cut.json.gz").write_bytes(gzip.compress(texts(EVENTS * 500).encode())[:60])
    (made / "empty.json").write_text("")
    (made / "packed.json.bz2").write_bytes(b"BZh9")
    return made


@pytest.fixture
def check(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    monkeypatch.chdir(folder)

    def run(row: Row) -> None:
        result = CliRunner().invoke(main, row.arguments, prog_name="satchel")
        said = f"{result.stdout}\n--- stderr\n{result.stderr}"
        assert result.exit_code == row.code, said
        for found, wanted in ((result.stdout, row.out), (result.stderr, row.err)):
            if wanted.endswith("..."):
                assert found.startswith(wanted.removesuffix("...")), said
            else:
                assert found == wanted, said

    return run
