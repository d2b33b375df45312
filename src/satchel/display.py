"""What a bag says of itself: its files, and each step with where it runs. Nothing is read."""

from __future__ import annotations

import html
from typing import Any

from satchel.plan.explain import Explanation, explain

__all__ = ["summary", "summary_html"]


def summary(bag: Any) -> str:
    """A bag in a few lines; one without a plan as dask.bag shows it. Never raises.

    Args:
        bag: a Bag or an Item.
    """
    explanation = _explained(bag)
    if explanation is None:
        return f"satchel.{_plain(bag)}"
    rows = [f"satchel.{type(bag).__name__}: {explanation.source}"]
    width = max(len(line.step) for line in explanation.lines)
    rows += [f"  {line.step:{width}}   {line.tier}" for line in explanation.lines]
    return "\n".join(rows)


def summary_html(bag: Any) -> str:
    """The same as HTML for a notebook, with the reasons for Python. Never raises."""
    explanation = _explained(bag)
    if explanation is None:
        return f"<pre>satchel.{html.escape(_plain(bag))}</pre>"
    rows = []
    for line in explanation.lines:
        where = f" ({line.where})" if line.where else ""
        cells = (
            f"<code>{html.escape(line.step)}</code>",
            html.escape(line.tier),
            html.escape(f"{line.reason or ''}{where}"),
        )
        rows.append("".join(f'<td style="text-align:left">{cell}</td>' for cell in cells))
    return (
        f"<p><b>satchel.{type(bag).__name__}</b>: {html.escape(explanation.source)}</p>"
        f"<table><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>"
    )


def _explained(bag: Any) -> Explanation | None:
    """The explanation of the bag's plan, if it has one that can be explained."""
    try:
        plan = bag._plan
        return None if plan is None else explain(plan)
    except Exception:  # noqa: BLE001 - an object must be printable in any state, and say its name.
        return None


def _plain(bag: Any) -> str:
    """What dask.bag says: the class, the name, and of a Bag its partitions."""
    count = getattr(bag, "npartitions", None)
    partitions = "" if count is None else f", npartitions={count}"
    return f"{type(bag).__name__}<{getattr(bag, 'name', '?')}{partitions}>"
