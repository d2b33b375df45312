"""How many examples a property is given, and what came of them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings

ASKED = int(os.environ.get("SATCHEL_FUZZ_EXAMPLES", "0"))


def examples(count: int) -> Callable[[Any], Any]:
    """The same few examples in every run of the suite; as many new ones as somebody asks for."""
    return settings(
        max_examples=ASKED or count,
        derandomize=not ASKED,
        database=None,
        deadline=None,
        print_blob=bool(ASKED),
        suppress_health_check=list(HealthCheck),
    )


class Seen(Counter[str]):
    """What the examples of a property were, for without that it may prove little."""

    def share(self, what: str) -> float:
        return self[what] / max(1, self["examples"])

    def tell(self, title: str) -> None:
        """Shown by ``pytest -s``, and with a failure."""
        shares = (f"{name} {count} ({self.share(name):.0%})" for name, count in self.items())
        print(f"\n{title}: " + ", ".join(shares))
