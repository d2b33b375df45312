"""Inflating alone, with the kernel's own reader: the floor under every engine that reads gzip."""

from bench.questions import Answer

PACKAGES = ("satchel",)


def answer(question: str, paths: list[str], threads: int, variant: str = "") -> Answer:
    from satchel import _kernel

    if threads == 1:
        total = sum(_kernel.inflate_only(path)[0] for path in paths)
    else:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(threads) as pool:
            total = sum(size for size, _ in pool.map(_kernel.inflate_only, paths))
    return [("bytes", total)]
