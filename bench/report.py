"""Tables for the terminal, a CSV and a picture for the record."""

import csv
import os
import platform
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from bench.datasets import DataSet
from bench.measure import Row, label
from bench.questions import TITLES
from bench.targets import TARGETS

RECORD = Path(__file__).parent / "record"
LOCK = Path(__file__).parents[1] / "Cargo.lock"


HEAD = {"threads": 8, "wall s": 9, "CPU s": 9, "peak MiB": 10, "gzip MB/s": 11, "JSON MB/s": 11}


def processor() -> str:
    """Return the name of the processor, as the system tells it."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()
    found = re.search(r"model name\s*:\s*(.+)", text)
    return found[1].strip() if found else platform.machine()


def conditions() -> str:
    """Return what the figures depend on: machine, interpreter, releases that inflate."""
    inflate = re.findall(
        r'name = "(libdeflate[^"]*|zlib-rs)"\nversion = "([^"]+)"', LOCK.read_text()
    )
    releases = ", ".join(f"{name} {version}" for name, version in inflate)
    return (
        f"{processor()}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}, {releases}"
    )


def stem() -> str:
    """Return the name of today's record: date, host, processor."""
    host, cpu = (
        re.sub(r"\W+", "-", part).strip("-").lower() for part in (platform.node(), processor())
    )
    return f"{date.today():%Y-%m-%d}-{host}-{cpu}"


def table(data: DataSet, rows: Iterable[Row]) -> str:
    """Return the table of one data set, for each question the quickest first."""
    size = f"{data.gzip_bytes / 1e6:,.0f} MB of gzip, {data.json_bytes / 1e6:,.0f} MB of JSON"
    lines = [f"\n{data.name}: {data.about}; {size}", ""]
    head = "".join(f"{name:>{width}}" for name, width in HEAD.items())
    by_question: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        by_question.setdefault((row.question or "types", row.threads), []).append(row)
    for (question, _), some in by_question.items():
        lines += [f"{TITLES[question]:<44}{head}"]
        for row in sorted(some, key=lambda row: (bool(row.error), row.cpu)):
            name = f"  {label(row.rival)}"
            if row.error:
                lines.append(f"{name:<44}{row.threads:>8}  no figure: {row.error}")
                continue
            seconds = f"{row.wall:>9.3f}{row.cpu:>9.3f}{row.peak / 2**20:>10.0f}"
            rates = f"{row.gzip_rate:>11.1f}{row.json_rate:>11.0f}"
            lines.append(f"{name:<44}{row.threads:>8}{seconds}{rates}")
        lines.append("")
    lines.append("MB/s are of CPU seconds; a rate by wall time is the size over the wall seconds.")
    return "\n".join(lines)


def promises(figures: dict[str, float]) -> str:
    """Return the table of the promises: wanted, measured, met."""
    lines = [f"\n{'number':<62}{'wanted':>16}{'measured':>12}  met"]
    for target in TARGETS:
        sign = ">=" if target.least else "<="
        wanted = f"{sign} {target.wanted:g} {target.unit}".strip()
        value = figures.get(target.key)
        if value is None:
            lines.append(f"{target.what:<62}{wanted:>16}{'-':>12}  not measured")
            continue
        met = "yes" if target.met(value) else "NO"
        if target.aim is not None and met == "yes" and value < target.aim:
            met = f"yes (aim {target.aim:g})"
        lines.append(f"{target.what:<62}{wanted:>16}{value:>12.3g}  {met}")
    extra = sorted(set(figures) - {target.key for target in TARGETS})
    lines += [f"{key:<62}{'':>16}{figures[key]:>12.3g}" for key in extra]
    return "\n".join(lines)


def write_csv(path: Path, rows: Iterable[Row], figures: dict[str, float]) -> None:
    """Write every row, and after them the promises as rows of their own."""
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["# " + conditions()])
        out.writerow([*Row._fields, "label"])
        for row in rows:
            cells = [round(cell, 4) if isinstance(cell, float) else cell for cell in row]
            out.writerow([*cells, label(row.rival)])
        out.writerow([])
        out.writerow(["promise", "what", "wanted", "unit", "measured", "met"])
        for target in TARGETS:
            value = figures.get(target.key)
            known = ["", ""] if value is None else [f"{value:.4g}", target.met(value)]
            out.writerow([target.key, target.what, target.wanted, target.unit, *known])


def write_picture(path: Path, data: DataSet, rows: Iterable[Row]) -> None:
    """Draw CPU seconds on one data set as bars, one group for each question."""
    shown = [row for row in rows if row.dataset == data.name and row.threads == 1 and not row.error]
    if not shown:
        return
    longest, bar, left, width = max(row.cpu for row in shown), 20, 290, 900
    parts: list[str] = []
    y = 64
    for question, title in TITLES.items():
        some = [row for row in shown if row.question in (question, "")]
        parts.append(f'<text x="16" y="{y + 14}" class="title">{title}</text>')
        y += bar + 6
        for row in sorted(some, key=lambda row: row.cpu):
            length = max((width - left - 90) * row.cpu / longest, 1)
            ours = "ours" if row.rival.startswith("satchel") else "other"
            kind = ours if row.question else "floor"
            name = _escaped(label(row.rival))
            parts += [
                f'<text x="{left - 8}" y="{y + 14}" class="name">{name}</text>',
                f'<rect x="{left}" y="{y + 2}" width="{length:.1f}" height="15" class="{kind}"/>',
                f'<text x="{left + length + 6:.1f}" y="{y + 14}">{row.cpu:.2f} s</text>',
            ]
            y += bar
        y += 12
    about = _escaped(
        f"CPU seconds, one thread: {data.about}, {data.gzip_bytes / 1e6:.0f} MB of gzip"
    )
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y}" width="{width}">\n'
        "<style>text{font:13px sans-serif;fill:#333}.name{text-anchor:end}.title{font-weight:bold}"
        ".ours{fill:#c2410c}.floor{fill:#a8a29e}.other{fill:#64748b}</style>\n"
        f'<rect width="{width}" height="{y}" fill="#fff"/>\n'
        f'<text x="16" y="24" class="title">{about}</text>\n'
        f'<text x="16" y="44">{_escaped(conditions())}</text>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
