"""One call of everything that dask.bag has, on records of files, to see in which way it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Sample = Callable[[Any, Any], Any]
"""Given the library and a bag of records that was read from files, what the call returns."""


def add(left: Any, right: Any) -> Any:
    return left + right


MODULE: dict[str, Sample] = {
    "Bag": lambda db, b: db.Bag({("x", 0): [1]}, "x", 1),
    "Item": lambda db, b: b.count(),
    "assert_eq": lambda db, b: None,
    "compute": lambda db, b: b.pluck("n"),
    "concat": lambda db, b: db.concat([b, b]),
    "from_delayed": lambda db, b: db.from_delayed(b.to_delayed()),
    "from_sequence": lambda db, b: db.from_sequence([1, 2]),
    "from_url": lambda db, b: None,
    "map": lambda db, b: db.map(len, b),
    "map_partitions": lambda db, b: db.map_partitions(list, b),
    "range": lambda db, b: db.range(3, npartitions=1),
    "read_avro": lambda db, b: None,
    "read_text": lambda db, b: db.read_text(__file__),
    "to_textfiles": lambda db, b: None,
    "zip": lambda db, b: db.zip(b, b),
}

BAG: dict[str, Sample] = {
    "accumulate": lambda db, b: b.accumulate(lambda total, e: total + e["n"], 0),
    "all": lambda db, b: b.pluck("n").all(),
    "any": lambda db, b: b.pluck("n").any(),
    "compute": lambda db, b: b.pluck("n"),
    "count": lambda db, b: b.count(),
    "distinct": lambda db, b: b.pluck("n").distinct(),
    "filter": lambda db, b: b.filter(lambda e: e["n"] > 1).count(),
    "flatten": lambda db, b: b.pluck("v").flatten(),
    "fold": lambda db, b: b.pluck("n").fold(add, initial=0),
    "foldby": lambda db, b: b.foldby("n", lambda total, e: total + e["n"], 0, add, 0),
    "frequencies": lambda db, b: b.pluck("n").frequencies(),
    "groupby": lambda db, b: b.groupby(lambda e: e["n"], shuffle="disk"),
    "join": lambda db, b: b.join([1], lambda e: e["n"], abs).count(),
    "map": lambda db, b: b.map(lambda e: e["n"] + 1),
    "map_partitions": lambda db, b: b.map_partitions(list),
    "max": lambda db, b: b.pluck("n").max(),
    "mean": lambda db, b: b.pluck("n").mean(),
    "min": lambda db, b: b.pluck("n").min(),
    "persist": lambda db, b: None,
    "pluck": lambda db, b: b.pluck("n"),
    "product": lambda db, b: b.product(b),
    "random_sample": lambda db, b: b.random_sample(0.5),
    "reduction": lambda db, b: b.reduction(lambda es: sum(e["n"] for e in es), sum),
    "remove": lambda db, b: b.remove(lambda e: e["n"] > 1).count(),
    "repartition": lambda db, b: b.repartition(npartitions=2),
    "starmap": lambda db, b: b.map(lambda e: (e["n"], 1)).starmap(add),
    "std": lambda db, b: b.pluck("n").std(),
    "str": lambda db, b: b.map(lambda e: "a").str.upper(),
    "sum": lambda db, b: b.pluck("n").sum(),
    "take": lambda db, b: b.pluck("n").take(1, compute=False),
    "to_avro": lambda db, b: None,
    "to_dataframe": lambda db, b: None,
    "to_delayed": lambda db, b: None,
    "to_textfiles": lambda db, b: None,
    "topk": lambda db, b: b.pluck("n").topk(1),
    "unzip": lambda db, b: b.unzip(1)[0],
    "var": lambda db, b: b.pluck("n").var(),
    "visualize": lambda db, b: None,
}

ITEM: dict[str, Sample] = {
    "apply": lambda db, b: b.count().apply(str),
    "compute": lambda db, b: b.count(),
    "from_delayed": lambda db, b: None,
    "persist": lambda db, b: None,
    "to_delayed": lambda db, b: None,
    "visualize": lambda db, b: None,
}

# What a sample cannot show: a call that returns no bag of ours.
OWN = {
    "assert_eq": "dask.bag's own",
    "from_url": "dask.bag's own reader; what it reads is a bag of ours",
    "read_avro": "dask.bag's own reader",
    "to_textfiles": "native: text is written by the kernel; to a place or in an encoding that it "
    "does not know, dask.bag's own",
    "to_avro": "dask.bag's own, of what the steps before it give natively",
    "to_dataframe": "native: columns of numbers and texts are filled by the kernel; where pandas "
    "might find other types, it looks at the elements itself",
    "persist": "Dask's own, of what the steps before it give natively",
    "to_delayed": "Dask's own, of what the steps before it give natively",
    "visualize": "Dask's own",
    "from_delayed": "dask.bag's own",
}

# Where an answer, or what comes on the way to it, is not dask.bag's, on purpose.
DIFFERS = {
    "map": "bags of unequal length raise wherever they differ",
    "groupby": "elements of a group are in row order; by tasks, a key may be no function",
    "zip": "a bag given twice pairs each element with itself",
    "take": "damage behind what it returns is not looked at",
    "compute": "`get=` as in 2015; names of keys are never dask.bag's",
}
