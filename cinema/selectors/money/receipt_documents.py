"""What a receipt or credit note says, in words: the same on its page, on paper and as PDF."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils import formats
from django.utils.translation import gettext as _

from cinema.domain.money import format_exact, format_percent
from cinema.models import PaymentMode, Receipt
from cinema.selectors.money.receipts import credited_receipt, tax_rates


class Fact(NamedTuple):
    """A value with its label."""

    label: str
    value: str


class Item(NamedTuple):
    """A line: its text, the number of pieces and the price of one, the tax rate, and the amount."""

    text: str
    quantity: int
    unit_price: str
    tax: str
    amount: str


class Tax(NamedTuple):
    """The sums at one tax rate."""

    rate: str
    net: str
    tax: str
    amount: str


class ReceiptDocument(NamedTuple):
    """A receipt in words, in the current language. ``by_piece``: numbers and prices of pieces say something.

    ``taxes`` is empty if no tax is contained.
    """

    title: str
    issuer: str
    issuer_lines: Sequence[str]
    facts: Sequence[Fact]
    company: Sequence[str]
    items: Sequence[Item]
    by_piece: bool
    total: str
    taxes: Sequence[Tax]
    tenders: Sequence[Fact]


def receipt_document(receipt: Receipt) -> ReceiptDocument:
    """What ``receipt``, loaded with its lines, theatre and order, says."""
    lines, rates = receipt.lines.all(), tax_rates(receipt)
    is_credit = receipt.kind == Receipt.Kind.CREDIT_NOTE
    number = {"number": str(receipt)}
    company = [receipt.company, receipt.company_tax_number] if receipt.company else []
    return ReceiptDocument(
        title=_("Credit note %(number)s") % number if is_credit else _("Receipt %(number)s") % number,
        issuer=receipt.issuer,
        issuer_lines=[line for line in (receipt.issuer_address, receipt.issuer_tax_number) if line],
        facts=_facts(receipt),
        company=[line for line in company if line],
        items=[
            Item(
                line.text,
                line.quantity,
                format_exact(line.unit_price, receipt.currency),
                format_percent(line.tax_percent),
                format_exact(line.amount, receipt.currency),
            )
            for line in lines
        ],
        by_piece=any(line.quantity > 1 for line in lines),
        total=format_exact(receipt.total, receipt.currency),
        taxes=[
            Tax(format_percent(rate.percent), *(format_exact(sum, receipt.currency) for sum in rate[1:]))
            for rate in rates
            if any(rate.percent for rate in rates)
        ],
        tenders=_tenders(receipt),
    )


def _facts(receipt: Receipt) -> list[Fact]:
    facts = [
        Fact(_("Date"), _day(receipt)),
        Fact(_("Order number"), f"{receipt.order.reference[:4]}-{receipt.order.reference[4:]}"),
    ]
    if credited := credited_receipt(receipt):
        facts.append(Fact(_("For receipt"), f"{credited}, {_day(credited)}"))
    if receipt.refund:
        facts.append(Fact(_("Reason"), str(receipt.refund.get_reason_display())))
    elif receipt.corrects and credited:
        facts.append(Fact(_("Reason"), _("replaced by a new receipt")))
    elif receipt.corrects:
        facts.append(Fact(_("Replaces receipt"), str(receipt.corrects)))
    return facts


def _day(receipt: Receipt) -> str:
    return formats.date_format(receipt.issued_at.astimezone(receipt.theatre.tz), "j F Y")


def _tenders(receipt: Receipt) -> list[Fact]:
    labels = dict(PaymentMode.choices)
    paid = receipt.kind == Receipt.Kind.RECEIPT
    return [
        Fact(
            (_("Paid: %(mode)s") if paid else _("Refunded: %(mode)s")) % {"mode": labels.get(mode, mode)},
            format_exact(amount, receipt.currency),
        )
        for mode, amount in receipt.paid_by
    ]
