"""`Bag`: dask.bag's own, with a memory of what was asked for.

Each method that the plan has a node for only adds that node. Everything else is dask.bag's own
method, on the graph that the plan stands for, so that the whole interface is there.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import dask.bag as dask_bag
from dask.base import unpack_collections
from dask.highlevelgraph import HighLevelGraph
from dask.typing import no_default

from satchel.outputs import WaysOut
from satchel.plan import nodes as p
from satchel.run import on_dask

if TYPE_CHECKING:
    from satchel.plan.explain import Explanation
    from satchel.schema import Schema

__all__ = ["Bag", "Item", "adopt"]


class _Planned:
    """What `Bag` and `Item` share: a plan, a graph made from it when asked for, and `compute`."""

    _plan: p.Plan | None
    _graph: Any
    name: str
    # What `explain` tells of a collection that is dask.bag's own but for what it is handed.
    _told: p.Plan | None = None

    @property
    def dask(self) -> Any:
        """The graph, as Dask's functions ask for it; nothing is lowered until it is run."""
        if self._graph is None:
            assert self._plan is not None
            self._graph = on_dask.graph(self._plan, self.name, isinstance(self, Item))
        return self._graph

    @dask.setter
    def dask(self, graph: Any) -> None:
        self._graph = graph

    __dask_optimize__ = on_dask.optimize
    __dask_scheduler__ = staticmethod(on_dask.schedule)

    def compute(self, *, get: Callable[..., Any] | None = None, **kwargs: Any) -> Any:
        """The result: a list for a Bag, a value for an Item.

        Args:
            get: a scheduler function, as ``client.get`` (the way of 2015; ``scheduler=`` is
                today's).
            **kwargs: as for ``dask.compute``: ``scheduler``, ``num_workers``, ...

        Raises:
            Exception: what the user's functions raise, with notes that name file, line and byte.

        >>> import satchel as db
        >>> db.from_sequence([1, 2, 3]).sum().compute()
        6
        """
        (result,) = on_dask.compute(self, get=get, **kwargs)
        return result

    def explain(self, analyze: bool = False) -> Explanation:
        """What of this runs native, what in Python, and why.

        Args:
            analyze: run it, and add rows, bytes, seconds and fallback rows.
        """
        from satchel.plan.explain import explain
        from satchel.run.local import execute

        if self._plan is None:
            return explain(self._told)
        return explain(self._plan, execute if analyze else None)


class Item(_Planned, dask_bag.Item):
    """One value that is yet to be computed; as ``dask.bag.Item``."""

    def __init__(self, dsk: Any, key: str, layer: str | None = None) -> None:
        self._plan = None
        self._graph = None
        super().__init__(dsk, key, layer)

    @classmethod
    def _of(cls, plan: p.Plan, verb: str) -> Item:
        item = cls.__new__(cls)
        item._plan, item._graph = plan, None
        item.key = item.name = item._layer = _name(plan, verb)
        return item

    def apply(self, func: Callable[[Any], Any]) -> Item:
        """What a function makes of the value; as ``dask.bag.Item.apply``."""
        return cast(Item, adopt(super().apply(func)))

    @staticmethod
    def from_delayed(value: Any) -> Item:
        """An item of a ``dask.delayed`` value; as ``dask.bag.Item.from_delayed``."""
        return cast(Item, adopt(dask_bag.Item.from_delayed(value)))

    def _with_tasks(self, name: str, tasks: Any) -> Item:
        return Item(HighLevelGraph({name: tasks}, {name: set()}), name)

    def __dask_postcompute__(self) -> Any:
        return _only, ()

    def _rebuild(self, dsk: Any, *, rename: Any = None) -> Item:
        return cast(Item, adopt(super()._rebuild(dsk, rename=rename)))

    def __getstate__(self) -> Any:
        return {"plan": self._plan, "graph": self._graph, "key": self.key, "layer": self._layer}

    def __setstate__(self, state: Any) -> None:
        self._plan, self._graph = state["plan"], state["graph"]
        self.key = self.name = state["key"]
        self._layer = state["layer"]


