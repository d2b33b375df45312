"""A random pipeline over random files: dask.bag's answer, with order and types, or its error."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from random import Random

from hypothesis import given, note
from hypothesis import strategies as st

from properties.agreement import agree
from properties.examples import Seen, examples
from properties.pipelines import Maker, Pipeline
from properties.records import Records

SCHEDULERS = st.sampled_from([None, "sync", "threads"])


def written(folder: Path, seed: int, sizes: list[int], drift: float, odd: float) -> list[str]:
    """Files of so many records each, with and without gzip and a last newline."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    random = Random(seed)
    records = Records(random, drift, odd)
    number, files = 0, []
    for index, size in enumerate(sizes):
        lines = [records.line(number + row) for row in range(size)]
        number += size
        content = "\n".join(lines) + "\n" * (random.random() < 0.8 and size > 0)
        zipped = random.random() < 0.8
        file = folder / f"part-{index:03d}.json{'.gz' * zipped}"
        data = content.encode("utf-8")
        file.write_bytes(gzip.compress(data, 1) if zipped else data)
        files.append(str(file))
    return files


def run(
    folder: Path, count: int, title: str, *, drift: float, odd: float, wild: float, foreign: float
) -> Seen:
    """Hold `count` random pipelines to dask.bag's answers, and tell what they were."""
    seen = Seen()

    @examples(count)
    @given(
        st.randoms(use_true_random=True),
        st.integers(0, 2**32),
        st.lists(st.sampled_from([0, 1, 3, 10, 30]), min_size=1, max_size=10),
        st.sampled_from([1, 1, 1, 2, 3]),
        st.sampled_from(["sync", "threads", ""]),
    )
    def holds(choices: Random, seed: int, sizes: list[int], together: int, scheduler: str) -> None:
        pipelines: list[Pipeline] = []
        for _ in range(together):
            pipelines.append(Maker(choices, wild, foreign).pipeline())
            note(str(pipelines[-1]))
        agree(pipelines, written(folder / "files", seed, sizes, drift, odd), scheduler, seen)

    holds()
    seen.tell(title)
    return seen


def test_pipelines_over_records_of_one_shape(tmp_path: Path) -> None:
    seen = run(tmp_path, 100, "one shape", drift=0, odd=0, wild=0, foreign=0)
    assert seen.share("native with an answer") > 0.45


def test_pipelines_over_odd_records(tmp_path: Path) -> None:
    seen = run(tmp_path, 40, "odd records", drift=0.01, odd=0.3, wild=0.02, foreign=0)
    assert seen.share("native") > 0.8


def test_pipelines_of_which_parts_are_pythons(tmp_path: Path) -> None:
    run(tmp_path, 40, "part Python", drift=0, odd=0.02, wild=0, foreign=0.4)
