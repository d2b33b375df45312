"""What records look like: every path, its types, how often it is there, an example.

``look`` reads (in the kernel where it can), ``tree`` is what was seen, ``found`` what is told of
it, and ``table`` how that is shown.
"""

from satchel.schema.found import Field, Schema
from satchel.schema.look import schema

__all__ = ["Field", "Schema", "schema"]
