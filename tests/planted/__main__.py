"""Plants each bug in a copy of the tree and fuzzes it until it shows: `python -m planted`.

Words behind it pick the faults that have one of them in their name. For each fault it is said how
many triples it took; one that is not found within `MOST` is a gap in the grammar, and the run ends
with 1.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from planted.faults import FAULTS, Fault

ROOT = Path(__file__).parents[2]
MOST = int(os.environ.get("TRIPLES", "50000"))
KERNEL = "src/satchel/_kernel.abi3.so"

# Whole-program optimisation would take a minute for each fault.
QUICK = {
    "CARGO_PROFILE_RELEASE_LTO": "off",
    "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
    "CARGO_PROFILE_RELEASE_DEBUG": "0",
}


def main(words: list[str]) -> int:
    record = Path(words.pop(0)[9:]) if words and words[0].startswith("--record=") else None
    chosen = [f for f in FAULTS if not words or any(word in f.name for word in words)]
    found: dict[str, int | None] = {}
    if record and record.exists():
        # A run that was broken off goes on where it was.
        found = json.loads(record.read_text("utf-8"))
        chosen = [fault for fault in chosen if found.get(fault.name) is None]
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name) / "satchel"
        ignored = shutil.ignore_patterns("__pycache__", "target", ".hypothesis")
        for part in ("src", "tests", "crates", "Cargo.toml", "Cargo.lock"):
            source, copy = ROOT / part, tree / part
            if source.is_dir():
                shutil.copytree(source, copy, ignore=ignored)
            else:
                shutil.copy(source, copy)
        # Rust's last, so that one kernel serves all the others.
        for fault in sorted(chosen, key=lambda fault: fault.is_rust):
            started = time.monotonic()
            found[fault.name] = triples = planted(fault, tree)
            seconds = time.monotonic() - started
            told = "not found" if triples is None else f"{triples:,} triples"
            print(f"{told:>16}  {fault.name}  ({seconds:.0f} s)", flush=True)
            if record:
                record.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    return 1 if None in found.values() else 0


def planted(fault: Fault, tree: Path) -> int | None:
    """How many triples it takes to find a fault."""
    path = tree / fault.file
    right = path.read_text("utf-8")
    path.write_text(right.replace(fault.text, fault.instead), "utf-8")
    try:
        if fault.is_rust:
            build(tree)
        return fuzzed(tree)
    finally:
        path.write_text(right, "utf-8")


def build(tree: Path) -> None:
    # Outside of the copy, so that what the faults do not touch is built once for all.
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target" / "planted"))
    command = ["cargo", "build", "--quiet", "--release", "-p", "satchel-python"]
    environment = {**os.environ, **QUICK, "CARGO_TARGET_DIR": str(target)}
    environment["PYO3_PYTHON"] = sys.executable
    subprocess.run(command, cwd=tree, env=environment, check=True)
    (tree / KERNEL).unlink()  # A new file, as the old one may be mapped.
    shutil.copy(next((target / "release").glob("lib*_kernel.so")), tree / KERNEL)


def fuzzed(tree: Path) -> int | None:
    command = [sys.executable, "-m", "fuzz", "--first", "--triples", str(MOST), "--jobs"]
    command += [os.environ.get("JOBS", str(os.cpu_count() or 1)), "--seed", "planted"]
    environment = {**os.environ, "PYTHONPATH": f"{tree / 'src'}{os.pathsep}{tree / 'tests'}"}
    done = subprocess.run(
        command, cwd=tree / "tests", env=environment, capture_output=True, text=True
    )
    numbers = re.findall(r"^triple (\d+) differs", done.stdout, re.MULTILINE)
    if not numbers and done.returncode:
        # A crash is found, too; which triple it was, nobody knows.
        print(done.stderr[-2000:], file=sys.stderr)
        return MOST if "Error" in done.stderr else None
    return min(map(int, numbers)) + 1 if numbers else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
