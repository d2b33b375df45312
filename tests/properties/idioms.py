"""What people write, as templates: each by the type of its value, with holes for other values.

A hole is a type in braces: `{int}`, `{float}`, `{str}`, `{bool}`, `{any}`, `{list}`. Between them,
the templates use everything that `expr/vocabulary.py` knows by name; `fuzz` counts whether they do.
"""

from __future__ import annotations

import re
from functools import cache

ANYWHERE: dict[str, tuple[str, ...]] = {
    "int": (
        'len(list(filter(None, [{any}, {str}])))', 'sum(1 for t in filter(None, [{str}, {int}]))', 'len(list(filter(str.isalpha, [{str}, {str}])))', 'len(first_word({str}))',
        '{str}.find({str}, 1)', '{str}.find({str}, {int}, 9)', '{str}.count("e", 1)', '{str}.count({str}, 0, {int})',
        'len({str}.split("-", 1))', 'len({str}.split(sep="e"))', 'len({str}.rsplit(None, 1))', 'len({str}.rsplit(",", maxsplit=1))', 'len({str}.partition("-"))',
        'max({int}, {int}, {int})', 'min([{int}, {int}])', 'max(({int}, {int}))', 'sum([{int}, {int}, {bool}])', 'len(tuple({list}))',
        'len(list({str}))', 'round({float})', 'abs({int} - {int})', 'int(str({int}))', 'int({float} // 1)', 'int({bool}) * 2',
        'operator.add({int}, {int})', 'operator.sub({int}, {int})', 'operator.mul({int}, 3)', 'operator.floordiv({int}, 7)',
        'operator.mod({int}, 5)', 'operator.pow({int}, 2)', 'operator.neg({int})', 'operator.pos({int})', 'operator.abs({int})',
        'operator.iadd({int}, {int})', 'operator.getitem([{int}, {int}], 1)', 'more({int})', 'twice({int}, to=3)', 'tripled({int})',
        'functools.reduce(lambda a, b: a + b, ({int}, {int}, 1))', 'functools.reduce(operator.mul, [{int}, 2])',
        'functools.partial(clamp, low={int})({int})', 'sum(1 for t in {list} if t)',
        'sum(len(t) for t in [{str}, {str}])', 'len([t for t in {list} if t == {any}])', 'len(re.findall("[a-e]", {str}))',
        'len(WORD.findall({str}))', 'len(re.split(r"[-,/ ]", {str}))', '{int} + -{int}', '(lambda a, b=2: a * b)({int})', 'SCORES.get({str}, 0) and 1',
        'next((t for t in [{int}, {int}] if t > 2), -1)', 'sum(map(len, [{str}, {str}]))', 'sum(range(4)) + {int}', 'len(range({int} % 5))',
        'sum(n for n in range({int} % 7) if n % 2)',
        '({int} if {str} else {int}) or {int}', 'dict(a={int}, b=2)["a"]',
    ),
    "float": (
        'operator.truediv({int}, 4)', 'operator.add({float}, {int})', 'operator.mul({float}, 2)', 'operator.neg({float})', 'operator.pos({float})', 'abs({float} - {int})',
        'round({float} / 3, 2)', 'float(str({float}))', 'float({str} and "1.5")', 'sum([{float}, {float}], ) / 2', 'max({float}, 0.0)', '{float} % 1',
        '+{float}', 'float({bool})', 'min(({float}, {float}))', 'operator.pow({float}, 2)', '{int} * 1.5',
        'sum(x for x in ({float}, {float}))', 'functools.reduce(operator.add, ({float}, {float}))', '{float} // 1', '{int} ** 0.5 if {int} > 0 else 0.5',
    ),
    "str": (
        'str.title({str}) + str.rstrip({str})', 'str.removeprefix(str.removesuffix({str}, "b"), "a")', 'str.replace(str.rpartition({str}, "-")[0], "a", "")',
        'str.split({str} + "x")[0] + str.rsplit("x" + {str})[-1]', 'first_word({str}) + first_word({str})', 'str.partition(str.title({str}), "A")[2]', 'str.removesuffix(str.rstrip({str}), "e")',
        'str.rsplit(str.replace({str}, " ", "-") + "x", "-")[0]', 'str.removeprefix(str.rpartition({str}, "/")[2], "P")', 'str.split(str.partition({str}, "-")[0] + "x")[0]',
        '{str}.lstrip() + {str}.capitalize()', 'str.lstrip(str.capitalize({str}))', '",".join([{str}.lstrip(), str.upper({str})])', 'str.join("-", [str.capitalize({str}), {str}.lstrip()])',
        '{str}.title()', '{str}.capitalize()', '{str}.lstrip()', '{str}.rstrip()', '{str}.strip("ab")', '{str}.lstrip("a")', '{str}.rstrip("e")', '{str}.upper()', '{str}.lower()',
        '{str}.removeprefix("a")', '{str}.removeprefix({str})', '{str}.removesuffix("Event")', '{str}.replace("e", "")', '{str}.replace("a", "b", 1)',
        '{str}.partition("-")[0]', '{str}.rpartition("/")[2]', '{str}.rsplit("-")[-1]', '{str}.rsplit(",", 1)[0]', '{str}.split("e", maxsplit=1)[-1]', '{str}.split(sep="a")[-1]',
        'str.lower({str})', 'str.upper({str})', 'str.title({str})', 'str.capitalize({str})', 'str.strip({str})', 'str.lstrip({str}, "a")', 'str.rstrip({str})', 'str.replace({str}, "a", "-")',
        'str.removeprefix({str}, "a")', 'str.removesuffix({str}, "b")', 'str.join(",", [{str}])', 'str.split({str})[0] if {str}.strip() else ""', 'str.rsplit({str} + "x")[0]',
        'str.partition({str}, "a")[0]', 'str.rpartition({str}, "a")[-1]', 'operator.add({str}, {str})', 'operator.getitem({str} + "a", 0)', 'operator.mul({str}, 2)',
        'operator.iadd({str}, "x")', 'operator.itemgetter(0)([{str}, {any}])', 'operator.itemgetter(1, 0)(({str}, {str}))[1]', 'operator.itemgetter(slice(0, 3))({str})',
        'operator.methodcaller("lower")({str})', 'operator.methodcaller("replace", "a", "b")({str})', 'functools.reduce(operator.add, [{str}, "-", {str}])',
        '"".join([{str}, {str}])', '"-".join(t for t in [{str}, {str}] if t)', '",".join(str(t) for t in {list})', '"/".join(map(str, {list}))', '" ".join({str}.split())',
        '"%s" % {str}', '"%s:%d" % ({str}, {int})', '"%5s|%-5s" % ({str}, {str})', '"%.2f" % {float}', '"%05d" % {int}', '"%r" % ({any},)', '"100%%"', '"%i" % {int}', '"%8.3f" % {float}',
        '"{}".format({any})', '"{0}-{1}-{0}".format({str}, {int})', '"{a:>8}|{b!r}".format(a={str}, b={any})', '"{:.3f}".format({float})', '"{:,}".format({int})', '"{0[0]}".format([{str}])',
        'dash({str})', 'shouted({str})', 'type({any}).__name__', 'str(type({any}).__name__)', 'max({str}, {str})', 'min([{str}, {str}, "m"])', 'sorted([{str}, {str}])[0]', 'NAMES_OF.get({str}, {str})',
        're.sub("[aeiou]", "_", {str})', 're.sub(r"\\d+", "#", {str})', 'DIGITS.sub("", {str})', 're.split("-", {str})[0]', '(re.findall("[a-z]+", {str}) or [""])[0]', 'first_word({str})', 'named({str})',
        'next((t for t in [{str}, {str}] if t), "none")', 'next(iter(map(str.upper, [{str}])), "")', 'str({bool})', 'str({int})', 'str({float})', '({str} or {str}).lower().strip()', '{str}[-3:]', '{str}[1:-1]',
        '{str}.strip().lower().replace(" ", "_")', '[t for t in {str}.split() if t][-1:] and "some" or "no"', '(lambda t, mark="?": t + mark)({str})', 'dict(k={str})["k"]', '{str}.split("/")[-1].split(".")[0]',
    ),
    "bool": (
        '{str}.isdigit()', '{str}.isalpha()', '{str}.isalnum()', '{str}.isspace()', '{str}.isupper()', '{str}.islower()', '{str}.isascii()', 'str.isdigit({str})', 'str.isalpha({str})', 'str.isalnum({str})',
        'str.isspace({str})', 'str.isupper({str})', 'str.islower({str})', 'str.isascii({str})', 'str.startswith({str}, "a")', 'str.endswith({str}, "e")', 'str.find({str}, "a") < 0', 'str.count({str}, "a") > 0',
        '{str}.startswith("a", 1)', '{str}.endswith("t", 0, 9)', '{str}.startswith(("P", "a"))', '{str}.endswith(("Event", "b", ""))', 'any([{bool}, {bool}])', 'all(({bool}, {bool}))', 'any(t == {str} for t in ("a", "ann"))',
        'all(t for t in {list})', 'any(map(bool, {list}))', 'any(isinstance(t, str) for t in {list})', 'isinstance({any}, str)', 'isinstance({any}, int)', 'isinstance({any}, float)', 'isinstance({any}, bool)',
        'isinstance({any}, list)', 'isinstance({any}, dict)', 'isinstance({any}, type(None))', 'isinstance({any}, (str, type(None)))', 'type({any}) is str', 'type({any}) is not int', 'type({any}) == dict', 'type({any}) in (list, dict)',
        'operator.ge({int}, 1) or operator.gt({float}, 1)', 'operator.is_({any}, None) or operator.lt({int}, 5)', 'operator.ge({int}, 2) == operator.gt({int}, 3)', '{str}.startswith("a") or str.count({str}, "e") > 1', 'operator.lt({int}, 5) != operator.eq({int}, 5)', 'operator.is_({any}, True) and operator.ne({str}, "a")',
        'operator.eq({any}, {any})', 'operator.ne({str}, {str})', 'operator.lt({int}, {int})', 'operator.le({str}, {str})', 'operator.gt({float}, {int})', 'operator.ge({int}, {int})', 'operator.contains({str}, "e")',
        'operator.contains({list}, {any})', 'operator.is_({any}, None)', 'operator.is_not({any}, None)', 'operator.not_({any})', 'operator.truth({any})', 'bool({list})', 'bool({str})', 'callable(len) and {bool}',
        're.search("[0-9]", {str}) is not None', 'bool(re.match("[A-Z]", {str}))', 're.fullmatch("[a-z]+", {str}) is None', 'bool(DIGITS.search({str}))', 'WORD.match({str}) is not None', 'not re.search("push", {str}, re.I)',
        '0 <= {int} < 10', '{int} != {int}', '{float} <= {float}', '{float} == {int}', '{str} >= "b"', '{str} not in ("a", "b")', '{any} is not None', 'not ({bool} or {bool})', '{any} in ["a", 1, None]', '{str} in ALIASES',
        '{str}.lower() == "push"', 'len({str}) > 3', '(lambda t: t == {str})({str})', 'all(c != "z" for c in {str})', '({any} is None) is {bool}', 'set_member({str})', '{int} in range(5)', '{int} > {float}', '{int} % 2 == 0',
    ),
    "list": (
        '[*{list}]', '[{str}, *{list}]', '[*{list}, {int}]', 'sorted([{int}, {int}, 3])', 'sorted([{str}, {str}])', 'list(({any}, {any}))', 'tuple([{str}, {int}])', 'tuple({list})', 'list({str})', '{str}.partition("-")', '{str}.split(sep="-")', '{str}.rpartition(",")', '{str}.rsplit(",", 1)',
        'str.split({str}, "-")', 'str.rsplit({str})', 'list(map(str.upper, [{str}, {str}]))', 'list(map(str, {list}))', 'list(filter(None, [{any}, {any}]))', 'list(filter(str.strip, [{str}, {str}]))', '[str(t) for t in {list}]',
        '[t for t in {list} if t]', '[(t, {int}) for t in {list}]', '[t.lower() for t in [{str}, {str}]]', '[a + b for a in ({str}, "x") for b in ("y", {str})]', '[n * n for n in range(4)]', '[n for n in range({int} % 6)]',
        're.findall("[a-z]+", {str})', 're.split("[-,]", {str})', 'DIGITS.findall({str})', 'WORD.findall({str})', 'operator.itemgetter(0, 1)([{any}, {str}])', 'operator.add([{int}], [{str}])', '[{int}] + [{any}]', '[{str}] * 2',
        '({int},) + ({str},)', 'list(toolz.pluck("a", [dict(a={int})]))', '{list}[:2]', '{list}[-2:]', '{list}[::-1]', '[[t] for t in {list}]', '[t for ts in ([{str}], {list}) for t in ts]', 'list(range({int} % 4))',
        '(re.match("(.)(.?)", {str} + "ab")).groups()', 'operator.mul([{int}], 2)', 'operator.getitem({list}, slice(0, 1))',
    ),
    "any": (
        '{str} and {int}', '{int} or {str}', '[{str}, [{int}]]', '({str}, ({int}, {bool}))', 'dict(kind={str}, n={int})', '{{**dict(a={int}), "b": {str}}}', 'dict(a={int}) | dict(b={any})', 'dict(dict(a={int}, b={any}))', '{{"a": {str}, "b": [{int}]}}', '{{"a": {{"b": {any}}}}}.get("a")', 'SCORES.get({str})', 'SCORES.get({int}, {str})',
        'toolz.get(0, [{any}, {int}])', 'toolz.get_in(["a", "b"], dict(a=dict(b={any})))', 'toolz.get_in(["a", 0], dict(a=[{str}]))', 'operator.itemgetter("a")(dict(a={any}))', 'operator.itemgetter("b", "a")(dict(a={any}, b={str}))',
        'toolz.compose(str.lower, str.strip)({str})', 'both({str})', 'twice({any} and 2)', 'kind_of({any})', 'functools.reduce(operator.getitem, ["a", "b"], dict(a=dict(b={any})))', 'next((t for t in {list}), None)',
        'next((t for t in {list} if t), {any})', 're.search("([a-z]+)", {str}) and 1', 'parts({str})', 'parts({str}, "all")', 'groups_of({str})', '({int}, {str}) if {bool} else None', '{int} if {bool} else {str}', 'None if {bool} else {any}',
        '[{str}, {int}][{bool}]', '({str}, {int})[-1]', 'dict(a={int}) if {bool} else [{int}]', 'min({int}, {float})', 'max({bool}, {int})', 'sum([{int}, {float}])', '{bool} + {float}', '{any}', 'not {any}', '-{bool}', '+{bool}', '{{}}', '[]',
        '{{"k": {str}, "l": {{"k": {str}}}}}', '(lambda: {any})()', '{int} and {float} and {str}', 'type({any}) is bool', '[k for k in dict(a={int}, b={str})]',
    ),
}  # fmt: skip
"""For any element: the holes read it."""

