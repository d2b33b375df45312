"""A satchel Bag is a dask.bag.Bag: protocol, names, pickles, and what it shows."""

from __future__ import annotations

import inspect
import operator
import pickle
from collections.abc import Callable
from typing import Any

import cloudpickle
import dask
import dask.bag
import pytest
from dask.base import is_dask_collection, tokenize

from conformance.check import Check
from conformance.rows import Row, dumped, each, ours_only, pushes, records, subject

INTS = dumped(*([i, i * i, -i] for i in range(9)))


def is_push(e: Any) -> Any:
    return e["type"] == "PushEvent"


def login(e: Any) -> Any:
    return e["actor"]["login"]


def more(n: Any, e: Any) -> Any:
    return n + 1


# Each builds on a Bag of events; two that stand side by side differ by an argument.
BUILDERS: dict[str, Callable[[Any], Any]] = {
    "itself": lambda b: b,
    "map": lambda b: b.map(login),
    "map, another": lambda b: b.map(is_push),
    "map, an argument": lambda b: b.map(operator.getitem, "type"),
    "map, another argument": lambda b: b.map(operator.getitem, "id"),
    "filter": lambda b: b.filter(is_push),
    "filter, another": lambda b: b.filter(login),
    "remove": lambda b: b.remove(is_push),
    "pluck": lambda b: b.pluck("type"),
    "pluck, another": lambda b: b.pluck("id"),
    "pluck, a default": lambda b: b.pluck("type", None),
    "pluck, another default": lambda b: b.pluck("type", 0),
    "pluck, a default of another type": lambda b: b.pluck("type", 0.0),
    "pluck, a list": lambda b: b.pluck(["type"]),
    "frequencies": lambda b: b.frequencies(),
    "frequencies, sort": lambda b: b.frequencies(sort=True),
    "frequencies, split_every": lambda b: b.frequencies(split_every=2),
    "distinct": lambda b: b.distinct(),
    "distinct, key": lambda b: b.distinct(key="type"),
    "topk": lambda b: b.topk(2),
    "topk, k": lambda b: b.topk(3),
    "topk, key": lambda b: b.topk(2, key=login),
    "fold": lambda b: b.fold(more),
    "fold, initial": lambda b: b.fold(more, initial=0),
    "fold, initial of another type": lambda b: b.fold(more, initial=0.0),
    "fold, combine": lambda b: b.fold(more, operator.add),
    "foldby": lambda b: b.foldby("type", more),
    "foldby, initial": lambda b: b.foldby("type", more, 0),
    "foldby, combine": lambda b: b.foldby("type", more, 0, operator.add),
    "foldby, combine_initial": lambda b: b.foldby("type", more, 0, operator.add, 0),
    "foldby, key": lambda b: b.foldby(login, more, 0, operator.add),
    "count": lambda b: b.count(),
    "sum": lambda b: b.sum(),
    "min": lambda b: b.min(),
    "max": lambda b: b.max(),
    "take": lambda b: b.take(2, compute=False),
    "take, k": lambda b: b.take(3, compute=False),
    "flatten": lambda b: b.flatten(),
    "map_partitions": lambda b: b.map_partitions(list),
    "starmap": lambda b: b.starmap(more),
    "repartition": lambda b: b.repartition(3),
    "random_sample": lambda b: b.random_sample(0.5, 1),
    "random_sample, state": lambda b: b.random_sample(0.5, 2),
    "groupby": lambda b: b.groupby(login),
    "join": lambda b: b.join([1, 2], login),
    "str": lambda b: b.str.lower(),
}


@pytest.mark.parametrize("name", BUILDERS)
def test_a_name_is_the_same_for_the_same_call(name: str, check: Check) -> None:
    path = check.places.of("plain")
    first, second = (BUILDERS[name](records(subject, path)) for _ in range(2))
    assert first.name == second.name
    assert tokenize(first) == tokenize(second)
    assert first.__dask_keys__() == second.__dask_keys__()


def test_names_differ_by_method_and_argument(check: Check) -> None:
    path = check.places.of("plain")
    names: dict[str, str] = {}
    for name, build in BUILDERS.items():
        built = build(records(subject, path)).name
        # dask.bag leaves split_every out of foldby's name, and no one else out of anything.
        assert built not in names, f"{name} is called as {names[built]} is"
        names[built] = name


def test_names_differ_by_source(check: Check) -> None:
    path = check.places.of("plain")
    bags = [
        subject.read_text(path),
        subject.read_text(path.replace("*", "*-1")),
        subject.read_text(path, files_per_partition=2),
        subject.read_text(path, encoding="latin-1"),
        subject.read_text(path, errors="replace"),
        subject.read_text(path, include_path=True),
    ]
    assert len({bag.name for bag in bags}) == len(bags)
    assert len({bag.map(len).name for bag in bags}) == len(bags)


@ours_only
@pytest.mark.parametrize("name", BUILDERS)
def test_no_name_is_dask_bags(name: str, check: Check) -> None:
    """Two collections of one name are one to Dask, and only one would be computed."""
    path = check.places.of("plain")
    ours, theirs = (BUILDERS[name](records(db, path)) for db in (subject, dask.bag))
    assert ours.name != theirs.name
    assert not set(map(str, ours.__dask_keys__())) & set(map(str, theirs.__dask_keys__()))


@ours_only
def test_ours_and_dask_bags_in_one_compute(check: Check) -> None:
    path = check.places.of("nasty")
    ours, theirs = (pushes(db, path).map(login).frequencies() for db in (subject, dask.bag))
    one, other = dask.compute(ours, theirs, scheduler="sync")
    assert one == other


