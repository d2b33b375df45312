"""The errors that are satchel's own.

An error of the user's function, of ``json.loads`` or of the gzip reader is raised as what it is,
with notes added; the classes here are for what has no counterpart in dask.bag.
"""

from __future__ import annotations

__all__ = [
    "BadLinesWarning",
    "ChangedError",
    "DamagedFile",
    "DamagedFilesWarning",
    "FallbackWarning",
    "KernelError",
    "MirrorError",
    "MissingHoursWarning",
    "NoColumnType",
    "NotNative",
    "SatchelError",
]


class SatchelError(Exception):
    """The family: catch this to catch whatever satchel itself raises."""


class NotNative(SatchelError):
    """A step was required to run native, and cannot; the message says which and why."""


class NoColumnType(SatchelError, TypeError):
    """The values of a column are of types that do not go together; the message says where."""


class DamagedFile(SatchelError, OSError):
    """A file cannot be read to its end, and no reader of Python's has words of its own for it."""


class ChangedError(SatchelError, OSError):
    """An object was written anew while its bytes were read; the message says which."""


class FallbackWarning(UserWarning):
    """A run that is native left so many rows to Python that its speed is not the kernel's."""


class BadLinesWarning(UserWarning):
    """Lines that the loader refused were left out, because ``on_bad_lines="skip"`` says so."""


class DamagedFilesWarning(UserWarning):
    """Files were read up to where they are damaged, because ``on_damage="keep"`` says so."""


class MirrorError(SatchelError):
    """A mirror of the archive cannot go on; what is there already is whole, and stays."""


class MissingHoursWarning(UserWarning):
    """Hours of the archive that were asked for are not there, and are no known gaps of it."""


class KernelError(SatchelError):
    """The kernel met something that it should not have: a bug worth reporting."""
