"""Exchange a ticket for dearer seats when its buyer's payment of the difference has arrived.

The order gets further lines: the new seats, and a discount as the credit for the old ones, which leave the ticket. So
all that was sold stays on record, and later refunds are computed from the new seats.
"""

from collections.abc import Collection, Sequence
from decimal import Decimal

from django.db.models import F, Q

from cinema.domain.money import spread, tax_in
from cinema.domain.tax import DayTax
from cinema.exceptions import PaidAgain
from cinema.models import (
    Hold,
    MoneyEntry,
    Order,
    OrderLine,
    Payment,
    Refund,
    SeatEvent,
    SeatUpgrade,
    Show,
    ShowSeat,
    Ticket,
    TicketSeat,
)
from cinema.models.annotated import LockedPayment, ShowSeatNow, TicketNow
from cinema.selectors.booking.exchanges import ExchangePrices, buyer_prices, exchange_prices
from cinema.selectors.booking.tax import taxes_at
from cinema.selectors.booking.tickets import cancel_until
from cinema.services.booking.expiry import expire_due_holds
from cinema.services.booking.holds import release_seats
from cinema.services.booking.ledger import NOTHING, Action, Actor, Author, Transition, transition_seats
from cinema.services.booking.offers import offer_freed_seats
from cinema.services.booking.orders import set_reported
from cinema.services.core.locking import FACTS, lock_payment, lock_seats, lock_ticket
from cinema.services.core.outbox import Kind, post
from cinema.services.core.transactions import atomically
from cinema.services.money.ledger import post_upgrade, settlement_entries

LineKind = OrderLine.Kind


@atomically
def settle_upgrade(*, payment_id: int, capture_id: str) -> LockedPayment:
    """Exchange the ticket whose upgrade is paid, or refund the payment if an exchange is no longer possible.

    Safe to repeat. Raises PaidAgain.
    """
    upgrade = SeatUpgrade.objects.select_related("ticket", "hold").get(payment=payment_id)
    show_id = upgrade.hold.show_id
    ticket, lines = lock_ticket(*FACTS, code=upgrade.ticket.code, beside=[show_id])
    payment = lock_payment(pk=payment_id)
    ticket.order, payment.order.ticket_list = payment.order, [ticket]
    if payment.status not in Payment.UNPAID:
        if "" != capture_id != payment.capture_id != "":
            raise PaidAgain(payment, capture_id[:100])
        return payment
    payment.status, payment.settled_at, payment.due_at = Payment.Status.SUCCESS, payment.now, None
    payment.capture_id = capture_id
    payment.save(update_fields=["status", "settled_at", "due_at", "capture_id"])
    upgrade.hold.refresh_from_db()
    show = ticket.show if show_id == ticket.show_id else Show.objects.select_related(*FACTS).get(pk=show_id)
    prices = _prices(upgrade, ticket, lines, show)
    if prices and prices.dearer == payment.amount:
        _exchange(upgrade, ticket, show, prices, payment)
    else:
        _refund(payment, ticket)
    return payment


def changes_of_seats(*, ticket: Ticket) -> int:
    """How often a seat of the ticket has changed."""
    return SeatEvent.objects.filter(ticket=ticket).count()


def upgrade_prices(
    *, ticket: TicketNow, lines: Sequence[TicketSeat], show: Show, coming: Sequence[ShowSeat]
) -> ExchangePrices | None:
    """The prices of an upgrade for its buyer; None if the difference cannot be paid online.

    That is so for tickets sold at the counter, where other seats of the order would lose a discount, and where old and
    new seats are taxed at different rates, as there would be no rate for the difference.
    """
    prices = buyer_prices(ticket, exchange_prices(ticket, lines, show, coming), show)
    taxes = taxes_at(show.screen.theatre, ticket.now)
    rates = {taxes.percent(LineKind.SEAT, cost) for cost in prices.costs.values() if cost}
    rates |= {line.tax_percent for line in lines if line.current_price}
    payable = len(rates) == 1 and ticket.order.channel != Order.Channel.COUNTER and not prices.parts_deal
    return prices if payable else None


