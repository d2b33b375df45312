"""What the user is told about a plan: each step's tier, and why one is not native."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from satchel.expr import nodes as n
from satchel.expr.lower import NotLowered
from satchel.expr.render import render
from satchel.expr.vocabulary import loader_of
from satchel.plan.advice import advice
from satchel.plan.nodes import (
    Exists,
    Extreme,
    File,
    GroupBy,
    Handed,
    Moments,
    Output,
    Plan,
    Step,
    Text,
)
from satchel.plan.segments import Outcome, Segment, Staged
from satchel.plan.stages import stage

__all__ = ["Explanation", "Line", "arguments", "explain", "explained", "verb"]

Execute = Callable[[Sequence[Staged]], tuple[list[Any], Any]]

_CHECKS = {
    "strict": "every byte of every line that reaches the loader",
    "touched": "only what the query reads (validate='touched')",
}


_WIDEST = 80

# What a function with branches that raise is made of; its name says more.
_TANGLED = re.compile(r"raised\(|; |<[a-z]")


@dataclass(frozen=True)
class Line:
    """One step of the plan: what it is, its tier, and for Python the reason and the place.

    `advice` is the cheapest change that would make it native, where one is known.
    """

    step: str
    tier: str
    reason: str | None = None
    where: str | None = None

    @property
    def advice(self) -> str | None:
        return None if self.reason is None else advice(self.reason)


@dataclass(frozen=True)
class Explanation:
    """The tiers of a plan's steps.

    Attributes:
        source: the files, in a few words.
        lines: one for each step.
        reads: the paths of the record that the kernel reads, ``()`` where it hands all over.
        checks: how much of a line is checked.
        analysis: what a run measured, for ``explain(analyze=True)``.
    """

    source: str
    lines: tuple[Line, ...]
    reads: tuple[str, ...]
    checks: str
    analysis: tuple[str, ...] = ()

    @property
    def all_native(self) -> bool:
        """Whether no function of the user's is called, fallback rows aside."""
        return all(line.tier == "native" for line in self.lines)

    def __str__(self) -> str:
        width = max((len(line.step) for line in self.lines), default=0)
        tier = max((len(line.tier) for line in self.lines), default=0)
        rows = [self.source]
        for line in self.lines:
            why = "" if line.reason is None else f"   {line.reason}"
            where = "" if line.where is None else f" ({line.where})"
            rows.append(f"  {line.step:{width}}   {line.tier:{tier}}{why}{where}".rstrip())
        # What follows such a step is Python's for its sake.
        first = next((line for line in self.lines if line.reason is not None), None)
        if first is not None and first.advice is not None:
            rows.append(f"try:    {first.advice}")
        rows.append(f"reads:  {', '.join(self.reads) or 'whole lines'}")
        rows.append(f"checks: {self.checks}")
        return "\n".join([*rows, *self.analysis])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        import html

        return f"<pre>{html.escape(str(self))}</pre>"


def explain(plan: Plan | None, execute: Execute | None = None) -> Explanation:
    """Say what of `plan` runs where.

    Args:
        plan: ``None`` for a bag that is dask.bag's own.
        execute: runs the staged plan and measures it, for an analysis.
    """
    if plan is None:
        own = Line(
            "bag",
            "dask.bag",
            "made by something else than read_text, or by a method of dask.bag's own",
        )
        return Explanation("a bag of dask.bag's own", (own,), (), "whatever its functions check")
    staged = stage(plan)
    analysis: tuple[str, ...] = ()
    if execute is not None and staged.shuffles_in_dask:
        analysis = ("not measured: the shuffle is dask.bag's own",)
    elif execute is not None:
        _, measured = execute([staged])
        analysis = _analysis(measured, staged.source.files)
    return explained(staged, analysis)


def explained(staged: Staged, analysis: tuple[str, ...] = ()) -> Explanation:
    """Say what of a staged plan runs where."""
    lines = [Line("read_text", "native")]
    for segment in staged.segments:
        lines += [_line(outcome) for outcome in segment.outcomes]
    return Explanation(
        _source(staged.source),
        tuple(lines),
        _reads(staged.segments[0]),
        _checks(staged.source),
        analysis,
    )


def verb(step: Step) -> str:
    """The method's name, as the user wrote it."""
    if isinstance(step, Handed):
        return step.method
    if isinstance(step, Extreme | Exists | Moments | Output):
        return step.name
    return type(step).__name__.lower()


def _line(outcome: Outcome) -> Line:
    step, reason = outcome.step, outcome.reason
    shown = f"{verb(step)}({_arguments(outcome)})"
    where = None if reason is None or reason.where is None else _place(reason)
    return Line(shown, outcome.tier, None if reason is None else reason.reason, where)


