"""Every pipeline here runs on dask.bag and on satchel, and the two must agree."""
