"""Credentials of AWS beyond keys that somebody names: profile files, and what botocore knows."""

from __future__ import annotations

import configparser
import importlib.util
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

__all__ = ["Profile", "botocores", "profile"]

_TTL = timedelta(minutes=30)
# What a profile says where its keys have to be fetched from somewhere.
_FETCHED = (
    "role_arn",
    "sso_session",
    "sso_start_url",
    "credential_process",
    "web_identity_token_file",
)


@dataclass(frozen=True)
class Profile:
    """What the profile files say.

    Attributes:
        key: and `secret` and `token`, where they stand there.
        region: where the bucket is.
        endpoint: of the service.
        fetched: what says that its keys are somewhere else, or ``None``.
    """

    key: str | None = None
    secret: str | None = None
    token: str | None = None
    region: str | None = None
    endpoint: str | None = None
    fetched: str | None = None


def profile(name: str | None) -> Profile | None:
    """The profile of this name, or the one that the environment chooses.

    Args:
        name: ``None`` is ``AWS_PROFILE``, and without it ``default``.

    Returns:
        What the files say of it; ``None`` if they do not know it and nobody has named it.

    Raises:
        ValueError: if it was named, and is in neither file.
    """
    chosen = name or os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE")
    credentials = _file("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")
    config = _file("AWS_CONFIG_FILE", "~/.aws/config")
    looked_for = chosen or "default"
    found = {
        **_section(config, looked_for if looked_for == "default" else f"profile {looked_for}"),
        **_section(credentials, looked_for),
    }
    if not found:
        if chosen is None:
            return None
        raise ValueError(
            f"the profile {chosen!r} is in neither ~/.aws/credentials nor ~/.aws/config "
            "(try: aws configure list-profiles)"
        )
    has_keys = "aws_access_key_id" in found
    return Profile(
        found.get("aws_access_key_id"),
        found.get("aws_secret_access_key"),
        found.get("aws_session_token"),
        found.get("region"),
        found.get("endpoint_url"),
        None if has_keys else next((word for word in _FETCHED if word in found), None),
    )


def _file(variable: str, usual: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser()
    path = Path(os.environ.get(variable) or usual).expanduser()
    try:
        parser.read(path, encoding="utf-8")
    except configparser.Error as error:
        # The parser's own message would quote the line, which may hold a key.
        raise ValueError(f"{path} cannot be read: {type(error).__name__}") from None
    return parser


def _section(parser: configparser.RawConfigParser, name: str) -> Mapping[str, str]:
    return dict(parser[name]) if parser.has_section(name) else {}


def botocores(name: str | None, why: str) -> Callable[[], dict[str, Any]]:
    """Credentials as botocore finds them, fetched anew when they grow old.

    Args:
        name: of the profile.
        why: botocore has to find them.

    Raises:
        ImportError: if botocore is not installed.
    """
    if importlib.util.find_spec("botocore") is None:
        raise ImportError(
            f"the profile {name or 'default'!r} has its keys fetched ({why}), for which satchel "
            "uses botocore (try: pip install botocore)"
        )
    import botocore.session

    found = botocore.session.Session(profile=name).get_credentials()
    if found is None:
        raise PermissionError(f"botocore finds no credentials for the profile {name!r}")

    def credentials() -> dict[str, Any]:
        frozen = found.get_frozen_credentials()
        return {
            "access_key_id": frozen.access_key,
            "secret_access_key": frozen.secret_key,
            "token": frozen.token,
            "expires_at": datetime.now(UTC) + _TTL,
        }

    return credentials
