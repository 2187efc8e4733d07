import pytest

from cinema.live import hub


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same intervals as in production, but shorter."""
    monkeypatch.setattr(hub, "GAP", 0.05)
    monkeypatch.setattr(hub, "POLL_EVERY", 0.2)
