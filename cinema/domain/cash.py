"""Cash: the notes and coins of a currency."""

from collections.abc import Mapping
from decimal import Decimal

from cinema.domain.money import exact, quantize

NOTHING = Decimal(0)
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
