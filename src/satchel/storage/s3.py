"""Objects of S3 and what speaks like it: obstore finds the credentials, lists and signs.

The bytes come over satchel's own line, by addresses that are signed for a quarter of an hour: it
sees what a server says of waiting and of versions, resumes a body by its range, and can be ended.
"""

from __future__ import annotations

import functools
import os
import re
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from satchel.storage.address import secrets_of, without
from satchel.storage.body import Body, Target, Version
from satchel.storage.failures import answered, raised
from satchel.storage.line import Line, Wire
from satchel.storage.profiles import Profile, botocores, profile
from satchel.storage.s3_options import Access
from satchel.storage.store import Named, Store

if TYPE_CHECKING:
    from obstore.store import S3Store

__all__ = ["S3", "Bucket", "split"]

_SIGNED_FOR = timedelta(minutes=15)
_NOBODY = {"access_key_id": "anonymous", "secret_access_key": "anonymous", "expires_at": None}
_USUAL_REGION = "us-east-1"


def split(path: str) -> tuple[str, str]:
    """The bucket and the key of an address.

    >>> split("s3://bucket/a/b.gz")
    ('bucket', 'a/b.gz')
    """
    bucket, _, key = path.partition("://")[2].partition("/")
    return bucket, key


class S3(Store):
    """Reads the objects of buckets that are reached in one way."""

    reader = "satchel's S3 client"

    def __init__(self, access: Access) -> None:
        self.access = access
        self._start({})

    def __repr__(self) -> str:
        return "S3(...)"

    def __getstate__(self) -> dict[str, Any]:
        regions = {name: bucket.region for name, bucket in self._buckets.items()}
        return {"access": self.access, "regions": regions}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.access = state["access"]
        self._start(state["regions"])

    def __dask_tokenize__(self) -> Any:
        return "satchel.storage.S3", self.access

    def _start(self, regions: Mapping[str, str]) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[str, Bucket] = {}
        self._regions = dict(regions)

    def bucket(self, name: str) -> Bucket:
        with self._lock:
            if name not in self._buckets:
                self._buckets[name] = Bucket(name, self.access, self._regions.get(name))
            return self._buckets[name]

    def begin(
        self,
        file: Named,
        line: Line,
        start: int = 0,
        stop: int | None = None,
        version: Version | None = None,
    ) -> Body:
        name, key = split(file.path)
        bucket = self.bucket(name)
        request = functools.partial(bucket.request, key, file.path)
        target = Target(file.path, request, bucket.learned, bucket.wire)
        listed = Version(None, None, file.size)
        return Body(target, line, start, stop, version or listed)


