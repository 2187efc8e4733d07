"""Entries in the money ledger for every payment, refund and dispute that there is, at their times.

In one transaction, a batch of orders in memory at a time: an interrupted migration starts again from nothing. Refunds
of a ticket share the revenue that it no longer has; which of its seats were returned with which refund is not known.
"""

from collections import defaultdict
from decimal import Decimal
from importlib import import_module
from itertools import pairwise

from django.db import migrations
from django.db.models import Exists, OuterRef, Prefetch

from cinema.domain.accounts import BY_HAND, DISPUTE_LOSSES, ORDERS, REFUNDS, clearing, disputes, transfers
from cinema.domain.allocation import SoldItem, allocated
from cinema.domain.money import spread

BATCH = 500
UNPAID = ['PENDING', 'REPLACED', 'FAILED']
SOLD = ['CONFIRMED', 'CANCELLED']
TABLE = 'cinema_moneyentry'
stays = import_module('cinema.migrations.0010_the_trail_stays')


def fill(apps, schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute('SET CONSTRAINTS ALL IMMEDIATE')  # else the checks of every row wait in memory
    def rows_of_model(name):
        return apps.get_model('cinema', name).objects.order_by('pk')

    MoneyEntry = apps.get_model('cinema', 'MoneyEntry')
    paid = rows_of_model('Payment').exclude(status__in=UNPAID).filter(amount__gt=0)
    payments = paid.prefetch_related(
        Prefetch('refunds', rows_of_model('Refund'), to_attr='back'),
        Prefetch('disputes', rows_of_model('Dispute'), to_attr='disputed'),
    )
    seats = Prefetch('seats', rows_of_model('TicketSeat'), to_attr='lines')
    orders = rows_of_model('Order').filter(Exists(paid.filter(order=OuterRef('pk')))).prefetch_related(
        Prefetch('tickets', rows_of_model('Ticket').filter(status__in=SOLD).prefetch_related(seats), to_attr='sold'),
        Prefetch('lines', rows_of_model('OrderLine').filter(kind='FEE'), to_attr='fees'),
        Prefetch('payments', payments, to_attr='paid'),
    )
    last = 0
    while batch := list(orders.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        rows = [row for order in batch for row in sorted(rows_of(order), key=lambda row: row['at'])]
        MoneyEntry.objects.bulk_create([MoneyEntry(**row) for row in rows], batch_size=2_000)


def rows_of(order):
    """The entries of an order, as the fields of their rows; what happens at the same time, in the order of its life."""
    for payment in order.paid:
        credits = {ORDERS: payment.amount, clearing(payment.gateway): -payment.amount}
        at = payment.settled_at or payment.created_at
        yield from moved(order, credits, kind='CAPTURE', at=at, payment=payment)
    for ticket in order.sold:
        yield from ticket_rows(order, ticket)
    for payment in order.paid:
        for refund in payment.back:
            yield from refund_rows(order, payment, refund)
        for dispute in payment.disputed:
            yield from dispute_rows(order, payment, dispute)


def ticket_rows(order, ticket):
    """The sale of a ticket, and the refunds of what was kept for it."""
    at = ticket.confirmed_at or ticket.created_at
    payment = next((one for one in order.paid if one.settled_at == at), order.paid[0])
    fee = [SoldItem('FEE', ticket.fee, line.tax_percent) for line in order.fees[:1]]
    sold = allocated([*(SoldItem('SEAT', seat.price, seat.tax_percent) for seat in ticket.lines), *fee], ticket.amount)
    yield from moved(order, {**sold, ORDERS: -sum(sold.values())}, kind='SALE', at=at, payment=payment)

    seats = [
        SoldItem('SEAT', seat.price if seat.repriced is None else seat.repriced, seat.tax_percent, not seat.active)
        for seat in ticket.lines
    ]
    lost = defaultdict(Decimal, sold)
    for account, amount in allocated([*seats, *fee], ticket.kept).items():
        lost[account] -= amount
    refunds = [one for payment in order.paid for one in payment.back if is_of(one, ticket)]
    refunds.sort(key=lambda refund: refund.pk)
    steps = [Decimal(0)]
    for refund in refunds:
        steps.append(steps[-1] + refund.amount)
    shares = [spread(step, list(lost.values())) for step in steps]
    for refund, (before, after) in zip(refunds, pairwise(shares), strict=True):
        parts = {account: one - other for account, one, other in zip(lost, before, after, strict=True)}
        yield from refunded(order, refund, parts)
    rest = {account: part - amount for (account, amount), part in zip(lost.items(), shares[-1], strict=True)}
    yield from moved(order, {**rest, ORDERS: -sum(rest.values())}, kind='REFUND_OWED', at=ticket.cancelled_at or at)


def refund_rows(order, payment, refund):
    """A refund that no ticket had used, and whether it is paid out."""
    if not any(is_of(refund, ticket) for ticket in order.sold):
        yield from refunded(order, refund, {ORDERS: -refund.amount})
    paid_from = {'DONE': clearing(payment.gateway), 'BY_HAND': BY_HAND}.get(refund.status)
    if paid_from:
        at = max(refund.done_at or refund.created_at, refund.created_at)
        credits = {paid_from: refund.amount, REFUNDS: -refund.amount}
        yield from moved(order, credits, kind='REFUND_PAID', at=at, refund=refund)


def refunded(order, refund, parts):
    short = -refund.amount - sum(parts.values())
    parts[ORDERS] = parts.get(ORDERS, 0) + short
    return moved(order, {REFUNDS: refund.amount, **parts}, kind='REFUND_OWED', at=refund.created_at, refund=refund)


def is_of(refund, ticket):
    """Whether a refund lessens what is kept for a ticket: not if it came before the sale."""
    at = ticket.confirmed_at
    return refund.ticket_id == ticket.pk and (at is None or refund.created_at >= at)


def dispute_rows(order, payment, dispute):
    held, provider, amount = disputes(dispute.gateway), clearing(dispute.gateway), dispute.amount
    about = {'payment': payment, 'dispute': dispute}
    yield from moved(order, {provider: amount, held: -amount}, kind='DISPUTE_OPENED', at=dispute.opened_at, **about)
    to = {'WON': provider, 'LOST': DISPUTE_LOSSES}.get(dispute.status)
    if to:
        at = max(dispute.decided_at or dispute.opened_at, dispute.opened_at)
        yield from moved(order, {held: amount, to: -amount}, kind=f'DISPUTE_{dispute.status}', at=at, **about)


def moved(order, credits, *, refund=None, **fields):
    """The rows with which every account gets its credit, or its debit if it is negative."""
    if refund:
        fields |= {'refund': refund, 'payment_id': refund.payment_id}
    for debit, credit, amount in transfers(credits):
        yield {
            'theatre_id': order.theatre_id, 'order': order, 'debit': debit, 'credit': credit, 'amount': amount,
            'currency': order.currency, **fields,
        }


def empty(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == 'postgresql'
    if postgresql:
        schema_editor.execute('SET CONSTRAINTS ALL IMMEDIATE')  # no table is altered with checks outstanding
        schema_editor.execute(f'ALTER TABLE {TABLE} DISABLE TRIGGER {TABLE}_stays')
    else:
        schema_editor.execute(f'DROP TRIGGER {TABLE}_stays_on_delete')
    schema_editor.execute(f'DELETE FROM {TABLE}')
    if postgresql:
        schema_editor.execute(f'ALTER TABLE {TABLE} ENABLE TRIGGER {TABLE}_stays')
    else:
        schema_editor.execute(stays.SQLITE.format(table=TABLE, event='delete'))


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0065_receipts'),
    ]

    operations = [
        migrations.RunPython(fill, empty),
    ]