OF_A_RECORD: dict[str, tuple[str, ...]] = {
    "int": (
        'datetime.strptime(e["day"][:10], "%Y-%m-%d").day', 'datetime.fromisoformat(e["day"]).date().day', 'datetime.strptime(e["day"][:10], "%Y-%m-%d").month',
        'datetime.fromisoformat(e["day"]).year * 12 + datetime.fromisoformat(e["day"]).month', 'datetime.fromisoformat(e["day"]).second * 1000 + datetime.fromisoformat(e["day"]).microsecond', 'datetime.fromisoformat(e["day"]).year - datetime.strptime(e["day"][:10], "%Y-%m-%d").year', 'datetime.fromisoformat(e["day"]).month + datetime.fromisoformat(e["day"]).isoweekday()',
        'datetime.fromisoformat(e["day"]).hour', 'datetime.fromisoformat(e["day"]).year', 'datetime.fromisoformat(e["day"]).month', 'datetime.fromisoformat(e["day"]).day', 'datetime.fromisoformat(e["day"]).minute',
        'datetime.fromisoformat(e["day"]).second', 'datetime.fromisoformat(e["day"]).microsecond', 'datetime.fromisoformat(e["day"]).isoweekday()', 'datetime.fromisoformat(e["day"]).weekday()',
        'datetime.strptime(e["day"], "%Y-%m-%dT%H:%M:%SZ").minute', 'datetime.strptime(e["day"][:10], "%Y-%m-%d").isoweekday()', 'datetime.strptime(e["day"][11:16], "%H:%M").hour', 'datetime.strptime(e["day"], "%Y-%m-%dT%H:%M:%SZ").second + datetime.strptime(e["day"], "%Y-%m-%dT%H:%M:%SZ").microsecond',
        'datetime.strptime(e["day"], "%Y-%m-%dT%H:%M:%SZ").year', 'datetime.strptime(e["day"], "%Y-%m-%dT%H:%M:%SZ").month', 'sum(1 for c in e["load"]["commits"] if c["ok"])', 'sum(e["nums"])', 'max(e["nums"])', 'min(e["nums"])', 'sorted(e["nums"])[0]', 'len(e["nums"]) + len(e["tags"])',
        'sum(len(t) for t in e["tags"])', 'sum(map(len, e["tags"]))', 'toolz.get_in(["load", "size"], e)', 'toolz.get_in(["org", "id"], e, 0)', 'toolz.get("m", e)', 'toolz.get("opt", e, 0)', 'operator.itemgetter("m")(e)',
        'functools.reduce(operator.getitem, ["load", "size"], e)', 'functools.reduce(lambda a, b: a + b, [e["m"], size(e), 1])', 'e.get("load", {}).get("size", 0)', '(e.get("org") or {}).get("id", -1)', 'sum(n for n in e["nums"] if n > 0)',
        'next((n for n in e["nums"] if n > 10), 0)', 'len({"a": e["m"], "b": 1})', 'len([n for n in e["nums"] if n % 2 == 0])', 'sum(int(n > 3) for n in e["nums"])', 'e["nums"].count(1)', 'len(list(toolz.pluck("sha", e["load"]["commits"])))', 'sum(list(toolz.pluck("ok", e["load"]["commits"])))', 'len(list(toolz.pluck(["sha"], e["load"]["commits"])))',
        'max((len(t) for t in e["tags"]), default=0)', 'sum(range(e["load"]["size"] % 6))', 'len(e.get("tags") or [])', 'int(e["id"]) % 7', 'int(e["day"][8:10])', 'hour(e)',
    ),
    "float": ('e["r"] * 8', 'float(e["m"])', 'e["x"] / 2', 'round(e["x"], 1)', 'sum(e["nums"]) / len(e["nums"])', 'e["r"] + size(e)', 'max(e["x"], e["r"])', 'float(e["id"][-2:])', 'e.get("x", 0.0) or 0.5', 'abs(e["x"])'),
    "str": (
        'datetime.fromisoformat(e["day"]).date().isoformat() + login(e)', 'datetime.fromisoformat(e["day"]).date().isoformat()', 'e["day"][:4] + datetime.fromisoformat(e["day"]).date().isoformat()', 'datetime.fromisoformat(e["day"]).strftime("%Y-%m")', 'datetime.strptime(e["day"], "%Y-%m-%dT%H:%M:%SZ").strftime("%H:%M:%S")', 'datetime.strptime(e["day"], "%Y-%m-%dT%H:%M:%SZ").strftime("%d/%m/%Y %H")', 'datetime.strptime(e["day"], "%Y-%m-%dT%H:%M:%SZ").date().isoformat()',
        'datetime.strptime(e["day"][:10], "%Y-%m-%d").strftime("%m")', 'datetime.strptime(e["day"], "%Y-%m-%dT%H:%M:%SZ").date().strftime("%Y%m%d")', 'datetime.strptime(e["day"], "%Y-%m-%dT%H:%M:%SZ").strftime("%f")', 'e["day"].split("T")[0]', 'e["day"].partition("T")[2][:2]', '"-".join(e["tags"])', '",".join(sorted(e["tags"]))',
        '"|".join(c["sha"] for c in e["load"]["commits"])', '"".join(map(str.upper, e["tags"]))', 'toolz.get_in(["who", "login"], e)', 'operator.itemgetter("kind")(e)', 'functools.reduce(operator.getitem, ["who", "login"], e)', 'login(e).split("-")[0]',
        'e["kind"].removesuffix("Event")', 'e["kind"].replace("Event", "").lower()', 'f"{e[\'kind\']}/{login(e)}"', 'f"{e[\'m\']:>5}|{e[\'r\']:.2f}"', '"%s by %s" % (e["kind"], login(e))', '"{who[login]}: {m}".format(who=e["who"], m=e["m"])', 'str(e["maybe"] or "")',
        'next((t for t in e["tags"] if t), "none")', 'next((c["sha"] for c in e["load"]["commits"] if c["ok"]), "-")', '(e["tags"] or ["-"])[0]', 'sorted(e["tags"] or ["z"])[0]', 'min(e["tags"] or ["z"])', 'max(t for t in e["tags"] + ["a"])', 'type(e["maybe"]).__name__',
    ),
    "bool": (
        'e["kind"].startswith("Push")', 'login(e).endswith("[bot]")', 'any(t.startswith("a") for t in e["tags"])', 'all(n > 0 for n in e["nums"])', 'any(n in (1, 2, 3) for n in e["nums"])', 'e["maybe"] is None', 'isinstance(e["maybe"], type(None))',
        '"ann" in e["tags"]', '"login" in e["who"]', '"size" in e.get("load", {})', 'e.get("org") is not None', 'bool(e["load"]["commits"])', 'not e.get("opt")', 'e["kind"] in ("PushEvent", "ForkEvent")', 'e["kind"] == "PushEvent" and size(e) > 2', 'e["flag"] or e["m"] > 5',
        'datetime.strptime(e["day"], "%Y-%m-%dT%H:%M:%SZ").hour < 12', 'datetime.strptime(e["day"], "%Y-%m-%dT%H:%M:%SZ").weekday() >= 5', 'all(e["tags"])', 'any(e["nums"])', 'any(c["ok"] for c in e["load"]["commits"])', 'bool(re.search(r"[0-9]", login(e)))', 'toolz.get_in(["who", "name"], e) is None', 'isinstance(e, dict)', 'isinstance(e["tags"], list)',
        'len(e["tags"]) == len(e["nums"])', 'e["m"] in e["nums"]', 'type(e["n"]) is int', 'e["s"] != e["t"]', 'e["who"] == e.get("org")', 'e["tags"] == e.get("nums")', 'e["load"] != {}', 'KINDS[0] == e["kind"]', 'e["kind"] in ALIASES', 'e["flag"] is not False',
    ),
    "list": (
        'sorted(e["tags"])', 'sorted(e["nums"])', 'tuple(e["nums"])', 'list(e["tags"])', 'list(map(str.lower, e["tags"]))', 'list(map(str, e["nums"]))', 'list(filter(None, e["tags"]))', '[n * 2 for n in e["nums"]]', '[n for n in e["nums"] if n > 3]',
        '[c["sha"] for c in e["load"]["commits"]]', '[(c["sha"], c["ok"]) for c in e["load"]["commits"] if c["ok"]]', '[t.upper() for t in e["tags"] if t]', 'list(toolz.pluck("sha", e["load"]["commits"]))', 'list(toolz.pluck(["sha", "ok"], e["load"]["commits"]))', 'list(toolz.pluck("ok", e["load"]["commits"]))', 'sorted(list(toolz.pluck("sha", e["load"]["commits"])))', '[*list(toolz.pluck(["ok"], e["load"]["commits"]))]',
        'e["tags"] + ["x"]', 'e["nums"][1:]', 'e["tags"][:2]', '[t for t in e["tags"] for n in e["nums"] if n > 2]', '[[n, str(n)] for n in e["nums"]]', '[{"t": t} for t in e["tags"]]', 'e["day"].split("T")', 'operator.itemgetter("kind", "m")(e)', '[e["kind"], *e["tags"]]',
        'e.get("nope") or e["tags"]', 'e["nums"] * 2', '[len(t) for t in e["tags"]]', '[login(e), e["kind"]]', '(login(e), size(e), e["kind"])', '[k for k in ("opt", "org", "kind") if k in e]', 'e.get("tags", [])',
    ),
    "any": (
        'dict(e["who"])', '{**e["load"], "n": 1}', 'dict(e)', '{**e, "seen": e["m"]}', 'e["who"] | {"kind": e["kind"]}',
        'toolz.get(["kind", "m"], e)', 'operator.itemgetter("kind", "flag")(e)', 'toolz.get_in(["org", "login"], e)', 'toolz.get_in(["who", "nope"], e, "none")', 'e.get("who", {}).get("name")', '(e.get("org") or {}).get("login")', '{"login": login(e), "n": e["m"]}',
        'dict(kind=e["kind"], size=size(e))', '[e["kind"], e.get("maybe")]', '(e["kind"], e["flag"], e["m"])', 'e["org"] if "org" in e else None', 'e["load"]["commits"][-1] if e["load"]["commits"] else None', 'e["tags"][0] if e["tags"] else None', 'next((c for c in e["load"]["commits"] if c["ok"]), None)',
        '{"kind": e["kind"], "who": e["who"], "tags": e["tags"]}', 'e["who"].get("nope", e["kind"])', 'login(e) if e["flag"] else e["m"]', 'datetime.strptime(e["day"], "%Y-%m-%dT%H:%M:%SZ").hour if e["flag"] else None', 'e["nums"][0] if e["nums"] else -1', '[e["load"]["commits"], e["tags"]]', 'SCORES.get(login(e))', 'e["maybe"] or e["who"]["name"]',
    ),
}  # fmt: skip
"""For a record of the shape `functions.RECORD`."""

