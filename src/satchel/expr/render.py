"""Expressions as Python-like text, for `explain`."""

from __future__ import annotations

from satchel.expr.nodes import Node, const, is_boolean, walk

_BINARY = {
    "eq": ("==", 5),
    "ne": ("!=", 5),
    "lt": ("<", 5),
    "le": ("<=", 5),
    "gt": (">", 5),
    "ge": (">=", 5),
    "is": ("is", 5),
    "is_not": ("is not", 5),
    "add": ("+", 7),
    "sub": ("-", 7),
    "mul": ("*", 8),
    "truediv": ("/", 8),
    "floordiv": ("//", 8),
    "mod": ("%", 8),
    "pow": ("**", 10),
}
"""The sign of an operation and how tightly it binds."""

TIGHTEST = 12
LONGEST = 2000


def render(node: Node, longest: int = LONGEST) -> str:
    """Readable text of what an expression means.

    >>> from satchel.expr.nodes import const, getitem, record
    >>> render(Node("eq", (getitem(record(), const("type")), const("PushEvent"))))
    'record["type"] == "PushEvent"'
    """
    texts: dict[Node, tuple[str, int]] = {}
    for each in walk([node]):
        text, tightness = _text(each, texts)
        texts[each] = (text if len(text) <= longest else text[: longest - 3] + "...", tightness)
    return texts[node][0]


def _text(node: Node, texts: dict[Node, tuple[str, int]]) -> tuple[str, int]:
    def inner(index: int, tightness: int = 0) -> str:
        text, own = texts[node.args[index]]
        return text if own >= tightness else f"({text})"

    def rest(start: int = 0) -> str:
        return ", ".join(texts[arg][0] for arg in node.args[start:])

    match node.op:
        case "unproved":
            return f"<{node.data[0]}>", TIGHTEST
        case "input":
            return node.data, TIGHTEST
        case "const":
            return _quoted(node.data), TIGHTEST
        case "getitem":
            return f"{inner(0, TIGHTEST)}[{inner(1)}]", TIGHTEST
        case "get":
            shown = rest(1) if node.args[2] != _NONE else inner(1)
            return f"{inner(0, TIGHTEST)}.get({shown})", TIGHTEST
        case "contains":
            return f"{inner(1, 6)} in {inner(0, 6)}", 5
        case "slice":
            bounds = ["" if arg == _NONE else texts[arg][0] for arg in node.args[1:]]
            cut = ":".join(bounds if bounds[2] else bounds[:2])
            return f"{inner(0, TIGHTEST)}[{cut}]", TIGHTEST
        case "not":
            return f"not {inner(0, 4)}", 4
        case "truth":
            return f"bool({inner(0)})", TIGHTEST
        case "if":
            return _choice(node, inner)
        case "moment":
            form, part = node.data
            reader = "fromisoformat" if form == "iso" else f"strptime[{form!r}]"
            return f"{reader}({inner(0)}).{part}", TIGHTEST
        case "regex":
            return f"re.{node.data[0]}({node.data[1]!r}, {rest()})", TIGHTEST
        case "each":
            return f"[*{inner(1, TIGHTEST)} for bound{node.data} in {inner(0)}]", TIGHTEST
        case "neg" | "pos":
            return f"{'-' if node.op == 'neg' else '+'}{inner(0, 9)}", 9
        case "call" if node.data == "star":
            return f"[*{inner(0)}]", TIGHTEST
        case "call" if node.data.startswith("isinstance:"):
            kinds = node.data[11:].replace(",", " | ")
            return f"isinstance({inner(0)}, {kinds})", TIGHTEST
        case "call":
            return f"{node.data}({rest()})", TIGHTEST
        case "method":
            return f"{inner(0, TIGHTEST)}.{node.data}({rest(1)})", TIGHTEST
        case "tuple":
            return f"({rest()}{',' if len(node.args) == 1 else ''})", TIGHTEST
        case "list":
            return f"[{rest()}]", TIGHTEST
        case "dict":
            pairs = range(0, len(node.args), 2)
            return "{" + ", ".join(f"{inner(i)}: {inner(i + 1)}" for i in pairs) + "}", TIGHTEST
        case "put":
            return f"{inner(0, TIGHTEST)} | {{{inner(1)}: {inner(2)}}}", 6
        case "merge":
            return f"{inner(0, 6)} | {inner(1, 7)}", 6
        case "put_at":
            return f"put({rest()})", TIGHTEST
        case "format":
            conversion, spec = node.data
            shown = f"!{conversion}" if conversion else ""
            shown += f":{spec}" if spec else ""
            return f"f'{{{inner(0)}{shown}}}'", TIGHTEST
        case "bound":
            return f"{inner(0, TIGHTEST)}.{node.data}", TIGHTEST
        case "loop":
            return f"<a loop over {inner(0)}>", TIGHTEST
        case "part":
            return f"{inner(0, TIGHTEST)}[{node.data}]", TIGHTEST
        case "raised":
            return f"raised({rest()})", TIGHTEST
        case "concat":
            return " & ".join(inner(index, 7) for index in range(len(node.args))), 6
        case "seq":
            return "{" + "; ".join(texts[arg][0] for arg in node.args) + "}", TIGHTEST
    sign, tightness = _BINARY[node.op]
    return f"{inner(0, tightness)} {sign} {inner(1, tightness + 1)}", tightness


def _choice(node: Node, inner: object) -> tuple[str, int]:
    assert callable(inner)
    condition, yes, no = node.args
    known = is_boolean(condition)
    if condition == yes or (known and yes == const(True)):
        return f"{inner(0, 2)} or {inner(2, 3)}", 2
    if condition == no or (known and no == const(False)):
        return f"{inner(0, 3)} and {inner(1, 4)}", 3
    return f"{inner(1, 2)} if {inner(0, 2)} else {inner(2, 1)}", 1


def _quoted(value: object) -> str:
    """A constant as people write it: text in double quotes."""
    if type(value) is str and '"' not in value:
        return '"' + repr(value + '"')[1:-2] + '"' if "'" not in value else repr(value)
    if type(value) is tuple:
        inside = ", ".join(map(_quoted, value))
        return f"({inside}{',' if len(value) == 1 else ''})"
    return repr(value)


_NONE = Node("const")
