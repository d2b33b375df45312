"""Running a staged plan.

Read `scan.py` (one partition), `local.py` (all partitions on threads), `host.py` and `python.py`
(the way back to the user's functions), `merge.py` (partial results to one), and `on_dask.py`,
which alone knows Dask.
"""
