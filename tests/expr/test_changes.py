"""Lists and dicts that a function makes and changes."""

from __future__ import annotations

from typing import Any

import pytest
from checking import check, refused


def helper(values: Any) -> Any:
    return len(values)


# fmt: off
BODIES = {
    "items stored": "d = {}\n d['a'] = e['id']\n d['b'] = e['n']\n return d",
    "over an item": "d = {'a': 1}\n d['b'] = 2\n d['a'] = e['n']\n return d",
    "dict()": "d = dict(a=1)\n d[e['type']] = 1\n return d",
    "an unhashable key": "d = {}\n d[e['actor']] = 1\n return d",
    "on one way": "d = {'a': 1}\n if e['public']: d['b'] = 2\n return d",
    "on two ways": "d = {}\n if e['public']: d['b'] = 2\n else: d['c'] = 3\n d['d'] = 4\n return d",
    "in a row": "d = {}\n if 'n' in e: d['n'] = e['n']\n if 'm' in e: d['m'] = e['m']\n"
    " if 'k' not in d: d['k'] = None\n return d",
    "read again": "d = {'n': e['n']}\n d['n'] = d['n'] + 1\n return d['n'], d.get('x', 3), len(d)",
    "added to": "d = {'n': 1}\n d['n'] += e['n']\n return d",
    "appended": "out = []\n out.append(e['id'])\n out.append(e['n'])\n return out",
    "appended on a way": "out = [1]\n if e['public']: out.append(e['n'])\n out.append(2)\n return out",
    "extended": "out = list()\n out.extend([e['n'], 1])\n out += (2,)\n return out",
    "two names": "a = b = []\n a.append(e['n'])\n return b",
    "kept, then left": "a = [e['n']]\n b = (a, a)\n return b",
    "a list in a dict": "d = {}\n out = []\n out.append(e['n'])\n d['out'] = out\n return d",
    "looked at, then changed": "a = []\n n = len(a)\n a.append(n)\n return a, sorted(a), 0 in a",
    "in a comprehension": "a = [1]\n a.append(2)\n return [x for x in a if x in a]",
    "or a list": "a = e.get('tags') or []\n return len(a), a",
    "one of two": "a = [e['n']] if e['public'] else [1, 2]\n return a + [3]",
    "tested": "a = []\n if e['public']: a.append(1)\n return a and a[0] or not a",
    "joined": "a = []\n a.append(e['type'])\n return ','.join(a), f'{a[0]}'",
    "given": "a = []\n a.append(1)\n return helper(a)",
    "given to a lambda": "a = [e['n']]\n return (lambda t: (t == a, len(t), [t]))(a)",
    "many ways": "a, d = [], {}\n "
    + "\n ".join(f"if e['n'] > {i}: a.append({i}); d[{i}] = a[-1]" for i in range(40))
    + "\n return a, d",
    "a list's item": "a = [1, 2]\n a[0] = e['n']\n a[-1] += 1\n return a",
    "an item at": "a = [1, 2, 3, 4]\n a[e['n']] = e['type']\n return a, a[0]",
    "an item out of range": "a = [1]\n a[1] = e['n']\n return a",
    "an item by name": "a = [1]\n a['x'] = e['n']\n return a",
    "an item on a way": "a = [1]\n if e['public']: a[0] = 2\n return a",
    "an item of what was appended": "a = []\n a.append(e['n'])\n a[0] = 2\n return a",
    "a list unpacked": "a = e['tags']\n return [*a, e['n']], [0, *a], [*a, *a]",
    "a text unpacked": "return [*e['type'], 1]",
    "no list unpacked": "return [*e['n'], 1]",
    "a dict unpacked": "d = {'n': 1}\n return {**d, 'n': e['n']}, {'x': 0, **d}, {**d, **d}",
    "the record unpacked": "return {**e, 'n': 7, 'new': e.get('n')}",
    "an item unpacked": "return {'x': 1, **e['actor']}",
    "no dict unpacked": "return {**e['tags']}",
    "dict of the record": "d = dict(e)\n d['n'] = 1\n return d",
    "dict of no dict": "return dict(e['n'])",
    "dicts merged": "return {'n': 1} | e['actor'], e['actor'] | {'n': 1}",
    "merged with no dict": "return {'n': 1} | e['n']",
    "merged in place": "d = c = {'n': 1}\n d |= {'m': e['n']}\n return d, c",
    "merged in place with no dict": "d = {}\n d |= e['n']\n return d",
    "returns None": "a = []\n return a.append(e['n']), a",
}

REFUSED = {
    "a record": ("e['x'] = 1\n return e", "stores into an item"),
    "a dict that may be shared": ("d = e['actor']\n d |= {}\n return d", "changes a dict with |="),
    "merged, part of a tuple": (
        "d = {}\n t = (d,)\n d |= {'a': 1}\n return t",
        "changes a list or dict that",
    ),
    "part of a tuple": ("a = []\n t = (a,)\n a.append(1)\n return t", "changes a list or dict that"),
    "part of itself": ("a = []\n a.append(a)\n return a", "changes a list or dict that"),
    "given away": ("a = []\n n = helper(a)\n a.append(1)\n return n", "changes a list or dict that"),
    "given to a lambda": (
        "d = {'a': 1}\n d['n'] = (lambda t: t == d)(d)\n return d",
        "changes a list or dict that",
    ),
    "a default": ("a = e.get('t') or []\n a.append(1)\n return a", "calls .append(), which is not"),
    "in a round": ("a = []\n return [a.append(x) for x in e['t']]", ""),
    "behind a round": (
        "a = []\n b = [a for x in e['t']]\n a.append(1)\n return b",
        "changes a list or dict that",
    ),
    "an item's list": ("d = {'a': []}\n d['a'].append(1)\n return d", "calls .append(), which is not"),
}
# fmt: on


def made(body: str) -> Any:
    scope = dict(globals())
    exec(f"def function(e):\n {body}\n", scope)
    return scope["function"]


@pytest.mark.parametrize("name", BODIES)
def test_what_is_changed(name: str) -> None:
    check(made(BODIES[name]))


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not(name: str) -> None:
    body, reason = REFUSED[name]
    assert refused(made(body)).reason.startswith(reason)
