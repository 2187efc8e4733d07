"""Refunds: stored in the transaction that causes them, then sent to the provider until it accepts them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.db.models import Case, F, QuerySet, Sum, When
from django.db.models.functions import Now

from cinema.domain.money import exact, from_minor, to_minor
from cinema.exceptions import (
    ExtraRefund,
    OtherRefund,
    PaymentUndecided,
    RefundMismatch,
    RefundNotRefused,
    RefundRefused,
    RefundTooHigh,
    ReportMismatch,
    ReportUnconfirmed,
    VoucherIndivisible,
)
from cinema.gateways import get_gateway
from cinema.gateways.base import RefundOrder, RefundReport, RefundState
from cinema.models import Dispute, Order, Payment, PaymentMode, Refund, Ticket
from cinema.models.annotated import PaymentWithReasonNow
from cinema.services.booking.gift_cards import return_to_card
from cinema.services.booking.ledger import NOTHING, record_revenue
from cinema.services.booking.locked import locked_payment
from cinema.services.booking.vouchers import return_voucher
from cinema.services.core.locking import lock_payment
from cinema.services.core.retries import Backoff, attempt_due
from cinema.services.core.transactions import atomically
from cinema.services.money.gift_cards import take_back_gift_cards
from cinema.services.money.incidents import record_incident
from cinema.services.money.invoices import lessen_invoice, parts_of_invoice
from cinema.services.money.ledger import post_refund_status, post_refunds
from cinema.services.money.reports import named_by, words_of

BACKOFF = Backoff(first=settings.LEFT_ALONE_FOR, factor=2, longest=timedelta(hours=1))
MOST_TRIES = 5


class Cause(NamedTuple):
    """Why and when a refund is made, and the ticket that it is for: see Refund."""

    reason: Refund.Reason
    at: datetime
    ticket: Ticket | None = None


def refund_payment(*, payment: Payment, amount: Decimal, cause: Cause) -> Refund:
    """Create a pending refund in the caller's transaction, who posts it; send_due_refunds() sends it.

    One to a gift card or a voucher is no provider's: see pay_back_at_once(); nor is one of what was paid at a till,
    which waits until staff pay it out.
    """
    return Refund.objects.create(
        payment=payment,
        ticket=cause.ticket,
        amount=amount,
        reason=cause.reason,
        created_at=cause.at,
        due_at=None if payment.is_prepaid or payment.is_at_till else cause.at,
    )


def refund_shares(
    *, left: Sequence[tuple[Payment, Decimal]], amount: Decimal, cause: Cause
) -> tuple[list[Refund], list[tuple[Payment, Decimal]]]:
    """Create refunds of ``amount`` from payments of which so much is ``left``, one after another, gift cards first,
    then what is on invoice.

    Return them, and what is left then. Raises RefundTooHigh.
    """
    refunds, after, due = list[Refund](), [], amount
    for payment, most in sorted(left, key=lambda one: (one[0].gift_card_id is None, not one[0].is_on_invoice)):
        if part := min(due, most):
            parts = parts_of_invoice(payment=payment, amount=part) if payment.is_on_invoice else [part]
            refunds += [refund_payment(payment=payment, amount=one, cause=cause) for one in parts]
        after.append((payment, most - part))
        due -= part
    if due:
        raise RefundTooHigh(amount, amount - due)
    return refunds, after


def pay_back_at_once(*, refunds: Sequence[Refund]) -> None:
    """Pay those of the new, posted refunds out at once that go to vouchers and gift cards, or off an invoice."""
    for refund in sorted(refunds, key=lambda one: one.payment.voucher_id is None):  # the order of locks
        payment = refund.payment
        if payment.is_prepaid or (payment.is_on_invoice and lessen_invoice(payment=payment, amount=refund.amount)):
            if payment.voucher_id:
                return_voucher(payment=payment, theatre=payment.order.theatre)
            elif payment.gift_card_id:
                return_to_card(payment=payment, amount=refund.amount)
            refund.status, refund.done_at = Refund.Status.DONE, Now()
            refund.save(update_fields=["status", "done_at"])
            post_refund_status(refund=refund, was=Refund.Status.PENDING)
            update_status(payment=payment)


def record_refund(*, ticket: Ticket, amount: Decimal, reason: Refund.Reason, at: datetime) -> None:
    """Create refunds of ``amount``, if any, of what is kept for a ticket whose show the caller has locked: first those
    of vouchers that have paid for its seats, where the seat is no longer active; then to the gift cards that have paid
    for its order; then off an invoice.

    Raises RefundTooHigh if it is more, and VoucherIndivisible if a part of a voucher would be refunded, or its price in
    money.
    """
    if amount > ticket.kept:
        raise RefundTooHigh(amount, ticket.kept)
    cause, vouchers = Cause(reason, at, ticket), _vouchers_of_ended_seats(ticket, amount)
    given = sum((payment.amount for payment in vouchers), NOTHING)
    if amount - given > ticket.kept - ticket.kept_vouchers:
        raise VoucherIndivisible(ticket.kept_vouchers)
    refunds = [refund_payment(payment=lock_payment(pk=one.pk), amount=one.amount, cause=cause) for one in vouchers]
    refunds += _refund_money(ticket, amount - given, cause)
    _keep_less(ticket, amount, given)
    post_refunds(order=ticket.order, refunds=refunds, at=at)
    pay_back_at_once(refunds=refunds)


def _vouchers_of_ended_seats(ticket: Ticket, most: Decimal) -> list[Payment]:
    """The payments by vouchers for seats that are no longer active, the dearest first, that come to ``most`` at most.

    No statement for a ticket without vouchers.
    """
    found: list[Payment] = []
    if ticket.kept_vouchers:
        paid = ticket.order.payments.filter(voucher__isnull=False, status=Payment.Status.SUCCESS)
        for payment in paid.filter(ticket_seat__ticket=ticket, ticket_seat__active=False).order_by("-amount", "pk"):
            if payment.amount <= most:
                found.append(payment)
                most -= payment.amount
    return found


def _refund_money(ticket: Ticket, amount: Decimal, cause: Cause) -> list[Refund]:
    """Refund from the payments of a ticket's order that no vouchers made, gift cards first, then an invoice."""
    left: list[tuple[Payment, Decimal]] = []
    paid: QuerySet[Payment] = ticket.order.payments.paid().filter(voucher=None)
    invoices_first = Case(When(mode=PaymentMode.INVOICE, then=0), default=1)
    rows = paid.annotate(returned=Sum("refunds__amount"))
    for payment in rows.order_by(F("gift_card").asc(nulls_last=True), invoices_first, "pk"):
        most = payment.amount - exact(payment.returned or NOTHING)
        if most > 0 and sum((part for _, part in left), NOTHING) < amount:
            left.append((lock_payment(pk=payment.pk), most))
    refunds, _after = refund_shares(left=left, amount=amount, cause=cause)
    return refunds


