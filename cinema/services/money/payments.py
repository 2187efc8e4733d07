"""Payments: sending the buyer to the gateway, and acting on what it reports. No gateway is touched in a transaction.

Money that was paid is always found: by the gateway's webhook, by the buyer's return, or by asking the gateway about
each payment in turn, ever more seldom, for as long as it could still report money.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from threading import BoundedSemaphore
from typing import TypeVar

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from cinema.domain.money import to_minor
from cinema.exceptions import PaymentMismatch, PaymentsUnavailable, PaymentUndecided
from cinema.gateways import get_gateway
from cinema.gateways.base import Charge, PaymentReport, Result
from cinema.models import Hold, Payment, Refund, Show, ShowSeat, Ticket, TicketSeat, WaitingEntry
from cinema.models.annotated import PaymentWithReason
from cinema.observability.metrics import refusals
from cinema.selectors.booking.tariffs import order_lines, ticket_choices
from cinema.services.booking.expiry import drop_pending_tickets, expire_due_holds
from cinema.services.booking.ledger import NOTHING, Action, Actor, Author, Transition, transition_seats
from cinema.services.booking.offers import end_offers, offer_freed_seats
from cinema.services.core.locking import lock_payment_at_show, lock_ticket_seats
from cinema.services.core.outbox import Kind, post
from cinema.services.core.retries import Backoff, attempt_due
from cinema.services.core.transactions import atomically
from cinema.services.money.refunds import refund_payment

Asked = TypeVar("Asked", bound=Payment)

logger = logging.getLogger(__name__)

# A payment is asked about again after a quarter of the time for which it has waited, and daily in the end.
BACKOFF = Backoff(first=settings.LEFT_ALONE_FOR, factor=1.25, longest=timedelta(days=1))
# For so long a provider may still report money: after it declined a payment, and without any decision.
DECLINED_FOR, UNDECIDED_FOR = timedelta(days=2), timedelta(days=90)
# A page asks about its payment at most so often, and no more than half of the threads wait for an answer.
ASK_EVERY = timedelta(seconds=5)
_pages_asking = BoundedSemaphore(max(1, settings.THREADS // 2))


@refusals()
def start_payment(*, payment: Payment) -> str:
    """Announce the payment at its gateway and return the address to send the buyer to. Safe to repeat: the gateway is
    asked once.

    Where there is nothing to pay, the ticket is confirmed at once, and ``payment`` knows; one already decided leads
    straight back. Raises PaymentsUnavailable; the payment then stays pending and nothing was charged.
    """
    page = payment.get_absolute_url()
    if payment.status != Payment.Status.PENDING:
        return page
    if not payment.amount:
        settled = settle_payment(report=_nothing_to_pay(payment))
        payment.status, payment.ticket.status = settled.status, settled.ticket.status
        return page
    if payment.pay_url:
        return payment.pay_url
    charge = Charge(
        reference=payment.code,
        amount=to_minor(payment.amount, payment.currency),
        currency=payment.currency,
        mode=payment.mode,
        description=payment.ticket.reference,
        email=payment.ticket.email,
        return_url=settings.SITE_URL + page,
    )
    started = get_gateway(payment.gateway).start(charge)
    Payment.objects.filter(pk=payment.pk).update(pay_url=started.url, provider_id=started.provider_id)
    return started.url


def check_payment(*, payment: Asked) -> Asked | PaymentWithReason:
    """Ask the gateway how an unpaid payment stands, for somebody who looks at its page, and act on the answer.

    It is not asked about again within ASK_EVERY, nor while too many other pages wait for an answer: then, and while
    the gateway does not answer, the payment stays as it is, and check_due_payments() finds out.
    """
    if payment.status not in Payment.UNPAID or not _pages_asking.acquire(blocking=False):
        return payment
    try:
        long_ago = Q(attempted_at=None) | Q(attempted_at__lte=Now() - ASK_EVERY)
        asks = Payment.objects.filter(long_ago, pk=payment.pk).update(attempted_at=Now())
        return _ask(payment) if asks else payment
    except PaymentsUnavailable:
        return payment
    except PaymentMismatch:
        logger.error("The gateway reports another amount for payment %s than was asked for.", payment.pk)
        return payment
    finally:
        _pages_asking.release()


def check_due_payments() -> int:
    """Ask about every unpaid payment that is due, and act on the answers; return how many are decided now."""
    return attempt_due(rows=Payment.objects.all(), attempt=_check, backoff=BACKOFF)


def _check(key: int) -> bool:
    rows: QuerySet[Payment] = Payment.objects.filter(pk=key)
    payment = rows.annotate(now=Now()).get()
    if payment.status not in Payment.UNPAID:  # decided by a process of a version that knows nothing of due_at
        rows.update(due_at=None)
        return False
    declined = payment.status == Payment.Status.FAILED
    is_last = payment.now - payment.created_at > (DECLINED_FOR if declined else UNDECIDED_FOR)
    if is_last:
        rows.update(due_at=None)
    now = _ask(payment)
    if is_last and now.status in Payment.OPEN:
        raise PaymentUndecided(payment)
    return now.status != payment.status


def _ask(payment: Asked) -> Asked | PaymentWithReason:
    if not payment.amount:
        return settle_payment(report=_nothing_to_pay(payment))
    report = get_gateway(payment.gateway).report(reference=payment.code, provider_id=payment.provider_id)
    return payment if report.result == Result.OPEN else settle_payment(report=report, gateway=payment.gateway)


def _nothing_to_pay(payment: Payment) -> PaymentReport:
    return PaymentReport(reference=payment.code, result=Result.PAID, amount=0, currency=payment.currency)


def receive_webhook(*, gateway: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Act on a message of the gateway. Raises WebhookForged, ValueError when it cannot be read, and as below."""
    event = get_gateway(gateway).read_event(body=body, headers=headers)
    if isinstance(event.report, PaymentReport):
        settle_payment(report=event.report, gateway=gateway)


