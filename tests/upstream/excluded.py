"""The tests of dask.bag's own that are left out, under which schedulers, and why.

Each of them dask.bag itself fails under those schedulers (`python -m upstream --own`).
"""

ALL = ("sync", "threads", "processes", "client")

EXCLUDED: dict[str, tuple[tuple[str, ...], str]] = {
    "test_bag.py::test_temporary_directory": (
        ALL,
        "it sets a pool of processes, and a scheduler that is set comes before that",
    ),
    "test_bag.py::test_to_delayed_optimize_graph": (
        ("processes", "client"),
        "it counts calls in its own process",
    ),
    "test_text.py::test_read_text_unicode_no_collection": (
        ("processes",),
        "its Delayed returns a generator, which does not go from process to process",
    ),
    "test_bag.py::test_groupby_with_indexer": (
        ("client",),
        "under a Client, groupby takes no key that is not a function",
    ),
    "test_bag.py::test_msgpack_unicode": (
        ("client",),
        "under a Client, groupby takes no key that is not a function",
    ),
    "test_bag.py::test_groupby_with_npartitions_changed": (
        ("client",),
        "under a Client, groupby does not heed npartitions",
    ),
}
