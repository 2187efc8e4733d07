"""What the accounts of the money ledger have, and what a sale brings to them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import QuerySet

from cinema.domain import accounts
from cinema.domain.money import spread, tax_in
from cinema.models import MoneyEntry, Order, OrderLine, TicketSeat

NOTHING = Decimal(0)
Credits = dict[str, Decimal]  # by account; a debit is negative


def entries_of(order: Order) -> QuerySet[MoneyEntry]:
    """The entries of an order, in the order in which they were written."""
    return MoneyEntry.objects.filter(order=order).order_by("pk")


def balances(entries: Iterable[MoneyEntry]) -> Credits:
    """The balance of each account that is not even."""
    credits = defaultdict[str, Decimal](Decimal)
    for entry in entries:
        credits[entry.credit] += entry.amount
        credits[entry.debit] -= entry.amount
    return {account: amount for account, amount in credits.items() if amount}


def earned(ticket_seats: Sequence[TicketSeat], kept: Decimal) -> Credits:
    """What is kept for a ticket with these seats, by account: revenue, and the tax that it contains."""
    credits = defaultdict[str, Decimal](Decimal)
    for seat, part in zip(ticket_seats, _parts(ticket_seats, kept), strict=True):
        tax = tax_in(part, seat.tax_percent)
        credits[accounts.of_line(OrderLine.Kind.SEAT, seat.tax_percent)] += part - tax
        credits[accounts.tax(seat.tax_percent)] += tax
    return credits


def _parts(ticket_seats: Sequence[TicketSeat], kept: Decimal) -> list[Decimal]:
    """What is kept for each seat: first for those still on the ticket, up to their worth, then for returned ones.

    So a refund for returned seats lessens what these earned, with their tax, and nothing else.
    """
    present = [seat.worth if seat.active else NOTHING for seat in ticket_seats]
    returned = [NOTHING if seat.active else seat.worth for seat in ticket_seats]
    first = min(kept, sum(present, NOTHING))
    pairs = zip(spread(first, present), spread(kept - first, returned), strict=True)
    return [one + other for one, other in pairs]