def _place(reason: NotLowered) -> str:
    assert reason.where is not None
    file, line, column = reason.where
    return f"{os.path.basename(file)}, line {line}, column {column + 1}"


def _arguments(outcome: Outcome) -> str:
    if outcome.node is not None and outcome.node.op != "input":
        text = render(outcome.node)
        if len(text) <= _WIDEST and not _TANGLED.search(text):
            return text
        function = getattr(outcome.step, "function", getattr(outcome.step, "predicate", None))
        if getattr(function, "__name__", "<lambda>") == "<lambda>":
            return text if len(text) <= _WIDEST else text[: _WIDEST - 3] + "..."
    return arguments(outcome.step)


def arguments(step: Step) -> str:
    """What a method was called with: functions by their names, and nothing that is a default."""
    if isinstance(step, Handed):
        return ", ".join(_named(function) for function, _ in step.uses)
    if isinstance(step, GroupBy):
        return _named(step.grouper)
    shown = []
    for field in fields(step):
        value = getattr(step, field.name)
        if (
            field.name == "parent"
            or value is field.default
            or not field.repr
            or field.name in ("split_every", "name")
        ):
            continue
        shown.append(_named(value))
    return ", ".join(shown)


def _named(value: Any) -> str:
    name = getattr(value, "__qualname__", None)
    if name is None:
        return repr(value)
    if loader_of(value) is not None:
        # A loader is known by its module: json.loads, not loads.
        return f"{value.__module__.split('.')[0]}.{name}"
    return str(name).rpartition("<locals>.")[2]


def _reads(segment: Segment) -> tuple[str, ...]:
    roots = [node for _, node in segment.native_steps if node is not None]
    roots += segment.native.roots.values()
    found = {".".join(map(str, path)) for path in n.paths(roots) if path}
    if segment.hands_over_text:
        if segment.paths is None:
            return ()
        found |= {".".join(path) for path in segment.paths}
    return tuple(sorted(found))


def _checks(source: Text) -> str:
    checked = [_CHECKS[source.validate]]
    if source.documents == "many":
        checked.append("a line may have several documents (documents='many')")
    if source.on_bad_lines != "raise":
        checked.append(f"bad lines are left out (on_bad_lines={source.on_bad_lines!r})")
    if source.on_damage == "keep":
        checked.append("of a damaged file, the rows before that are kept (on_damage='keep')")
    return "; ".join(checked)


def _source(source: Text) -> str:
    total = sum(file.stored_bytes() for file in source.files)
    # A file that was cut up is one file.
    count = sum(file.span is None or file.span[0] == 0 for file in source.files)
    files, partitions = _several(count, "file"), _several(source.npartitions, "partition")
    size = "size unknown" if total == 0 and source.files[0].store else f"{total / 1e6:,.1f} MB"
    readers = dict.fromkeys(file.store.reader for file in source.files if file.store is not None)
    return ", read by ".join([f"{files}, {size}, {partitions}", *readers])


def _several(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def _analysis(measured: Any, files: Sequence[File]) -> tuple[str, ...]:
    """The lines of ``explain(analyze=True)``, from a run's `Statistics`."""
    busy = sum(getattr(measured, f"{phase}_nanos") for phase in ("inflate", "scan", "fold", "host"))
    lines = [
        f"rows:   {measured.rows:,}, {measured.inflated / 1e6:,.1f} MB inflated from "
        f"{measured.compressed / 1e6:,.1f} MB",
        "time:   "
        + ", ".join(
            f"{name} {getattr(measured, f'{phase}_nanos') / 1e9:.3f} s"
            for phase, name in (
                ("inflate", "inflate"),
                ("scan", "scan"),
                ("fold", "fold"),
                ("host", "Python"),
            )
        )
        + (f"; {measured.compressed / busy * 1e3:,.0f} MB/s of gzip a core" if busy else ""),
        f"fallback rows: {sum(measured.fallback):,}",
    ]
    for file, row, offset, reason in measured.located(files, 5):
        lines.append(f"  {files[file].path}, line {row + 1:,}, byte {offset:,}: {reason}")
    lines += [f"run again in Python: {reason}" for reason in measured.demoted.values()]
    for _, refused in measured.refused:
        if refused.lines is not None:
            lines.append(f"bad lines left out: {refused.lines.count:,}")
        if refused.files is not None:
            lines.append(f"damaged files, read up to there: {refused.files.count:,}")
    return tuple(lines)
