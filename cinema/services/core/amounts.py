"""Checks of entered amounts of money."""

from decimal import Decimal

from cinema.domain.money import is_payable
from cinema.exceptions import AmountTooPrecise


def check_payable(*amounts: Decimal) -> None:
    """Raise AmountTooPrecise for the first amount with more decimal places than the currency has."""
    for amount in amounts:
        if not is_payable(amount):
            raise AmountTooPrecise(amount)
