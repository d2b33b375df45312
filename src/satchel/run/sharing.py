"""Which plans share a scan: those that read the same lines with the same loader."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from satchel.plan.nodes import Take
from satchel.plan.segments import Staged
from satchel.run.scan import Scan
from satchel.run.storage import Storage

__all__ = ["share"]


def share(plans: Sequence[Staged], storage: Storage) -> Iterator[tuple[list[int], Scan]]:
    """Scans that together serve all `plans`, each with the indices of the plans it serves.

    Groups that memory does not hold go to `storage`.

    A plan that goes on in Python, or takes the first few elements, scans alone: the one would
    make the others wait for the user's functions, the other stops early.
    """
    shared: dict[Hashable, list[int]] = {}
    for index, plan in enumerate(plans):
        first = plan.segments[0]
        if first.python_from is not None or isinstance(first.sink, Take):
            yield [index], Scan(plan.source, (first,), storage)
        else:
            key = plan.source.key, first.loader, id(first.load)
            shared.setdefault(key, []).append(index)
    for indices in shared.values():
        firsts = tuple(plans[index].segments[0] for index in indices)
        yield indices, Scan(plans[indices[0]].source, firsts, storage)
