"""Random pipelines: steps on records, a reduction, and often steps on what it gave."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

from properties import idioms
from properties.functions import RECORD, TYPES, Shape, Writer, made

Call = tuple[str, tuple[Any, ...], dict[str, Any]]
"""A method, its arguments and its keywords; a `Source` stands for a function."""


class Source(str):
    """The source of a function."""


@dataclass(frozen=True)
class Pipeline:
    """Calls of methods, one after the other, on a bag of records."""

    start: str
    calls: tuple[Call, ...]

    def __call__(self, library: Any, path: Any) -> Any:
        return self.on(Opened(library, path))

    def on(self, opened: Opened) -> Any:
        """The collection that the calls make of files."""
        bag = getattr(opened, self.start)
        for method, args, keywords in self.calls:
            args = tuple(made(arg) if isinstance(arg, Source) else arg for arg in args)
            keywords = {
                name: made(value) if isinstance(value, Source) else value
                for name, value in keywords.items()
            }
            bag = getattr(bag, method)(*args, **keywords)
        return bag

    def __str__(self) -> str:
        lines = [f"bag = {self.start}"]
        for method, args, keywords in self.calls:
            shown = [str(a) if isinstance(a, Source) else repr(a) for a in args]
            shown += [f"{k}={v if isinstance(v, Source) else repr(v)}" for k, v in keywords.items()]
            lines.append(f"  .{method}(" + ", ".join(shown) + ")")
        return "\n".join(lines)


class Opened:
    """Files that a library has opened, for any number of pipelines."""

    def __init__(self, library: Any, path: Any, files_per_partition: int | None = None) -> None:
        self.library = library
        self.path = path
        self.files_per_partition = files_per_partition

    @cached_property
    def lines(self) -> Any:
        return self.library.read_text(self.path, files_per_partition=self.files_per_partition)

    @cached_property
    def loads(self) -> Any:
        return self.lines.map(json.loads)

    @cached_property
    def ndjson(self) -> Any:
        if not hasattr(self.library, "read_ndjson"):
            return self.loads
        return self.library.read_ndjson(
            self.path, blocksize=None, files_per_partition=self.files_per_partition
        )


class Maker:
    """Draws pipelines.

    Args:
        random: where every choice comes from.
        wild: how often an operand is of another type than the one that fits.
        foreign: how often a function is one that cannot be lowered.
        blank: whether there are lines that no loader takes, which most pipelines then drop.
    """

    def __init__(
        self, random: Random, wild: float = 0.0, foreign: float = 0.0, blank: bool = False
    ) -> None:
        self.random = random
        self.wild = wild
        self.foreign = foreign
        self.blank = blank
        self.calls: list[Call] = []
        self.shape = RECORD

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def call(self, method: str, *args: Any, **keywords: Any) -> None:
        self.calls.append((method, args, keywords))

    def source(self, kind: str, depth: int = 2) -> Source:
        return Source(
            Writer(self.random, self.shape, self.wild, self.foreign).function(kind, depth)
        )

    def expression(self, kind: str, depth: int = 1) -> str:
        return Writer(self.random, self.shape, self.wild).write(kind, depth)

    def scalar(self) -> str:
        return self.random.choice(TYPES)

    def pipeline(self) -> Pipeline:
        start = self.started()
        for _ in range(self.random.choice((0, 0, 1, 1, 2))):
            self.condition()
        if self.chance(0.2):
            self.flattening()
        if self.chance(0.4):
            self.mapping()
            if self.chance(0.3):
                self.condition()
        rare = self.chance(0.01)  # Groups take ten times as long as anything else.
        getattr(self, "grouped" if rare else self.random.choice(REDUCTIONS))()
        return Pipeline(start, tuple(self.calls))

    def started(self) -> str:
        """From lines to records, or to what a function of the line makes of them."""
        if self.chance(0.05 if self.blank else 0.7):
            return self.random.choice(("loads", "loads", "ndjson"))
        if self.blank:
            one, two = "lambda line: not line.strip()", "str.isspace"
            for method, function in self.random.choice(
                ((("map", "str.strip"), ("filter", "bool")), (("remove", one),), (("remove", two),))
            ):
                self.call(method, Source(function))
        elif self.chance(0.5):
            method, function = self.random.choice(OF_LINES)
            self.call(method, Source(function))
        form = self.random.randrange(10)
        if form == 0:
            self.shape = TEXT
        elif form == 1:
            kind, path = self.random.choice(
                (("str", '["kind"]'), ("int", '["m"]'), ("str", '["who"]["login"]'))
            )
            self.call("map", Source(f"lambda line: {self.loader()}(line){path}"))
            self.shape = Shape({kind: ("e",), "any": ("e",)})
        elif form == 2:
            self.call("map", Source(f"lambda line: {self.loader()}(line)"))
        else:
            self.call("map", Source(self.loader()))
        return "lines"

    def loader(self) -> str:
        return self.random.choice(LOADERS)

    def condition(self) -> None:
        method = self.random.choice(("filter", "filter", "remove"))
        self.call(method, self.source(self.random.choice(("bool", "bool", "bool", "any", "int"))))

    def flattening(self) -> None:
        """Go on with the elements of a list of the record, or of one that a function makes."""
        form = self.random.randrange(6)
        if form == 0:
            self.call("pluck", "tags")
            self.shape = Shape({"str": ("e",), "any": ("e",)})
        elif form == 1:
            self.call("pluck", "nums")
            self.shape = Shape({"int": ("e",), "any": ("e",)})
        elif form == 2:
            self.call("map", Source('lambda e: e["load"]["commits"]'))
            self.shape = Shape({"str": ('e["sha"]',), "any": ("e", 'e.get("sha")')})
        elif form == 3:
            one, two = self.scalar(), self.scalar()
            body = f"lambda e: [({self.expression(one)}, {self.expression(two)})]"
            self.call("map", Source(f"{body} * {self.random.choice((0, 1, 2))}"))
            self.shape = Shape({"any": ("e", "e[0]"), one: ("e[0]",)})
        else:
            self.call("map", self.source("list"))
            self.shape = Shape({"any": ("e",), "str": ("e",)})
        self.call("flatten")
        if self.chance(0.4):
            self.condition()

    def mapping(self) -> None:
        form = self.random.randrange(11)
        if form == 10 and self.shape is RECORD:
            self.missing()
            return
        if form == 9:
            self.named()
            return
        if form == 7:
            two = self.scalar()
            body = f"lambda e, k, *, z=0: (k, z, {self.expression(two)})"
            self.call("map", Source(body), self.random.choice((1, "x", None, (1, 2))), z=2)
            self.shape = Shape({two: ("e[2]",), "any": ("e", "e[0]")})
            return
        if form == 8:
            one, two = self.scalar(), self.scalar()
            self.call("map", Source(f"lambda e: ({self.expression(one)}, {self.expression(two)})"))
            self.call(
                "starmap",
                Source(self.random.choice(("lambda a, b: b", "lambda a, b, c=1: (b, a, c)"))),
            )
            self.shape = Shape({"any": ("e",)})
            return
        if form == 0 and self.shape is RECORD:
            key, kind = self.random.choice(
                (
                    ("n", "int"),
                    ("kind", "str"),
                    ("t", "str"),
                    ("x", "float"),
                    ("flag", "bool"),
                    ("m", "int"),
                )
            )
            if self.chance(0.5):
                self.call("pluck", key)
            else:
                self.call("pluck", key, self.random.choice((None, 0, "-", ("a", 1))))
            self.shape = Shape({kind: ("e",), "any": ("e",)})
        elif form == 1 and self.shape is RECORD:
            self.call("pluck", ["kind", "m"])
            self.shape = Shape({"str": ("e[0]",), "int": ("e[1]",), "any": ("e", "e[0]")})
        elif form == 2:
            one, two = self.scalar(), self.scalar()
            self.call("map", Source(f"lambda e: ({self.expression(one)}, {self.expression(two)})"))
            reads: dict[str, tuple[str, ...]] = {"any": ("e", "e[0]", "e[-1]")}
            reads[one] = ("e[0]",)
            reads[two] = (*reads.get(two, ()), "e[1]")
            self.shape = Shape(reads)
        elif form == 3:
            one, two = self.scalar(), self.scalar()
            body = f'lambda e: {{"k": {self.expression(one)}, "l": {self.expression(two)}}}'
            self.call("map", Source(body))
            reads = {"any": ("e", 'e["k"]', 'e.get("z")')}
            reads[one] = ('e["k"]', 'e.get("k")')
            reads[two] = (*reads.get(two, ()), 'e["l"]')
            self.shape = Shape(reads)
        else:
            kind = self.random.choice((*TYPES, *TYPES, "any", "list"))
            self.call("map", self.source(kind))
            self.shape = Shape({kind: ("e",), "any": ("e",)})

    def missing(self) -> None:
        """What is not there in many records, with a default or on one way only."""
        form = self.random.randrange(3)
        if form == 0:
            default = self.random.choice((None, 0, "-", ("a", 1)))
            self.call("pluck", self.random.choice(("opt", "org", "nope")), default)
        elif form == 1:
            self.call("pluck", self.random.choice(("tags", "nums")))
            self.call("pluck", self.random.choice((0, 1, 2, 3)), self.random.choice((None, "-")))
        else:
            risky = self.random.choice(
                ('e["nums"][2]', 'e["tags"][0]', 'e["opt"]', 'e["org"]["id"]')
            )
            self.call("map", Source(f"lambda e: ({self.expression('bool')}, {risky})"))
            self.call(
                self.random.choice(("map", "filter")),
                Source(
                    self.random.choice(("lambda e: e[1] if e[0] else 0", "lambda e: e[0] and e[1]"))
                ),
            )
        self.shape = Shape({"any": ("e",)})

    def named(self) -> None:
        """A function that is no lambda, of the record or of a scalar."""
        kind = "record"
        if self.shape is not RECORD or self.chance(0.5):
            kind = self.random.choice(("str", "int", "float"))
            self.call("map", self.source(kind))
        self.call("map", Source(self.random.choice(idioms.STEPS[kind])))
        self.shape = Shape({"any": ("e",)})

    def scalars(self, share: float = 0.93) -> None:
        """Make the elements scalars of one type, which can be grouped and ordered."""
        if self.shape is RECORD or self.chance(0.3):
            kind = self.scalar() if self.chance(share) else "any"
            self.call("map", self.source(kind))
            self.shape = Shape({kind: ("e",), "any": ("e",)})

    def width(self) -> dict[str, Any]:
        return {} if self.chance(0.5) else {"split_every": self.random.choice((2, 3, 8, False))}

    # Reductions.

    def collected(self) -> None:
        if self.shape is RECORD:
            self.mapping()

    def taken(self) -> None:
        self.collected()
        count = self.random.choice((0, 1, 3, 10))
        self.call(
            "take", count, npartitions=self.random.choice((1, -1, -1)), compute=False, warn=False
        )

    def counted(self) -> None:
        self.call("count", **self.width())

    def counts(self) -> None:
        self.scalars()
        self.call("frequencies", **self.width(), **({"sort": True} if self.chance(0.3) else {}))
        self.items("int")

    def distinct(self) -> None:
        if self.chance(0.3):
            key: Any = self.source(self.random.choice(("str", "int", "bool")))
            if self.shape is RECORD and self.chance(0.3):
                key = self.random.choice(("kind", "m", "flag", "maybe"))
            self.call("distinct", key=key)
            return
        self.scalars()
        self.call("distinct")

    def grouped(self) -> None:
        """Groups, whose order among each other is nobody's promise."""
        key = self.source(self.random.choice(("str", "int", "bool")))
        self.call("groupby", key, shuffle="tasks")
        self.call(
            "map",
            Source(
                self.random.choice(
                    ("lambda g: (g[0], len(g[1]))", "lambda g: g", "lambda g: (g[0], g[1][-1])")
                )
            ),
        )

    def joined(self) -> None:
        kind, other = self.random.choice(
            (("str", ["ann", "a", "PushEvent"]), ("int", [1, 2, 3, 3]), ("bool", [True, 0]))
        )
        if self.chance(0.5):
            self.call("join", other, self.source(kind), Source("lambda o: o"))
        else:
            self.call("map", self.source(kind))
            self.call("join", other, Source("lambda e: e"))
        self.shape = Shape({kind: ("e[0]",), "any": ("e", "e[1]")})
        if self.chance(0.5):
            self.call(self.random.choice(("count", "frequencies", "distinct")))

    def reduced(self) -> None:
        """A reduction of functions of a whole partition."""
        kind = self.random.choice(("bool", "int"))
        each = f"sum(bool({self.expression(kind)}) for e in es)"
        self.call("reduction", Source(f"lambda es: {each}"), Source("sum"), **self.width())

    def accumulated(self) -> None:
        """Each element with all before it."""
        added = self.expression(self.random.choice(("bool", "int")))
        self.call("accumulate", Source(f"lambda acc, e: acc + {added}"), 0)

    def summed(self) -> None:
        kind = self.random.choice(("int", "int", "float", "bool"))
        self.call("map", self.source(kind))
        self.call("sum", **self.width())

    def statistic(self) -> None:
        kind = self.random.choice(("int", "int", "float", "float", "bool"))
        self.call("map", self.source(kind))
        name = self.random.choice(("mean", "var", "std", "any", "all"))
        keywords = self.width() if name in ("any", "all") else {}
        if name in ("var", "std") and self.chance(0.3):
            keywords["ddof"] = 1
        self.call(name, **keywords)

    def extreme(self) -> None:
        self.scalars(0.95)
        self.call(self.random.choice(("min", "max")), **self.width())

    def top(self) -> None:
        count = self.random.choice((1, 2, 3, 5, 50))
        form = self.random.randrange(3)
        if form == 0:
            self.scalars(0.95)
            self.call("topk", count, **self.width())
            return
        if self.shape is RECORD and form == 1:
            one, two = self.scalar(), self.scalar()
            self.call("map", Source(f"lambda e: ({self.expression(one)}, {self.expression(two)})"))
            self.call(
                "topk",
                count,
                key=self.random.choice((0, 1, Source("lambda a, b: b"), Source("lambda e: e[1]"))),
            )
            return
        self.call(
            "topk",
            count,
            key=self.source(self.random.choice(("int", "float", "str"))),
            **self.width(),
        )

    def folded(self) -> None:
        step, initial, combine, kind = self.fold(self.random.choice(FOLDS))
        del kind
        keywords = {"combine": combine} if combine or self.chance(0.5) else {}
        if initial is not NOTHING:
            keywords["initial"] = initial
        self.call("fold", step, **keywords, **self.width())

    def foldedby(self) -> None:
        key: Any = self.source(self.random.choice(("str", "str", "int", "bool", "float")))
        if self.chance(0.1):
            key = Source(f"lambda e: ({self.expression('str')}, {self.expression('int')})")
        if self.shape is RECORD and self.chance(0.4):
            key = self.random.choice(("kind", "m", "flag", "maybe", ["kind", "flag"]))
        if self.chance(0.2):
            self.changing(key)
            return
        step, initial, combine, kind = self.fold(self.random.choice(FOLDS))
        args: list[Any] = [key, step]
        keywords = self.width()
        if initial is not NOTHING:
            args.append(initial)
            if combine or self.chance(0.7):
                keywords["combine"] = combine or step
                if self.chance(0.4):
                    keywords["combine_initial"] = initial
            if args[2] == 0 and type(args[2]) is int and self.chance(0.2):
                args[2] = Source("int")  # A factory.
        elif combine:
            keywords["combine"] = combine
        self.call("foldby", *args, **keywords)
        self.items(kind)

    def changing(self, key: Any) -> None:
        """A `foldby` whose accumulator is a list or dict that its function changes.

        Each key has its own, from a factory: one that all share would be another one after a run.
        """
        i, f, s = self.expression("int"), self.expression("float"), self.expression("str")
        b = self.expression("bool")
        step, factory, combine = self.random.choice(
            (
                (f"acc[{s}] = acc.get({s}, 0) + {i}", "dict", "a |= b"),
                (f"acc.append({s})", "list", "a += b"),
                (f"acc += [{i}, {f}]", "list", "a.extend(b)"),
                (f"acc['n'] += 1\n if {b}:\n  acc['most'] = max(acc['most'], {i})", "lambda: {'n': 0, 'most': 0}", "a['n'] += b['n']\n a['most'] = max(a['most'], b['most'])"),
                (f"acc[0] += 1\n acc[1] += {f}", "lambda: [0, 0.0]", "a[0] += b[0]\n a[1] += b[1]"),
                (f"if {s} not in acc:\n  acc[{s}] = {i}", "dict", "a.update(b)"),
            )
        )  # fmt: skip
        keywords: dict[str, Any] = self.width()
        keywords["combine"] = Source(f"def f(a, b):\n {combine}\n return a")
        if self.chance(0.4):
            keywords["combine_initial"] = Source(factory)
        self.call(
            "foldby",
            key,
            Source(f"def f(acc, e):\n {step}\n return acc"),
            Source(factory),
            **keywords,
        )
        self.items("any")

    def fold(self, form: str) -> tuple[Source, Any, Source | None, str]:
        """A step, its initial value, how two results combine, and the type of the result."""
        i, f, s = self.expression("int"), self.expression("float"), self.expression("str")
        b = self.expression("bool")
        add = Source("lambda a, b: a + b")
        pair = Source("lambda a, b: (a[0] + b[0], a[1] + b[1])")
        made_: dict[str, tuple[str, Any, Source | None, str]] = {
            "count": ("lambda acc, e: acc + 1", 0, add, "int"),
            "add": (f"lambda acc, e: acc + {i}", self.random.choice((0, 5, 1.5, False)), add, "int"),
            "addleft": (f"lambda acc, e: {i} + acc", 0, add, "int"),
            "float": (f"lambda acc, e: acc + {f}", self.random.choice((0, 0.0, -0.0, 0.1)), add, "float"),
            "max": (f"lambda acc, e: max(acc, {i})", 0, Source("lambda a, b: max(a, b)"), "int"),
            "maxleft": (f"lambda acc, e: max({f}, acc)", self.random.choice((0, 0.0, -1)), Source("lambda a, b: max(b, a)"), "float"),
            "min": (f"lambda acc, e: min(acc, {f})", 10**6, Source("lambda a, b: min(a, b)"), "float"),
            "text": (f"lambda acc, e: acc + {s}", "", add, "str"),
            "longest": (f"lambda acc, e: {s} if len({s}) > len(acc) else acc", "", Source("lambda a, b: b if len(b) > len(a) else a"), "str"),
            "some": (f"lambda acc, e: acc + 1 if {b} else acc", 0, add, "int"),
            "pair": (f"lambda acc, e: (acc[0] + {i}, acc[1] + {f})", (0, 0.0), pair, "any"),
            "both": (f"lambda acc, e: (acc[0] + 1, max(acc[1], {s}))", (0, ""), Source("lambda a, b: (a[0] + b[0], max(a[1], b[1]))"), "any"),
            "first": (f"lambda acc, e: {i} if acc is None else acc", None, Source("lambda a, b: b if a is None else a"), "any"),
            "last": (f"lambda acc, e: {s}", "", Source("lambda a, b: b"), "str"),
            "product": (f"lambda acc, e: acc * {i}", 1, Source("lambda a, b: a * b"), "int"),
            "difference": (f"lambda acc, e: acc - {i}", 0, Source("lambda a, b: a - b"), "int"),
            "tuple": (f"lambda acc, e: acc + ({i},)", (), add, "any"),
            "any": (f"lambda acc, e: acc or {b}", False, Source("lambda a, b: a or b"), "bool"),
            "mixed": (f"lambda acc, e: acc + {i} if {b} else acc + {f}", 0, add, "float"),
            "conditional": (f"def f(acc, e):\n if {b}:\n  return acc\n return (acc[0] + {i}, acc[1] + 1)", (0, 0), pair, "any"),
            "dict": (f'lambda acc, e: {{"n": acc["n"] + 1, "most": max(acc["most"], {i})}}', {"n": 0, "most": 0}, Source('lambda a, b: {"n": a["n"] + b["n"], "most": max(a["most"], b["most"])}'), "any"),
            "tally": (f"lambda acc, e: {{**acc, {s}: acc.get({s}, 0) + 1}}", {}, Source("lambda a, b: {**a, **b}"), "any"),
            "words": (f"lambda acc, e: acc + [{s}]", [], add, "list"),
            "unlike": (f"lambda acc, e: acc + len({s})", 0, Source("lambda a, b: a * 2 + b"), "int"),
        }  # fmt: skip
        if form == "reduce":
            # Without an initial value the first element is the accumulator.
            e = Source("lambda e: " + i)
            self.call("map", e)
            self.shape = Shape({"int": ("e",), "any": ("e",)})
            two = ("lambda a, b: a + b", "lambda a, b: max(a, b)", "lambda a, b: a - b", "operator.add", "max", "min", "operator.mul")  # fmt: skip
            return Source(self.random.choice(two)), NOTHING, None, "int"
        step, initial, combine, kind = made_[form]
        return Source(step), initial, combine, kind

    def items(self, kind: str) -> None:
        """Often go on with the pairs of key and value."""
        reads: dict[str, tuple[str, ...]] = {"any": ("e", "e[0]", "e[1]")}
        reads[kind] = (*reads.get(kind, ()), "e[1]")
        self.shape = Shape(reads)
        form = self.random.randrange(12)
        key = self.random.choice(
            (
                1,
                1,
                Source("lambda k, v: v"),
                Source("lambda e: e[1]"),
                Source("lambda e: (e[1], e[0])"),
            )
        )
        if form < 3:
            self.call("topk", self.random.choice((1, 3, 10)), key=key)
        elif form == 3:
            self.call("filter", self.source("bool"))
        elif form == 4:
            self.call("map", self.source(self.random.choice((*TYPES, "any"))))
        elif form == 5:
            self.call("pluck", self.random.choice((0, 1)))
            if self.chance(0.7):
                self.call(
                    self.random.choice(("max", "min", "sum", "count", "distinct", "frequencies"))
                )
        elif form == 6:
            self.call("filter", self.source("bool"))
            self.call("topk", 3, key=key)
        elif form == 7:
            self.call("map", Source("lambda e: e[1]"))
            self.call(self.random.choice(("max", "min", "sum", "count", "frequencies")))


