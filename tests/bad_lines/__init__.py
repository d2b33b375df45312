"""Damaged and odd files: dask.bag's exception each time, and a process that lives on."""
