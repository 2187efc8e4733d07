"""Begin the exchange of a ticket for dearer seats: hold them, and open a payment of the difference.

services.money.upgrades exchanges the ticket when the payment has arrived.
"""

from collections.abc import Collection
from contextlib import suppress
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q

from cinema.exceptions import BusinessRuleViolation, HoldExpired, PriceChanged, SeatsDearer
from cinema.models import Hold, Payment, PaymentKey, SeatUpgrade, Ticket, User
from cinema.models.annotated import TicketNow
from cinema.selectors.booking.tickets import ticket_by_code
from cinema.services.booking.booking_requests import BookingRequest, Contact
from cinema.services.booking.holds import hold_seats, release_hold
from cinema.services.booking.order_payments import check_few_payments, earlier_payment, write_payment
from cinema.services.core.locking import FACTS, lock_seats, lock_ticket
from cinema.services.core.transactions import atomically
from cinema.services.money.upgrades import changes_of_seats, upgrade_prices
from cinema.services.orders.buyer_exchanges import (
    ExchangeChoice,
    check_exchangeable,
    chosen,
    holder,
    plan_exchange,
    priced,
)
from cinema.services.orders.cancellations import check_nobody_admitted


class UpgradeRequest(NamedTuple):
    """The payment ``mode`` for the difference that the buyer has ``seen``.

    ``key`` is the idempotency key; ``client_ip`` is "" if unknown.
    """

    mode: str
    key: str
    seen: Decimal
    client_ip: str = ""
    user: User | None = None


def begin_upgrade(*, code: str, choice: ExchangeChoice, request: UpgradeRequest) -> Payment:
    """Hold dearer seats for a ticket; return the payment of the difference, which the caller starts.

    The ticket does not change before the payment has arrived. A repeated request returns the same payment; another
    choice replaces one that is not paid.

    Raises Ticket.DoesNotExist for an unknown code, PriceChanged, what plan_exchange(), hold_seats() and
    check_nobody_admitted() raise, HoldExpired, PaymentModeNotOffered, TooManyPayments, IdempotencyKeyReused.
    """
    ticket = ticket_by_code(code)
    if ticket is None:
        raise Ticket.DoesNotExist
    buyer, wanted = holder(ticket), sorted(choice.seat_ids)
    booking = BookingRequest(Contact("", ""), request.mode, request.key, user=request.user)
    booking = booking.bound(buyer=buyer, about=f"upgrade at {choice.show_id} to {wanted}")
    if known := earlier_payment(request=booking):
        return known
    plan_exchange(ticket=ticket, choice=choice)
    own = {line.show_seat_id for line in ticket.seats.all()}
    new = [pk for pk in wanted if pk not in own]
    hold = hold_seats(
        show_id=choice.show_id, seat_ids=new, buyer=buyer, client_ip=request.client_ip, insist=choice.insist
    )
    try:
        return _open(code, choice, hold, booking, request.seen)
    except BusinessRuleViolation:
        with suppress(HoldExpired):
            release_hold(code=hold.code, buyer=buyer)
        raise


@atomically
def _open(code: str, choice: ExchangeChoice, hold: Hold, booking: BookingRequest, seen: Decimal) -> Payment:
    ticket, lines = lock_ticket(*FACTS, code=code, beside=[choice.show_id])
    check_exchangeable(ticket=ticket)
    check_nobody_admitted(ticket=ticket)
    exchanged = chosen(ticket=ticket, lines=lines, choice=choice)
    hold.refresh_from_db()
    coming = lock_seats(exchanged.show, Q(hold=hold), "seat__category")
    if not hold.is_active_at(ticket.now) or {seat.pk for seat in coming} != exchanged.wanted:
        raise HoldExpired
    more = priced(ticket=ticket, exchanged=exchanged, coming=coming, insist=choice.insist).dearer
    if not upgrade_prices(ticket=ticket, lines=exchanged.moving, show=exchanged.show, coming=coming):
        raise SeatsDearer(more)
    if more != seen or not more:
        raise PriceChanged(seen, more)
    if open_payment := _open_payment(ticket, choice.seat_ids, booking, more):
        return open_payment
    payment = write_payment(order=ticket.order, request=booking, now=ticket.now, rest=more)
    SeatUpgrade.objects.create(
        payment=payment,
        ticket=ticket,
        hold=hold,
        seat_ids=sorted(choice.seat_ids),
        changes=changes_of_seats(ticket=ticket),
        offer_version=exchanged.show.offer_version,
    )
    return payment


def _open_payment(
    ticket: TicketNow, seat_ids: Collection[int], booking: BookingRequest, amount: Decimal
) -> Payment | None:
    """The open payment for the same seats, which this key now belongs to, too; or None. An open payment for other seats
    becomes REPLACED; it still counts if it is paid after all."""
    pending = ticket.order.payments.by_provider().filter(status=Payment.Status.PENDING).first()
    upgrade = SeatUpgrade.objects.filter(payment=pending).first() if pending else None
    same = upgrade and (upgrade.ticket_id, upgrade.seat_ids) == (ticket.pk, sorted(seat_ids))
    if pending and same and (pending.amount, pending.mode) == (amount, booking.mode):
        PaymentKey.objects.create(payment=pending, key=booking.key, fingerprint=booking.fingerprint)
        return pending
    check_few_payments(holds=[ticket.hold])
    if pending:
        pending.status, pending.due_at = Payment.Status.REPLACED, ticket.now
        pending.save(update_fields=["status", "due_at"])
    return None
