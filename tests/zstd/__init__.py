"""Files that zstd has compressed: dask.bag with a module of Python for it, and without one."""
