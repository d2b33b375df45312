"""Names, cells, defaults and helpers that change: values are those of the compute.

The functions are made in a namespace of their own, as in a notebook, so that a change
travels to other processes with the function itself.
"""

from __future__ import annotations

import json
import math
from types import SimpleNamespace
from typing import Any

import dask

from conformance.check import Check
from conformance.rows import EVERYWHERE, LOCAL, OURS, PROCESSES, Row, each, records

# Under a Client dask.bag may answer from before the change: the keys of its graph are
# those of the build, and the scheduler may still know them. Ours must not.
WITHOUT_STALE_KEYS = EVERYWHERE if OURS else PROCESSES


def notebook(source: str, **names: Any) -> dict[str, Any]:
    """Run ``source`` as a cell of a notebook, and give its names back."""
    cell = {"__name__": "notebook", **names}
    exec(source, cell)
    return cell


def twice(bag: Any, change: Any) -> list[Any]:
    """The answers of one Bag before and after ``change``."""
    before = bag.compute()
    change()
    return [before, bag.compute(), bag.frequencies().compute()]


def a_name(db: Any, path: str) -> Any:
    cell = notebook("step = lambda e: e['type'] == wanted", wanted="PushEvent")
    bag = records(db, path).map(cell["step"])
    return twice(bag, lambda: cell.update(wanted="WatchEvent"))


def the_type_of_a_name(db: Any, path: str) -> Any:
    cell = notebook("step = lambda e: e['repo']['id'] * factor", factor=1)
    bag = records(db, path).map(cell["step"])
    answers = [bag.compute()]
    for factor in (True, 1.0, -0.0, 0, False, 10**30):
        cell["factor"] = factor
        answers.append(bag.compute())
    return answers


def a_name_that_goes(db: Any, path: str) -> Any:
    cell = notebook("step = lambda e: e['type'] == wanted", wanted="PushEvent")
    bag = records(db, path).map(cell["step"])
    return twice(bag, lambda: cell.pop("wanted"))


def a_builtin(db: Any, path: str) -> Any:
    cell = notebook("step = lambda e: len(e['payload'])")
    bag = records(db, path).map(cell["step"])
    return twice(bag, lambda: exec("def len(x): return 'mine'", cell))


def a_cell(db: Any, path: str) -> Any:
    cell = notebook(
        "def make():\n"
        "    wanted = 'PushEvent'\n"
        "    def change(to):\n"
        "        nonlocal wanted\n"
        "        wanted = to\n"
        "    return (lambda e: e['type'] == wanted), change\n"
        "step, change = make()\n"
    )
    bag = records(db, path).filter(cell["step"]).pluck("type")
    return twice(bag, lambda: cell["change"]("WatchEvent"))


def a_default(db: Any, path: str) -> Any:
    cell = notebook("step = lambda e, wanted='PushEvent': e['type'] == wanted")
    bag = records(db, path).map(cell["step"])
    return twice(bag, lambda: setattr(cell["step"], "__defaults__", ("CreateEvent",)))


def a_keyword_default(db: Any, path: str) -> Any:
    cell = notebook("step = lambda e, *, n=1: e['repo']['id'] + n")
    bag = records(db, path).map(cell["step"])
    return twice(bag, lambda: setattr(cell["step"], "__kwdefaults__", {"n": 2.0}))


def a_helper(db: Any, path: str) -> Any:
    cell = notebook("def helper(x): return x['type']\nstep = lambda e: helper(e)")
    bag = records(db, path).map(cell["step"])
    return twice(bag, lambda: exec("def helper(x): return x['id']", cell))


def what_a_helper_reads(db: Any, path: str) -> Any:
    cell = notebook("key = 'type'\ndef helper(x): return x[key]\nstep = lambda e: helper(e)")
    bag = records(db, path).map(cell["step"])
    return twice(bag, lambda: cell.update(key="id"))


def a_helpers_default(db: Any, path: str) -> Any:
    cell = notebook("def helper(x, k='type'): return x[k]\nstep = lambda e: helper(e)")
    bag = records(db, path).map(cell["step"])
    return twice(bag, lambda: setattr(cell["helper"], "__defaults__", ("id",)))


def the_code(db: Any, path: str) -> Any:
    cell = notebook("def step(e): return e['type']\ndef other(e): return e['id']")
    bag = records(db, path).map(cell["step"])
    return twice(bag, lambda: setattr(cell["step"], "__code__", cell["other"].__code__))


def an_attribute(db: Any, path: str) -> Any:
    cell = notebook("step = lambda e: e[settings.key]", settings=SimpleNamespace(key="id"))
    bag = records(db, path).map(cell["step"])
    return twice(bag, lambda: setattr(cell["settings"], "key", "type"))


def a_list(db: Any, path: str) -> Any:
    cell = notebook("step = lambda e: e['type'] in wanted", wanted=["PushEvent"])
    bag = records(db, path).map(cell["step"])
    return twice(bag, lambda: cell["wanted"].append("WatchEvent"))


def a_dict(db: Any, path: str) -> Any:
    cell = notebook("step = lambda e: names.get(e['type'], 0)", names={"PushEvent": 1})
    bag = records(db, path).map(cell["step"])
    return twice(bag, lambda: cell["names"].update(PushEvent=True, WatchEvent=2))


def an_element_of_a_list(db: Any, path: str) -> Any:
    cell = notebook("step = lambda e: e['repo']['id'] + n[0]", n=[1])
    bag = records(db, path).map(cell["step"])
    return twice(bag, lambda: cell["n"].__setitem__(0, 1.0))


