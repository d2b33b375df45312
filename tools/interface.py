"""All of dask.bag is here: each public name, and each method of Bag and Item, as dask.bag takes it.

A parameter of dask.bag must stand in the same place with the same name, kind and default; what
satchel adds comes after and can be left out.
"""

import inspect
import sys
from collections.abc import Callable, Iterator
from types import ModuleType

import dask.bag

import satchel

CLASSES = ("Bag", "Item")


def public(owner: object) -> dict[str, object]:
    """Return the public members of a module or class, without submodules."""
    names = [name for name in dir(owner) if not name.startswith("_") and name != "annotations"]
    members = {name: getattr(owner, name) for name in names}
    return {name: m for name, m in members.items() if not isinstance(m, ModuleType)}


def parameters(function: Callable[..., object]) -> list[tuple[str, str, str]]:
    """Return (name, kind, default) of each parameter; annotations may differ.

    dask.bag calls the receiver of two methods ``b``, which nobody can say by name.
    """
    found = inspect.signature(function).parameters.values()
    return [(p.name, p.kind.name, repr(p.default)) for p in found if p.name not in ("self", "b")]


def differences(where: str, theirs: object, ours: object) -> Iterator[str]:
    """Yield one sentence for each member of `theirs` that `ours` lacks or takes differently."""
    for name, wanted in public(theirs).items():
        if not hasattr(ours, name):
            yield f"{where}.{name} is missing"
        elif inspect.isroutine(wanted):
            want, have = parameters(wanted), parameters(getattr(ours, name))
            extra = inspect.signature(getattr(ours, name)).parameters
            added = [extra[p[0]] for p in have if p not in want]
            optional = all(p.default is not p.empty and p.kind is p.KEYWORD_ONLY for p in added)
            if [p for p in have if p in want] != want or not optional:
                yield f"{where}.{name} takes {have}, dask.bag's takes {want}"


if __name__ == "__main__":
    faults = [*differences("satchel", dask.bag, satchel)]
    for name in CLASSES:
        theirs, ours = getattr(dask.bag.core, name), getattr(satchel, name)
        faults += differences(f"satchel.{name}", theirs, ours)
    sys.exit("\n".join(faults) or 0)
