"""Discounts that tickets of one order share: what one of them loses when seats leave another."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import NamedTuple

from cinema.models import OrderLine, Show, Ticket, TicketSeat
from cinema.models.annotated import TicketNow
from cinema.selectors.booking.tax import taxes_at
from cinema.selectors.booking.used_coupons import Lost
from cinema.services.booking.ledger import NOTHING, record_revenue


class Division(NamedTuple):
    """What becomes of the money kept for seats that leave a ticket: the ``refund``, and what is then kept for seats on
    ``others`` of the order, as in CancellationTerms."""

    refund: Decimal
    others: Lost = {}

    @property
    def deducted(self) -> Decimal:
        return sum(self.others.values(), NOTHING)


def share_anew(*, ticket: TicketNow, leaving: Collection[TicketSeat], others: Lost) -> None:
    """Give seats that leave a locked ticket the discounts that seats on other tickets of its order, loaded with their
    tickets and shows, lose without them. All these shows are locked.

    What was paid for the order stays the same: so much less of it is for this ticket, and kept for it, and so much more
    for the others, whose seats are refunded for that if they are cancelled.
    """
    if not others:
        return
    more_for = defaultdict[Ticket, Decimal](Decimal)
    for line, more in others.items():
        _cost_more(line, more, ticket)
        more_for[line.ticket] += more
    TicketSeat.objects.bulk_update(others, ["price", "repriced", "tax_percent"])
    _cost_less(ticket, leaving, sum(others.values(), NOTHING))
    _move(ticket, more_for)


def _cost_more(line: TicketSeat, more: Decimal, ticket: TicketNow) -> None:
    if not line.worth:
        taxes = taxes_at(ticket.show.screen.theatre, ticket.now)  # a rate may be that of cheap seats only
        line.tax_percent = taxes.percent(OrderLine.Kind.SEAT, more)
    line.price += more
    if line.repriced is not None:
        line.repriced += more


def _cost_less(ticket: Ticket, leaving: Collection[TicketSeat], less: Decimal) -> None:
    """Take ``less`` off the prices of the seats that leave; if a ticket was exchanged, others have a part of them."""
    gone = {line.pk for line in leaving}
    kept = [line for line in ticket.seats.order_by("active", "pk") if line.pk not in gone]
    changed = list[TicketSeat]()
    for line in [*leaving, *(one for one in kept if not one.active or one.repriced is not None)]:
        if part := min(line.price, less):
            if line.pk not in gone and line.repriced is None:
                line.repriced = line.price  # what was refunded for it stays explained
            line.price, less = line.price - part, less - part
            changed.append(line)
    TicketSeat.objects.bulk_update(changed, ["price", "repriced"])


def _move(ticket: Ticket, more_for: Mapping[Ticket, Decimal]) -> None:
    """Keep so much more for other tickets and for their shows, and so much less for this one and for its show."""
    more_at = defaultdict[Show, Decimal](Decimal)  # each ticket has a copy of its show, which must be written once
    for other, more in more_for.items():
        _keep(other, more)
        more_at[other.show] += more
    _keep(ticket, -sum(more_for.values(), NOTHING))
    more_at.pop(ticket.show, None)
    record_revenue(show=ticket.show, amount=-sum(more_at.values(), NOTHING))
    for show, more in more_at.items():
        record_revenue(show=show, amount=more)


def _keep(ticket: Ticket, amount: Decimal) -> None:
    ticket.amount, ticket.kept = ticket.amount + amount, ticket.kept + amount
    ticket.save(update_fields=["amount", "kept"])
