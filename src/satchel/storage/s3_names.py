"""Which objects a pattern means, and how long they are: the listing tells both."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from satchel.storage.failures import Broken, Patience
from satchel.storage.line import Line
from satchel.storage.s3 import S3, Bucket, split

if TYPE_CHECKING:
    from obstore import ObjectMeta

__all__ = ["matches"]

_PAGE = 1000
_LOOK_AROUND_SECONDS = 0.2
_BROKEN_OFF = "response body"
_NO_PAGE = "a page of the listing was none"

T = TypeVar("T")


def matches(store: S3, pattern: str) -> list[tuple[str, int | None]]:
    """The objects that a pattern of fsspec's matches, with their sizes, in the order of their text.

    Raises:
        PermissionError: if the bucket may not be listed.
        OSError: if it cannot be.
    """
    from fsspec.utils import glob_translate

    name, key = split(pattern)
    bucket = store.bucket(name)
    folder = key[: re.search(r"[*?[]", key).start()].rpartition("/")[0]  # type: ignore[union-attr]
    deep = "**" in key or "/" in key[len(folder) :].strip("/")
    matched = re.compile(glob_translate(key)).match
    address = pattern[: len(pattern) - len(key)]
    found: list[tuple[str, int | None]] = [
        (address + item["path"], item["size"])
        for item in _listed(bucket, folder, deep)
        if matched(item["path"])
    ]
    found.sort()
    return found


def _listed(bucket: Bucket, folder: str, deep: bool) -> Iterable[ObjectMeta]:
    """The objects of a folder, or of all folders in it."""
    import obstore
    from obstore.exceptions import BaseError, GenericError

    address = f"s3://{bucket.name}/{folder}"

    def once() -> Sequence[Any]:
        store = bucket.lister()
        found: Sequence[Any]
        if deep:
            pages = obstore.list(store, folder or None, chunk_size=_PAGE)
            found = [item for page in pages for item in page]
        else:
            found = obstore.list_with_delimiter(store, folder or None)["objects"]
        if found:
            _check_end(store, folder, deep, found[-1]["path"])
        return found

    def ask() -> Sequence[Any]:
        # obstore asks again where no answer came, and not where one broke off.
        patience = Patience(address, threading.Event())
        broken_off = False
        while True:
            try:
                found = once()
                if broken_off and not found:
                    raise Broken(_NO_PAGE)
                return found
            except GenericError as error:
                if _BROKEN_OFF not in str(error):
                    raise
                patience.after(Broken(bucket.said(error)))
            except Broken as broken:
                broken_off = True
                patience.after(broken)

    for is_last in (False, True):
        try:
            return _aside(ask)
        except FileNotFoundError:
            return []
        except BaseError as error:
            failed = bucket.failed(error, address)
        if is_last or not _is_elsewhere(bucket):
            raise failed from None
    return []


def _check_end(store: Any, folder: str, deep: bool, last: str) -> None:
    """Hold the end of a listing against what stands around its last key.

    A page of something else, in place of a page of the listing, is to obstore an empty one, which
    ends it.

    Raises:
        Broken: if the listing has not ended there.
    """
    import obstore

    before = last[:-1]
    if not before:
        return
    pages = obstore.list(store, folder or None, offset=before, chunk_size=_PAGE)
    keys = [item["path"] for item in next(iter(pages), ())]
    behind = keys[keys.index(last) + 1 :] if last in keys else None
    level = last.count("/")
    if behind is None or any(deep or key.count("/") == level for key in behind):
        raise Broken(_NO_PAGE)


def _is_elsewhere(bucket: Bucket) -> bool:
    """Whether the bucket is in another region, which is told to whoever asks."""
    url, _ = bucket.request("x", bucket.name)
    line = Line()
    try:
        response = line.get(url.partition("?")[0].removesuffix("/x"), {}, bucket.wire)
    except Exception:  # noqa: BLE001 - what was wrong with the listing is what the user is told
        return False
    response.close()
    headers = {name.lower(): value for name, value in response.headers.items()}
    return bucket.learned(response.status, headers)


def _aside(function: Callable[[], T]) -> T:
    """Call a function that Ctrl-C does not reach, so that it does."""
    results: list[T] = []
    errors: list[BaseException] = []

    def call() -> None:
        try:
            results.append(function())
        except BaseException as error:  # noqa: BLE001 - raised in the calling thread
            errors.append(error)

    thread = threading.Thread(target=call, name="satchel-listing", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(_LOOK_AROUND_SECONDS)
    if errors:
        raise errors[0]
    return results[0]
