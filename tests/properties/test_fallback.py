"""Where every row is Python's: as exact, and in bounded memory."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from conformance.difference import difference
from hypothesis import given, note
from hypothesis import strategies as st

import satchel
from properties.agreement import agree
from properties.examples import Seen, examples
from properties.pipelines import Maker
from properties.records import Records
from properties.test_pipelines import written


def test_pipelines_over_lines_that_all_fall_back(tmp_path: Path) -> None:
    """A duplicate key on the path, a NaN or a long int in each line sends it to Python."""
    seen = Seen()
    reasons = (
        '"odd": NaN',
        '"odd": 123456789012345678901',
        '"odd": "\\ud800"',
        '"odd": ' + "[" * 70 + "]" * 70,
    )

    @examples(30)
    @given(
        st.randoms(use_true_random=True),
        st.integers(0, 2**32),
        st.lists(st.sampled_from([0, 1, 10, 30]), min_size=1, max_size=4),
        st.sampled_from(reasons),
    )
    def holds(choices: Random, seed: int, sizes: list[int], reason: str) -> None:
        files = written(tmp_path / "files", seed, sizes, 0, 0)
        for file in files:
            opened = gzip.open if file.endswith(".gz") else open
            with opened(file, "rt", encoding="utf-8") as before:
                lines = before.read().splitlines()
            with opened(file, "wt", encoding="utf-8") as after:
                after.writelines(f"{line[:-1]}, {reason}}}\n" for line in lines if line)
        pipeline = Maker(choices).pipeline()
        note(str(pipeline))
        agree([pipeline], files, "sync", seen)

    holds()
    seen.tell("all rows fall back")
    assert seen.share("native with an answer") > 0.4


MEASURED = """
import json, sys
import satchel

def used():
    with open("/proc/self/status") as status:
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) // 1024

def answer(path):
    records = satchel.read_text(path).map(json.loads)
    return QUERY.compute()

small = answer(sys.argv[1])
before = used()
large = answer(sys.argv[2])
print(json.dumps([small, large, used() - before]))
"""

QUERIES = {
    "sum": "records.map(lambda e: e['b']).sum()",
    "foldby": "records.foldby(lambda e: e['b'] % 3, lambda acc, e: acc + e['b'], 0, lambda a, b: a + b)",
    "frequencies": "records.map(lambda e: e['b'] % 3).frequencies()",
    "python": "records.map(lambda e: sorted(e)[0]).frequencies()",
    "whole records": "records.map(lambda e: len(repr(e))).count()",
}


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the most memory that was used")
@pytest.mark.parametrize("name", QUERIES)
def test_memory_does_not_grow_with_rows_that_fall_back(name: str, tmp_path: Path) -> None:
    """Eight times the file takes little more memory; all its records would be 250 MB more."""
    line = '{"a": NaN, "b": %d, "t": "' + "x" * 300 + '"}\n'
    few = "".join(line % number for number in range(20_000)).encode()
    for index, times in enumerate((1, 8)):
        content = gzip.compress(few, 1) * times
        (tmp_path / f"{index}.json.gz").write_bytes(content)
    code = MEASURED.replace("QUERY", QUERIES[name])
    paths = [str(tmp_path / f"{index}.json.gz") for index in range(2)]
    done = subprocess.run(
        [sys.executable, "-c", code, *paths], capture_output=True, text=True, check=True
    )
    small, large, more = json.loads(done.stdout)
    grown: Callable[[Any], Any] = lambda value: [[key, each * 8] for key, each in value]  # noqa: E731
    assert large == (small * 8 if isinstance(small, int) else grown(small))
    assert more < 100, f"{more} MB"


def test_each_row_that_falls_back_is_answered_at_its_place(tmp_path: Path) -> None:
    """Odd and ordinary lines in any pattern: every element stands where its line stands."""
    path = tmp_path / "lines.json"

    @examples(40)
    @given(st.lists(st.booleans(), max_size=300), st.integers(1, 300), st.integers(0, 2**32))
    def holds(odd: list[bool], times: int, seed: int) -> None:
        pattern = odd * times
        records = Records(Random(seed))
        usual = [records.line(number) for number in range(20)]
        lines = [
            f'{usual[n % 20][:-1]}, "nth": {"1e400" if is_odd else n}}}'
            for n, is_odd in enumerate(pattern[:5000])
        ]
        path.write_text("\n".join(lines), "utf-8")
        elements = satchel.read_text(str(path)).map(json.loads).map(lambda e: (e["nth"], e["kind"]))
        expected = [(e["nth"], e["kind"]) for e in map(json.loads, lines)]
        assert difference(expected, elements.compute()) is None

    holds()
