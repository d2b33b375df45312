"""Fixtures that the conformance tests and the tests of bad input share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conformance.check import Check
from conformance.places import Places
from conformance.schedulers import Schedulers


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    return Places(tmp_path_factory.mktemp("places"))


@pytest.fixture(scope="session")
def schedulers() -> Iterator[Schedulers]:
    schedulers = Schedulers()
    with schedulers.open:
        yield schedulers


@pytest.fixture(scope="session")
def check(places: Places, schedulers: Schedulers) -> Check:
    return Check(places, schedulers)
