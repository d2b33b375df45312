"""A typical record of each kind that the listed functions take, and what real data does to it."""

import json
from typing import Any

COMMIT = {
    "sha": "5f1a",
    "url": "https://api.github.com/repos/dask/dask/commits/5f1a",
    "message": "Fix the secret token é",
    "author": {"name": "Guido van Rossum", "email": "guido@python.org"},
    "distinct": True,
}
EVENT = {
    "id": "2489651045",
    "type": "PushEvent",
    "actor": {"id": 665991, "login": "petroav"},
    "repo": {"id": 28688495, "name": "petroav/6.828"},
    "payload": {
        "push_id": 536863970,
        "action": "opened",
        "size": 2,
        "commits": [
            COMMIT,
            {**COMMIT, "message": "second", "author": {"name": "Ann", "email": ""}},
        ],
        "committer": {"id": 7},
    },
    "public": True,
    "created_at": "2015-01-01T15:00:00Z",
    "org": {"id": 9, "login": "apache"},
}
TWEET = {
    "id": 541278904204668929,
    "text": "Hello,  World \t of #Data ünïcode and things",
    "created_at": "Sat Dec 06 17:04:05 +0000 2014",
    "user": {"id": 12, "screen_name": "Ann,Lee"},
    "in_reply_to_user_id": None,
    "geo": None,
    "lang": "en",
    "entities": {
        "hashtags": [{"text": "Data"}, {"text": "ÉTÉ"}],
        "urls": [],
        "user_mentions": [{"screen_name": "bob"}],
    },
    "retweeted_status": {"id": 1},
}
RECORDS: dict[str, dict[str, Any]] = {
    "event": EVENT,
    "line": EVENT,
    "tweet": TWEET,
    "comment": {
        "subreddit": "python",
        "author": "ann",
        "score": 5,
        "body": "  Some Words here\nand THERE  ",
    },
    "account": {
        "id": 3,
        "name": "Alice",
        "transactions": [
            {"amount": 12, "transaction-id": 1},
            {"amount": -30, "transaction-id": 2},
        ],
    },
    "launch": {"date": "2020-02-20", "count": "1234", "spec": "dask/dask/main"},
    "person": {
        "age": 31,
        "name": ["Refugio", "Bailey"],
        "occupation": "Warehouseman",
        "telephone": "(782) 313-8330",
        "credit-card": {"number": "5129 3649 9791 3665", "expiration-date": "03/17"},
        "address": {"address": "877 Friendship Street", "city": "Ames"},
    },
    "review": {
        "review_id": "R1",
        "parent_asin": "B0",
        "timestamp": 1600000000,
        "rating": 4.0,
        "overall": 5,
        "reviewText": "Good   stuff\nreally\t!",
    },
}
RECORDS["comment line"] = RECORDS["comment"]
RECORDS["event line"] = EVENT
RECORDS["timeline"] = RECORDS["timeline line"] = {
    "type": "PushEvent",
    "created_at": "2012-04-01T00:00:05Z",
    "actor": "ann",
    "actor_attributes": {"login": "ann", "type": "User"},
    "repository": {"id": 17, "owner": "dask", "name": "dask", "language": "Python"},
    "url": "https://github.com/dask/dask/compare/1...2",
    "payload": {"size": 1, "shas": [["5f1a", "ann@python.org", "Fix", "Ann", True]]},
}
RECORDS["repository line"] = {
    "id": "17",
    "language": "Python",
    "events": {"PushEvent": ["ann", "bob", "ann"], "ForkEvent": []},
}
RECORDS["yelp"] = RECORDS["yelp line"] = {
    "type": "review",
    "business_id": "b1",
    "user_id": "u1",
    "review_id": "r1",
    "stars": 4,
    "date": "2018-05-06",
    "text": "Don't miss it: the café is good, GOOD",
    "city": "Phoenix",
}
RECORDS["paper"] = {
    "id": "0704.0001",
    "categories": "hep-ph cs.AI",
    "versions": [{"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"}],
}
RECORDS["scholar"] = {
    "id": "s1",
    "name": "Ann",
    "orgs": ["Department of Computer Science, Ames", "ÉTH"],
    "h_index": 7,
}
RECORDS["logged"] = {"code": "503", "method": "GET", "request": "/a", "host": "h"}
LINES = {
    "access": [
        '64.2.13.9 - - [02/Sep/2003:00:00:09 -0700] "GET /a%20b HTTP/1.1" 200 11690 "-" "M (c)"',
        'host.é - ann [02/Sep/2003:00:00:09 +0100] "POST /- - --/ HTTP/1.1" 404 0',
        'h - - [x y] "GET /a" 200 -',
        "a b",
        "too short",
        "",
    ],
    "view": [
        "20150101 000000 en Barack_Obama 12 3456",
        "20150101 000000 de Berlin 1 2",
        "20150101 000000 en.m Obama_(Ünï) 1 2 3",
        "short",
        "",
    ],
    "download": ['"2014-01-01","10:00","1","2","3","dplyr","US"', "too,short", ""],
    "request": [
        'host.example.com - - [01/Aug/1995:00:00:01 -0400] "GET /a HTTP/1.0" 200 1839',
        "not a request",
        "",
    ],
}


def variants(kind: str) -> list[Any]:
    """The record, and the record with each key missing, null, of another type, or at a bound."""
    whole = RECORDS[kind]
    found: list[Any] = [whole, {**whole, "unknown": 1}]
    for key in whole:
        found.append({name: value for name, value in whole.items() if name != key})
        found += [{**whole, key: value} for value in (None, "", 7, 2**62, -1.5, [], {}, "ÿ", True)]
    nested = json.dumps(whole)
    found.append(json.loads(nested.replace("PushEvent", "WatchEvent")))
    found.append(json.loads(nested.replace('"commits"', '"other"')))
    found.append(json.loads(nested.replace('"text"', '"texts"')))
    return [*found, None, [], "text", 3]


def lines(kind: str) -> list[str]:
    """The lines of a file of this kind."""
    return LINES[kind] if kind in LINES else [json.dumps(value) for value in variants(kind)]
