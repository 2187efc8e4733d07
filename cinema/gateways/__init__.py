"""Payment providers: one adapter each, behind the protocol in ``base``."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from django.utils.module_loading import import_string

from cinema.exceptions import PaymentsUnavailable
from cinema.gateways.base import Gateway

ADAPTERS = {
    "sandbox": "cinema.gateways.sandbox.SandboxGateway",
    "stripe": "cinema.gateways.stripe.StripeGateway",
}


def webhook_url(name: str) -> str:
    """Where a gateway reports. Built from SITE_URL: a request's Host header must not decide where money is reported."""
    return settings.SITE_URL + reverse("payment-webhook", args=[name])


def get_gateway(name: str) -> Gateway:
    """Return the adapter of ADAPTERS so named, whether or not new payments go through it; older payments name it by a
    dotted path. Raises PaymentsUnavailable where this installation has none, or not its keys.
    """
    if not (name in ADAPTERS or "." in name):
        raise PaymentsUnavailable
    try:
        gateway: Gateway = import_string(ADAPTERS.get(name, name))()
    except ImproperlyConfigured:
        raise PaymentsUnavailable from None
    return gateway


def check_gateways(gateways: dict[str, str]) -> None:
    """Check PAYMENT_GATEWAYS: the gateway of each mode is there, has its keys and serves the mode. Raises
    ImproperlyConfigured."""
    for mode, name in gateways.items():
        if name not in ADAPTERS:
            raise ImproperlyConfigured(f"PAYMENT_GATEWAYS names {name}. There are only {', '.join(sorted(ADAPTERS))}.")
        served = import_string(ADAPTERS[name])().modes
        if mode not in served:
            raise ImproperlyConfigured(f"PAYMENT_GATEWAYS: {name} takes {', '.join(served)}, but not {mode}.")
