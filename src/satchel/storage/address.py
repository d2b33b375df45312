"""Addresses as they may be shown: without passwords, keys and signatures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

__all__ = ["secrets_of", "shown", "shown_path", "without"]

HIDDEN = "***"

# What carries a right in the query of a presigned address, by its name; and what is called secret
# among storage options.
_SECRET_NAME = re.compile(
    r"(?i)sig|token|key|pass|secret|cred|auth|policy|session|jwt|sas|account_?name|connection_string"
)
# A value that nobody has typed in is taken for one, whatever it is called.
_LONGEST_PLAIN_VALUE = 48
# A shorter one would be found everywhere in a text.
_SHORTEST_SECRET = 4


def shown(url: str) -> str:
    """The address with every part hidden that could give somebody else the right to read it.

    >>> shown("https://ann:pw@host/a.gz?part=1&X-Amz-Signature=0123abcd")
    'https://***@host/a.gz?part=1&X-Amz-Signature=***'
    >>> shown("s3://bucket/2015-01-01-0.json.gz")
    's3://bucket/2015-01-01-0.json.gz'
    """
    scheme, colon, rest = url.partition("://")
    if not colon or ("@" not in rest and "?" not in rest):
        return url
    if not scheme.startswith("http"):
        # A `?` may be part of a name elsewhere; an `@` ahead of the first slash is no name.
        host, slash, path = rest.partition("/")
        return f"{scheme}://{_without_user(host)}{slash}{path}"
    parts = urlsplit(url)
    return shown_path(urlunsplit(parts._replace(netloc=_without_user(parts.netloc))))


def shown_path(path: str) -> str:
    """The path of an address, or all of it, with what its query may carry hidden.

    >>> shown_path("/a.gz?part=1&sig=0123abcd")
    '/a.gz?part=1&sig=***'
    """
    place, mark, query = path.partition("?")
    return place + mark + "&".join(map(_shown_parameter, query.split("&")))


def _without_user(host: str) -> str:
    user, at, place = host.rpartition("@")
    return f"{HIDDEN}@{place}" if at and user else host


def _shown_parameter(parameter: str) -> str:
    name, equals, value = parameter.partition("=")
    if value and (_SECRET_NAME.search(name) or len(value) > _LONGEST_PLAIN_VALUE):
        return f"{name}={HIDDEN}"
    return f"{name}{equals}{value}"


def secrets_of(options: Mapping[Any, Any]) -> tuple[str, ...]:
    """The texts among storage options that may not be shown, longest first.

    >>> secrets_of({"key": "AKID", "client_kwargs": {"aws_session_token": "FwoG"}, "anon": False})
    ('AKID', 'FwoG')
    """
    found = set(_secrets(options, hidden=False))
    return tuple(sorted(found, key=lambda secret: (-len(secret), secret)))


def _secrets(value: Any, hidden: bool) -> Iterable[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _secrets(inner, hidden or bool(_SECRET_NAME.search(str(name))))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _secrets(inner, hidden)
    elif hidden and isinstance(value, str) and len(value) >= _SHORTEST_SECRET:
        yield value


def without(text: str, secrets: Iterable[str]) -> str:
    """The text with secrets hidden that somebody else has put into it."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text
