"""One rival, one question, one process: prints one line of JSON with the answer and its price.

`python -m bench.runner '{"rival": ..., "question": ..., "threads": ..., "paths": [...],
"folder": ..., "tiny": ...}'`. Before the clock starts the rival answers the same question
on a file of twenty lines, so that nobody's time is that of an import; with `"warm": false`
it only imports its package, so that the memory is all that comes after the import.
"""

import contextlib
import importlib
import json
import resource
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import Any

from bench.rivals import BY_NAME


def cpu_seconds() -> float:
    """Return user and system seconds of this process and of its ended children."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def memory(field: str) -> int:
    """Return VmRSS or VmHWM of this process in bytes, where the system tells; else the peak."""
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    scale = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale


def forget_peak() -> None:
    """Set the peak back to what is resident now, where the system can."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def run(task: dict[str, Any]) -> dict[str, Any]:
    """Answer one question and return the answer, seconds, memory and versions."""
    rival = BY_NAME[task["rival"]]
    module = importlib.import_module(f"bench.rivals.{rival.module}")
    paths, threads, question = task["paths"], task["threads"], task["question"]
    tiny = [task["tiny"]]
    if hasattr(module, "prepare"):
        paths = module.prepare(Path(task["folder"]), paths, threads)
        tiny = paths[:1]
    if task.get("warm", True):
        module.answer(question, tiny, threads, rival.variant)
    else:
        importlib.import_module(module.PACKAGES[0])
    forget_peak()
    before = memory("VmRSS")
    cpu, wall = cpu_seconds(), time.perf_counter()
    answer = module.answer(question, paths, threads, rival.variant)
    wall, cpu = time.perf_counter() - wall, cpu_seconds() - cpu
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return {
        "answer": answer,
        "wall": wall,
        "cpu": cpu,
        "peak": max(memory("VmHWM"), children),
        "above": max(memory("VmHWM") - before, 0),
        "versions": {name: metadata.version(name) for name in module.PACKAGES if _is_here(name)},
    }


def _is_here(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


if __name__ == "__main__":
    print(json.dumps(run(json.loads(sys.argv[1]))))
