"""Consistency check of the money ledger: its entries are compared with payments, refunds, disputes and tickets."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from cinema.domain.accounts import (
    BY_HAND,
    DISPUTE_LOSSES,
    ORDERS,
    RECEIVABLES,
    REFUNDS,
    ROUNDING,
    clearing,
    disputes,
)
from cinema.domain.allocation import Credits
from cinema.models import Dispute, GiftCard, MoneyEntry, Order, OrderLine, Payment, Refund, Ticket, Voucher
from cinema.selectors.money.invoices import invoice_of, left_to_pay, paid_of
from cinema.selectors.money.ledger import (
    allocation_of,
    balances,
    held_in,
    lost_on_gift_cards,
    paid_into,
    received_in_part,
    refunded_from,
    sold_on_gift_cards,
)

Kind = MoneyEntry.Kind
APART = (Kind.PROVIDER_FEE, Kind.PAYOUT)  # known to the provider only
SOLD = (Ticket.Status.CONFIRMED, Ticket.Status.CANCELLED)
NOTHING = Decimal(0)
Posted = dict[tuple[str, int | None], Decimal]  # what was posted, by what for and the key of its row


class OrderFault(NamedTuple):
    """An inconsistency of an order with its entries."""

    order: Order
    problem: str

    def __str__(self) -> str:
        return f"Order {self.order.reference}: {self.problem}"


def order_faults(orders: QuerySet[Order]) -> Iterator[OrderFault]:
    """Yield every fault of the orders, in bounded memory and with a constant number of statements per batch."""
    payments = Payment.objects.select_related("voucher", "till_session", "invoice").order_by("pk")
    payments = payments.prefetch_related("refunds__till_session", "disputes", "invoice__payments__till_session")
    rows = ("tickets__seats", "lines__gift_cards", Prefetch("payments", payments), "entries")
    for order in orders.prefetch_related(*rows).order_by("pk").iterator(chunk_size=500):
        for problem in (*_account_problems(order), *_posting_problems(order), *_fact_problems(order)):
            yield OrderFault(order, problem)


def gift_card_faults() -> Iterator[str]:
    """Yield a sentence for each gift card on which something else is left than was paid for it, less what was spent.

    With the orders in order, the balances and what unpaid orders have reserved are then the account of gift cards. A
    card and those that have replaced it count as one.
    """
    cards = GiftCard.objects.prefetch_related("payments__refunds").select_related("order_line")
    for line, group in groupby(cards.order_by("order_line", "pk").iterator(chunk_size=500), key=_sold_with):
        same = list(group)
        paid = line.amount if any(card.activated_at for card in same) else NOTHING
        due = paid - sum((card.returned + _spent_of(card) for card in same), NOTHING)
        left = sum((card.balance for card in same), NOTHING)
        if left != due:
            yield f"Gift card {same[-1]} has {left} left and should have {due}"


def voucher_faults() -> Iterator[str]:
    """Yield a sentence for each voucher that is used without a payment, or the other way round."""
    over = (Payment.Status.FAILED, Payment.Status.REFUNDED)
    counts = Exists(Payment.objects.filter(voucher=OuterRef("pk")).exclude(status__in=over))
    wrong = Voucher.objects.annotate(counts=counts).filter(
        Q(counts=True, used_at=None) | Q(counts=False, used_at__isnull=False)
    )
    for voucher in wrong.order_by("pk").iterator():
        how = "is open, but a payment uses it" if voucher.counts else "is used, but no payment uses it"
        yield f"Voucher {voucher.pk} {how}"


def _sold_with(card: GiftCard) -> OrderLine:
    return card.order_line


def _spent_of(card: GiftCard) -> Decimal:
    """What orders have spent or reserved of a card, less what came back."""
    spent = NOTHING
    for payment in card.payments.all():
        if payment.status != Payment.Status.FAILED:
            spent += payment.amount - sum((refund.amount for refund in payment.refunds.all()), NOTHING)
    return spent


def _account_problems(order: Order) -> Iterator[str]:
    """Compare the balance of each account with what the rows of the order say."""
    due, booked = _due(order), balances(entry for entry in order.entries.all() if entry.kind not in APART)
    for account in sorted(due.keys() | booked.keys()):
        if (has := booked.get(account, NOTHING)) != (should := due.get(account, NOTHING)):
            yield f"account {account} has {_side(has)} and should have {_side(should)}"


def _due(order: Order) -> Credits:
    credits = defaultdict[str, Decimal](Decimal, allocation_of(order, list(order.tickets.all())))
    if lost := lost_on_gift_cards(order):
        credits[DISPUTE_LOSSES] -= lost
    credits[ORDERS] += received_in_part(order)
    for payment in order.payments.all():
        if payment.status not in Payment.UNPAID:
            credits[held_in(payment)] -= payment.rounded
            credits[ROUNDING] += payment.rounding
        for refund in payment.refunds.all():
            credits[_refunded_from(refund)] += refund.amount + refund.rounding
            credits[ROUNDING] -= refund.rounding
        for dispute in payment.disputes.all():
            credits[clearing(dispute.gateway)] += dispute.amount
            credits[_held_on(dispute)] -= dispute.amount
        for paid in paid_of(payment):
            credits[RECEIVABLES] += paid.amount
            credits[paid_into(paid)] -= paid.amount + paid.rounding
            credits[ROUNDING] += paid.rounding
    return credits


def _refunded_from(refund: Refund) -> str:
    if refund.status in Refund.OWED:
        return REFUNDS
    return BY_HAND if refund.status == Refund.Status.BY_HAND else refunded_from(refund)


def _held_on(dispute: Dispute) -> str:
    if dispute.status == Dispute.Status.OPEN:
        return disputes(dispute.gateway)
    return DISPUTE_LOSSES if dispute.status == Dispute.Status.LOST else clearing(dispute.gateway)


def _posting_problems(order: Order) -> Iterator[str]:
    """Compare what was posted for each payment, refund and dispute with its row, and sales with the tickets."""
    due, posted = _to_post(order), _posted(order)
    for what, key in sorted(due.keys() | posted.keys(), key=str):
        if (has := posted.get((what, key), NOTHING)) != (should := due.get((what, key), NOTHING)):
            yield f"{what}{f' {key}' if key else ''} is {should}, its entries say {has}"


def _to_post(order: Order) -> Posted:
    sold = sum((one.amount for one in order.tickets.all() if one.status in SOLD), sold_on_gift_cards(order))
    due: Posted = {("its sale", None): sold}
    for payment in order.payments.all():
        due["payment", payment.pk] = NOTHING if payment.status in Payment.UNPAID else payment.amount
        for refund in payment.refunds.all():
            due["refund", refund.pk] = refund.amount
            due["payout of refund", refund.pk] = refund.amount if refund.status in Refund.PAID_OUT else NOTHING
        for dispute in payment.disputes.all():
            due["dispute", dispute.pk] = dispute.amount
        for paid in paid_of(payment):
            due["payment of an invoice", paid.pk] = paid.amount
    return due


def _posted(order: Order) -> Posted:
    posted: Posted = defaultdict(Decimal)
    for entry in order.entries.all():
        match entry.kind:
            case Kind.CAPTURE:
                posted["payment", entry.payment_id] += entry.amount
            case Kind.SALE:
                posted["its sale", None] += entry.amount
            case Kind.REFUND_OWED if entry.credit == REFUNDS:
                posted["refund", entry.refund_id] += entry.amount
            case Kind.REFUND_PAID:
                posted["payout of refund", entry.refund_id] += entry.amount
            case Kind.REFUND_UNDONE:
                posted["payout of refund", entry.refund_id] -= entry.amount
            case Kind.DISPUTE_OPENED:
                posted["dispute", entry.dispute_id] += entry.amount
            case Kind.INVOICE_PAID:
                posted["payment of an invoice", entry.invoice_payment_id] += entry.amount
            case Kind.INVOICE_UNDONE:
                posted["payment of an invoice", entry.invoice_payment_id] -= entry.amount
    return posted


def _fact_problems(order: Order) -> Iterator[str]:
    for entry in order.entries.all():
        if (entry.theatre_id, entry.currency) != (order.theatre_id, order.currency):
            yield f"entry {entry.pk} is of another theatre or currency"
    lines = sum((line.amount for line in order.lines.all() if line.kind == OrderLine.Kind.ROUNDING), NOTHING)
    taken = sum((one.rounding for one in order.payments.all() if one.status not in Payment.UNPAID), NOTHING)
    if lines != taken:
        yield f"its lines are rounded by {lines}, its payments by {taken}"
    for payment in order.payments.all():
        if payment.is_on_invoice:
            yield from _invoice_problems(payment)


def _invoice_problems(payment: Payment) -> Iterator[str]:
    if (invoice := invoice_of(payment)) is None:
        yield f"payment {payment.pk} is on invoice, but there is none"
    elif invoice.left != (should := left_to_pay(payment)):
        yield f"{invoice.left} is left of its invoice, and {should} should be"


def _side(credit: Decimal) -> str:
    """A balance in words."""
    if not credit:
        return "nothing"
    return f"a credit of {credit}" if credit > 0 else f"a debit of {-credit}"
