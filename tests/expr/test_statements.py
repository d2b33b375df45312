"""Statements: assignments, branches, early returns, unpacking, handlers; one function a row."""

from __future__ import annotations

from typing import Any

import pytest
from checking import PUSH, check

ROWS = [
    """
    x = 1
    return not (not x), not (not e["n"])
    """,
    """
    if e["type"] == "PushEvent":
        return e["n"]
    return None
    """,
    """
    n = len(e["payload"]["commits"])
    return 1 + n
    """,
    """
    a = e["n"]
    b = e["m"]
    return b - a
    """,
    """
    e["n"]
    return e["m"]
    """,
    """
    e["n"] + e["m"]
    e["actor"]["login"].lower()
    """,
    """
    pass
    """,
    """
    name = None
    if "actor" in e:
        name = e["actor"]["login"]
    return name
    """,
    """
    if "actor" not in e:
        return "none"
    actor = e["actor"]
    if actor is None:
        return "null"
    if not actor:
        return "empty"
    return actor["login"]
    """,
    """
    total = 0
    if e["public"]:
        total += e["n"]
    else:
        total -= e["m"]
    total *= 2
    return total
    """,
    """
    if e["n"] > 2:
        kind = "big"
    elif e["n"] > 1:
        kind = "middle"
    elif e["n"] < 0:
        kind = e["type"]
    else:
        kind = "small"
    return kind, e["m"]
    """,
    """
    if e["n"] > 2:
        late = 1
    return late
    """,
    """
    if e["n"] > 2:
        late = e["m"]
    e["type"]
    if e["n"] > 2:
        return late
    return 0
    """,
    """
    late = 1
    del late
    return late
    """,
    """
    late = 1
    if e["n"] > 2:
        del late
    unused = late
    """,
    """
    if e["n"] > 2:
        late = 1
    if e["m"] > 2:
        late = 2
    late
    if e["x"] > 2:
        late = 3
    return late
    """,
    """
    x, y = e["n"], e["m"]
    x, y = y, x
    return x - y
    """,
    """
    x, (y, z) = e["n"], (e["m"], e["x"])
    return z, y, x
    """,
    """
    x, y = (e["n"], 1) if e["public"] else (e["m"], 2)
    return y, x
    """,
    """
    x, y, z = e["actor"]["tags"]
    return z
    """,
    """
    x, y = e["repo"]["name"].split("/")
    return y, x
    """,
    """
    x, y, *z = 1, 2
    """
    if False
    else """
    x = y = e["n"]
    return x * y
    """,
    """
    m = e["m"]
    n = e["n"] if e["public"] else e["x"]
    return m, n
    """,
    """
    n = e["n"] if e["public"] else e["x"]
    m = e["m"]
    return m, n
    """,
    """
    n = e["n"] if e["public"] else e["x"]
    m = e["m"]
    return n, m
    """,
    """
    if e["public"]:
        if e["n"] > 1:
            if e["m"] < 0:
                r = e["x"]
            else:
                r = e["id"]
        else:
            r = e["type"]
    else:
        r = e["repo"]
    return r
    """,
    """
    if e["public"] and (e["n"] > 1 or e["m"] < 0) and e["type"]:
        r = e["x"]
    else:
        r = e["actor"]["login"]
    return r
    """,
    """
    if e["n"] and e["m"]:
        return 1
    if e["x"] or e["zero"]:
        return 2
    return 3
    """,
    """
    assert e["n"] > 0
    return e["n"]
    """,
    """
    if e["n"] is None:
        raise ValueError("no n")
    return e["n"]
    """,
    """
    try:
        value = e["n"]
    except KeyError:
        raise RuntimeError("no n") from None
    else:
        value += e["m"]
    finally:
        e["type"]
    return value
    """,
    """
    result = {"type": e["type"]}
    return result
    """,
    """
    kind: str = e["type"]
    label = f"{kind.lower()}:{e['n']}"
    return label.replace("event", "")
    """,
    """
    if FLAG:
        for x in e:
            print(x)
    return e["n"]
    """,
    """
    if not FLAG:
        return e["m"]
    import time
    return time.time()
    """,
    """
    n = e["n"]
    if n:
        n = n + 1
    if n:
        n = n + e["m"]
    if n:
        n = n + e["x"]
    return n
    """,
    """
    def_ = e["n"]
    while_ = def_
    return while_
    """,
    """
    return inner(e["actor"]) + inner(e["repo"])
    """,
    """
    a = inner(e["actor"])
    e["type"]
    return a
    """,
    """
    inner(e["actor"])
    return inner(x=e["repo"])
    """,
    """
    return early(e["n"], e["m"])
    """,
    """
    if early(e["n"], e["m"]) == e["n"]:
        return early(e["m"], e["n"])
    return e["x"] + early(1, 2)
    """,
]


def _function(body: str) -> Any:
    scope: dict[str, Any] = {"FLAG": False}
    exec(
        "def inner(x):\n    if 'name' in x:\n        return str(x['name'])\n    return x['login']\n"
        "def early(a, b):\n    if a is None:\n        return b\n"
        "    if a > b:\n        return a - b\n"
        "    c = a\n    return c\n",
        scope,
    )
    exec(f"def function(e):{body}", scope)
    return scope["function"]


@pytest.mark.parametrize("body", ROWS)
def test_statements(body: str) -> None:
    check(_function(body))


def test_many_branches_stay_small() -> None:
    """Twenty branches in a row have a million ways through them."""
    body = "\n    n = 0\n"
    body += "".join(f"    if e['n'] > {i}: n = n + e['x'] * {i}\n" for i in range(20))
    result = check(_function(body + "    return n\n"), rows=[(PUSH,), ({"n": 30, "x": 1},), ({},)])
    from satchel.expr.wire import to_wire

    assert len(to_wire([result.node])[0]) < 250


def test_deep_code_is_interpreted() -> None:
    body = "\n    n = 0\n" + "    if e['n'] > n: n = n + 1\n" * 200
    check(_function(body + "    return n\n"), rows=[(PUSH,), ({"n": 179},), ({"n": "a"},)])
