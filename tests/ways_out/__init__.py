"""The ways out that dask.bag has not: Arrow's streams and Parquet files."""
