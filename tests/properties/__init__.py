"""Random functions, pipelines, lines and files: satchel answers what Python and dask.bag answer.

`SATCHEL_FUZZ_EXAMPLES=20000 pytest tests/properties -s` goes on for longer, differently each time.
"""
