"""The pages of docs/ and the README are executed: each page's blocks in order, in one namespace."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, with the hour that the README and the command line speak of."""
    from datetime import datetime

    from satchel.gharchive import sample

    monkeypatch.chdir(tmp_path)
    for name in ("day", "hour"):
        (tmp_path / name).mkdir()
    sample.write_hour(
        tmp_path / "day" / "2015-01-01-0.json.gz", datetime(2015, 1, 1, 0), events=300
    )
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_shows_runs(page: Path, folder: Path) -> None:
    blocks = BLOCK.findall(page.read_text())
    source = "\n".join(text for kind, text in blocks if kind == "python")
    if source:
        script = folder / "page.py"
        script.write_text(source)
        ran = subprocess.run(
            [sys.executable, str(script)], capture_output=True, text=True, cwd=folder
        )
        assert ran.returncode == 0, ran.stderr
    for text in [text for kind, text in blocks if kind == "sh" and "satchel " in text]:
        command = text.replace("satchel ", f"{sys.executable} -m satchel ")
        ran = subprocess.run(["sh", "-ec", command], capture_output=True, text=True, cwd=folder)
        assert ran.returncode == 0, ran.stderr


def test_the_site_is_complete() -> None:
    listed = re.findall(r"^  - (\S+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(page.name for page in (ROOT / "docs").glob("*.md"))


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for link in re.findall(r"\]\(([^)#:]+\.(?:md|py|csv|svg))\)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
