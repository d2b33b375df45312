"""The statistics of a run: how many triples, what they were, and what occurred in them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fuzz.entries import occurring, required
from fuzz.trials import Trial

NATIVE, FELL_BACK, EACH = 0.6, 0.2, 1000 / 1_000_000
"""What a run has to be like: shares of the triples, and how often each entry occurs in them."""


@dataclass
class Tally:
    """Counts over triples; tallies of parts of a run add up."""

    counts: Counter[str] = field(default_factory=Counter)
    occurred: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)

    def add(self, trial: Trial) -> None:
        native = trial.staged is not None and trial.staged.all_native
        raises = trial.expected.error is not None
        self.counts["triples"] += 1
        self.counts["native"] += native
        self.counts["with rows that fell back"] += trial.fell_back
        self.counts["raising"] += raises
        self.counts["native and raising"] += native and raises
        self.counts["differences"] += trial.problem is not None
        self.occurred.update(occurring(trial.pipeline, trial.staged))
        if trial.expected.error is not None:
            self.errors[trial.expected.error[0].__name__] += 1

    def merge(self, other: Tally) -> None:
        self.counts += other.counts
        self.occurred += other.occurred
        self.errors += other.errors

    def share(self, what: str) -> float:
        return self.counts[what] / max(1, self.counts["triples"])

    def rare(self, each: float = EACH) -> dict[str, int]:
        """What occurred too seldom, and how often."""
        least = each * self.counts["triples"]
        return {name: self.occurred[name] for name in required() if self.occurred[name] < least}

    def falls_short(self) -> list[str]:
        """Sentences on what the run was not."""
        found = [
            f"{self.share(what):.1%} of the triples were {what}, {least:.0%} were asked for"
            for what, least in (("native", NATIVE), ("with rows that fell back", FELL_BACK))
            if self.share(what) < least
        ]
        found += [f"{name} occurred {count} times" for name, count in sorted(self.rare().items())]
        return found

    def __str__(self) -> str:
        lines = [
            f"{name:28}{count:>10,} {self.share(name):>7.1%}" for name, count in self.counts.items()
        ]
        return "\n".join(lines)


def added(record: Path, tally: Tally, run: dict[str, Any]) -> str:
    """A record with one more run: every run, what they come to, and what that lacks."""
    known = json.loads(record.read_text("utf-8")) if record.exists() else {"runs": []}
    total = Tally(*(Counter(known.get(name, ())) for name in ("counts", "occurred", "errors")))
    total.merge(tally)
    needed = {name: total.occurred[name] for name in required()}
    everything = {
        "runs": [*known["runs"], run],
        "counts": dict(total.counts),
        "shares": {name: round(total.share(name), 4) for name in total.counts},
        "falls short": total.falls_short(),
        "errors": dict(total.errors.most_common()),
        "occurred": dict(sorted(needed.items(), key=lambda item: (item[1], item[0]))),
    }
    return json.dumps(everything, indent=1) + "\n"
