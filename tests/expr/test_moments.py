"""Dates and times in text, of which parts are used."""

from __future__ import annotations

import datetime  # noqa: F401 - the rows name it
from datetime import datetime as dt
from typing import Any

import pytest
from checking import PUSH, check

from satchel.expr.lower import NotLowered, lower
from satchel.expr.nodes import record

FORM = "%Y-%m-%dT%H:%M:%SZ"

TEXTS = """
2015-01-01T15:00:00Z
2015-01-01T15:00:00
2015-01-01 15:00:00
2015-01-01
20150101
2015-01-01T15:00:00.123
2015-01-01T15:00:00.123456Z
2015-01-01T15:00:00.1
2015-01-01T15:00:00+05:30
2015-01-01T15:00:00-00:00
2015-01-01T15:00:00+24:00
2015-01-01T15:00
2015-01-01T15
2015-W01-4
2016-02-29T00:00:00Z
2015-02-29T00:00:00Z
1900-02-29T00:00:00Z
2000-02-29T23:59:59Z
2015-13-01T00:00:00Z
2015-01-32T00:00:00Z
2015-01-01T24:00:00Z
2015-01-01T23:60:00Z
2015-01-01T23:59:60Z
2015-01-01T23:59:61Z
0001-01-01T00:00:00Z
0999-12-31T00:00:00Z
9999-12-31T23:59:59Z
2015-1-1T1:2:3Z
2015-01-01t15:00:00z
 2015-01-01T15:00:00Z
2015-01-01T15:00:00Z trailing
2015-01-01T15:00:00+0530
２０１５-01-01T15:00:00Z
Mon, 2 Apr 2007 19:18:42 GMT
Tue, 02 Apr 2007 19:18:42 GMT
mon, 2 APR 2007 19:18:42 gmt
Mon, 0 Apr 2007 19:18:42 GMT
Mon, 31 Apr 2007 19:18:42 GMT
Mon, 123 Apr 2007 19:18:42 GMT
Mon,  2 Apr 2007 19:18:42 GMT
Foo, 2 Apr 2007 19:18:42 GMT
Mon, 2 Avr 2007 19:18:42 GMT
12/Dec/2026:09:08:07
1/Dec/2026:09:08:07
"""
ROWS = [{**PUSH, "created": text} for text in TEXTS.split("\n")] + [
    {**PUSH, "created": value} for value in (None, 5, [], {}, "", 1420124400)
]

EXPRESSIONS = """
dt.fromisoformat(e["created"]).hour
datetime.datetime.fromisoformat(e["created"]).year
dt.fromisoformat(e["created"].replace("Z", "+00:00")).hour
dt.fromisoformat(e["created"]).month * 100 + dt.fromisoformat(e["created"]).day
dt.fromisoformat(e["created"]).weekday()
dt.fromisoformat(e["created"]).isoweekday()
dt.fromisoformat(e["created"]).date().isoformat()
dt.fromisoformat(e["created"]).date().weekday()
dt.fromisoformat(e["created"]).date().day
dt.fromisoformat(e["created"]).microsecond
dt.fromisoformat(e["created"]).strftime("%Y-%m-%d %H:%M")
dt.fromisoformat(e["created"]).date().strftime("%Y%m%d%H")
dt.strptime(e["created"], "%Y-%m-%dT%H:%M:%SZ").hour
dt.strptime(e["created"], FORM).strftime("%H:%M:%S")
dt.strptime(e["created"], FORM).weekday()
dt.strptime(e["created"], "%Y-%m-%dT%H:%M:%S.%fZ").microsecond
dt.strptime(e["created"], "%Y%m%d").day
dt.strptime(e["created"], "%Y-%m-%d %H:%M:%S").minute
dt.strptime(e["created"][:10], "%Y-%m-%d").date().isoformat()
dt.strptime(e["created"][:7], "%Y-%m").day
dt.strptime(e["created"], "%a, %d %b %Y %H:%M:%S GMT").day
dt.strptime(e["created"], "%a, %d %b %Y %H:%M:%S GMT").strftime("%Y-%m-%d")
dt.strptime(e["created"], "%d/%b/%Y:%H:%M:%S").month
dt.strptime(e["created"], FORM).second if e["public"] else None
"weekend" if dt.fromisoformat(e["created"]).weekday() > 4 else "week"
"""

REFUSED = [
    ("dt.fromisoformat(e['created'])", "uses a time as a value"),
    ("dt.fromisoformat(e['created']).date()", "uses a time as a value"),
    ("dt.fromisoformat(e['created']).tzinfo", "reads .tzinfo of a time"),
    ("dt.fromisoformat(e['created']).isoformat()", "calls .isoformat() of a time"),
    ("dt.fromisoformat(e['created']).date().hour", "reads .hour of a time"),
    ("dt.strptime(e['created'], '%d %B %Y').year", "parses a time in a form that is not in"),
    ("dt.strptime(e['created'], '%d%b%Y').year", "parses a time in a form that is not in"),
    ("dt.strptime(e['created'], '%b %m %Y').year", "parses a time in a form that is not in"),
    ("dt.strptime(e['created'], '%Y %Y').year", "parses a time in a form that is not in"),
    ("dt.strptime(e['created'], e['type']).year", "parses a time in a form that is not known"),
    ("dt.fromisoformat(e['created']).strftime('%A')", "writes a time in a form"),
]


def made(text: str) -> Any:
    return eval("lambda e: " + text, globals())


@pytest.mark.parametrize("text", EXPRESSIONS.split("\n")[1:-1])
def test_parts(text: str) -> None:
    check(made(text), rows=[(row,) for row in ROWS])
    check(made(text))


def test_a_text_that_is_no_time_raises_though_nothing_is_asked() -> None:
    def function(e: Any) -> Any:
        when = dt.fromisoformat(e["created"])
        return when.hour if e["public"] else "private"

    check(function, rows=[({**row, "public": False},) for row in ROWS])


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_what_is_not(text: str, reason: str) -> None:
    result = lower(made(text), (record(),))
    assert isinstance(result, NotLowered)
    assert result.reason.startswith(reason)
