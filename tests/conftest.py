"""What every test shares: what an expected failure must say."""

from typing import NoReturn

import pytest

# Before anything imports them.
pytest.register_assert_rewrite("conformance.check", "properties.agreement")

REASONS = ("notimpl", "notyet", "never")


@pytest.fixture(autouse=True)
def mistakes_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in reading a function, for which Python stands in, is an error here."""

    def raised(error: Exception) -> NoReturn:
        raise error

    monkeypatch.setattr("satchel.expr.lower.mistaken", raised)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Turn the three kinds of expected failure into strict xfails that say which one they are."""
    for item in items:
        for name in REASONS:
            for mark in item.iter_markers(name):
                reason = mark.kwargs.get("reason") or (mark.args[0] if mark.args else "")
                if not reason:
                    raise pytest.UsageError(f"{item.nodeid}: {name} needs a reason")
                item.add_marker(pytest.mark.xfail(reason=f"{name}: {reason}", strict=True))