def _prices(upgrade: SeatUpgrade, ticket: TicketNow, lines: Sequence[TicketSeat], show: Show) -> ExchangePrices | None:
    """The prices of an upgrade that is still possible, else None.

    It is impossible if the ticket was changed, cancelled or admitted, one of the shows was cancelled, the seats are
    gone, or the hold has ended and it is too late to begin anew, or the show is no longer the one that was chosen.
    """
    now, valid = ticket.now, Show.Status.SCHEDULED
    if ticket.status != Ticket.Status.CONFIRMED or not ticket.show.status == show.status == valid:
        return None
    admitted = TicketSeat.objects.filter(ticket=ticket, active=True, check_in__isnull=False)
    if changes_of_seats(ticket=ticket) != upgrade.changes or admitted.exists():
        return None
    may_begin = now <= cancel_until(ticket) and show.on_sale_at(now) and show.offer_version == upgrade.offer_version
    if not upgrade.hold.is_active_at(now) and not may_begin:
        return None
    moving = [line for line in lines if line.show_seat_id not in upgrade.seat_ids]
    wanted = set(upgrade.seat_ids) - {line.show_seat_id for line in lines}
    coming = _lock(show, wanted, upgrade.hold)
    if len(coming) < len(wanted):
        return None
    return upgrade_prices(ticket=ticket, lines=moving, show=show, coming=coming)


def _lock(show: Show, wanted: Collection[int], hold: Hold) -> list[ShowSeatNow]:
    """Lock those of the wanted seats that are free or held for the upgrade."""
    seats = lock_seats(show, Q(pk__in=wanted), "seat__category")
    if any(seat.hold_id not in (None, hold.pk) for seat in seats) and expire_due_holds(show=show):
        seats = lock_seats(show, Q(pk__in=wanted), "seat__category")
    return [seat for seat in seats if seat.status == ShowSeat.Status.AVAILABLE or seat.hold_id == hold.pk]


def _exchange(
    upgrade: SeatUpgrade, ticket: TicketNow, show: Show, prices: ExchangePrices, payment: LockedPayment
) -> None:
    """Give the ticket the new seats for its old ones, sell the difference and mail the buyer."""
    old, now, more = ticket.show, ticket.now, prices.dearer
    moved = NOTHING if show is old else ticket.kept
    by = Author(Actor.GATEWAY, ticket.order.user)
    leaving, coming = [line for line, _seat in prices.pairs], [seat for _line, seat in prices.pairs]
    out = Transition(Action.MOVE_OUT, now, by, ticket=ticket, revenue=-moved)
    transition_seats(show=old, seats=[line.show_seat for line in leaving], step=out)
    transition_seats(show=show, seats=coming, step=out._replace(action=Action.BOOK, revenue=moved + more))
    _end_hold(upgrade.hold, show, ticket)
    if not any(line.current_price for line in leaving):
        Hold.objects.filter(pk=ticket.hold_id).update(free_seats=0)  # it is no longer booked at no charge
    lines = _sold_lines(ticket, prices, taxes_at(show.screen.theatre, now))
    credit, cuts = _credit(ticket.order, prices)
    TicketSeat.objects.filter(pk__in=[line.pk for line in leaving]).update(active=False, repriced=NOTHING)
    ticket.show, ticket.offer_version = show, show.offer_version
    ticket.amount, ticket.kept = ticket.amount + more, ticket.kept + more
    ticket.save(update_fields=["show", "offer_version", "amount", "kept"])
    Order.objects.filter(pk=ticket.order_id).update(total=F("total") + more, receipt_due=True)
    percent = next(line.tax_percent for line in lines if line.amount)
    tax = post_upgrade(payment=payment, percent=percent) - sum((line.tax for line in lines), NOTHING)
    if credit:
        discount = {"kind": LineKind.DISCOUNT, "unit_price": -credit, "amount": -credit, "cuts": cuts}
        lines.append(OrderLine(order=ticket.order, tax_percent=percent, tax=tax, **discount))
    OrderLine.objects.bulk_create(lines)
    SeatUpgrade.objects.filter(pk=upgrade.pk).update(done_at=now)
    for one in {old.pk: old, show.pk: show}.values():
        offer_freed_seats(show=one)
    post(kind=Kind.SEATS_CHANGED if show is old else Kind.EXCHANGED, about=ticket)


