import pytest

from cinema.live import hub


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rounds as in production, only faster."""
    monkeypatch.setattr(hub, "GAP", 0.05)
    monkeypatch.setattr(hub, "POLL_EVERY", 0.2)
