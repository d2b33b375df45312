"""The page that tells what became of each listed function: `python -m functions.page` writes it."""

import json
import re
import tempfile
from pathlib import Path

import satchel as db
from functions.listed import LISTED, Listed
from functions.records import LINES, lines

PAGE = Path(__file__).parents[2] / "docs" / "functions.md"
HEAD = """# A hundred ordinary functions

Functions as public analyses of GH Archive, of other dumps and of logs apply them to a record,
collected before the vocabulary was written: none has been dropped since. They stand in
`tests/functions/`, written anew with the operations of their sources. Each is run through satchel
on typical, missing, null, wrong-typed and boundary values, and held to what calling it gives.
{native} of {count} run native, {fields} on the fields that they touch, {whole} on the whole record.

| function | where its like was found | runs | why |
|---|---|---|---|
"""


def became(each: Listed, folder: Path) -> tuple[str, str]:
    """In which tier a function runs, and why it is not the first."""
    file = folder / "records.json"
    file.write_text("".join(text + "\n" for text in lines(each.kind)))
    bag = db.read_text(str(file))
    if each.kind not in LINES and not each.kind.endswith("line"):
        bag = bag.map(json.loads)
    last = bag.map(each.function).explain().lines[-1]
    return last.tier, re.sub(r"[|`]", " ", last.reason or "")


def page() -> str:
    """The page."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [(each, *became(each, Path(folder))) for each in LISTED]
    tiers = [tier for _, tier, _ in rows]
    head = HEAD.format(
        count=len(rows),
        native=tiers.count("native"),
        fields=sum("fields" in tier for tier in tiers),
        whole=tiers.count("python, whole record"),
    )
    return head + "".join(
        f"| `{each.function.__name__}` | {each.source} | {tier} | {why} |\n"
        for each, tier, why in rows
    )


if __name__ == "__main__":
    PAGE.write_text(page())