class Bag(_Planned, WaysOut, dask_bag.Bag):  # type: ignore[misc] # to_textfiles is not wrapped
    """A collection of elements in partitions; as ``dask.bag.Bag``, only faster."""

    def __init__(self, dsk: Any, name: str, npartitions: int) -> None:
        self._plan = None
        self._graph = None
        super().__init__(dsk, name, npartitions)

    @classmethod
    def _of(cls, plan: p.Plan, verb: str) -> Bag:
        bag = cls.__new__(cls)
        bag._plan, bag._graph = plan, None
        bag.name, bag.npartitions = _name(plan, verb), p.npartitions(plan)
        return bag

    def _with_tasks(self, name: str, tasks: Any) -> Bag:
        return Bag(HighLevelGraph({name: tasks}, {name: set()}), name, self.npartitions)

    def __dask_postcompute__(self) -> Any:
        return _together, ()

    def __getstate__(self) -> Any:
        return {"plan": self._plan, "graph": self._graph, "name": self.name, "n": self.npartitions}

    def __setstate__(self, state: Any) -> None:
        self._plan, self._graph = state["plan"], state["graph"]
        self.name, self.npartitions = state["name"], state["n"]

    def __str__(self) -> str:
        from satchel.display import summary

        return summary(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from satchel.display import summary_html

        return summary_html(self)

    def schema(self, limit: int | None = None) -> Schema:
        """Every path of the records: its types, how often it is there, an example.

        Args:
            limit: look at the first so many records only (and say so).

        Raises:
            TypeError: if the elements are not records of files.
        """
        from satchel.schema import schema

        # What comes after a groupby may be for Dask's schedulers.
        of_dask = self._plan is None or p.has(self._plan, p.GroupBy)
        return schema(self if of_dask else self._plan, limit)

    def rejects(self) -> Bag:
        """The lines that the loader of ``read_ndjson(..., on_bad_lines="keep")`` refused.

        Those of the whole source, whatever has been done to the records since; every byte of every
        line is checked. With ``on_bad_lines="skip"`` as well. With ``on_damage="keep"`` there is
        one for each damaged file, too: what is there of the line that was cut in two.

        Returns:
            A Bag of ``(file, line, byte, bytes, error)``: the file's path, the line's number from
            1, where it starts in the inflated file, what stands there with the end of the line,
            and the loader's error as text.

        Raises:
            ValueError: for a bag that was read in another way.
        """
        source, todo = (None, []) if self._plan is None else p.steps(self._plan)
        if source is None or not todo or not isinstance(todo[0], p.Load):
            raise ValueError(
                "expected a bag that read_ndjson has made, with on_bad_lines='keep' or 'skip'; "
                "of another, no line is rejected"
            )
        every = replace(source, validate="strict", on_bad_lines="keep")
        return Bag._of(p.Rejects(every, todo[0].function), "rejects")

    # Methods that the plan has a node for.

    def map(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Bag:
        """Apply a function to every element; as ``dask.bag.Bag.map``."""
        if self._plan is None or unpack_collections(args, kwargs)[0]:
            return cast(Bag, adopt(in_step(super().map(func, *args, **kwargs))))
        return Bag._of(p.Map(self._plan, func, args, tuple(kwargs.items())), "map")

    def starmap(self, func: Callable[..., Any], **kwargs: Any) -> Bag:
        """Apply a function to the items of every element; as ``dask.bag.Bag.starmap``."""
        if self._plan is None or unpack_collections(kwargs)[0]:
            return cast(Bag, adopt(super().starmap(func, **kwargs)))
        return Bag._of(p.StarMap(self._plan, func, tuple(kwargs.items())), "starmap")

    def flatten(self) -> Bag:
        """Go on with the elements of every element; as ``dask.bag.Bag.flatten``."""
        if self._plan is None:
            return cast(Bag, adopt(super().flatten()))
        return Bag._of(p.Flatten(self._plan), "flatten")

    def filter(self, predicate: Callable[[Any], Any]) -> Bag:
        """Keep the elements for which the predicate is true."""
        if self._plan is None:
            return cast(Bag, adopt(super().filter(predicate)))
        return Bag._of(p.Filter(self._plan, predicate), "filter")

    def remove(self, predicate: Callable[[Any], Any]) -> Bag:
        """Keep the elements for which the predicate is false."""
        if self._plan is None:
            return cast(Bag, adopt(super().remove(predicate)))
        return Bag._of(p.Remove(self._plan, predicate), "remove")

    def pluck(self, key: Any, default: Any = no_default) -> Bag:
        """Select an item (or a list of items, as a tuple) from every element."""
        if self._plan is None:
            return cast(Bag, adopt(super().pluck(key, default)))
        return Bag._of(p.Pluck(self._plan, key, _given(default)), "pluck")

    def frequencies(self, split_every: Any = None, sort: bool = False) -> Bag:
        """Count how often each distinct element occurs: pairs in first-seen order."""
        if self._plan is None:
            return cast(Bag, adopt(super().frequencies(split_every, sort)))
        return Bag._of(p.Frequencies(self._plan, split_every, sort), "frequencies")

    def distinct(self, key: Any = None) -> Bag:
        """The first of each distinct element (or of each distinct ``key`` of one)."""
        if self._plan is None:
            return cast(Bag, adopt(super().distinct(key)))
        return Bag._of(p.Distinct(self._plan, key), "distinct")

    def topk(self, k: int, key: Any = None, split_every: Any = None) -> Bag:
        """The k largest elements, largest first, ties in first-seen order."""
        if self._plan is None:
            return cast(Bag, adopt(super().topk(k, key, split_every)))
        return Bag._of(p.TopK(self._plan, k, key, split_every), "topk")

    def foldby(
        self,
        key: Any,
        binop: Callable[[Any, Any], Any],
        initial: Any = no_default,
        combine: Callable[[Any, Any], Any] | None = None,
        combine_initial: Any = no_default,
        split_every: Any = None,
    ) -> Bag:
        """Group by a key and fold each group as it grows; as ``dask.bag.Bag.foldby``."""
        if self._plan is None:
            return cast(
                Bag,
                adopt(super().foldby(key, binop, initial, combine, combine_initial, split_every)),
            )
        plan = p.FoldBy(
            self._plan, key, binop, _given(initial), combine, _given(combine_initial), split_every
        )
        return Bag._of(plan, "foldby")

    def join(self, other: Any, on_self: Any, on_other: Any = None) -> Bag:
        """Pairs of the others' elements and ours with the same key; as ``dask.bag.Bag.join``."""
        if self._plan is None or not _is_data(other):
            return cast(Bag, adopt(super().join(other, on_self, on_other)))
        on_other = on_self if on_other is None else on_other
        return Bag._of(p.Join(self._plan, other, on_self, on_other), "join")

    def groupby(
        self,
        grouper: Any,
        method: Any = None,
        npartitions: int | None = None,
        blocksize: int = 2**20,
        max_branch: int | None = None,
        shuffle: str | None = None,
    ) -> Bag:
        """Pairs of a key and the list of its elements; as ``dask.bag.Bag.groupby``."""
        numbers = (npartitions, blocksize, max_branch)
        if self._plan is not None and method is None and not p.has(self._plan, *p.ENDING):
            from satchel.run import on_dask_groups  # Most programs have no groups.

            plan = on_dask_groups.groupby(self._plan, self.npartitions, grouper, *numbers, shuffle)
            if plan is not None:
                return Bag._of(plan, "groupby")
        return cast(Bag, adopt(super().groupby(grouper, method, *numbers, shuffle)))

    def fold(
        self,
        binop: Callable[[Any, Any], Any],
        combine: Callable[[Any, Any], Any] | None = None,
        initial: Any = no_default,
        split_every: Any = None,
        out_type: type = dask_bag.Item,
    ) -> Any:
        """Fold each partition, then the partitions' results; as ``dask.bag.Bag.fold``."""
        if self._plan is None or out_type not in (dask_bag.Item, Item):
            kind = dask_bag.Item if out_type is Item else out_type
            return adopt(super().fold(binop, combine, initial, split_every, kind))
        return Item._of(p.Fold(self._plan, binop, combine, _given(initial), split_every), "fold")

    def count(self, split_every: Any = None) -> Item:
        """How many elements there are."""
        if self._plan is None:
            return cast(Item, adopt(super().count(split_every)))
        return Item._of(p.Count(self._plan, split_every), "count")

    def sum(self, split_every: Any = None) -> Item:
        """The sum of the elements."""
        if self._plan is None:
            return cast(Item, adopt(super().sum(split_every)))
        return Item._of(p.Sum(self._plan, split_every), "sum")

    def min(self, split_every: Any = None) -> Item:
        """The smallest element."""
        if self._plan is None:
            return cast(Item, adopt(super().min(split_every)))
        return Item._of(p.Extreme(self._plan, "min", split_every), "min")

    def max(self, split_every: Any = None) -> Item:
        """The largest element."""
        if self._plan is None:
            return cast(Item, adopt(super().max(split_every)))
        return Item._of(p.Extreme(self._plan, "max", split_every), "max")

    def any(self, split_every: Any = None) -> Item:
        """Whether any element is true."""
        if self._plan is None:
            return cast(Item, adopt(super().any(split_every)))
        return Item._of(p.Exists(p.Filter(self._plan, None), "any", split_every), "any")

    def all(self, split_every: Any = None) -> Item:
        """Whether all elements are true."""
        if self._plan is None:
            return cast(Item, adopt(super().all(split_every)))
        return Item._of(p.Exists(p.Remove(self._plan, bool), "all", split_every), "all")

    def mean(self) -> Item:
        """The arithmetic mean."""
        if self._plan is None:
            return cast(Item, adopt(super().mean()))
        return Item._of(p.Moments(self._plan, "mean"), "mean")

    def var(self, ddof: Any = 0) -> Item:
        """The variance, over the number of elements less `ddof`."""
        if self._plan is None:
            return cast(Item, adopt(super().var(ddof)))
        return Item._of(p.Moments(self._plan, "var", ddof), "var")

    def std(self, ddof: Any = 0) -> Item:
        """The standard deviation: the square root of ``var``."""
        if self._plan is None:
            return cast(Item, adopt(super().std(ddof)))
        return Item._of(p.Moments(self._plan, "std", ddof), "std")

    def reduction(
        self,
        perpartition: Callable[[Any], Any],
        aggregate: Callable[[Any], Any],
        split_every: Any = None,
        out_type: type = dask_bag.Item,
        name: str | None = None,
    ) -> Any:
        """Reduce each partition, then the partitions' results; as ``dask.bag.Bag.reduction``."""
        if self._plan is None or out_type not in (dask_bag.Item, Item):
            kind = dask_bag.Item if out_type is Item else out_type
            return adopt(super().reduction(perpartition, aggregate, split_every, kind, name))
        return Item._of(p.Reduction(self._plan, perpartition, aggregate, split_every), "reduction")

    def accumulate(self, binop: Callable[[Any, Any], Any], initial: Any = no_default) -> Bag:
        """Every value that a fold goes through; as ``dask.bag.Bag.accumulate``."""
        if self._plan is None or initial is no_default:
            return cast(Bag, adopt(super().accumulate(binop, initial)))
        # It is dask.bag's own method, on elements of which binop may not need all.
        handed = Bag._of(p.Handed(self._plan, "accumulate", ((binop, 1),)), "accumulate")
        return handed._by_dask(dask_bag.Bag.accumulate, binop, initial)

    def _by_dask(self, method: Callable[..., Any], *args: Any) -> Bag:
        """What a method of dask.bag's own makes of this, whose plan `explain` goes on to tell."""
        found = cast(Bag, adopt(method(self, *args)))
        found._told = self._plan
        return found

    def take(self, k: int, npartitions: int = 1, compute: bool = True, warn: bool = True) -> Any:
        """The first k elements of the first partitions (``-1``: of all); a tuple, or a Bag."""
        if self._plan is None or type(k) is not int or not 0 <= k < 2**31:
            taken = super().take(k, npartitions, False, warn)
            return tuple(adopt(taken).compute()) if compute else adopt(taken)
        if npartitions <= -1:
            npartitions = self.npartitions
        if npartitions > self.npartitions:
            raise ValueError(f"only {self.npartitions} partitions, take received {npartitions}")
        bag = Bag._of(p.Take(self._plan, k, npartitions, warn), "take")
        return tuple(bag.compute()) if compute else bag


def _together(results: Any) -> Any:
    """A Bag's partitions as one list, if the first is something to iterate over but not a str."""
    results = list(results)
    if results and isinstance(results[0], Iterable) and not isinstance(results[0], str):
        return list(itertools.chain.from_iterable(results))
    return results


def _only(results: Any) -> Any:
    """An Item's value."""
    return results[0]


def in_step(collection: Any) -> Any:
    """Make what ``dask.bag.map`` returned raise wherever the bags are of unequal length.

    dask.bag's own drops the last element of a first bag that is longer by one.
    """
    layer = collection.dask.layers[collection.name]
    for key, (reify, (_, function, iterables, *rest)) in layer.items():
        layer.mapping[key] = (reify, (_MapInStep, function, iterables, *rest))
    return collection


class _MapInStep(Iterator[Any]):
    """What a function makes of iterables in step.

    Dask may send it from process to process, as it does dask.bag's own: it is no generator.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        iterables: list[Iterable[Any]],
        names: list[str] | None,
        kwargs: dict[str, Any] | None,
    ) -> None:
        self.function = function
        self.iterators = [iter(iterable) for iterable in iterables]
        self.constant = [isinstance(iterable, itertools.repeat) for iterable in iterables]
        self.names, self.kwargs = names or [], kwargs or {}

    def __next__(self) -> Any:
        values = [next(iterator, _END) for iterator in self.iterators]
        varying = [v for v, same in zip(values, self.constant, strict=True) if not same]
        if any(value is _END for value in varying):
            if any(value is not _END for value in varying):
                raise ValueError(
                    "map called with multiple bags that aren't identically partitioned. "
                    "Please ensure that all bag arguments have the same partition lengths"
                )
            raise StopIteration
        positional = len(values) - len(self.names)
        named = dict(zip(self.names, values[positional:], strict=True))
        try:
            return self.function(*values[:positional], **named, **self.kwargs)
        except StopIteration as error:
            raise RuntimeError("a function raised StopIteration") from error


_END = object()


def _is_data(other: Any) -> bool:
    """Whether a join's other side is read again and again, and holds nothing that Dask would run.

    In a graph a tuple that starts with a function is a task, wherever it stands.
    """
    if not isinstance(other, Collection) or unpack_collections(other)[0]:
        return False
    parts = [other, *other] if isinstance(other, list | tuple) else []
    return not any(isinstance(p, tuple | list) and p and callable(p[0]) for p in parts)


def _given(value: Any) -> Any:
    return p.MISSING if value is no_default else value


def _name(plan: p.Plan, verb: str) -> str:
    """A name that is equal for equal calls, and never one of dask.bag's."""
    return f"satchel-{verb}-{on_dask.token(plan)}"


def adopt(collection: Any) -> Any:
    """Make a Bag or Item that one of dask.bag's methods returned one of ours."""
    if type(collection) is dask_bag.Bag:
        return Bag(collection.dask, collection.name, collection.npartitions)
    if type(collection) is dask_bag.Item:
        return Item(collection.dask, collection.key, collection._layer)
    return collection


# The methods that the plan has no node for: dask.bag's own, their results made ours.
_OWN = (
    "map_partitions",
    "unzip",
    "product",
    "repartition",
    "random_sample",
)


def _wrapped(name: str) -> Callable[..., Any]:
    import functools

    own = getattr(dask_bag.Bag, name)

    @functools.wraps(own)
    def method(self: Bag, *args: Any, **kwargs: Any) -> Any:
        found = own(self, *args, **kwargs)
        return tuple(map(adopt, found)) if type(found) is tuple else adopt(found)

    return method


for _method in _OWN:
    setattr(Bag, _method, _wrapped(_method))
