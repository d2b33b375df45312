"""From the methods that were called to the program that the kernel runs.

Read `nodes.py` (what a pipeline is), then `stages.py` (which steps run native), `sinks.py` (how a
reduction is lowered), `wire.py` (the program's text) and `explain.py` (what the user is told).
Nothing here knows Dask or the kernel.
"""
