"""Everything that dask.bag has is here, and the page says how it runs."""

from __future__ import annotations

from typing import Any

import pytest

from interface.page import PAGE, TABLES, page, public


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table[0])
def test_every_public_name_has_a_sample(table: Any) -> None:
    _, theirs, ours, samples, _ = table
    assert set(public(theirs)) == set(samples)
    assert all(hasattr(ours, name) for name in samples)


def test_the_page_is_made_from_the_code() -> None:
    assert page() == PAGE.read_text(), "run `python -m interface.page` in tests"
