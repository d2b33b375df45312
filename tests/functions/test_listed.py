"""Each listed function through the public interface: what calling it gives, or raises."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import satchel as db
from functions.listed import LISTED, Listed
from functions.page import PAGE, page
from functions.records import LINES, lines

Outcome = tuple[str, Any]


def outcome(run: Callable[[], Any]) -> Outcome:
    try:
        return "returns", repr(run())
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        # Where an object lies in memory is nobody's answer.
        return "raises", (type(error).__name__, re.sub(" at 0x[0-9a-f]+", "", repr(error.args)))


def check(each: Listed, path: Path, texts: list[str]) -> None:
    """Of all lines at once that have a value, and of each line that raises, alone."""
    parses = each.kind not in LINES and not each.kind.endswith("line")

    def call(text: str) -> Any:
        return each.function(json.loads(text) if parses else text + "\n")

    def through(texts: list[str]) -> Outcome:
        path.write_text("".join(text + "\n" for text in texts))
        bag = db.read_text(str(path))
        bag = bag.map(json.loads) if parses else bag
        return outcome(lambda: bag.map(each.function).compute(scheduler="sync"))

    fine = [text for text in texts if outcome(lambda text=text: call(text))[0] == "returns"]
    assert fine, "no record on which it returns"
    assert through(fine) == ("returns", repr([call(text) for text in fine]))
    for text in texts:
        if text not in fine:
            assert through([text]) == outcome(lambda text=text: call(text)), text


@pytest.mark.parametrize("each", LISTED, ids=lambda each: each.function.__name__)
def test_a_listed_function(each: Listed, tmp_path: Path) -> None:
    check(each, tmp_path / "records.json", lines(each.kind))


def test_the_page_says_what_became_of_each() -> None:
    text = page()
    assert text == PAGE.read_text(), "run `python -m functions.page` in tests"
    assert text.count("\n| `") == len(LISTED) == 100
