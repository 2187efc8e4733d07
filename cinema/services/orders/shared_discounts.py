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
    for the others, whose seats are refunded for that if they are cancelled. How much it is, is kept as ``deducted``.
    """
    if not others:
        return
    lost = defaultdict[Ticket, dict[TicketSeat, Decimal]](dict)
    for line, more in others.items():
        lost[line.ticket][line] = more
    changed = [line for of_ticket in lost.values() for line in _cost_more(of_ticket, ticket)]
    TicketSeat.objects.bulk_update(changed, ["price", "repriced", "tax_percent"])
    _cost_less(ticket, leaving, sum(others.values(), NOTHING))
    _move(ticket, {other: sum(of_ticket.values(), NOTHING) for other, of_ticket in lost.items()})


def _cost_more(lost: Lost, ticket: TicketNow) -> list[TicketSeat]:
    """Let seats of another ticket count for so much more, and its prices rise by as much in all. None becomes higher
    than on its order line, so seats that have shared their prices since may share this, too. Return what has changed,
    not yet written."""
    taxes, rest = taxes_at(ticket.show.screen.theatre, ticket.now), NOTHING
    for line, more in lost.items():
        if not line.current_price:
            line.tax_percent = taxes.percent(OrderLine.Kind.SEAT, more)  # a rate may be that of cheap seats only
        part = min(more, line.order_line.amount - line.price)
        if line.repriced is not None:
            line.repriced += more
        line.price, rest = line.price + part, rest + more - part
    return _raise_prices(rest, lost) if rest else [*lost]


def _raise_prices(amount: Decimal, lost: Lost) -> list[TicketSeat]:
    """Add ``amount`` to the prices of seats of the ticket of these, as far as their order lines allow; what they count
    for stays."""
    ticket_id = next(iter(lost)).ticket_id
    others = TicketSeat.objects.filter(ticket=ticket_id).exclude(pk__in=[line.pk for line in lost])
    seats = [*lost, *others.select_related("order_line").order_by("pk")]
    for line in seats:
        if part := min(amount, line.order_line.amount - line.price):
            line.repriced = line.current_price
            line.price, amount = line.price + part, amount - part
    return seats


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
    less = sum(more_for.values(), NOTHING)
    ticket.deducted += less
    _keep(ticket, -less)
    more_at.pop(ticket.show, None)
    record_revenue(show=ticket.show, amount=-sum(more_at.values(), NOTHING))
    for show, more in more_at.items():
        record_revenue(show=show, amount=more)


def _keep(ticket: Ticket, amount: Decimal) -> None:
    ticket.amount, ticket.kept = ticket.amount + amount, ticket.kept + amount
    ticket.save(update_fields=["amount", "kept", "deducted"])
