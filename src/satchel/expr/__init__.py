"""What a record function means: Python functions lowered to a small expression language.

Nothing here knows Dask or the kernel. Read `nodes` first, then `lower`.
"""
