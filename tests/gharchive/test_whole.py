"""The check of a file as it passes by, held against Python's own reader of gzip."""

from __future__ import annotations

import gzip
import random
import zlib

import pytest

from satchel.gharchive.whole import Check, checked

LINES = b'{"n": 1}\n{"n": 2}\n'
WHOLE = gzip.compress(LINES)


def chunks(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


FILES = {
    "nothing": b"",
    "a file": WHOLE,
    "no events": gzip.compress(b""),
    "three members": WHOLE * 3,
    "padding": WHOLE + bytes(100),
    "padding between members": WHOLE + bytes(7) + WHOLE,
    "no newline at the end": gzip.compress(LINES[:-1]),
    "a name in the header": WHOLE[:3] + b"\x08" + WHOLE[4:10] + b"a.json\0" + WHOLE[10:],
    "half a line in each member": gzip.compress(b'{"n"') + gzip.compress(b": 1}\n{}"),
    "more than a block": gzip.compress(random.Random(1).randbytes(3 << 20)),
    "a block exactly": gzip.compress(b"a\n" * (1 << 19)),
}


@pytest.mark.parametrize("size", [1, 3, 1 << 16, 1 << 30])
@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_whole(data: bytes, size: int) -> None:
    if size < 100 and len(data) > 100_000:
        pytest.skip("the same, slowly")
    check, damage = checked(chunks(data, size))
    inflated = gzip.decompress(data) if data else b""
    assert damage is None
    assert (check.bytes, check.inflated) == (len(data), len(inflated))
    assert check.lines == len(inflated.splitlines()) or b"\r" in inflated


def test_every_truncation_and_every_flipped_bit_is_seen() -> None:
    two = WHOLE + WHOLE
    for length in range(1, len(two)):
        whole = length == len(WHOLE)  # the only place where a cut cannot be told
        assert (checked([two[:length]])[1] is None) is whole, length
    for bit in range(len(WHOLE) * 8):
        flipped = bytearray(WHOLE)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            assert gzip.decompress(flipped) == LINES
        except (OSError, EOFError, zlib.error):
            assert checked([bytes(flipped)])[1] is not None, bit
        else:  # The time, the system: what no checksum covers.
            assert bit // 8 in (3, 4, 5, 6, 7, 8, 9)


def test_what_follows_damage_is_still_counted() -> None:
    check = Check()
    check.feed(WHOLE + b"something")
    check.feed(WHOLE)
    assert check.damage() == "bytes that are no gzip follow its end, before byte 43"
    assert check.bytes == 2 * len(WHOLE) + 9


def test_memory_does_not_grow_with_what_comes_out() -> None:
    import resource

    bomb = gzip.compress(bytes(1 << 28))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    check, damage = checked([bomb])
    assert (damage, check.inflated) == (None, 1 << 28)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30 << 10  # KiB
