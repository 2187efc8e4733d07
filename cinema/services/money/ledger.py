"""Writing the money ledger: every step in one statement, in the transaction that it describes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import chain, pairwise
from typing import NamedTuple

from django.db.models.functions import Now

from cinema.domain import accounts
from cinema.domain.accounts import BY_HAND, DISPUTE_LOSSES, ORDERS, REFUNDS, clearing, disputes, transfers
from cinema.domain.allocation import allocated
from cinema.models import Dispute, InvoicePayment, MoneyEntry, Order, OrderLine, Payment, Refund, Ticket
from cinema.models.annotated import LockedPayment
from cinema.selectors.money.ledger import (
    allocation_of,
    balances,
    entries_of,
    held_in,
    is_of_gift_cards,
    paid_into,
    refunded_from,
    sold_with,
)

Kind = MoneyEntry.Kind
NOTHING = Decimal(0)


class Place(NamedTuple):
    """An account, and the refund for which an amount is there."""

    account: str
    refund: Refund | None = None


class LedgerStep(NamedTuple):
    """What a set of entries is about. ``refund`` counts for those between accounts of neither a refund."""

    kind: Kind
    order: Order
    at: datetime | Now
    payment: Payment | None = None
    dispute: Dispute | None = None
    refund: Refund | None = None


def settlement_entries(
    *,
    payment: LockedPayment,
    booked: Sequence[Ticket] = (),
    refunds: Sequence[Refund] = (),
    gift_cards: Decimal = NOTHING,
    tenders: Sequence[Payment] = (),
) -> list[MoneyEntry]:
    """The entries of a payment that has arrived, the sale of what it has ``booked``, and the ``refunds`` of the rest.

    The tickets come with their ``lines``. ``gift_cards`` is the price of those that were sold. ``tenders`` are payments
    of the order by vouchers and gift cards.
    """
    sold, percent = defaultdict[Place, Decimal](Decimal), payment.fee_percent or NOTHING
    if gift_cards:
        sold[Place(accounts.GIFT_CARDS)] = gift_cards
    for ticket in booked:
        for account, amount in allocated(sold_with(ticket, ticket.lines, percent), ticket.amount).items():
            sold[Place(account)] += amount
    owed = {Place(REFUNDS, refund): refund.amount for refund in refunds}
    capture = LedgerStep(Kind.CAPTURE, payment.order, payment.now, payment)
    return [
        *chain.from_iterable(
            _moved(capture._replace(payment=one), held_in(one), ORDERS, one.amount) for one in (payment, *tenders)
        ),
        *_entries(capture._replace(kind=Kind.SALE), _from(ORDERS, sold)),
        *_entries(capture._replace(kind=Kind.REFUND_OWED), _from(ORDERS, owed)),
    ]


def post_upgrade(*, payment: LockedPayment, percent: Decimal) -> Decimal:
    """Post the payment for an upgrade, whose order has been changed already; return the tax contained in it.

    ``percent`` is the rate of tax of the seats. If some of the ticket was refunded before, what is kept is shared anew
    among its seats and fee, which is no sale.
    """
    order, kind = payment.order, OrderLine.Kind.SEAT
    due = allocation_of(order, list(order.tickets.prefetch_related("seats")))
    booked = balances(entries_of(order).filter(kind__in=[Kind.SALE, Kind.REFUND_OWED]))
    more = {
        account: due.get(account, NOTHING) - booked.get(account, NOTHING)
        for account in sorted(due.keys() | booked.keys())
        if accounts.kind_of(account) in accounts.ALLOCATED
    }
    tax = min(max(more.get(accounts.tax(kind, percent), NOTHING), NOTHING), payment.amount)
    sold = {accounts.of_line(kind, percent): payment.amount - tax, accounts.tax(kind, percent): tax}
    shared = {Place(account): more.get(account, NOTHING) - sold.get(account, NOTHING) for account in more | sold}
    step = LedgerStep(Kind.CAPTURE, order, payment.now, payment)
    _post(
        *_moved(step, held_in(payment), ORDERS, payment.amount),
        *_entries(step._replace(kind=Kind.SALE), _from(ORDERS, {Place(account): sold[account] for account in sold})),
        *_entries(step._replace(kind=Kind.REFUND_OWED), shared),
    )
    return tax


def post_part_payment(*, payment: Payment, at: datetime) -> None:
    """Post a payment of part of an order, which is sold when the rest is paid."""
    _post(*_moved(LedgerStep(Kind.CAPTURE, payment.order, at, payment), held_in(payment), ORDERS, payment.amount))


def post_rounding(*, payment: Payment, refund: Refund | None = None) -> None:
    """Post what was taken in cash for a payment, or paid out for a refund of it, more than its amount, or less."""
    step = LedgerStep(Kind.ROUNDING, payment.order, Now(), payment)
    if refund:
        _post(*_moved(step._replace(refund=refund), accounts.ROUNDING, refunded_from(refund), refund.rounding))
    else:
        _post(*_moved(step, held_in(payment), accounts.ROUNDING, payment.rounding))


def post_invoice_payment(*, payment: Payment, paid: InvoicePayment) -> None:
    """Post money that came for an invoice, of which ``payment`` is the locked payment, or its reversal; cash may be
    rounded."""
    kind = Kind.INVOICE_UNDONE if paid.is_reversal else Kind.INVOICE_PAID
    step = LedgerStep(kind, payment.order, paid.at, payment)
    entries = _moved(step, paid_into(paid), held_in(payment), paid.amount)
    if paid.rounding:
        entries += _moved(step._replace(kind=Kind.ROUNDING), paid_into(paid), accounts.ROUNDING, paid.rounding)
    for entry in entries:
        entry.invoice_payment, entry.till_session = paid, paid.till_session
    _post(*entries)


def post_refunds(*, order: Order, refunds: Sequence[Refund], at: datetime | Now) -> None:
    """Post new refunds of a locked order, whose tickets have been changed already.

    They lessen what is allocated for the order to what is kept for its tickets and gift cards now. What was not used
    for either comes from the account of orders, and so do refunds of a sale that was not finished. What was spent of a
    gift card whose price is refunded is posted as a loss.
    """
    tickets = list(order.tickets.prefetch_related("seats"))
    due = allocation_of(order, tickets)
    booked = balances(entries_of(order).filter(kind__in=[Kind.SALE, Kind.REFUND_OWED]))
    credits = {Place(REFUNDS, refund): refund.amount for refund in refunds}
    for account in sorted(due.keys() | booked.keys()):
        if accounts.kind_of(account) in accounts.ALLOCATED:
            credits[Place(account)] = due.get(account, Decimal(0)) - booked.get(account, Decimal(0))
    step = LedgerStep(Kind.REFUND_OWED, order, at, refund=refunds[-1] if refunds else None)
    lost = order.status not in Order.UNSOLD and any(is_of_gift_cards(refund) for refund in refunds)
    _post(*_entries(step, _from(DISPUTE_LOSSES if lost else ORDERS, credits)))


def post_refund_status(*, refund: Refund, was: str) -> None:
    """Post that a refund, which comes with its payment, is paid out or no longer counts as such."""
    payment = refund.payment
    before, after = _paid_from(refund, was), _paid_from(refund, refund.status)
    if before == after:
        return
    paid = LedgerStep(Kind.REFUND_PAID, payment.order, Now(), payment)
    entries: list[MoneyEntry] = []
    if before:
        undone = {Place(REFUNDS, refund): refund.amount, Place(before): -refund.amount}
        entries += _entries(paid._replace(kind=Kind.REFUND_UNDONE), undone)
    if after:
        entries += _entries(paid, {Place(after): refund.amount, Place(REFUNDS, refund): -refund.amount})
    _post(*entries)


def post_dispute(*, dispute: Dispute, was: str = "") -> None:
    """Post that a dispute, which comes with its payment, is opened or decided, or both; ``was`` is its status before,
    "" if it is new."""
    payment, status = dispute.payment, Dispute.Status
    place = {
        status.OPEN: disputes(dispute.gateway),
        status.WON: clearing(dispute.gateway),
        status.LOST: DISPUTE_LOSSES,
    }
    kinds = {status.OPEN: Kind.DISPUTE_OPENED, status.WON: Kind.DISPUTE_WON, status.LOST: Kind.DISPUTE_LOST}
    entries: list[MoneyEntry] = []
    for before, after in pairwise([was, dispute.status] if was else [status.WON, status.OPEN, dispute.status]):
        if before != after:
            step = LedgerStep(kinds[status(after)], payment.order, Now(), payment, dispute)
            entries += _moved(step, place[status(after)], place[status(before)], dispute.amount)
    _post(*entries)


def _paid_from(refund: Refund, status: str) -> str:
    """The account that a refund with this status was paid from; "" if it is not."""
    if status == Refund.Status.DONE:
        return refunded_from(refund)
    return BY_HAND if status == Refund.Status.BY_HAND else ""


def _from(account: str, credits: Mapping[Place, Decimal]) -> dict[Place, Decimal]:
    """The credits with a debit of ``account`` for all of them."""
    return {Place(account): -sum(credits.values(), Decimal(0)), **credits}


def _moved(step: LedgerStep, debit: str, credit: str, amount: Decimal) -> list[MoneyEntry]:
    return list(_entries(step, {Place(debit): -amount, Place(credit): amount}))


def _entries(step: LedgerStep, credits: Mapping[Place, Decimal]) -> Iterator[MoneyEntry]:
    """The entries with which every place gets its credit, or its debit if it is negative."""
    for debit, credit, amount in transfers(credits):
        refund = credit.refund or debit.refund or step.refund
        yield MoneyEntry(
            kind=step.kind,
            at=step.at,
            theatre_id=step.order.theatre_id,
            order=step.order,
            payment=refund.payment if refund else step.payment,
            refund=refund,
            dispute=step.dispute,
            till_session_id=_till_session(refund, step.payment),
            debit=debit.account,
            credit=credit.account,
            amount=amount,
            currency=step.order.currency,
        )


def _till_session(refund: Refund | None, payment: Payment | None) -> int | None:
    """The session of a till where it happens: of a void that is not handed out yet, that of the sale."""
    if refund and refund.reason == Refund.Reason.VOIDED and not refund.till_session_id:
        return refund.payment.till_session_id
    about = refund or payment
    return about.till_session_id if about else None


def _post(*entries: MoneyEntry) -> None:
    if entries:
        MoneyEntry.objects.bulk_create(entries)
