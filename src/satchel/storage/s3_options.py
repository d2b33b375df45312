"""``storage_options`` as s3fs takes them, in satchel's terms: all of them, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Access", "access"]

# How s3fs itself goes about it; nothing of what is read depends on them.
_OF_S3FS_ALONE = frozenset(
    {
        "asynchronous",
        "cache_regions",
        "cache_type",
        "default_block_size",
        "default_cache_type",
        "default_fill_cache",
        "fixed_upload_size",
        "listings_expiry_time",
        "local_expiry_check",
        "loop",
        "max_concurrency",
        "max_paths",
        "skip_instance_cache",
        "use_listings_cache",
    }
)
_OF_BOTOCORE_ALONE = frozenset({"max_pool_connections", "retries", "tcp_keepalive", "user_agent"})
_STYLES = {None: None, "auto": None, "path": "path", "virtual": "virtual"}


@dataclass(frozen=True)
class Access:
    """How objects are reached; ``None`` is what the environment says.

    Attributes:
        anonymous: without credentials.
        key: and `secret` and `token`, where somebody has named them.
        profile: of the profile files.
        endpoint: of the service, with ``http://`` or ``https://``.
        region: where the bucket is.
        style: ``"path"`` or ``"virtual"``, where the bucket's name goes.
        requester_pays: whether the reader does.
        verify: whether certificates are checked, or the path of those that are trusted.
        connect, read: the seconds after which there is another attempt.
    """

    anonymous: bool = False
    key: str | None = None
    secret: str | None = None
    token: str | None = None
    profile: str | None = None
    endpoint: str | None = None
    region: str | None = None
    style: str | None = None
    requester_pays: bool = False
    verify: bool | str = True
    connect: float = 10.0
    read: float = 20.0


def access(options: Mapping[str, Any]) -> Access | str:
    """What s3fs would make of these options; or the one that only s3fs knows.

    >>> access({"anon": True, "client_kwargs": {"region_name": "eu-west-1"}}).region
    'eu-west-1'
    >>> access({"session": object()})
    'session'
    """
    left = {name: value for name, value in options.items() if name not in _OF_S3FS_ALONE}
    client = dict(left.pop("client_kwargs", None) or {})
    config = dict(left.pop("config_kwargs", None) or {})
    for_s3 = dict(config.pop("s3", None) or {})
    use_ssl = client.pop("use_ssl", left.pop("use_ssl", True))
    if left.get("version_aware") is False:
        del left["version_aware"]
    named = client.pop("endpoint_url", None)
    endpoint = left.pop("endpoint_url", None) or named
    if endpoint is None and not use_ssl:
        return "use_ssl=False without endpoint_url"
    region = client.pop("region_name", None) or config.pop("region_name", None)
    signature = config.pop("signature_version", None)
    style = for_s3.pop("addressing_style", None)
    unsigned = signature is not None and signature != "s3v4"
    found = Access(
        anonymous=bool(left.pop("anon", False)),
        key=left.pop("key", None)
        or left.pop("username", None)
        or client.pop("aws_access_key_id", None),
        secret=left.pop("secret", None)
        or left.pop("password", None)
        or client.pop("aws_secret_access_key", None),
        token=left.pop("token", None) or client.pop("aws_session_token", None),
        profile=left.pop("profile", None),
        endpoint=endpoint,
        region=region,
        style=_STYLES.get(style),
        requester_pays=bool(left.pop("requester_pays", False)),
        verify=client.pop("verify", True),
        connect=float(config.pop("connect_timeout", 10)),
        read=float(config.pop("read_timeout", 20)),
    )
    for name in ("key", "username", "secret", "password"):
        left.pop(name, None)
    config = {name: value for name, value in config.items() if name not in _OF_BOTOCORE_ALONE}
    if unsigned:
        return f"config_kwargs: signature_version={signature!r}"
    if style not in _STYLES:
        return f"config_kwargs: addressing_style={style!r}"
    others = [
        *left,
        *(f"client_kwargs: {name}" for name in client),
        *(f"config_kwargs: {name}" for name in config),
        *(f"config_kwargs: s3: {name}" for name in for_s3),
    ]
    return others[0] if others else found