@atomically
def settle_payment(*, report: PaymentReport, gateway: str = "", notify: bool = True) -> PaymentWithReason:
    """Act on what the gateway reports, once: a repeated or late report changes nothing twice.

    Paid: the seats are booked and the ticket is confirmed. When the hold ran out meanwhile, that still holds if
    every seat is free; otherwise the money is refunded. Declined: the buyer may try again while the hold lives.
    Money that was taken counts even after a "declined", since reports may overtake each other. The buyer gets a mail,
    unless ``notify`` is False. Raises Show.DoesNotExist when the report is about no payment, or about one of another
    ``gateway`` than this one ("" for any); PaymentMismatch.
    """
    payment, lines = lock_payment_at_show("screen__theatre", **_named(report, gateway))
    now = lines[0].now
    if report.result == Result.DECLINED and payment.status in Payment.OPEN:
        return _set_status(payment, Payment.Status.FAILED, now)
    if report.result != Result.PAID or payment.status not in Payment.UNPAID:
        return payment
    if (report.amount, report.currency) != (to_minor(payment.amount, payment.currency), payment.currency):
        raise PaymentMismatch(payment)

    payment.capture_id = report.capture_id
    _set_status(payment, Payment.Status.SUCCESS, now)
    payment.refund_reason = _book_or_get_refund_reason(payment.ticket, lines, now)
    if payment.refund_reason:
        refund_payment(payment=payment, amount=payment.amount, reason=payment.refund_reason, at=now)
        if payment.amount:
            post(
                kind=Kind.REFUND_LATE,
                about=payment.ticket,
                amount=str(payment.amount),
                reason=payment.refund_reason,
            )
    elif notify:
        post(kind=Kind.TICKET, about=payment.ticket)
    offer_freed_seats(show=payment.ticket.show)  # those of others whose holds had run out
    return payment


def _named(report: PaymentReport, gateway: str) -> dict[str, str]:
    """Which payment the report is about."""
    by_its_id = report.provider_id and not report.reference
    which = {"provider_id": report.provider_id} if by_its_id else {"code": report.reference}
    return which | ({"gateway": gateway} if gateway else {})