NOTHING: Any = object()
FOLDS = (
    "count", "count", "add", "add", "addleft", "float", "max", "maxleft", "min", "text", "longest", "some", "pair", "both",
    "first", "last", "product", "difference", "tuple", "any", "mixed", "unlike", "reduce", "conditional", "dict", "tally", "words",
)  # fmt: skip
REDUCTIONS = (
    "collected", "collected", "collected", "taken", "counted", "counts", "counts", "counts", "distinct", "summed", "extreme",
    "statistic", "statistic", "joined", "reduced", "accumulated", "top", "top", "folded", "foldedby", "foldedby", "foldedby",
)  # fmt: skip

LOADERS = ("json.loads", "json.loads", "ujson.loads", "orjson.loads", "msgspec.json.decode")
OF_LINES = (
    ("filter", "lambda line: '\"PushEvent\"' in line"),
    ("filter", "lambda line: 'Push' in line or 'Fork' in line"),
    ("remove", "lambda line: line.find('WatchEvent') > 0"),
    ("filter", "lambda line: line.startswith('{') and len(line) > 300"),
    ("map", "str.strip"),
    ("map", "lambda line: line.rstrip()"),
)
"""What is done to lines before they are parsed."""

TEXT = Shape(
    {
        "str": ("e", "e.strip()", "e[:9]", "e.split(',')[0]", "e.rstrip()[-5:]", "e.partition(':')[2]"),
        "int": ("len(e)", "e.count(',')", "e.find('kind')", "len(e.split())"),
        "bool": ("('Push' in e)", "e.startswith('{')", "e.rstrip().endswith('}')", "e.isascii()"),
        "list": ("e.split(',')[:3]", "e.split()[-2:]"),
        "any": ("e", "e[0]"),
    }
)  # fmt: skip
"""What a line offers."""
