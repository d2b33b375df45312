"""The differential fuzzer: random records, functions, pipelines and partitions, by the million."""