STEPS: dict[str, tuple[str, ...]] = {
    "record": (
        'operator.itemgetter("kind")', 'operator.itemgetter("kind", "m")', 'functools.partial(toolz.get, "m")', 'toolz.compose(str.lower, operator.itemgetter("kind"))', 'functools.partial(toolz.get_in, ["who", "login"])',
        'toolz.curry(toolz.get)("kind")', 'operator.methodcaller("get", "maybe")', 'functools.partial(field, name="t")', 'toolz.curry(field, name="n")', 'login', 'size', 'len', 'bool', 'toolz.compose(len, operator.itemgetter("tags"))', 'type_of_kind', 'counted()', 'bounded(3)',
    ),
    "str": ('str.lower', 'str.upper', 'str.strip', 'str.title', 'str.split', 'str.isdigit', 'len', 'operator.methodcaller("split", "-")', 'operator.methodcaller("strip")', 'operator.methodcaller("lower")', 'operator.methodcaller("find", "a")', 'operator.methodcaller("isdigit")', 'functools.partial(shout, mark="?")', 'toolz.compose(str.strip, str.lower)', '"-".join', 'NAMES_OF.get', 'dash', 'shouted', 'bool', 'str', 'str.rstrip', 'str.capitalize', 'str.isalpha'),
    "int": ('str', 'float', 'abs', 'bool', 'int', 'operator.neg', 'operator.pos', 'operator.not_', 'operator.truth', 'functools.partial(operator.add, 1)', 'functools.partial(operator.mul, 2)', 'functools.partial(clamp, high=5)', 'toolz.curry(operator.sub)(10)', 'more', 'tripled', 'round', 'half', 'SCORES.get', 'bounded(5)', 'operator.abs'),
    "float": ('round', 'int', 'str', 'abs', 'bool', 'operator.neg', 'functools.partial(operator.truediv, 1)', 'float', 'functools.partial(operator.sub, 2)'),
}  # fmt: skip
"""Functions that are no lambdas, by what they take."""

