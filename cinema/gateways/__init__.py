"""Payment providers: one adapter each, behind the protocol in ``base``."""

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from cinema.exceptions import PaymentsUnavailable
from cinema.gateways.base import Gateway

ADAPTERS = {"sandbox": "cinema.gateways.sandbox.SandboxGateway"}


def webhook_url() -> str:
    """Where gateways report. Built from SITE_URL: a request's Host header must not decide where money is reported."""
    return settings.SITE_URL + reverse("payment-webhook")


def get_gateway(name: str | None = None) -> Gateway:
    """Return the adapter named (by default the one new payments go through): one of ADAPTERS or a dotted path.

    Raises PaymentsUnavailable where this installation has none.
    """
    name = settings.PAYMENT_GATEWAY if name is None else name
    if not name:
        raise PaymentsUnavailable
    return import_string(ADAPTERS.get(name, name))()