@pytest.mark.parametrize("name", BUILDERS)
def test_every_bag_keeps_dasks_protocol(name: str, check: Check) -> None:
    path = check.places.of("plain")
    built = BUILDERS[name](records(subject, path))
    expected = BUILDERS[name](records(dask.bag, path))
    kind = dask.bag.Bag if isinstance(expected, dask.bag.Bag) else dask.bag.Item
    assert isinstance(built, kind)
    assert is_dask_collection(built)
    if kind is dask.bag.Bag:
        assert built.npartitions == expected.npartitions
    keys = built.__dask_keys__()
    assert len(keys) == len(expected.__dask_keys__())
    graph = dict(built.__dask_graph__())
    assert all(key in graph for key in keys)
    assert set(built.dask.keys()) == set(graph)
    assert all(layer in built.dask.layers for layer in built.__dask_layers__())


def test_bags_of_our_own_are_satchels(check: Check) -> None:
    path = check.places.of("plain")
    bag = subject.read_text(path)
    assert isinstance(bag, subject.Bag)
    assert isinstance(pushes(subject, path), subject.Bag)
    assert isinstance(bag.count(), subject.Item)
    assert issubclass(subject.Bag, dask.bag.Bag)
    assert isinstance(subject.from_sequence([1]), subject.Bag)


def test_all_of_dask_bags_names_are_here() -> None:
    missing = [name for name in dask.bag.__all__ if not hasattr(subject, name)]
    assert missing == []
    public = [name for name in dir(dask.bag.Bag) if not name.startswith("_")]
    assert [name for name in public if not hasattr(subject.Bag, name)] == []


@pytest.mark.parametrize(
    "name",
    [name for name in dir(dask.bag.Bag) if not name.startswith("_") and name != "str"]
    + ["read_text", "from_sequence", "from_delayed", "concat", "zip", "range"],
)
def test_signatures_take_what_dask_bags_take(name: str) -> None:
    of = dask.bag.Bag if hasattr(dask.bag.Bag, name) else dask.bag
    ours = subject.Bag if of is dask.bag.Bag else subject
    expected = inspect.signature(getattr(of, name)).parameters
    found = inspect.signature(getattr(ours, name)).parameters
    takes_any = any(p.kind is p.VAR_KEYWORD for p in found.values())
    for parameter in expected.values():
        assert takes_any or parameter.name in found
    shared = [parameter for parameter in found if parameter in expected]
    assert shared == [parameter for parameter in expected if parameter in found]


@each(
    Row(
        "cloudpickle",
        lambda db, p: cloudpickle.loads(
            cloudpickle.dumps(pushes(db, p).map(lambda e: e["actor"]["login"]).frequencies())
        ),
    ),
    Row(
        "pickle",
        lambda db, p: pickle.loads(
            pickle.dumps(records(db, p).filter(is_push).map(login).frequencies())
        ),
    ),
    Row(
        "pickled, then more",
        lambda db, p: (
            pickle.loads(pickle.dumps(records(db, p).filter(is_push))).map(login).distinct()
        ),
    ),
    Row("a pickled Item", lambda db, p: pickle.loads(pickle.dumps(records(db, p).count()))),
    Row("a pickled sequence", lambda db, p: pickle.loads(pickle.dumps(db.range(5, 2))).sum()),
    Row(
        "a name through a pickle",
        lambda db, p: [
            pickle.loads(pickle.dumps(bag)).name == bag.name for bag in [records(db, p)]
        ],
    ),
    Row(
        "npartitions",
        lambda db, p: [
            records(db, p).npartitions,
            pushes(db, p).npartitions,
            records(db, p).frequencies().npartitions,
            records(db, p).take(2, compute=False).npartitions,
        ],
    ),
    Row("an annotation", lambda db, p: annotated(lambda: records(db, p).count()).compute()),
    Row("bag_optimize", lambda db, p: untouched(records(db, p).sum()), INTS),
)
def test_the_rest_of_the_protocol(row: Row, check: Check) -> None:
    check(row)


def annotated(build: Callable[[], Any]) -> Any:
    with dask.annotate(priority=1):
        return build()


def untouched(collection: Any) -> Any:
    """Computed under an optimizer that leaves the graph as it is."""
    with dask.config.set(bag_optimize=lambda dsk, keys, **kwargs: dsk):
        return collection.compute()


def test_building_reads_nothing(check: Check, tmp_path: Any) -> None:
    """A file may vanish between building and computing; only computing notices."""
    file = tmp_path / "a.json.gz"
    file.write_bytes(b"not gzip")
    bag = pushes(subject, str(file)).map(login).frequencies().topk(2, key=1)
    repr(bag)
    file.unlink()
    with pytest.raises(FileNotFoundError):
        bag.compute(scheduler="sync")


@pytest.mark.parametrize("name", sorted(set(BUILDERS) - {"take", "take, k"}))
def test_a_task_knows_no_other_partitions_files(name: str, tmp_path: Any) -> None:
    """There may be a hundred thousand files, and each task is sent to a worker by itself."""
    paths = [tmp_path / f"hour-{number}.json" for number in range(6)]
    for path in paths:
        path.write_text('{"type": "PushEvent"}\n')
    bag = BUILDERS[name](pushes(subject, [str(path) for path in paths]))
    tasks = [cloudpickle.dumps(task) for task in dict(bag.__dask_graph__()).values()]
    known = [sum(path.name.encode() in task for path in paths) for task in tasks]
    assert max(known) == 1
    assert sum(known) == 6
