"""Reading of the payment settings: which gateway serves which mode of payment, and in which currency."""

import re
from decimal import Decimal

from django.core.exceptions import ImproperlyConfigured

from cinema.domain.money import minor_digits, to_minor

FOR_EXAMPLE = "for example PAYMENT_GATEWAYS=stripe:CARD,WALLET razorpay:UPI"
# The origins of their payment pages, to which a form of ours leads.
# With Razorpay the form leads to a short URL and on from there, and the browser checks every step.
ORIGINS = {
    "razorpay": ["https://rzp.io", "https://*.razorpay.com"],
    "stripe": ["https://checkout.stripe.com"],
}
AT_COUNTER = {"READER", "QR"}  # modes that staff start at a till; the checkout does not offer them
LARGEST_GIFT = Decimal(10**7)
LARGEST_COIN = Decimal(100)
ENTRY = re.compile(r"([a-z0-9_]+):([A-Z]+(?:,[A-Z]+)*)")


def read_gateways(value: str) -> dict[str, str]:
    """Return the gateway of each mode, in the order in which the checkout offers them. Raises ImproperlyConfigured."""
    gateways: dict[str, str] = {}
    for entry in value.split():
        match = ENTRY.fullmatch(entry)
        if match is None:
            raise ImproperlyConfigured(
                f"PAYMENT_GATEWAYS: {entry} is not understood. Write each gateway with the modes of payment that it "
                f"takes, without spaces in between, {FOR_EXAMPLE}."
            )
        name, modes = match.groups()
        for mode in modes.split(","):
            if mode in gateways:
                raise ImproperlyConfigured(f"PAYMENT_GATEWAYS names {mode} twice. Each mode has one gateway.")
            gateways[mode] = name
    return gateways


def split_gateways(gateways: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The gateways of the modes that the checkout offers, and those of the modes that staff start at a till."""
    at_counter = {mode: name for mode, name in gateways.items() if mode in AT_COUNTER}
    return {mode: name for mode, name in gateways.items() if mode not in AT_COUNTER}, at_counter


def check_currency(currency: str) -> None:
    """Raise ImproperlyConfigured for a currency whose amounts cannot be stored: prices have two decimal places."""
    if minor_digits(currency) > 2:
        raise ImproperlyConfigured(
            f"CURRENCY={currency} has {minor_digits(currency)} decimal places, and prices here have two at most. Give "
            "another currency, such as INR or EUR."
        )


def read_amounts(texts: list[str], currency: str) -> list[Decimal]:
    """Return the amounts of gift cards, the lowest first. Raises ImproperlyConfigured."""
    try:
        amounts = sorted({Decimal(text) for text in texts})
        is_payable = all(0 < amount <= LARGEST_GIFT and to_minor(amount, currency) for amount in amounts)
    except (ArithmeticError, ValueError):
        is_payable = False
    if not is_payable:
        raise ImproperlyConfigured(
            f"GIFT_CARD_AMOUNTS: {', '.join(texts)} is not understood. Give amounts above 0, such as 500,1000,2500."
        )
    return amounts


def read_step(text: str, currency: str) -> Decimal | None:
    """Return what cash is rounded to, None for "". Raises ImproperlyConfigured."""
    if not text:
        return None
    try:
        step = Decimal(text)
        is_coin = 0 <= step <= LARGEST_COIN and to_minor(step, currency) >= 0
    except (ArithmeticError, ValueError):
        is_coin = False
    if not is_coin:
        raise ImproperlyConfigured(
            f"CASH_ROUNDING: {text} is not understood. Give the smallest coin, such as 0.05, or 0."
        )
    return step


def payment_origins(gateways: dict[str, str]) -> list[str]:
    """Return the origins of the payment pages of the gateways, for the Content Security Policy."""
    return [origin for name in dict.fromkeys(gateways.values()) for origin in ORIGINS.get(name, [])]
