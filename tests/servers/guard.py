"""Runs a server for as long as whoever started this holds the other end of its stdin.

`python guard.py FILE... -- COMMAND...`: a test run that is killed leaves no server behind, and
none of its files.
"""

import shutil
import subprocess
import sys
from pathlib import Path


def main(arguments: list[str]) -> None:
    """Run the command until stdin ends, then kill it and remove what it wrote."""
    split = arguments.index("--")
    server = subprocess.Popen(arguments[split + 1 :], stdin=subprocess.DEVNULL)
    print(server.pid, flush=True)
    try:
        sys.stdin.read()
    finally:
        server.kill()
        server.wait()
        for name in arguments[:split]:
            path = Path(name)
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


if __name__ == "__main__":
    main(sys.argv[1:])