def a_fold(db: Any, path: str) -> Any:
    cell = notebook(
        "key = lambda e: e[field]\nstep = lambda n, e: n + one\nmerge = lambda a, b: a + b * m",
        field="type",
        one=1,
        m=1,
    )
    bag = records(db, path).foldby(cell["key"], cell["step"], 0, cell["merge"])
    before = bag.compute()
    cell["one"] = 2
    between = bag.compute()
    cell["m"] = 10
    after = bag.compute()
    cell["field"] = "public"
    return [before, between, after, bag.compute()]


def a_key_of_topk(db: Any, path: str) -> Any:
    cell = notebook("key = lambda pair: pair[1] * sign", sign=1)
    bag = records(db, path).pluck("type").frequencies().topk(3, key=cell["key"])
    return twice(bag, lambda: cell.update(sign=-1))


def between_building_and_computing(db: Any, path: str) -> Any:
    cell = notebook("step = lambda e: e['type'] == wanted", wanted="PushEvent")
    bag = records(db, path).filter(cell["step"])
    cell["wanted"] = "WatchEvent"
    return [bag.count().compute(), bag.pluck("type").distinct().compute()]


def in_a_loop(db: Any, path: str) -> Any:
    """Late binding: all of them see the last name, whichever is computed."""
    cell = notebook(
        "def make():\n    for name in names:\n        yield lambda e: e['type'] == name\n"
        "steps = list(make())",
        names=("PushEvent", "WatchEvent", "ForkEvent"),
    )
    bags = [records(db, path).filter(step).count() for step in cell["steps"]]
    return [list(dask.compute(*bags)), [bag.compute() for bag in bags]]


def in_a_loop_over_a_name(db: Any, path: str) -> Any:
    cell = notebook("def make(): return lambda e: e['type'] == name")
    bags = []
    for name in ("PushEvent", "WatchEvent", "IssuesEvent"):
        cell["name"] = name
        bags.append(records(db, path).filter(cell["make"]()).count())
    return [list(dask.compute(*bags)), [bag.compute() for bag in bags]]


def in_a_loop_with_defaults(db: Any, path: str) -> Any:
    cell = notebook(
        "steps = [lambda e, name=name: e['type'] == name for name in names]",
        names=("PushEvent", "WatchEvent", "IssuesEvent"),
    )
    bags = [records(db, path).filter(step).count() for step in cell["steps"]]
    return [list(dask.compute(*bags)), [bag.compute() for bag in bags]]


def computed_inside_a_loop(db: Any, path: str) -> Any:
    cell = notebook(
        "def count(bag):\n    return [bag.filter(lambda e: e['type'] == name)"
        ".count().compute() for name in names]",
        names=("PushEvent", "WatchEvent", "IssuesEvent"),
    )
    return cell["count"](records(db, path))


@each(
    *(
        Row(pipeline.__name__.replace("_", " "), pipeline, "plain", schedulers=WITHOUT_STALE_KEYS)
        for pipeline in (
            a_name,
            the_type_of_a_name,
            a_name_that_goes,
            a_builtin,
            a_cell,
            a_default,
            a_keyword_default,
            a_helper,
            what_a_helper_reads,
            a_helpers_default,
            the_code,
            an_attribute,
            a_list,
            a_dict,
            an_element_of_a_list,
            a_fold,
            a_key_of_topk,
            between_building_and_computing,
            in_a_loop,
            in_a_loop_over_a_name,
            in_a_loop_with_defaults,
            computed_inside_a_loop,
        )
    )
)
def test_a_change_shows_in_the_next_compute(row: Row, check: Check) -> None:
    check(row)


def calls_are_counted(db: Any, path: str) -> Any:
    """A function with an effect is called once for each element (of partitions in any order)."""
    seen: list[str] = []
    bag = records(db, path).map(lambda e: seen.append(e["id"]) or e["type"])
    answer = bag.frequencies().compute(scheduler="sync")
    return [answer, sorted(seen)]


def state_is_kept(db: Any, path: str) -> Any:
    number = 0

    def numbered(e: Any) -> Any:
        nonlocal number
        number += 1
        return number

    return [records(db, path).map(numbered).compute(scheduler="sync"), number]


def a_record_is_changed(db: Any, path: str) -> Any:
    def renamed(e: Any) -> Any:
        e["type"] = e["type"].lower()
        e["payload"].clear()
        return e

    return records(db, path).map(renamed).map(lambda e: (e["type"], e["payload"])).compute()


def a_captured_list_grows_under_way(db: Any, path: str) -> Any:
    """A list that a step of the same pipeline changes is no constant."""
    wanted = ["PushEvent"]

    def more(e: Any) -> Any:
        if e["id"].endswith("7") and len(wanted) == 1:
            wanted.append("WatchEvent")
        return e

    bag = records(db, path).map(more).filter(lambda e: e["type"] in wanted)
    return bag.pluck("id").compute(scheduler="sync")


def a_loader_with_arguments(db: Any, path: str) -> Any:
    bag = db.read_text(path).map(json.loads, parse_float=str)
    return bag.map(lambda e: e["payload"].get("ratio")).compute()


def modules_and_constants(db: Any, path: str) -> Any:
    return records(db, path).map(lambda e: e["repo"]["id"] * math.pi).compute()


@each(
    *(
        Row(pipeline.__name__.replace("_", " "), pipeline, "plain", schedulers=LOCAL)
        for pipeline in (
            calls_are_counted,
            state_is_kept,
            a_record_is_changed,
            a_captured_list_grows_under_way,
            a_loader_with_arguments,
            modules_and_constants,
        )
    )
)
def test_functions_with_effects(row: Row, check: Check) -> None:
    check(row)
