"""Exceptions that a function handles: `try` and `except` in every form, as values."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest
import toolz
from checking import PUSH, RECORDS, check, outcome, refused

from satchel.expr.interpret import Unproved, interpret

FUNCTIONS = [
    """
    try:
        return e["actor"]["login"]
    except KeyError:
        return None
    """,
    """
    try:
        name = e["actor"]["login"]
    except (KeyError, TypeError):
        name = "nobody"
    return name.lower()
    """,
    """
    try:
        name = e["actor"]["login"]
    except KeyError:
        name = "missing"
    except TypeError:
        name = "wrong"
    else:
        name = name + "!"
    return name
    """,
    """
    name = "none"
    try:
        name = e["actor"]["login"]
        size = e["payload"]["size"]
    except LookupError:
        return name
    return name, size
    """,
    """
    try:
        value = int(e["number"])
    except (KeyError, ValueError, TypeError):
        value = 0
    return value + 1
    """,
    """
    try:
        value = e["n"] / e["zero"]
    except ZeroDivisionError:
        value = -1
    except Exception:
        value = -2
    return value
    """,
    """
    try:
        return e["actor"]["tags"][2]
    except IndexError:
        return "short"
    except:
        return "other"
    """,
    """
    try:
        return e["n"].lower()
    except AttributeError:
        return e["type"]
    """,
    """
    total = 0
    try:
        total += e["n"]
        total += e["m"]
    except (KeyError, TypeError):
        pass
    return total
    """,
    """
    try:
        try:
            return e["actor"]["login"]
        except KeyError:
            return e["repo"]["name"]
    except TypeError:
        return "outer"
    """,
    """
    try:
        try:
            value = e["actor"]["login"]
        except TypeError:
            value = e["repo"]["name"]
    except KeyError:
        value = "outer"
    return value
    """,
    """
    try:
        value = e["actor"]["login"]
    except KeyError as error:
        value = "gone"
    return value
    """,
    """
    try:
        value = e["n"]
    finally:
        kind = e["type"]
    return value, kind
    """,
    """
    try:
        return e["n"]
    except KeyError:
        return 0
    finally:
        e["type"]
    """,
    """
    if e["public"]:
        try:
            owner, name = e["repo"]["name"].split("/")
        except ValueError:
            owner = name = None
        return owner, name
    return e["id"]
    """,
    """
    try:
        tags = [tag.upper() for tag in e["actor"]["tags"]]
    except (KeyError, TypeError, AttributeError):
        tags = []
    return len(tags)
    """,
    """
    try:
        return any(commit["sha"] == "ab" for commit in e["payload"]["commits"])
    except (KeyError, TypeError):
        return None
    """,
    """
    try:
        x = e["n"]
    except KeyError:
        try:
            x = e["m"]
        except KeyError:
            x = 0
    return x
    """,
    """
    try:
        return len(e["payload"]["commits"])
    except KeyError:
        return -1
    except TypeError:
        return -2
    """,
    """
    try:
        kind = "Push" in e["type"]
    except TypeError:
        kind = None
    return kind
    """,
    """
    try:
        return e["n"] < e["m"]
    except TypeError:
        return str(e["n"]) < str(e["m"])
    """,
    """
    found = []
    try:
        found.append(e["n"])
        found.append(e["m"])
    except KeyError:
        found.append("gone")
    return found
    """,
    """
    while_open = e.get("n")
    try:
        return while_open + 1
    except TypeError:
        print("never so")
        return None
    """,
    """
    try:
        return float(e["number"])
    except ValueError:
        raise RuntimeError("not a number") from None
    """,
    """
    try:
        value = helper(e)
    except KeyError:
        value = "caught"
    return value
    """,
    """
    try:
        value = e["n"]
    except OSError:
        value = 0
    return value
    """,
    """
    try:
        assert e["n"]
    except AssertionError:
        return "asserted"
    return "fine"
    """,
    """
    try:
        return e["n"] if e["public"] else e["m"]
    except KeyError:
        return e.get("type")
    """,
    """
    try:
        return e["text"].strip().split(",")[1].index
    except (KeyError, IndexError):
        return "?"
    """,
]


def helper(e: Any) -> Any:
    if e["type"] == "PushEvent":
        return e["actor"]["login"]
    try:
        return e["payload"]["ref"]
    except TypeError:
        return "helped"


def _function(body: str) -> Any:
    names: dict[str, Any] = {"helper": helper}
    exec("def function(e):\n" + textwrap.indent(textwrap.dedent(body), "    "), names)
    return names["function"]


BEFORE = [
    # What raises before a `try` is not its handler's.
    """
    name = e["nope"]
    try:
        return e["actor"]["login"]
    except KeyError:
        return name
    """,
    """
    small = e["n"] < 3
    try:
        size = len(e["tags"])
    except Exception:
        return None
    return size
    """,
    """
    known = (e["n"] < 3) is not None
    try:
        known = int(e["tags"])
    except Exception:
        pass
    return known
    """,
    """
    try:
        first = e["actor"]["login"]
    except KeyError:
        first = e["type"]
    second = e["org"]["login"]
    try:
        third = e["tags"][0]
    except Exception:
        third = None
    return first, third
    """,
]


@pytest.mark.parametrize("body", [*FUNCTIONS[:-1], *BEFORE])
def test_what_is_handled(body: str) -> None:
    check(_function(body))


def test_what_cannot_be_followed_in_the_guarded_part() -> None:
    assert refused(_function(FUNCTIONS[-1])).reason == "reads attribute .index"


@pytest.mark.parametrize(
    ("body", "record"),
    [
        (FUNCTIONS[0], {"actor": {}}),
        (FUNCTIONS[0], {}),
        (FUNCTIONS[1], {"actor": None}),
        (FUNCTIONS[1], {"actor": []}),
        (FUNCTIONS[2], {"actor": 5}),
        (FUNCTIONS[4], {"number": "x"}),
        (FUNCTIONS[4], {"number": None}),
        (FUNCTIONS[5], {**PUSH, "zero": 0}),
        (FUNCTIONS[6], {"actor": {"tags": []}}),
        (FUNCTIONS[7], PUSH),
        (FUNCTIONS[9], {"actor": {}, "repo": None}),
        (FUNCTIONS[14], {**PUSH, "repo": {"name": "nothing"}}),
        (FUNCTIONS[24], {"type": "PushEvent"}),
    ],
)
def test_the_handler_answers_as_a_value(body: str, record: Any) -> None:
    function = _function(body)
    node = check(function, rows=[(record,)]).node
    assert outcome(lambda: interpret(node, {"record": record})) == outcome(lambda: function(record))


def test_a_method_is_looked_up_before_its_arguments_are_evaluated() -> None:
    function = _function(
        """
        try:
            return e["nothing"].get(e["actor"]["tags"][9])
        except IndexError:
            return "argument"
        except AttributeError:
            return "method"
        """
    )
    node = check(function).node
    assert function(PUSH) == interpret(node, {"record": PUSH}) == "method"
    there = {**PUSH, "nothing": {}}
    assert function(there) == interpret(node, {"record": there}) == "argument"


def test_an_exception_that_no_handler_takes_is_the_functions_own() -> None:
    node = check(_function(FUNCTIONS[0])).node
    with pytest.raises(Unproved):
        interpret(node, {"record": {"actor": None}})


def test_toolz() -> None:
    check(lambda e: toolz.get("n", e, 0))
    check(lambda e: toolz.get_in(["actor", "login"], e, "nobody"))
    check(lambda e: toolz.get_in(["actor", "tags", 1], e))
    node = check(lambda e: toolz.get("n", e, 7), rows=[({},)]).node
    assert interpret(node, {"record": {}}) == 7


def test_what_the_exception_says_is_not_known() -> None:
    def function(e: Any) -> Any:
        try:
            return e["n"]
        except KeyError as error:
            return str(error)

    node = check(function).node
    with pytest.raises(Unproved):
        interpret(node, {"record": {}})
    assert interpret(node, {"record": {"n": 1}}) == 1
    assert len(RECORDS) > 1
