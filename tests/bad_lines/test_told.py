"""Who is told of bad lines, when, and what is no bad line."""

from __future__ import annotations

import gzip
import json
import pickle
from pathlib import Path
from typing import Any

import dask
import pytest
from conformance.check import Check

import satchel as db
from bad_lines.agree import listened

GOOD = [{"n": n, "k": "ab"[n % 2]} for n in range(3_000)]


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Two files, of which the second has five bad lines, the first of them in line 11."""
    lines = [json.dumps(record).encode() for record in GOOD]
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b"\n".join(lines[:1_000])))
    for at, bad in ((10, b"{"), (20, b""), (900, b'"\xff"'), (901, b"["), (1_500, b"nul")):
        lines.insert(1_000 + at, bad)
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(b"\n".join(lines[1_000:])))
    return f"{tmp_path}/*.json.gz"


def shown(e: Any) -> str:
    return repr(e["k"])


def test_a_loader_step_that_skips_is_native(path: str) -> None:
    records = db.read_ndjson(path, on_bad_lines="skip")
    explained = records.pluck("k").frequencies().explain()
    assert explained.all_native
    assert "bad lines are left out (on_bad_lines='skip')" in str(explained)
    assert records.rejects().explain().all_native
    assert "bad lines" not in str(db.read_ndjson(path).count().explain())


def test_several_results_of_one_source_are_told_once(path: str) -> None:
    records = db.read_ndjson(path, on_bad_lines="skip")
    python, native = records.map(shown).frequencies(), records.pluck("n").sum()
    found, told = listened(lambda: db.compute(records.count(), python, native))
    assert found == (3_000, [("'a'", 1_500), ("'b'", 1_500)], sum(range(3_000)))
    assert len(told) == 1
    assert told[0].startswith("5 bad lines were left out")
    assert "b.json.gz, line 11, byte" in told[0]


def test_a_result_that_reads_less_does_not_tell_less(path: str) -> None:
    records = db.read_ndjson(path.replace("*", "b"), on_bad_lines="skip")
    few = records.pluck("n").take(11, compute=False)
    for results in ((few, records.count()), (records.count(), few)):
        _, told = listened(lambda results=results: db.compute(*results))
        assert len(told) == 1
        assert told[0].startswith("5 bad lines were left out")


def test_two_sources_are_told_of_one_by_one(path: str) -> None:
    first = db.read_ndjson(path, on_bad_lines="skip").count()
    second = db.read_ndjson(path.replace("*", "b"), on_bad_lines="skip").count()
    found, told = listened(lambda: db.compute(first, second))
    assert found == (3_000, 2_000)
    assert len(told) == 2


@pytest.mark.parametrize("scheduler", ["sync", "threads", "processes", "client of processes"])
def test_several_under_a_scheduler(path: str, scheduler: str, check: Check) -> None:
    records = db.read_ndjson(path, on_bad_lines="skip")
    python, rejects = records.map(shown).frequencies(), records.rejects().map(len)
    with check.schedulers.use(scheduler):
        found, told = listened(lambda: db.compute(records.count(), python, rejects))
    assert found == (3_000, [("'a'", 1_500), ("'b'", 1_500)], [5] * 5)
    assert len(told) == 1
    assert told[0].startswith("5 bad lines were left out")


@pytest.mark.parametrize("scheduler", ["sync", "threads"])
def test_dasks_own_compute_tells_where_the_tasks_run(path: str, scheduler: str) -> None:
    records = db.read_ndjson(path, on_bad_lines="skip")
    (found,), told = listened(lambda: dask.compute(records.count(), scheduler=scheduler))
    assert found == 3_000
    assert [text[:26] for text in told] == ["5 bad lines were left out "]
    (found,), told = listened(lambda: dask.compute(records, scheduler=scheduler))
    assert found == GOOD
    assert [text[:26] for text in told] == ["5 bad lines were left out "]


@pytest.mark.parametrize("scheduler", ["default", "sync", "processes"])
def test_methods_of_dask_bags_own_have_the_same_records(
    path: str, scheduler: str, check: Check
) -> None:
    records = db.read_ndjson(path, on_bad_lines="keep", blocksize=None)
    with check.schedulers.use(scheduler):
        assert records.map_partitions(lambda part: [len(list(part))]).compute() == [1_000, 2_000]
        assert sorted(records.pluck("k").groupby(len).compute()[0][1])[::1_499] == ["a", "a", "b"]
        assert records.persist().pluck("n").compute() == list(range(3_000))


def test_what_is_taken_is_what_is_told_of(path: str) -> None:
    records = db.read_ndjson(path.replace("*", "b"), on_bad_lines="skip")
    taken, told = listened(lambda: records.pluck("n").take(11))
    assert taken == tuple(range(1_000, 1_011))
    assert len(told) == 1
    assert told[0].startswith("1 bad line was left out")
    assert listened(lambda: records.pluck("n").take(10)) == (tuple(range(1_000, 1_010)), [])
    assert records.rejects().take(1)[0][1:4] == (11, 220, b"{\n")


def test_a_bag_may_be_pickled_on_the_way(path: str) -> None:
    records = pickle.loads(pickle.dumps(db.read_ndjson(path, on_bad_lines="keep")))
    assert records.count().compute() + records.rejects().count().compute() == 3_005


def test_explain_counts_them(path: str) -> None:
    records = db.read_ndjson(path, on_bad_lines="keep")
    assert "bad lines left out: 5" in str(records.count().explain(analyze=True))


def test_a_schema_counts_them(path: str) -> None:
    records = db.read_ndjson(path, on_bad_lines="skip")
    assert records.schema().unreadable == 5
    found, told = listened(records.map(dict).schema)
    assert "3,000" in str(found)
    assert len(told) == 1


def test_what_nobody_reads_is_not_looked_at_in_touched_mode(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b'{"n": 1, "x": oops}\n{"n": oops}\n{"n": 2}\n')
    records = db.read_ndjson(str(file), validate="touched", on_bad_lines="keep")
    assert records.pluck("n").compute() == [1, 2]
    assert [reject[1] for reject in records.rejects().compute()] == [1, 2]


def test_a_step_in_touched_mode_may_find_what_the_kernel_has_not_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('{"k": "a"}\n{"k": "É", "x": oops}\n{"k": "É"}\n{"k": "b", "x": oops}\n')
    records = db.read_ndjson(str(file), validate="touched", on_bad_lines="skip")
    total = records.fold(lambda n, e: n + len(e["k"].lower()), lambda a, b: a + b, 0)
    assert total.explain().all_native
    found, told = listened(total.compute)
    assert found == 3
    assert len(told) == 1
    assert told[0].startswith("1 bad line was left out")


def odd(line: str) -> Any:
    found = json.loads(line)
    return found if found["n"] != 7 else found["missing"]


@pytest.mark.parametrize("policy", ["skip", "keep"])
def test_another_error_of_a_loader_is_raised(path: str, policy: str) -> None:
    records = db.read_ndjson(path, loader=odd, on_bad_lines=policy)
    for query in (records.count(), records.map(shown).count(), records.rejects()):
        with pytest.raises(KeyError, match="missing") as raised:
            query.compute()
        step, line = raised.value.__notes__
        assert "in step 1: ." in step
        assert "a.json.gz, line 8, byte" in line


@pytest.mark.parametrize("scheduler", ["default", "processes"])
def test_an_error_behind_the_loader_is_raised_with_its_line(
    path: str, scheduler: str, check: Check
) -> None:
    records = db.read_ndjson(path, on_bad_lines="skip")
    native = records.map(lambda e: 1 / (e["n"] - 1_015)).max()
    python = records.map(lambda e: 1 / (float(repr(e["n"])) - 1_015)).max()
    demoted = records.map(lambda e: e["n"] * 10**15 * 10**6 // (e["n"] - 1_015)).frequencies()
    for query in (native, python, demoted):
        with check.schedulers.use(scheduler), pytest.raises(ZeroDivisionError) as raised:
            query.compute()
        step, line = raised.value.__notes__
        assert "in step 2: .map(<lambda>)" in step
        assert "b.json.gz, line 17, byte" in line
        assert '{"n": 1015, "k": "b"}' in line


@pytest.mark.parametrize("policy", ["skip", "keep"])
def test_a_damaged_file_is_no_bad_line(path: str, policy: str, tmp_path: Path) -> None:
    whole = (tmp_path / "b.json.gz").read_bytes()
    (tmp_path / "b.json.gz").write_bytes(whole[:-2_000])
    records = db.read_ndjson(path, on_bad_lines=policy)
    for query in (records.count(), records.map(shown).count(), records.rejects()):
        with pytest.raises(EOFError):
            query.compute()


def test_lines_nested_too_deep_are_bad(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text("1\n" + "[" * 120_000 + "]" * 120_000 + "\n2\n")
    records = db.read_ndjson(str(file), on_bad_lines="keep")
    assert records.compute() == [1, 2]
    ((_, line, byte, _, error),) = records.rejects().compute()
    assert (line, byte) == (2, 2)
    assert error.startswith("RecursionError: ")


def test_raise_is_what_it_was(path: str) -> None:
    for records in (db.read_ndjson(path), db.read_ndjson(path, on_bad_lines="raise")):
        with pytest.raises(json.JSONDecodeError) as raised:
            records.count().compute()
        assert "b.json.gz, line 11, byte" in raised.value.__notes__[1]


def test_what_has_no_rejects_says_so(path: str) -> None:
    lines = db.read_text(path)
    for bag in (db.read_ndjson(path), lines, lines.map(json.loads), db.from_sequence([1])):
        with pytest.raises(ValueError, match="on_bad_lines='keep'"):
            bag.rejects()


def test_arguments_that_cannot_be(path: str) -> None:
    with pytest.raises(ValueError, match="on_bad_lines is 'raise', 'skip' or 'keep', not 'drop'"):
        db.read_ndjson(path, on_bad_lines="drop")
