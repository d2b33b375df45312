"""Tracked files speak of the project alone: no paths or hosts of one machine, no file too long.

A file past the limit is one where a reader gets lost: split it by the questions that it answers.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LIMITS = {".py": 600, ".rs": 800}  # lines
FOREIGN = {
    "a path of one machine": r"/(?:root|work|Users|home/\w+)/\w|/tmp/(?:lab|target)\b|\.pyenv/",
    "a registry's host": r"https?://[^\s/]*(?:artifactory|jfrog|index\.|mirror)|index-url",
    "a word about how it was written": r"(?i)co-authored-by|\bsub-?agents?\b|\bas an ai\b",
}
THIS = Path("tools/clean.py")


def tracked() -> Iterator[Path]:
    """Yield the files that are, or would be, in the repository."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listed, check=True, capture_output=True, text=True).stdout
    yield from (path for path in map(Path, names.split("\0")) if path.is_file() and path != THIS)


def faults(path: Path) -> Iterator[str]:
    """Yield one sentence for each line of `path` that does not belong in the repository."""
    try:
        lines = path.read_text().splitlines()
    except UnicodeDecodeError:
        return  # a picture, or data for a test
    if len(lines) > LIMITS.get(path.suffix, len(lines)):
        yield f"{path}: {len(lines)} lines; the limit is {LIMITS[path.suffix]}"
    for number, line in enumerate(lines, 1):
        for what, pattern in FOREIGN.items():
            if found := re.search(pattern, line):
                yield f"{path}:{number}: {what}: {found[0]}"


if __name__ == "__main__":
    sys.exit("\n".join(fault for path in tracked() for fault in faults(path)) or 0)
