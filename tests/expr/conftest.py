"""The package is tested from its sources: nothing in `satchel.expr` is compiled."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