def _end_hold(hold: Hold, show: Show, ticket: TicketNow) -> None:
    """End the hold of an upgrade; release the seats it still has, which are for a newer choice that is not paid."""
    active = Hold.objects.filter(pk=hold.pk, status=Hold.Status.ACTIVE)
    if not active.filter(seats=None).update(status=Hold.Status.BOOKED) and active.exists():
        release_seats(show=show, hold=hold, at=ticket.now)


def _credit(order: Order, prices: ExchangePrices) -> tuple[Decimal, list[str]]:
    """The credit for the old seats with the discounts that the new ones keep of them, and the share in it of each seat
    of the order, in the order of their lines."""
    before, lines = order.lines.filter(kind=LineKind.SEAT).count(), [line.pk for line, _seat in prices.pairs]
    kept = [prices.listed[pk] - prices.costs[pk] for pk in lines]
    parts = [part + cut for part, cut in zip(_parts(prices), kept, strict=True)]
    return sum(parts, NOTHING), [str(part) for part in [NOTHING] * before + parts]


def _parts(prices: ExchangePrices) -> list[Decimal]:
    """The credit for the old seats without their discounts, split among the new ones."""
    credit = sum((line.current_price for line, _seat in prices.pairs), NOTHING)
    return spread(credit, [prices.costs[line.pk] for line, _seat in prices.pairs])


def _sold_lines(ticket: TicketNow, prices: ExchangePrices, taxes: DayTax) -> list[OrderLine]:
    """Write the new seats; return their order lines, not yet written."""
    costs = [prices.costs[line.pk] for line, _seat in prices.pairs]
    percent = taxes.percent(LineKind.SEAT, max(costs))  # of all that cost something; a free one keeps its discount
    seats = [
        TicketSeat(
            ticket=ticket,
            show_seat=seat,
            ticket_type=line.ticket_type,
            price=cost - part,
            repriced=cost if part else None,
            tax_percent=percent,
        )
        for (line, seat), cost, part in zip(prices.pairs, costs, _parts(prices), strict=True)
    ]
    set_reported(seats=seats, taxes=taxes)
    TicketSeat.objects.bulk_create(seats)
    prices_before = [prices.listed[line.pk] for line, _seat in prices.pairs]
    return [_seat_line(ticket.order, seat, price) for seat, price in zip(seats, prices_before, strict=True)]


def _seat_line(order: Order, seat: TicketSeat, price: Decimal) -> OrderLine:
    return OrderLine(
        order=order,
        kind=LineKind.SEAT,
        ticket_seat=seat,
        unit_price=price,
        amount=price,
        tax_percent=seat.tax_percent,
        tax=tax_in(price, seat.tax_percent),
        reported_price=seat.current_price if seat.reported is None else seat.reported,
    )


def _refund(payment: LockedPayment, ticket: TicketNow) -> None:
    """Refund all of a payment whose upgrade is no longer possible, and mail the buyer. The ticket stays as it is."""
    reason = payment.refund_reason = Refund.Reason.UPGRADE_LATE
    refund = Refund.objects.create(
        payment=payment, amount=payment.amount, reason=reason, created_at=payment.now, due_at=payment.now
    )
    MoneyEntry.objects.bulk_create(settlement_entries(payment=payment, refunds=[refund]))
    post(kind=Kind.REFUND_LATE, about=ticket, amount=str(payment.amount), reason=reason)
