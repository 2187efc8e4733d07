"""Amounts of money that somebody says: of which the currency has coins."""

from decimal import Decimal

from cinema.domain.money import is_payable
from cinema.exceptions import AmountTooPrecise


def check_payable(*amounts: Decimal) -> None:
    """Raise AmountTooPrecise for the first amount that the currency has no coins for."""
    for amount in amounts:
        if not is_payable(amount):
            raise AmountTooPrecise(amount)
