"""Payments and refunds of a day at a theatre, from the money ledger: they agree with the journal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from cinema.domain.accounts import BY_HAND
from cinema.domain.money import exact
from cinema.domain.periods import Period
from cinema.exports import Cell, Sheet
from cinema.models import InvoicePayment, MoneyEntry, PaymentMode, Theatre

Kind = MoneyEntry.Kind
MOVES = (Kind.CAPTURE, Kind.REFUND_PAID, Kind.REFUND_UNDONE)
NOTHING = Decimal(0)


@dataclass
class TenderLine:
    """The payments that came by a mode of payment, or a way of paying invoices, through a gateway, and the refunds that
    went back that way.

    ``is_by_hand``: refunds that staff settled themselves, whatever they were paid with.
    """

    mode: str
    gateway: str
    is_by_hand: bool = False
    number: int = 0
    amount: Decimal = NOTHING
    refunds: Decimal = NOTHING

    def __str__(self) -> str:
        return str(dict([*InvoicePayment.Way.choices, *PaymentMode.choices]).get(self.mode, self.mode))

    @property
    def net(self) -> Decimal:
        return self.amount - self.refunds


def day_payments(theatre: Theatre, day: date) -> list[TenderLine]:
    """The tenders of a trading day of the theatre, by mode and gateway, those settled by hand last; one statement."""
    rows = _moves(theatre, day).values_list("kind", "payment__mode", "payment__gateway", "debit", "credit")
    lines: dict[tuple[bool, str, str], TenderLine] = {}
    for kind, mode, gateway, debit, credit, number, amount in rows.annotate(number=Count("pk"), sum=Sum("amount")):
        is_by_hand = BY_HAND in (debit, credit)
        key = (True, "", "") if is_by_hand else (False, mode or "", gateway or "")
        line = lines.setdefault(key, TenderLine(key[1], key[2], is_by_hand))
        match kind:
            case Kind.CAPTURE:
                line.number, line.amount = line.number + number, line.amount + exact(amount)
            case Kind.REFUND_PAID:
                line.refunds += exact(amount)
            case Kind.REFUND_UNDONE:
                line.refunds -= exact(amount)
    return [lines[key] for key in sorted(lines)]


def invoices_of_day(theatre: Theatre, day: date) -> list[TenderLine]:
    """What came for invoices on a trading day of the theatre, in cash or by transfer, less what was reversed; one
    statement.

    It is not among the tenders of the day, where it was sold, under “Invoice”, when it was sold.
    """
    begins, ends = theatre.moments(Period(day, day))
    entries = MoneyEntry.objects.filter(theatre=theatre, at__gte=begins, at__lt=ends)
    ways = entries.filter(kind__in=[Kind.INVOICE_PAID, Kind.INVOICE_UNDONE]).order_by("invoice_payment__way")
    lines: dict[str, TenderLine] = {}
    rows = ways.values_list("invoice_payment__way", "kind").annotate(number=Count("pk"), sum=Sum("amount"))
    for way, kind, number, amount in rows:
        line = lines.setdefault(way, TenderLine(way, ""))
        if kind == Kind.INVOICE_PAID:
            line.number, line.amount = line.number + number, line.amount + exact(amount)
        else:
            line.amount -= exact(amount)
    return list(lines.values())


def total_of_day(lines: list[TenderLine]) -> TenderLine:
    """The sum of all tenders."""
    total = TenderLine("", "")
    for line in lines:
        total.number += line.number
        total.amount += line.amount
        total.refunds += line.refunds
    return total


def payment_sheet(theatre: Theatre, period: Period) -> Sheet:
    """A sheet with a line for each payment received and each refund paid, by the days of the money."""
    header = [_("Day"), _("Time"), _("Order"), _("Kind"), _("Mode"), _("Provider"), _("Provider’s reference")]
    header += [_("Received"), _("Refunded")]
    return Sheet(_("Payments"), header, (line for day in period.days for line in _lines(theatre, day)))


def _lines(theatre: Theatre, day: date) -> Iterator[list[Cell]]:
    modes, kinds = dict(PaymentMode.choices), dict(Kind.choices)
    names = ("at", "order__reference", "kind", "payment__mode", "payment__gateway", "payment__capture_id")
    rows = _moves(theatre, day).order_by("at", "pk").values_list(*names, "refund__provider_id", "amount")
    for at, order, kind, mode, gateway, capture, refund, amount in rows.iterator():
        local = at.astimezone(theatre.tz)
        back = {Kind.REFUND_PAID: amount, Kind.REFUND_UNDONE: -amount}.get(kind)
        yield [
            *(day, local.time().replace(microsecond=0), order or "", str(kinds[kind])),
            *(str(modes.get(mode, mode or "")), gateway or "", (capture if back is None else refund) or ""),
            *(amount if back is None else None, back),
        ]


def _moves(theatre: Theatre, day: date) -> QuerySet[MoneyEntry]:
    begins, ends = theatre.moments(Period(day, day))
    return MoneyEntry.objects.filter(theatre=theatre, at__gte=begins, at__lt=ends, kind__in=MOVES)
