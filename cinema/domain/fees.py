"""Booking fees. They are part of every price that a buyer sees; a seat that costs nothing bears none."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

NOTHING = Decimal(0)


class BookingFee(NamedTuple):
    """A fee for each ticket, or for each order."""

    amount: Decimal = NOTHING
    per_order: bool = False

    @property
    def per_ticket(self) -> Decimal:
        """The fee for one ticket; nothing if it is charged per order."""
        return NOTHING if self.per_order else self.amount

    @property
    def once(self) -> Decimal:
        """The fee for an order, however many tickets it has; nothing if it is charged per ticket."""
        return self.amount if self.per_order else NOTHING

    def times(self, tickets: int) -> int:
        """How often it is charged for so many tickets that bear it."""
        return 0 if not self.amount else min(tickets, 1) if self.per_order else tickets

    def added_to(self, price: Decimal, *, waived: bool = False) -> Decimal:
        """The price of a seat as buyers see it: with the fee per ticket, unless it is free or its type waives it."""
        return price if waived or not price else price + self.per_ticket


class PlainPrice(NamedTuple):
    """What a seat of some category costs with the plain ticket type, which may waive the booking fee."""

    amount: Decimal
    waived: bool = False


class StartingPrice(NamedTuple):
    """The lowest price of a plain ticket for a show, with the fee per ticket; ``is_only``: all seats cost that."""

    amount: Decimal
    is_only: bool


def starting_price(prices: Sequence[PlainPrice], fee: BookingFee) -> StartingPrice | None:
    """The lowest of these prices as buyers see it; None without any."""
    amounts = {fee.added_to(price.amount, waived=price.waived) for price in prices}
    return StartingPrice(min(amounts), len(amounts) == 1) if amounts else None
