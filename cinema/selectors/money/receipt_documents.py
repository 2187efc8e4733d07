"""What a receipt or credit note says, in words: the same on its page, on paper and as PDF."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from cinema.domain.dates import shown_date
from cinema.domain.lists import listed
from cinema.domain.money import format_exact
from cinema.domain.numbers import format_percent
from cinema.domain.receipt_documents import Fact, ReceiptDocument, ReceiptItem, Tax
from cinema.models import PaymentMode, Receipt
from cinema.models.codes import grouped
from cinema.selectors.money.receipts import credited_receipt, tax_rates


def buyers_document(receipt: Receipt) -> ReceiptDocument:
    """receipt_document() in the language of the receipt's order."""
    with override(receipt.order.language):
        return receipt_document(receipt)


def receipt_document(receipt: Receipt) -> ReceiptDocument:
    """What ``receipt``, loaded as by selectors.money.receipts.receipts(), says in the current language."""
    lines, rates = receipt.lines.all(), tax_rates(receipt)
    is_credit = receipt.kind == Receipt.Kind.CREDIT_NOTE
    number = {"number": str(receipt)}
    terms = receipt.invoice or {}
    company = [receipt.company, terms.get("address"), receipt.company_tax_number] if receipt.company else []
    return ReceiptDocument(
        language=get_language() or settings.LANGUAGE_CODE,
        issued_at=receipt.issued_at,
        filename=_filename(receipt),
        title=(_("Credit note %(number)s") if is_credit else _titled(receipt)) % number,
        issuer=receipt.issuer,
        issuer_lines=[line for line in (receipt.issuer_address, receipt.issuer_tax_number) if line],
        facts=_facts(receipt),
        company=[line for line in company if line],
        items=[
            ReceiptItem(
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


def _titled(receipt: Receipt) -> str:
    return _("Invoice %(number)s") if receipt.invoice else _("Receipt %(number)s")


def _filename(receipt: Receipt) -> str:
    """A name for its file: “receipt-2026-000123.pdf”."""
    kind = ("invoice" if receipt.invoice else "receipt") if receipt.kind == Receipt.Kind.RECEIPT else "credit-note"
    return f"{kind}-{receipt}.pdf".replace("/", "-")


def _facts(receipt: Receipt) -> list[Fact]:
    facts = [
        Fact(_("Date"), _day(receipt)),
        Fact(_("Order number"), grouped(receipt.order.reference)),
    ]
    if credited := credited_receipt(receipt):
        label = _("For invoice") if credited.invoice else _("For receipt")
        facts.append(Fact(label, listed([credited, _day(credited)])))
    if receipt.refund:
        facts.append(Fact(_("Reason"), str(receipt.refund.get_reason_display())))
    elif receipt.corrects and credited:
        facts.append(Fact(_("Reason"), _("replaced by a new receipt")))
    elif receipt.corrects:
        facts.append(Fact(_("Replaces receipt"), str(receipt.corrects)))
    return facts


def _day(receipt: Receipt) -> str:
    return shown_date(receipt.issued_at.astimezone(receipt.theatre.tz), "j F Y")


def _tenders(receipt: Receipt) -> list[Fact]:
    """How it was paid or refunded, and what is to be paid when and whereto."""
    labels = dict(PaymentMode.choices)
    paid = receipt.kind == Receipt.Kind.RECEIPT
    facts = [
        Fact(
            (_("Paid: %(mode)s") if paid else _("Refunded: %(mode)s")) % {"mode": labels.get(mode, mode)},
            format_exact(amount, receipt.currency),
        )
        for mode, amount in receipt.paid_by
        if mode != PaymentMode.INVOICE
    ]
    if receipt.refund and receipt.refund.payment.is_on_invoice:
        label = _("Taken off the invoice") if receipt.refund.is_off_invoice else _("Refunded")
        facts.append(Fact(label, format_exact(receipt.total, receipt.currency)))
    return facts + _terms(receipt)


def _terms(receipt: Receipt) -> list[Fact]:
    if not (terms := receipt.invoice):
        return []
    due = shown_date(date.fromisoformat(terms["due_on"]), "j F Y")
    facts = [Fact(_("To be paid by %(day)s") % {"day": due}, format_exact(Decimal(terms["amount"]), receipt.currency))]
    if terms["bank_account"]:
        facts.append(Fact(_("Please pay to"), terms["bank_account"]))
    return [*facts, Fact(_("Please state"), str(receipt))]
