"""Payment providers: one gateway each, behind the protocol in ``base``."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from django.utils.module_loading import import_string

from cinema.exceptions import PaymentsUnavailable
from cinema.gateways.base import Gateway

GATEWAYS = {
    "razorpay": "cinema.gateways.razorpay.RazorpayGateway",
    "sandbox": "cinema.gateways.sandbox.SandboxGateway",
    "stripe": "cinema.gateways.stripe.StripeGateway",
}


def webhook_url(name: str) -> str:
    """The URL of a gateway's webhook. Built from SITE_URL, so that a forged Host header cannot redirect its reports."""
    return settings.SITE_URL + reverse("payment-webhook", args=[name])


def get_gateway(name: str) -> Gateway:
    """Return a gateway by its name in GATEWAYS or, for older payments, by dotted path.

    It need not be in use for new payments. Raises PaymentsUnavailable if there is none, or no longer, or its keys are
    missing.
    """
    if not (name in GATEWAYS or "." in name):
        raise PaymentsUnavailable
    try:
        gateway: Gateway = import_string(GATEWAYS.get(name, name))()
    except (ImproperlyConfigured, ImportError):
        raise PaymentsUnavailable from None
    return gateway


def check_gateways(gateways: dict[str, str]) -> None:
    """Check PAYMENT_GATEWAYS: the gateway of each mode must exist, have its keys and support the mode.

    Raises ImproperlyConfigured.
    """
    for mode, name in gateways.items():
        if name not in GATEWAYS:
            raise ImproperlyConfigured(f"PAYMENT_GATEWAYS names {name}. There are only {', '.join(sorted(GATEWAYS))}.")
        served = import_string(GATEWAYS[name])().modes
        if mode not in served:
            raise ImproperlyConfigured(f"PAYMENT_GATEWAYS: {name} takes {', '.join(served)}, but not {mode}.")