def _set_status(payment: PaymentWithReason, status: Payment.Status, now: datetime) -> PaymentWithReason:
    payment.status, payment.settled_at = status, now
    if status == Payment.Status.SUCCESS:
        payment.due_at = None
    payment.save(update_fields=["status", "settled_at", "due_at", "capture_id"])
    return payment


def _book_or_get_refund_reason(ticket: Ticket, lines: Sequence[TicketSeat], now: datetime) -> Refund.Reason | None:
    """Book the seats of a paid ticket, or return the reason for which its money must go back."""
    if ticket.status == Ticket.Status.CONFIRMED:
        return Refund.Reason.PAID_TWICE
    if ticket.status == Ticket.Status.CANCELLED:
        return Refund.Reason.CANCELLED
    if ticket.show.status == Show.Status.CANCELLED:
        return Refund.Reason.SHOW_CANCELLED
    if ticket.status == Ticket.Status.EXPIRED and ticket.offer_version != ticket.show.offer_version:
        return Refund.Reason.SEATS_GONE
    if any(line.show_seat.hold and not line.show_seat.hold.is_active_at(now) for line in lines):
        expire_due_holds(show=ticket.show)
        ticket.refresh_from_db(fields=["status"])
        lines = lock_ticket_seats(ticket=ticket)
    seats = [line.show_seat for line in lines]
    still_held = all(seat.hold_id == ticket.hold_id for seat in seats)
    if not all(seat.status == ShowSeat.Status.AVAILABLE or seat.hold_id == ticket.hold_id for seat in seats):
        own = Ticket.objects.filter(hold=ticket.hold_id, status=Ticket.Status.CONFIRMED)
        return Refund.Reason.PAID_TWICE if own.exists() else Refund.Reason.SEATS_GONE
    if not still_held and not ticket.show.on_sale_at(now):
        return Refund.Reason.SHOW_STARTED
    if not still_held and _cost_today(ticket, lines) > ticket.amount:
        return Refund.Reason.PRICE_ROSE
    _book(ticket, lines, now)
    return None


def _cost_today(ticket: Ticket, lines: Sequence[TicketSeat]) -> Decimal:
    """What the seats of a ticket whose hold is over cost now, with their ticket types as far as these are sold."""
    seats, types = [line.show_seat for line in lines], {line.show_seat_id: line.ticket_type_id for line in lines}
    choices = ticket_choices(seats)
    known = {pk: {choice.ticket_type.pk for choice in offered} for pk, offered in choices.items()}
    chosen = {pk: kind for pk, kind in types.items() if kind and kind in known.get(pk, ())}
    lines_today = order_lines(seats, ticket.show.screen.theatre, chosen, choices)
    return sum((line.price for line in lines_today), NOTHING)


def _book(ticket: Ticket, lines: Sequence[TicketSeat], now: datetime) -> None:
    seats = [line.show_seat for line in lines]
    if ticket.status == Ticket.Status.EXPIRED:
        # The buyer may have changed the hold since, and have a newer ticket waiting for the same seats.
        drop_pending_tickets(hold_ids={ticket.hold_id})
        TicketSeat.objects.filter(ticket=ticket).update(active=True)
    by = Author(Actor.GATEWAY, ticket.user)
    step = Transition(Action.BOOK, now, by, ticket=ticket, revenue=ticket.amount)
    transition_seats(show=ticket.show, seats=seats, step=step)
    ticket.status, ticket.confirmed_at = Ticket.Status.CONFIRMED, now
    ticket.save(update_fields=["status", "confirmed_at"])
    free = {} if ticket.amount else {"free_seats": len(seats), "expires_at": ticket.show.starts_at}
    Hold.objects.filter(pk=ticket.hold_id, seats=None).update(status=Hold.Status.BOOKED, **free)  # even if it was over
    end_offers(show=ticket.show, hold_ids=[ticket.hold_id], status=WaitingEntry.Status.TAKEN)
