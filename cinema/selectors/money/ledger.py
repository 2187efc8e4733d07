"""What the accounts of the money ledger have, and what sales bring to them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import QuerySet

from cinema.domain import accounts
from cinema.domain.allocation import Credits, SoldItem, allocated
from cinema.models import (
    GiftCard,
    InvoicePayment,
    MoneyEntry,
    Order,
    OrderLine,
    Payment,
    PaymentMode,
    Refund,
    Ticket,
    TicketSeat,
    TillSession,
)

NOTHING = Decimal(0)
OF_GIFT_CARDS = (Refund.Reason.AT_PROVIDER, Refund.Reason.CARD_RETURNED, Refund.Reason.VOIDED)


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


def allocation_of(order: Order, tickets: Sequence[Ticket]) -> Credits:
    """What is kept for the tickets of an order, which come with their seats, and for its gift cards, by account."""
    credits, percent = defaultdict[str, Decimal](Decimal), fee_percent(order, tickets)
    if kept := kept_on_gift_cards(order) if may_sell_gift_cards(order, tickets) else NOTHING:
        credits[accounts.GIFT_CARDS] += kept
    for ticket in tickets:
        for account, amount in allocated(sold_with(ticket, ticket.seats.all(), percent), ticket.kept).items():
            credits[account] += amount
    return credits


def held_in(payment: Payment) -> str:
    """The account that has the money of a payment, until it is paid out or refunded."""
    if payment.voucher:
        return accounts.vouchers(payment.voucher.batch_id)
    if payment.gift_card_id:
        return accounts.GIFT_CARDS
    if payment.is_on_invoice:
        return accounts.RECEIVABLES
    if payment.is_at_till and payment.till_session:
        return _at_till(payment.mode, payment.till_session)
    return accounts.clearing(payment.gateway)


def refunded_from(refund: Refund) -> str:
    """The account from which a refund, which comes with its payment, is paid: that of the till where it was paid out,
    else the one that has the money of the payment. What was not paid yet of an invoice is owed no more."""
    if refund.till_session:
        return _at_till(refund.payment.mode, refund.till_session)
    return held_in(refund.payment)


def paid_into(paid: InvoicePayment) -> str:
    """The account that has the money which came for an invoice; it comes with the session of its till."""
    return accounts.drawer(paid.till_session.till_id) if paid.till_session else accounts.BANK


def _at_till(mode: str, session: TillSession) -> str:
    if mode == PaymentMode.TERMINAL:
        return accounts.terminal(session.theatre_id)
    return accounts.drawer(session.till_id)


def received_in_part(order: Order) -> Decimal:
    """What was received at tills for an order that is not sold yet, less refunds; it comes with payments and refunds.

    Other money that comes from a provider is booked or refunded at once.
    """
    if order.status not in Order.UNSOLD:
        return NOTHING
    received = NOTHING
    for payment in order.payments.all():
        if payment.is_of_till and payment.status not in Payment.UNPAID:
            received += payment.amount - sum((refund.amount for refund in payment.refunds.all()), NOTHING)
    return received


def sold_on_gift_cards(order: Order) -> Decimal:
    """The price of the gift cards that an order has paid for."""
    paid = (line for line in order.lines.all() if any(card.activated_at for card in line.gift_cards.all()))
    return sum((line.amount for line in paid), NOTHING)


def may_sell_gift_cards(order: Order, tickets: Sequence[Ticket]) -> bool:
    """Whether an order with these tickets may have gift cards: only the counter sells both in one order."""
    return not tickets or order.channel == Order.Channel.COUNTER


def kept_on_gift_cards(order: Order) -> Decimal:
    """The price of the gift cards that an order has paid for, less what was taken off them when it was refunded."""
    return sold_on_gift_cards(order) - sum((card.returned for card in _gift_cards_of(order)), NOTHING)


def lost_on_gift_cards(order: Order) -> Decimal:
    """What was refunded of the price of gift cards although it had been spent."""
    cards = _gift_cards_of(order)
    sold_at = min((card.activated_at for card in cards if card.activated_at), default=None)
    if sold_at is None:
        return NOTHING
    refunds = (refund for payment in order.payments.all() for refund in payment.refunds.all())
    later = (refund for refund in refunds if refund.created_at > sold_at)
    back = sum((refund.amount for refund in later if is_of_gift_cards(refund)), NOTHING)
    return back - sum((card.returned for card in cards), NOTHING)


def is_of_gift_cards(refund: Refund) -> bool:
    """Whether a refund of a sold order returns the price of its gift cards. Other refunds without a ticket are of
    payments that came twice."""
    return refund.ticket_id is None and refund.reason in OF_GIFT_CARDS


def _gift_cards_of(order: Order) -> list[GiftCard]:
    """The gift cards that an order has bought."""
    return [card for line in order.lines.all() for card in line.gift_cards.all()]


def fee_percent(order: Order, tickets: Iterable[Ticket]) -> Decimal:
    """The rate of the tax in an order's booking fee; without a fee no statement."""
    if not any(ticket.fee for ticket in tickets):
        return NOTHING
    return next((line.tax_percent for line in order.lines.all() if line.kind == OrderLine.Kind.FEE), NOTHING)


def sold_with(ticket: Ticket, seats: Iterable[TicketSeat], percent: Decimal) -> list[SoldItem]:
    """The seats of a ticket, in the order that decides about cents, and the booking fee in it, taxed by ``percent``.

    The fee counts as not returned: what is kept of a cancelled ticket is the fee first.
    """
    sold = [
        SoldItem(OrderLine.Kind.SEAT, seat.current_price, seat.tax_percent, returned=not seat.active)
        for seat in sorted(seats, key=lambda seat: seat.pk)
    ]
    if ticket.fee:
        sold.append(SoldItem(OrderLine.Kind.FEE, ticket.fee, percent))
    return sold
