"""Cash: the notes and coins of a currency, and how amounts are rounded where the smallest coins are gone."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings

from cinema.domain.money import exact, quantize

NOTHING = Decimal(0)
# What cash is rounded to by law or custom of the currency's country, unless CASH_ROUNDING says something else.
ROUNDED_TO = {
    "AUD": "0.05",
    "CAD": "0.05",
    "CHF": "0.05",
    "CZK": "1",
    "DKK": "0.50",
    "HUF": "5",
    "ILS": "0.10",
    "NOK": "1",
    "NZD": "0.10",
    "SEK": "1",
}
COMMON = "100 50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01"
DENOMINATIONS = {
    "AUD": "100 50 20 10 5 2 1 0.50 0.20 0.10 0.05",
    "CAD": "100 50 20 10 5 2 1 0.25 0.10 0.05",
    "CHF": "1000 200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05",
    "CZK": "5000 2000 1000 500 200 100 50 20 10 5 2 1",
    "DKK": "1000 500 200 100 50 20 10 5 2 1 0.50",
    "EUR": "500 200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    "GBP": "50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    "HUF": "20000 10000 5000 2000 1000 500 200 100 50 20 10 5",
    "INR": "2000 500 200 100 50 20 10 5 2 1",
    "JPY": "10000 5000 2000 1000 500 100 50 10 5 1",
    "NOK": "1000 500 200 100 50 20 10 5 1",
    "NZD": "100 50 20 10 5 2 1 0.50 0.20 0.10",
    "SEK": "1000 500 200 100 50 20 10 5 2 1",
    "USD": "100 50 20 10 5 2 1 0.50 0.25 0.10 0.05 0.01",
}


def smallest_coin(currency: str) -> Decimal:
    """What cash is rounded to; 0 if it is not."""
    step: Decimal | None = settings.CASH_ROUNDING
    return Decimal(ROUNDED_TO.get(currency, 0)) if step is None else step


def rounded(amount: Decimal, currency: str) -> Decimal:
    """What is paid in cash for ``amount``: a multiple of the smallest coin, half up; 12.30 francs for 12.32."""
    step = smallest_coin(currency)
    return exact((amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step) if step else amount


def denominations(currency: str) -> list[Decimal]:
    """The notes and coins of a currency, the largest first."""
    coins = [Decimal(text) for text in DENOMINATIONS.get(currency, COMMON).split()]
    return [coin for coin in coins if currency in DENOMINATIONS or quantize(coin) == coin]


def sum_of(counts: Mapping[str, int]) -> Decimal:
    """What so many notes and coins are worth together; the keys are denominations."""
    return exact(sum((Decimal(coin) * number for coin, number in counts.items()), NOTHING))


def handy_amounts(due: Decimal, currency: str, most: int = 4) -> list[Decimal]:
    """What a buyer may hand over for ``due``: the next multiples of notes and coins above it, the smallest first."""
    above = {due - due % coin + (coin if due % coin else NOTHING) for coin in denominations(currency)}
    return sorted(amount for amount in above if amount > due)[:most]