def send_due_refunds() -> int:
    """Send every refund that is due to its provider, or ask about it; return how many are done now."""
    return attempt_due(rows=Refund.objects.all(), attempt=lambda key: send_refund(refund_id=key), backoff=BACKOFF)


def send_refund(*, refund_id: int) -> bool:
    """Have the provider refund, or ask how a refund stands that it has not decided; return whether it is done.

    Safe to repeat: the refund's key is the provider's, too. Raises PaymentsUnavailable, RefundRefused,
    ReportMismatch and whatever else the gateway raises.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    gateway, order = get_gateway(refund.payment.gateway), _order(refund)
    report = gateway.refund_report(order, refund_id=refund.provider_id) if refund.provider_id else gateway.refund(order)
    try:
        settled = settle_refund(refund_id=refund_id, report=report)
    except ExtraRefund:
        raise  # a message about its failure was faster than this answer
    except ReportMismatch as mismatch:
        record_incident(mismatch=mismatch)
        raise
    if report.state == RefundState.FAILED and settled.status != Refund.Status.DONE:
        raise RefundRefused(refund.payment)
    return settled.status == Refund.Status.DONE


@atomically
def settle_refund(*, refund_id: int, report: RefundReport) -> Refund:
    """Act on what the provider reports about a refund, once; a report about an earlier try changes nothing, nor does a
    refusal to make one that is known to be made.

    Raises OtherRefund if it is of another amount than ordered, and ExtraRefund if an earlier try is done after all.
    """
    payment = lock_payment(refunds=refund_id)
    refund = payment.refunds.get(pk=refund_id)
    if report.state == RefundState.FAILED and refund.provider_id and not report.refund_id:
        return refund  # refused late: another request has made it meanwhile
    rows = list(payment.refunds.filter(provider_id=refund.provider_id)) if refund.provider_id else [refund]
    if report.state == RefundState.DONE and report.key not in ("", refund.key):
        raise ExtraRefund(payment, f"{words_of(report.amount, report.currency)}, {report.refund_id}"[:100])
    if report.key in ("", refund.key) and refund.status != Refund.Status.BY_HAND:
        ordered = to_minor(sum((row.amount for row in rows), NOTHING), payment.currency), payment.currency
        if report.state != RefundState.FAILED and (report.amount, report.currency) != ordered:
            raise OtherRefund(payment, words_of(report.amount, report.currency))
        for row in rows:
            _apply(row, report)
        update_status(payment=payment)
        refund.refresh_from_db(fields=["status"])
    return refund


@atomically
def receive_refund(*, report: RefundReport, gateway: str, asked: bool = False) -> None:
    """Act on a report about a refund: ours, or one that was made in the provider's dashboard, which is booked.

    ``asked`` says that the provider has just answered so. Raises Refund.DoesNotExist or Payment.DoesNotExist (there is
    no such refund or payment, or not yet), ReportMismatch and, for a message that may be out of date,
    ReportUnconfirmed.
    """
    known = Refund.objects.filter(payment__gateway=gateway)
    pk = known.filter(provider_id=report.refund_id).values_list("pk", flat=True).first()
    if report.key:
        pk = known.filter(code=report.key.partition(".")[0]).values_list("pk", flat=True).get()
    if pk:
        try:
            settle_refund(refund_id=pk, report=report)
        except ExtraRefund:
            if asked:
                raise
            raise ReportUnconfirmed from None
    elif report.state != RefundState.FAILED:
        if not asked:
            raise ReportUnconfirmed
        _book(report, gateway)


def mark_by_hand(*, ticket: Ticket, refund_id: int) -> Decimal:
    """Mark a refund of a ticket, whose show the caller has locked, as settled by hand; return its amount.

    Raises RefundNotRefused unless the provider has refused it for good, or there is none: it was paid at a till.
    """
    payment = Payment.objects.filter(order=ticket.order_id, refunds=refund_id).first()
    payment = payment and lock_payment(pk=payment.pk)
    waits = Refund.Status.PENDING if payment and payment.is_at_till else Refund.Status.FAILED
    refund = payment and payment.refunds.filter(pk=refund_id, status=waits).first()
    if not payment or not refund:
        raise RefundNotRefused
    refund.status, refund.done_at = Refund.Status.BY_HAND, Now()
    refund.save(update_fields=["status", "done_at"])
    post_refund_status(refund=refund, was=waits)
    update_status(payment=payment)
    return refund.amount


def update_status(*, payment: Payment) -> None:
    """Set the status of a locked, paid payment by its refunds and disputes."""
    returned = payment.refunds.filter(status__in=Refund.PAID_OUT).aggregate(sum=Sum("amount"))["sum"] or NOTHING
    if payment.disputes.exclude(status=Dispute.Status.WON).exists():
        payment.status = Payment.Status.DISPUTED
    elif returned >= payment.amount:
        payment.status = Payment.Status.REFUNDED
    else:
        payment.status = Payment.Status.PART_REFUNDED if returned else Payment.Status.SUCCESS
    payment.save(update_fields=["status"])


def _apply(refund: Refund, report: RefundReport) -> None:
    """Change a refund of a locked payment as the provider reports. One that fails is due again, under a new key, until
    it has failed MOST_TRIES times; then it waits for staff, as does one that we have not made."""
    was, refund.provider_id = refund.status, report.refund_id
    if report.state == RefundState.DONE:
        refund.status, refund.done_at, refund.due_at = Refund.Status.DONE, refund.done_at or Now(), None
    elif report.state == RefundState.FAILED:
        refund.tries, refund.done_at, refund.provider_id = refund.tries + 1, None, ""
        over = refund.tries >= MOST_TRIES or refund.reason == Refund.Reason.AT_PROVIDER
        refund.status = Refund.Status.FAILED if over else Refund.Status.PENDING
        refund.due_at = None if over else refund.due_at or Now()
    refund.save(update_fields=["status", "done_at", "due_at", "tries", "provider_id"])
    post_refund_status(refund=refund, was=was)


def _book(report: RefundReport, gateway: str) -> None:
    """Book a refund that was made in the provider's dashboard: it settles one of the same amount that the provider had
    refused us, or else it is a new one. Raises RefundMismatch, PaymentUndecided."""
    payment = locked_payment(**named_by(report, gateway))
    if payment.refunds.filter(provider_id=report.refund_id).exists():
        return
    mismatch = RefundMismatch(payment, words_of(report.amount, report.currency))
    if report.currency != payment.currency or not 0 < report.amount <= to_minor(payment.amount, payment.currency):
        raise mismatch
    if payment.status in Payment.UNPAID:
        raise PaymentUndecided(payment)  # the message about the payment comes later
    amount, refunds = from_minor(report.amount, report.currency), payment.refunds.all()
    if refused := refunds.filter(status=Refund.Status.FAILED, amount=amount).order_by("pk").first():
        _apply(refused, report)
    else:
        booked = exact(refunds.aggregate(sum=Sum("amount"))["sum"] or NOTHING)
        if amount > payment.amount - booked:
            raise mismatch
        for refund in _share_out(payment, amount):
            _apply(refund, report)
    update_status(payment=payment)


def _share_out(payment: PaymentWithReasonNow, amount: Decimal) -> list[Refund]:
    """Record a refund made at the provider: for the ticket for which so much is kept, or else for one after another.

    What then remains is the price of gift cards of the order, which are taken back. If the order is a sale at a till
    that was not finished, it only reduces what was paid so far.
    """
    tickets, refunds = payment.order.ticket_list, []
    for ticket in sorted(tickets, key=lambda ticket: ticket.kept != amount):
        if part := min(amount, ticket.kept - ticket.kept_vouchers):
            cause = Cause(Refund.Reason.AT_PROVIDER, payment.now, ticket)
            refunds.append(refund_payment(payment=payment, amount=part, cause=cause))
            record_revenue(show=ticket.show, amount=-part)
            _keep_less(ticket, part)
            amount -= part
    if amount:
        cause = Cause(Refund.Reason.AT_PROVIDER, payment.now)
        refund = refund_payment(payment=payment, amount=amount, cause=cause)
        if payment.order.status in Order.UNSOLD:
            refund.credit_note_due = False  # there is no receipt yet that it could correct
            refund.save(update_fields=["credit_note_due"])
        else:
            take_back_gift_cards(order=payment.order, amount=amount, at=payment.now)
        refunds.append(refund)
    post_refunds(order=payment.order, refunds=refunds, at=payment.now)
    return refunds


def _keep_less(ticket: Ticket, amount: Decimal, vouchers: Decimal = NOTHING) -> None:
    """Keep ``amount`` less for a ticket, of which ``vouchers`` had paid so much."""
    ticket.kept, ticket.kept_vouchers = ticket.kept - amount, ticket.kept_vouchers - vouchers
    ticket.save(update_fields=["kept", "kept_vouchers"])


def _order(refund: Refund) -> RefundOrder:
    payment = refund.payment
    return RefundOrder(
        reference=payment.code,
        provider_id=payment.provider_id,
        capture_id=payment.capture_id,
        amount=to_minor(refund.amount, payment.currency),
        currency=payment.currency,
        key=refund.key,
    )
