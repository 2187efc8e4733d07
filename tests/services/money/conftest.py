"""The providers of tests/services/money/providers.py, running."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.fakes.razorpay import KEY_ID, KEY_SECRET
from tests.fakes.razorpay import SECRETS as RAZORPAY_SECRETS
from tests.fakes.stripe import KEY
from tests.fakes.stripe import SECRETS as STRIPE_SECRETS
from tests.services.money.providers import Providers


@pytest.fixture
def providers(settings) -> Iterator[Providers]:
    providers = Providers(settings)
    with ExitStack() as running:
        running.enter_context(providers.stripe.running())
        running.enter_context(providers.razorpay.running())
        settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRETS = KEY, list(STRIPE_SECRETS)
        settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET = KEY_ID, KEY_SECRET
        settings.RAZORPAY_WEBHOOK_SECRETS = list(RAZORPAY_SECRETS)
        settings.STRIPE_API, settings.RAZORPAY_API = providers.stripe.url, providers.razorpay.url
        settings.PAYMENT_GATEWAYS = {"UPI": "razorpay", "CARD": "stripe", "WALLET": "sandbox"}
        yield providers
