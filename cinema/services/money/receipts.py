"""Receipts and credit notes: issued once for what was paid and refunded, numbered without gaps.

Issuing is a step of its own that can be repeated, after the payment or refund: its lock is one for all sales of a
theatre, so it must not be held while seats are booked. A job does it; so does whatever shows a receipt first.

A credit note is issued as soon as its refund is recorded, whether or not the provider has sent it: from then on the
sale is undone and the money is owed, and a refund that the provider refuses is settled by hand. Only one in cash waits
until it is paid out if cash is rounded, because the note states that like the receipt does.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from django.utils.translation import override

from cinema.domain.receipts import LinePart
from cinema.domain.undone import Undone
from cinema.exceptions import ReceiptNotChangeable
from cinema.models import Order, OrderLine, Receipt, ReceiptLine, ReceiptSequence, Refund, Theatre
from cinema.models.annotated import OrderNow, ReceiptSequenceNow
from cinema.selectors.money.invoices import invoice_of_order, terms_of
from cinema.selectors.money.receipt_lines import left_of, lines_left, stated_lines, undone_by
from cinema.selectors.money.receipts import (
    NOTHING,
    correctable_receipt,
    due_refunds,
    is_due,
    is_sold,
    latest_receipt,
    line_text,
    orders_without_credit_note,
    orders_without_receipt,
    sold_lines,
    tenders_of,
    used_payments,
)
from cinema.services.core.locking import lock_order, lock_receipt_sequence
from cinema.services.core.transactions import PATIENCE, atomically, try_each

Kind = Receipt.Kind
AT_ONCE = 500  # orders per run


class ReceiptBuyer(NamedTuple):
    """The company that a receipt names, and its tax number; "" for none."""

    company: str = ""
    company_tax_number: str = ""


def issue_due_receipts() -> int:
    """Issue every receipt and credit note that is due; return the number of orders."""
    keys = {*orders_without_receipt()[:AT_ONCE], *orders_without_credit_note()[:AT_ONCE]}
    return try_each(lambda key: issue_receipts(order_id=key), sorted(keys), patience=PATIENCE)


def issue_receipts(*, order_id: int) -> int:
    """Issue the receipt of an order that was paid, and a credit note for each of its refunds, unless that is done.

    Return how many were issued. Safe to repeat and to run in parallel. If nothing is due, nothing is locked.
    """
    return _lock_and_issue(order_id) if is_due(order_id) else 0


def name_company(*, order: Order, buyer: ReceiptBuyer) -> None:
    """Note the company that the receipt of an order is to name, until it is issued."""
    if buyer != (order.company, order.company_tax_number):
        Order.objects.filter(pk=order.pk, receipt_due=True).update(**buyer._asdict())


@atomically
def issue_for_company(*, order_id: int, buyer: ReceiptBuyer) -> Receipt:
    """Issue the receipt of an order for a company. If it was issued before, a credit note cancels what is left of it.

    Raises ReceiptNotChangeable if it names a company already, nothing is left of it, or nothing was paid.
    """
    order = lock_order(pk=order_id)
    Order.objects.filter(pk=order.pk).update(**buyer._asdict())
    if order.receipt_due and is_sold(order):
        order.company, order.company_tax_number = buyer
        _issue(order)
        return Receipt.objects.filter(order=order, kind=Kind.RECEIPT).latest("pk")
    _issue(order)
    if (before := correctable_receipt(order)) is None:
        raise ReceiptNotChangeable
    stated = stated_lines(order)
    lines = [(stated[key], part) for key, part in left_of(order).items()]
    credit = [_line(line, part, -1) for line, part in lines if part.amount]
    again = [_line(line, part) for line, part in lines if part.amount or not line.amount]
    _write(order, Receipt(kind=Kind.CREDIT_NOTE, corrects=before), credit)
    new = Receipt(kind=Kind.RECEIPT, corrects=before, tenders=tenders_of(order), **buyer._asdict())
    return _write(order, new, again)


@atomically
def _lock_and_issue(order_id: int) -> int:
    return _issue(lock_order(pk=order_id))


def _issue(order: OrderNow) -> int:
    issued = 0
    if order.receipt_due and is_sold(order):
        buyer = ReceiptBuyer(order.company, order.company_tax_number)
        before = latest_receipt(order)  # if an upgrade was added to the order: then only that is stated
        paid = {"tenders": tenders_of(order, since=before), "is_further": before is not None}
        receipt = Receipt(kind=Kind.RECEIPT, **paid, **buyer._asdict())
        if (invoice := invoice_of_order(order)) is not None:
            receipt.company, receipt.company_tax_number = invoice.payer, invoice.tax_number
            receipt.invoice = terms_of(invoice)
        stated = {key for key, _percent in stated_lines(order)} if before else set()
        _write(order, receipt, [line for line in _sold(order) if line.order_line_id not in stated])
        Order.objects.filter(pk=order.pk).update(receipt_due=False)
        issued += 1
    for _moment, together in groupby(due_refunds(order), key=_recorded):
        refunds = list(together)
        undone = undone_by(order, refunds)
        for refund in refunds:
            issued += _credit(order, refund, undone)
            Refund.objects.filter(pk=refund.pk).update(credit_note_due=False)
    return issued


def _recorded(refund: Refund) -> tuple[datetime, int | None]:
    """What refunds that were recorded together have in common: the moment, and the ticket if it could not be booked."""
    lost = refund.ticket is not None and refund.ticket.confirmed_at is None
    return refund.created_at, refund.ticket_id if lost else None


def _credit(order: OrderNow, refund: Refund, undone: Undone) -> bool:
    """Write the credit note of a refund; return False if there is nothing to credit: no receipt, or the refunded
    payment paid for nothing on it."""
    receipt = latest_receipt(order)
    if receipt is None or refund.payment not in used_payments(order):
        return False
    parts = undone.credited(refund.amount, *lines_left(order, refund.ticket_id))
    buyer = ReceiptBuyer(receipt.company, receipt.company_tax_number)
    note = Receipt(
        kind=Kind.CREDIT_NOTE, refund=refund, tenders=[[refund.payment.mode, str(-refund.rounded)]], **buyer._asdict()
    )
    _write(order, note, [*_credited(order, parts), *_rounding(order, refund)])
    return True


def _credited(order: OrderNow, parts: Sequence[LinePart]) -> list[ReceiptLine]:
    """The lines of a credit note. Those of seats that are sold anew at another rate say which seats they are now."""
    stated = stated_lines(order)
    if any((part.key, part.percent) not in stated for part in parts):
        now = {line.order_line_id: line for line in _sold(order)}
        for part in parts:
            anew = ReceiptLine(
                order_line_id=part.key, text=now[part.key].text, amount=NOTHING, tax_percent=part.percent
            )
            stated.setdefault((part.key, part.percent), anew)
    return [_line(stated[part.key, part.percent], part, -1) for part in parts]


def _rounding(order: OrderNow, refund: Refund) -> list[ReceiptLine]:
    """What was paid out in cash more than a refund, or less. It belongs to the rounding of the sale, which was 0 if the
    order has no line of it."""
    if not refund.rounding:
        return []
    about = {"order": order, "kind": OrderLine.Kind.ROUNDING}
    line, _new = OrderLine.objects.get_or_create(**about, defaults={"unit_price": NOTHING, "amount": NOTHING})
    with override(order.language):
        text = line_text(line, order.theatre)
    more = -refund.rounding
    tax = {"tax_percent": NOTHING, "tax": NOTHING}
    return [ReceiptLine(order_line=line, text=text, quantity=1, unit_price=more, amount=more, **tax)]


def _sold(order: Order) -> list[ReceiptLine]:
    with override(order.language):
        return [
            ReceiptLine(
                order_line=line,
                text=line_text(line, order.theatre),
                quantity=line.quantity,
                unit_price=line.unit_price,
                amount=line.amount,
                tax_percent=line.tax_percent,
                tax=line.tax,
            )
            for line in sold_lines(order)
        ]


def _line(line: ReceiptLine, part: LinePart, sign: int = 1) -> ReceiptLine:
    """A line about ``part`` of a line of an earlier receipt."""
    whole = part.amount == line.amount
    return ReceiptLine(
        order_line_id=line.order_line_id,
        text=line.text,
        quantity=line.quantity if whole else 1,
        unit_price=sign * (line.unit_price if whole else part.amount),
        amount=sign * part.amount,
        tax_percent=line.tax_percent,
        tax=sign * part.tax,
    )


def _write(order: OrderNow, receipt: Receipt, lines: Sequence[ReceiptLine]) -> Receipt:
    """Write a receipt of a locked order with its ``lines`` under the next number."""
    theatre, sequence = order.theatre, _lock_sequence(order)
    sequence.last += 1
    sequence.save(update_fields=["last"])
    receipt.theatre, receipt.order, receipt.currency = theatre, order, order.currency
    receipt.year, receipt.number, receipt.prefix = sequence.year, sequence.last, theatre.receipt_prefix
    receipt.issued_at = sequence.now
    receipt.issuer, receipt.issuer_address = theatre.issuer
    receipt.issuer_tax_number = theatre.tax_number
    receipt.total = sum((line.amount for line in lines), NOTHING)
    receipt.save()
    for line in lines:
        line.receipt = receipt
    ReceiptLine.objects.bulk_create(lines)
    return receipt


def _lock_sequence(order: OrderNow) -> ReceiptSequenceNow:
    """Lock the numbers of the theatre's year, by its own clock. Midnight may pass while the lock is waited for."""
    theatre, year = order.theatre, _year(order.theatre, order.now)
    while True:
        sequence = lock_receipt_sequence(theatre=theatre, year=year)
        if sequence is None:
            ReceiptSequence.objects.bulk_create([ReceiptSequence(theatre=theatre, year=year)], ignore_conflicts=True)
        elif _year(theatre, sequence.now) == year:
            return sequence
        else:
            year = _year(theatre, sequence.now)


def _year(theatre: Theatre, moment: datetime) -> int:
    return moment.astimezone(theatre.tz).year