class Bucket:
    """One bucket: where it is, and who asks.

    Args:
        name: of the bucket.
        access: what the user has said.
        region: where it was found to be.
    """

    def __init__(self, name: str, access: Access, region: str | None = None) -> None:
        self.name, self._access = name, access
        told = profile(access.profile)
        environment = os.environ.get
        self.region = (
            region
            or access.region
            or environment("AWS_REGION")
            or environment("AWS_DEFAULT_REGION")
            or (told.region if told else None)
            or _USUAL_REGION
        )
        self._endpoint = (
            access.endpoint
            or environment("AWS_ENDPOINT_URL_S3")
            or environment("AWS_ENDPOINT_URL")
            or (told.endpoint if told else None)
        )
        self._provider = _provider(access, told)
        self._secrets = secrets_of(
            {"key": access.key, "secret": access.secret, "token": access.token}
            | {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        )
        verify = access.verify
        if verify is True:
            verify = environment("AWS_CA_BUNDLE") or True
        self.wire = Wire(access.connect, access.read, verify)
        self._signers: dict[str, S3Store] = {}

    def request(self, key: str, path: str) -> tuple[str, dict[str, str]]:
        """The address of an object, signed.

        Raises:
            PermissionError: if there are no credentials.
            ValueError: if obstore has no way to write its key.
        """
        import obstore
        from obstore.exceptions import BaseError

        try:
            url = obstore.sign(self.store(), "GET", key, _SIGNED_FOR)
        except (BaseError, PermissionError) as error:
            raise PermissionError(
                f"{path}: no credentials were found: {self.said(error)} (try: AWS_ACCESS_KEY_ID "
                "and AWS_SECRET_ACCESS_KEY, or storage_options={'anon': True} for a public bucket)"
            ) from None
        except TypeError:
            raise ValueError(
                f"{path}: its key cannot be read natively (it has an empty or a dotted part)"
            ) from None
        if self._access.anonymous:
            url = urlsplit(url)._replace(query="").geturl()
        return url, {}

    def learned(self, _status: int, headers: Mapping[str, str]) -> bool:
        """Whether an answer tells of another region, which is where to ask from now on."""
        region = headers.get("x-amz-bucket-region")
        if region is None or region == self.region:
            return False
        self.region = region
        return True

    def said(self, error: BaseException) -> str:
        """What obstore says is wrong, in a line, without secrets."""
        return without(str(error).partition("\n")[0], self._secrets)

    def failed(self, error: BaseException, address: str) -> Exception:
        """What a request of obstore's failed with, as a user gets it."""
        text = without(str(error), self._secrets)
        if found := re.search(r"status code: (\d{3}) ([^\n:]*)", text):
            return raised(address, answered(int(found[1]), found[2], {}, text.encode()))
        return OSError(f"{address}: {self.said(error)}")

    def store(self) -> S3Store:
        """Obstore's side of it, for the region that is known by now."""
        region = self.region
        if self._provider is None and not _anybody():
            raise PermissionError("nobody has named any")
        if region not in self._signers:
            # Each reads all root certificates, which takes milliseconds.
            self._signers[region] = self._made(region)
        return self._signers[region]

    def _made(self, region: str, to_list: bool = False) -> S3Store:
        from obstore.store import S3Store

        access, wire = self._access, self.wire
        config: dict[str, Any] = {"region": region, "skip_signature": False}
        client: dict[str, Any] = {
            "connect_timeout": timedelta(seconds=wire.connect),
            "read_timeout": timedelta(seconds=wire.read),
            "timeout": timedelta(seconds=6 * wire.read),
        }
        if access.requester_pays:
            config["request_payer"] = True
        virtual = access.style == "virtual"
        config["virtual_hosted_style_request"] = virtual
        if self._endpoint is not None:
            parts = urlsplit(self._endpoint)
            if virtual:
                parts = parts._replace(netloc=f"{self.name}.{parts.netloc}")
            config["endpoint"] = config["aws_endpoint_url_s3"] = parts.geturl().rstrip("/")
            client["allow_http"] = parts.scheme == "http"
        if wire.verify is False:
            client["allow_invalid_certificates"] = True
        elif isinstance(wire.verify, str):
            with open(wire.verify, "rb") as file:
                client["root_certificate"] = file.read()
        told: dict[str, Any] = {
            "config": config,
            "client_options": client,
            "retry_config": {"max_retries": 6, "retry_timeout": timedelta(seconds=60)},
        }
        if access.anonymous and to_list:
            config["skip_signature"] = True
        else:
            told["credential_provider"] = self._provider
        return S3Store(self.name, **told)

    def lister(self) -> S3Store:
        """The same, to list with: without credentials, where there are none."""
        region = self.region
        if self._access.anonymous:
            return self._made(region, to_list=True)
        if region not in self._signers:
            self._signers[region] = self._made(region)
        return self._signers[region]


def _provider(access: Access, told: Profile | None) -> Callable[[], Any] | None:
    """Who knows the credentials, in botocore's order; ``None`` leaves it to obstore.

    obstore knows web identities, containers and instances. It knows the environment too, but would
    put its token to a key that somebody has named.
    """
    environment = os.environ.get
    if access.anonymous:
        return lambda: _NOBODY
    if access.key is not None:
        return _fixed(access.key, access.secret, access.token)
    if access.profile is None:
        key = environment("AWS_ACCESS_KEY_ID")
        if key is not None:
            secret, token = environment("AWS_SECRET_ACCESS_KEY"), environment("AWS_SESSION_TOKEN")
            return _fixed(key, secret, token)
        if environment("AWS_WEB_IDENTITY_TOKEN_FILE"):
            return None
    if told is None:
        return None
    if told.key is not None:
        return _fixed(told.key, told.secret, told.token)
    if told.fetched is not None:
        return botocores(access.profile, told.fetched)
    return None


def _anybody() -> bool:
    """Whether there is somebody for obstore to ask: not where instances may not be."""
    environment = os.environ.get
    asked = ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
    if any(map(environment, (*asked, "AWS_CONTAINER_CREDENTIALS_FULL_URI"))):
        return True
    return environment("AWS_EC2_METADATA_DISABLED", "").lower() != "true"


def _fixed(key: str, secret: str | None, token: str | None) -> Callable[[], Any]:
    found = {
        "access_key_id": key,
        "secret_access_key": secret or "",
        "token": token,
        "expires_at": None,
    }
    return lambda: found
