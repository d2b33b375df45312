"""`%` and `str.format` on texts that are known."""

from __future__ import annotations

from typing import Any

import pytest
from checking import check

from satchel.expr.lower import NotLowered, lower
from satchel.expr.nodes import record

PATTERN = "%s/%s"

ROWS = """
"%s" % e["type"]
"%s" % e["n"]
"%s" % e["x"]
"%s and %s" % (e["type"], e["n"])
PATTERN % (e["type"], e["actor"]["login"])
"%r" % e["type"]
"100%%, %s" % e["type"]
"%d" % e["n"]
"%d of %i" % (e["n"], e["m"])
"%02d:%02d" % (e["n"], e["m"])
"%5d|" % e["n"]
"%.2f" % e["x"]
"%8.1f" % e["x"]
"%f" % e["n"]
"%5s|%-5s|" % (e["number"], e["number"])
"plain" % ()
"%s-%s" % ("a", 1)
"%s" % str(e["n"])
"%s" % len(e["type"])
"%s" % e
"%s" % e.get("gone", "-")
"{}".format(e["type"])
"{} {}".format(e["type"], e["n"])
"{1}{0}{1}".format(e["type"], e["n"])
"{name}: {n}".format(name=e["type"], n=e["n"])
"{0[login]} {0[id]}".format(e["actor"])
"{0[tags][1]}".format(e["actor"])
"{!r}".format(e["type"])
"{:>10}|{:<10}|{:^10}".format(e["type"], e["type"], e["type"])
"{:05d}".format(e["n"])
"{:,}".format(e["n"])
"{:.2f}".format(e["x"])
"{{}} {}".format(e["type"])
"none".format()
"{}".format(e["gone"])
"{}-{}".format(e["actor"]["login"], e.get("gone", 0)).lower()
"""

TABLE = {"PushEvent": (1, 2)}
REFUSED = [
    ('"%s" % TABLE[e["type"]]', "formats with % what may be a tuple"),
    ('"%s" % e.get("type", (1, 2))', "formats with % what may be a tuple"),
    ('"%s" % list((c, 1) for c in e["actor"]["tags"])[0]', "formats with % what may be a tuple"),
    ('"%s %s" % e["type"]', "formats with % more values than it has"),
    ('"%s" % (e["type"], 1)', "formats with % in a form"),
    ('"%x" % e["n"]', "formats with % in a form"),
    ('"%(a)s" % {"a": e["n"]}', "formats with % in a form"),
    ('"{}{0}".format(e["n"])', "counts fields both by itself and by hand"),
    ('"{0.real}".format(e["n"])', "formats an attribute"),
    ('"{:{}}".format(e["n"], 5)', "computes a format specification"),
    ('"{} {}".format(e["n"])', "formats more values than it has"),
    ('"{".format(e["n"])', "formats with a text that has no form"),
]


def made(text: str) -> Any:
    return eval("lambda e: " + text, globals())


@pytest.mark.parametrize("text", [text for text in ROWS.split("\n") if text])
def test_formats(text: str) -> None:
    check(made(text))


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_what_is_not(text: str, reason: str) -> None:
    result = lower(made(text), (record(),))
    assert isinstance(result, NotLowered)
    assert result.reason.startswith(reason)


def test_what_may_be_a_tuple_is_not() -> None:
    result = lower(eval("lambda acc, e: '%s' % acc"), (record("acc"), record()))
    assert isinstance(result, NotLowered)
    assert result.reason == REFUSED[0][1]
