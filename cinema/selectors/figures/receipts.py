"""The receipts and credit notes of a period, for bookkeepers."""

from collections.abc import Iterator

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from cinema.domain.money import exact
from cinema.domain.periods import Period
from cinema.exports import Cell, Sheet
from cinema.models import Receipt, ReceiptLine, Theatre

SHOWN = [
    "prefix",
    "year",
    "number",
    "kind",
    "invoice",
    "issued_at",
    "order__reference",
    "company",
    "company_tax_number",
    "currency",
]


def receipts_between(theatre: Theatre, period: Period) -> QuerySet[Receipt]:
    """The receipts that a theatre issued in a period of trading days, in the order of their numbers; each with its
    order, and with the ``tax`` that it contains."""
    begins, ends = theatre.moments(period)
    issued = Receipt.objects.filter(theatre=theatre, issued_at__gte=begins, issued_at__lt=ends)
    return issued.select_related("order").annotate(tax=Sum("lines__tax")).order_by("year", "number")


def receipt_sheet(theatre: Theatre, period: Period) -> Sheet:
    """A sheet with a line for each receipt of the period and tax rate."""
    header = [_("Number"), _("Kind"), _("Issued"), _("Order"), _("Company"), _("Company’s tax number"), _("Tax %")]
    header += [_("Net"), _("Tax"), _("Amount"), _("Currency")]
    return Sheet(_("Receipts"), header, _lines(theatre, period))


def _lines(theatre: Theatre, period: Period) -> Iterator[list[Cell]]:
    begins, ends = theatre.moments(period)
    issued = ReceiptLine.objects.filter(
        receipt__theatre=theatre, receipt__issued_at__gte=begins, receipt__issued_at__lt=ends
    )
    rates = issued.values("receipt", "tax_percent").annotate(total=Sum("amount"), taxed=Sum("tax"))
    rows = rates.values_list(*(f"receipt__{name}" for name in SHOWN), "tax_percent", "total", "taxed")
    for prefix, year, number, kind, invoice, at, reference, *company, currency, percent, total, taxed in rows.order_by(
        "receipt__year", "receipt__number", "-tax_percent"
    ).iterator():
        receipt = Receipt(prefix=prefix, year=year, number=number, kind=kind, invoice=invoice)
        amount, tax = exact(total), exact(taxed)
        local = at.astimezone(theatre.tz).replace(tzinfo=None)
        yield [
            str(receipt),
            receipt.kind_name,
            local,
            reference,
            *company,
            percent,
            amount - tax,
            tax,
            amount,
            currency,
        ]
