"""The page on everything that dask.bag has: `python -m interface.page` writes it."""

from __future__ import annotations

import inspect
import json
import re
import tempfile
from pathlib import Path
from typing import Any

import dask.bag

import satchel
from interface.samples import BAG, DIFFERS, ITEM, MODULE, OWN, Sample

PAGE = Path(__file__).parents[2] / "docs" / "interface.md"
HEAD = """# Everything that dask.bag has

Each public name of dask.bag, with its parameters as they are here, and the way in which a call on
records of files runs. The table is made by calling each of them (`tests/interface/`); a test fails
when a release of Dask has a name that is not in it, and `make check` when one has a parameter that
satchel lacks. *native* means that a function
which can be lowered runs in the kernel; one that cannot is called on the fields that it touches,
or on the whole record. *on fields* means that functions are always called, on the fields that they
touch. *dask.bag's own* is its code, on the result of the native steps before it.
"""
TABLES = (
    ("Functions", dask.bag, satchel, MODULE, "db."),
    ("Methods of a Bag", dask.bag.Bag, satchel.Bag, BAG, ""),
    ("Methods of an Item", dask.bag.Item, satchel.Item, ITEM, ""),
)
"""A title, what dask.bag has, what is here, the samples, what stands before a name."""


def public(owner: Any) -> list[str]:
    """The public names of a module or class, without submodules."""
    names = [name for name in dir(owner) if not name.startswith("_") and name != "annotations"]
    return [name for name in names if not inspect.ismodule(getattr(owner, name))]


def way(sample: Sample, name: str, bag: Any) -> str:
    """In which way a call runs."""
    found = sample(satchel, bag)
    if found is None:
        return OWN[name]
    lines = found.explain().lines
    line = next((line for line in lines if line.step.startswith(f"{name}(")), lines[-1])
    if line.tier.endswith("fields"):
        return "on fields"
    return "native" if line.tier == "native" else "dask.bag's own"


def signature(owner: Any, name: str) -> str:
    """The parameters as they are written, without types."""
    member = getattr(owner, name)
    if not callable(member):
        return ""
    parameters = inspect.signature(member).parameters.values()
    plain = [p.replace(annotation=p.empty) for p in parameters if p.name != "self"]
    text = str(inspect.Signature(plain)).replace("<no_default>", "...").replace("|", "or")
    return re.sub(r"<class '[\w.]*\.(\w+)'>", r"\1", text)


def page() -> str:
    """The page."""
    parts = [HEAD]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "records.json")
        file.write_text('{"n": 1, "v": [1]}\n{"n": 2, "v": []}\n')
        bag = satchel.read_text(str(file)).map(json.loads)
        for title, theirs, ours, samples, before in TABLES:
            parts.append(f"\n## {title}\n\n| name | runs | differs |\n|---|---|---|\n")
            for name in public(theirs):
                shown = f"`{before}{name}{signature(ours, name)}`"
                differs = DIFFERS.get(name, "") if samples is not ITEM else ""
                parts.append(f"| {shown} | {way(samples[name], name, bag)} | {differs} |\n")
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page())
