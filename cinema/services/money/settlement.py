"""Settling payments: what a report of the provider does to the tickets, gift cards and money of an order.

All of it is one transaction, under the locks of the shows, and safe to repeat.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.db.models import Sum

from cinema.domain.money import exact, to_minor
from cinema.exceptions import PaidAgain, PaymentMismatch
from cinema.gateways.base import PaymentReport, Result
from cinema.models import (
    Hold,
    MoneyEntry,
    Order,
    OrderLine,
    Payment,
    Refund,
    SeatUpgrade,
    Show,
    ShowSeat,
    Ticket,
    TicketSeat,
    User,
    WaitingEntry,
)
from cinema.models.annotated import LockedPayment, PaymentWithReason
from cinema.selectors.booking.gift_cards import rest_of
from cinema.selectors.booking.tariffs import order_lines, ticket_choices
from cinema.selectors.booking.used_coupons import dearer_without
from cinema.selectors.money.ledger import received_in_part
from cinema.services.booking import sql
from cinema.services.booking.coupons import lock_coupons_of_late, take_uses_again
from cinema.services.booking.expiry import drop_pending_tickets, expire_due_holds
from cinema.services.booking.holds import keep_seats
from cinema.services.booking.ledger import NOTHING, Action, Actor, Author, Transition, transition_seats
from cinema.services.booking.locked import locked_payment
from cinema.services.booking.offers import end_offers, offer_freed_seats
from cinema.services.booking.prepaid import take_prepaid
from cinema.services.core.locking import lock_gift_cards, lock_ticket_seats, lock_till_session
from cinema.services.core.outbox import Kind, drafts, post, wake
from cinema.services.core.transactions import atomically
from cinema.services.money.gift_cards import activate_gift_cards
from cinema.services.money.ledger import settlement_entries
from cinema.services.money.refunds import Cause, pay_back_at_once, refund_payment, refund_shares
from cinema.services.money.reports import named_by, words_of
from cinema.services.money.upgrades import settle_upgrade

KEPT_PART_PAID = timedelta(hours=1)  # for which the seats of a sale are held since a part of it was paid


class UpgradePaid(Exception):
    """The payment (its key) is for an upgrade, which needs further locks: services.money.upgrades."""


def settle_payment(*, report: PaymentReport, gateway: str = "", notify: bool = True) -> PaymentWithReason:
    """Apply a report of the provider. Safe to repeat.

    Paid: book the seats of every ticket of the order and confirm it. If its hold has expired, this needs every seat of
    it to be available; otherwise its part of the money is refunded. An order that was paid before gets all of it back.
    Declined: the buyer may try again while the hold is active. "Paid" also counts after "declined", since reports may
    arrive out of order. The buyer gets a mail unless ``notify`` is False.
    Gift cards of the order, which may have no tickets, become good for their amounts. A payment that was started at a
    till sells nothing yet: see _receive_at_till().
    Raises PaymentMismatch, PaidAgain and, if no payment of ``gateway`` ("" for any) has that reference,
    Payment.DoesNotExist.
    """
    try:
        return _settle_payment(report=report, gateway=gateway, notify=notify)
    except UpgradePaid as found:
        return settle_upgrade(payment_id=found.args[0], capture_id=report.capture_id)


@atomically
def _settle_payment(*, report: PaymentReport, gateway: str, notify: bool) -> PaymentWithReason:
    """Paid: book the seats of every ticket of the order and confirm it; refund what can no longer be booked, and all of
    the money for an order that was paid before. Declined: the buyer may try again while the hold is active. "Paid" also
    counts after "declined", since reports may arrive out of order. Raises UpgradePaid.
    """
    payment = locked_payment(**named_by(report, gateway))
    tickets = payment.order.ticket_list
    now = payment.now
    if report.result == Result.DECLINED and payment.status in Payment.OPEN:
        payment.status, payment.settled_at = Payment.Status.FAILED, now
        payment.save(update_fields=["status", "settled_at"])
        return payment
    if report.result != Result.PAID:
        return payment
    if payment.status not in Payment.UNPAID:
        if "" != report.capture_id != payment.capture_id != "":
            raise PaidAgain(payment, f"{words_of(report.amount, report.currency)}, {report.capture_id}"[:100])
        return payment
    if (report.amount, report.currency) != (to_minor(payment.amount, payment.currency), payment.currency):
        raise PaymentMismatch(payment, words_of(report.amount, report.currency))

    payment.status, payment.settled_at, payment.due_at = Payment.Status.SUCCESS, now, None
    payment.capture_id = report.capture_id
    if payment.is_started_at_till:
        _receive_at_till(payment)
    elif not tickets:
        _sell_gift_cards(payment, notify=notify)
    elif again := _why_not_again(tickets):
        if SeatUpgrade.objects.filter(payment=payment).exists():
            raise UpgradePaid(payment.pk)
        _write(payment, settlement_entries(payment=payment, refunds=_refund_late(payment, again)))
    else:
        _book_all(payment, notify=notify)
    for ticket in tickets:
        offer_freed_seats(show=ticket.show)  # those of other holds that expired
    return payment


def _sell_gift_cards(payment: LockedPayment, *, notify: bool) -> None:
    """Activate the gift cards of an order that is paid for the first time; refund a second payment, also after they
    were taken back."""
    cards = lock_gift_cards(order_line__order=payment.order)
    if payment.order.status in Order.UNSOLD:
        activate_gift_cards(cards=cards, order=payment.order, at=payment.now, notify=notify)
        sold = sum((card.amount for card in cards), NOTHING)  # more than the payment, if it is the last of several
        _write(payment, settlement_entries(payment=payment, gift_cards=sold))
        return
    cause = Cause(Refund.Reason.PAID_TWICE, payment.now)
    refund = refund_payment(payment=payment, amount=payment.amount, cause=cause)
    payment.refund_reason = cause.reason
    _write(payment, settlement_entries(payment=payment, refunds=[refund]))
    is_kept = payment.order.status == Order.Status.PAID
    kind = Kind.GIFT_CARD_REFUND if is_kept else Kind.GIFT_CARD_RETURN
    post(kind=kind, about=cards[-1], amount=str(payment.amount))


def _sell_beside_tickets(payment: LockedPayment, *, notify: bool) -> Decimal:
    """Activate the gift cards that were sold at a till together with tickets; return their price. No statement if
    there are none."""
    order = payment.order
    if order.total == sum((ticket.amount for ticket in order.ticket_list), NOTHING):
        return NOTHING
    cards = lock_gift_cards(order_line__order=order)
    activate_gift_cards(cards=cards, order=order, at=payment.now, notify=notify)
    return sum((card.amount for card in cards), NOTHING)


def _receive_at_till(payment: LockedPayment) -> None:
    """Note that a part of a sale, or all of it, was paid at a till: the seller finishes the sale, or voids it.

    What is more than the order costs goes back. Money that comes after the Z report of the session is not in its books.
    """
    order, refunds = payment.order, list[Refund]()
    if payment.amount > rest_of(order) - received_in_part(order) or order.status not in Order.UNSOLD:
        cause = Cause(_why_not_again(order.ticket_list) or Refund.Reason.PAID_TWICE, payment.now)
        refunds = [refund_payment(payment=payment, amount=payment.amount, cause=cause)]
    entries = settlement_entries(payment=payment, refunds=refunds)
    if lock_till_session(pk=payment.till_session_id).closed_at:
        for entry in entries:
            entry.till_session_id = None
    _write(payment, entries)
    keep_seats(order=order, until=payment.now + KEPT_PART_PAID)


def _why_not_again(tickets: Sequence[Ticket]) -> Refund.Reason | None:
    """Why the money for an order that was paid before goes back; None for one that was not."""
    if any(ticket.status == Ticket.Status.CONFIRMED for ticket in tickets):
        return Refund.Reason.PAID_TWICE
    if any(ticket.status == Ticket.Status.CANCELLED for ticket in tickets):
        return Refund.Reason.CANCELLED
    return None


def _book_all(payment: LockedPayment, *, notify: bool) -> None:
    """Book every ticket of an order that is paid for the first time; refund the part of those that are lost.

    What vouchers and gift cards pay of it is spent. If it is no longer there, or a card is blocked, all of the payment
    goes back.
    """
    lock_coupons_of_late(order=payment.order)
    tenders = take_prepaid(order=payment.order, now=payment.now)
    if isinstance(tenders, Refund.Reason):
        _refuse_prepaid(payment, tenders)
        return
    lost = _not_bookable(payment)
    for ticket in payment.order.ticket_list:
        ticket.kept_vouchers = sum((one.amount for one in _vouchers_for(ticket, tenders)), NOTHING)
        if ticket not in lost and not _book(ticket, payment):
            lost[ticket] = Refund.Reason.PRICE_ROSE  # without the discount
    booked = [ticket for ticket in payment.order.ticket_list if ticket not in lost]
    refunds, left = [], [(one, one.amount) for one in [*tenders, payment] if not one.voucher_id]
    for ticket, reason in lost.items():
        payment.refund_reason, cause = reason, Cause(reason, payment.now, ticket)
        vouchers = _vouchers_for(ticket, tenders)
        rest = ticket.amount - sum((one.amount for one in vouchers), NOTHING)
        if ticket.amount:
            post(kind=Kind.REFUND_LATE, about=ticket, amount=str(rest), reason=reason, vouchers=bool(vouchers))
        refunds += [refund_payment(payment=one, amount=one.amount, cause=cause) for one in vouchers]
        made, left = refund_shares(left=left, amount=rest, cause=cause)
        refunds += made
    sold = _sell_beside_tickets(payment, notify=notify)
    entries = settlement_entries(payment=payment, booked=booked, refunds=refunds, gift_cards=sold, tenders=tenders)
    _write(payment, entries, booked, notify=notify)
    pay_back_at_once(refunds=refunds)


def _write(
    payment: LockedPayment, entries: Sequence[MoneyEntry], booked: Sequence[Ticket] = (), *, notify: bool = False
) -> None:
    """Write a payment that has arrived, the tickets it has ``booked``, whose seats are, and mails with those."""
    mails = drafts(kind=Kind.TICKET, tickets=booked) if notify else []
    for mail in mails:
        mail.created_at = mail.due_at = payment.now
    sql.SETTLEMENT.run(
        {"mail": mails, "entry": entries},
        payment=payment.pk,
        status=payment.status,
        now=payment.now,
        due_at=payment.due_at,
        capture_id=payment.capture_id,
        tickets=[ticket.pk for ticket in booked],
        holds=[ticket.hold_id for ticket in booked],
        paid=[payment.order_id] if booked else [],
    )
    if mails:
        wake()
    if booked:
        payment.order.status = Order.Status.PAID
    for ticket in booked:
        _write_exceptions(ticket)


def _write_exceptions(ticket: Ticket) -> None:
    """Write what concerns few tickets: what vouchers pay of it, and that the hold of a free one counts until the show.

    No statement for others.
    """
    if ticket.kept_vouchers:
        ticket.save(update_fields=["kept_vouchers"])
    if not ticket.amount:
        free = {"free_seats": len(ticket.lines), "expires_at": ticket.show.starts_at}
        Hold.objects.filter(pk=ticket.hold_id, seats=None).update(**free)


def _vouchers_for(ticket: Ticket, tenders: Sequence[Payment]) -> list[Payment]:
    """The payments by vouchers among these that are for seats of the ticket."""
    return [one for one in tenders if one.ticket_seat and one.ticket_seat.ticket_id == ticket.pk]


def _refuse_prepaid(payment: LockedPayment, why: Refund.Reason) -> None:
    """Refund a payment, for what was to pay the rest does not. One of nothing has failed for good."""
    refunds = _refund_late(payment, why)
    if not payment.amount:
        payment.status = Payment.Status.FAILED
    _write(payment, settlement_entries(payment=payment, refunds=refunds))


def _refund_late(payment: LockedPayment, why: Refund.Reason) -> list[Refund]:
    """Refund a payment that books nothing, unless it is of nothing, and tell the buyer."""
    payment.refund_reason = why
    if not payment.amount:
        return []
    post(kind=Kind.REFUND_LATE, about=payment.order.ticket_list[0], amount=str(payment.amount), reason=why)
    return [refund_payment(payment=payment, amount=payment.amount, cause=Cause(why, payment.now))]


def _not_bookable(payment: LockedPayment) -> dict[Ticket, Refund.Reason]:
    """The tickets of a paid order that must be refunded, and why: also those that were cheaper only together with one
    whose seats are gone, unless the theatre has cancelled its show."""
    tickets = payment.order.ticket_list
    reasons = {ticket: reason for ticket in tickets if (reason := _why_not_bookable(ticket, payment))}
    gone = [ticket for ticket, reason in reasons.items() if reason != Refund.Reason.SHOW_CANCELLED]
    if gone and len(reasons) < len(tickets):
        dearer = dearer_without(payment.order, gone)
        reasons |= {one: Refund.Reason.OTHERS_GONE for one in tickets if one in dearer and one not in reasons}
    return reasons


def _why_not_bookable(ticket: Ticket, payment: LockedPayment) -> Refund.Reason | None:
    """The reason why a paid ticket must be refunded, if its seats cannot be booked."""
    lines: Sequence[TicketSeat] = ticket.lines
    now = payment.now
    if ticket.show.status == Show.Status.CANCELLED:
        return Refund.Reason.SHOW_CANCELLED
    if ticket.status == Ticket.Status.EXPIRED and ticket.offer_version != ticket.show.offer_version:
        return Refund.Reason.SEATS_GONE
    if any(line.show_seat.hold and not line.show_seat.hold.is_active_at(now) for line in lines):
        expire_due_holds(show=ticket.show)
        ticket.refresh_from_db(fields=["status"])
        lines = ticket.lines = [*lock_ticket_seats(ticket=ticket)]
    seats = [line.show_seat for line in lines]
    still_held = all(seat.hold_id == ticket.hold_id for seat in seats)
    if not all(seat.status == ShowSeat.Status.AVAILABLE or seat.hold_id == ticket.hold_id for seat in seats):
        own = Ticket.objects.filter(hold=ticket.hold_id, status=Ticket.Status.CONFIRMED)
        return Refund.Reason.PAID_TWICE if own.exists() else Refund.Reason.SEATS_GONE
    if not still_held and not ticket.show.on_sale_at(now):
        return Refund.Reason.SHOW_STARTED
    if not still_held and _cost_today(ticket) > _price_then(lines):
        return Refund.Reason.PRICE_ROSE
    return None


def _cost_today(ticket: Ticket) -> Decimal:
    """The present price of the seats of a ticket whose hold has ended, with its ticket types if they are still sold."""
    lines = lock_ticket_seats(ticket=ticket)
    seats, types = [line.show_seat for line in lines], {line.show_seat_id: line.ticket_type_id for line in lines}
    choices = ticket_choices(seats)
    known = {pk: {choice.ticket_type.pk for choice in offered} for pk, offered in choices.items()}
    chosen = {pk: kind for pk, kind in types.items() if kind and kind in known.get(pk, ())}
    lines_today = order_lines(seats, ticket.show.screen.theatre, chosen, choices)
    return sum((line.price for line in lines_today), NOTHING)


def _price_then(lines: Sequence[TicketSeat]) -> Decimal:
    """What the seats of a ticket cost before discounts when it was checked out."""
    sold = OrderLine.objects.filter(ticket_seat__in=lines).aggregate(sum=Sum("amount"))["sum"] or NOTHING
    return exact(sold)


def _book(ticket: Ticket, payment: LockedPayment) -> bool:
    """Book the seats of a ticket, which _write() confirms; one that had expired at once, since other tickets of its
    order may expire yet, and it must count then. False if it had, and its coupons have no use left."""
    seats, had_expired = [line.show_seat for line in ticket.lines], ticket.status == Ticket.Status.EXPIRED
    now = payment.now
    if had_expired:
        # The buyer may have changed the hold since and have a newer pending ticket for the same seats.
        drop_pending_tickets(hold_ids={ticket.hold_id})
        if not take_uses_again(order=ticket.order):
            return False
        TicketSeat.objects.filter(ticket=ticket).update(active=True)
    seller = payment.taken_by_id and User(pk=payment.taken_by_id)  # as good as read: only the key is written
    by = Author(Actor.STAFF, seller) if seller else Author(Actor.GATEWAY, ticket.order.user)
    step = Transition(Action.BOOK, now, by, ticket=ticket, revenue=ticket.amount)
    transition_seats(show=ticket.show, seats=seats, step=step)
    ticket.status, ticket.confirmed_at, ticket.kept = Ticket.Status.CONFIRMED, now, ticket.amount
    if had_expired:
        ticket.save(update_fields=["status", "confirmed_at", "kept"])
    end_offers(show=ticket.show, hold_ids=[ticket.hold_id], status=WaitingEntry.Status.TAKEN)
    return True
