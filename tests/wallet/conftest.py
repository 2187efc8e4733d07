"""Apple and Google, as far as wallets need them."""

from collections.abc import Iterator
from typing import Any

import pytest

from cinema.wallet import apple_push
from tests import wallets
from tests.fakes.apple_push import FakeApplePush
from tests.fakes.google_wallet import FakeGoogleWallet


@pytest.fixture
def apple(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeApplePush]:
    """Apple's push service; a client trusts the tests' own authority."""
    monkeypatch.setattr(apple_push, "AUTHORITIES", wallets.authority_file())
    fake = FakeApplePush()
    with fake.running():
        settings.APPLE_PUSH_API, settings.APPLE_WALLET_KEYS = fake.url, wallets.apple_file()
        yield fake


@pytest.fixture
def google(settings: Any) -> Iterator[FakeGoogleWallet]:
    fake = FakeGoogleWallet()
    with fake.running():
        settings.GOOGLE_WALLET_API, settings.GOOGLE_TOKENS = f"{fake.url}/v1", f"{fake.url}/token"
        settings.GOOGLE_WALLET_KEYS, settings.GOOGLE_WALLET_ISSUER = wallets.google_file(), wallets.ISSUER
        yield fake