HELPERS = """
import functools
import json
import operator
import re

import msgspec
import orjson
import toolz
import ujson

DIGITS = re.compile("[0-9]+")
WORD = re.compile(r"[A-Za-z]+")
NAMED = re.compile("(?P<first>[a-z]+)-?(?P<rest>.*)")
ALIASES = frozenset(("ann", "push", "a"))
NAMES_OF = {"ann": "Ann", "bob": "Bob", "PushEvent": "push"}
more = functools.partial(operator.add, 1)
tripled = functools.partial(operator.mul, 3)
both = toolz.compose(str.upper, str.strip)

@toolz.curry
def twice(value, to=2):
    return value * to

def hour(e):
    moment = datetime.fromisoformat(e["day"])
    return moment.hour * 60 + moment.minute

def dash(text):
    return text.replace(" ", "-")

def shouted(text):
    return shout(text, mark="?") if text else text

def field(e, name):
    return e.get(name)

def type_of_kind(e, end="Event"):
    return e["kind"].removesuffix(end)

def kind_of(value):
    if isinstance(value, bool):
        return "bool"
    elif isinstance(value, (int, float)):
        return "number"
    elif value is None:
        return None
    return type(value).__name__

def first_word(text):
    found = re.search("[a-z]+", text)
    return found.group() if found else ""

def named(text):
    found = NAMED.match(text)
    return found["rest"] if found else text

def parts(text, how=None):
    found = NAMED.fullmatch(text)
    if not found:
        return None
    return found.groups() if how else found.groupdict()

def groups_of(text):
    found = re.match("([a-z])(.)", text)
    return found and found.group(1, 2)

def set_member(text):
    return text in {"ann", "bob", "PushEvent"}

def counted():
    return lambda e: len(e["tags"]) + LIMIT

def bounded(limit):
    def within(value):
        return value > limit if isinstance(value, int) else bool(value)
    return within
"""

_HOLE = re.compile(r"\{(int|float|str|bool|any|list)\}")


@cache
def pieces(template: str) -> tuple[str, ...]:
    """The fixed text and the types of the holes, by turns.

    >>> pieces("{str}.find({str})")
    ('', 'str', '.find(', 'str', ')')
    """
    parts = _HOLE.split(template)
    return tuple(part.replace("{{", "{").replace("}}", "}") for part in parts)
