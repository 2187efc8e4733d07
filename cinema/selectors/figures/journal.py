"""The journal for the bookkeeper: the money ledger as a sheet, read day by day, so that only one day is in memory."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.conf import settings
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cinema.domain.accounts import code_of
from cinema.domain.periods import Period
from cinema.exports import Cell, Sheet
from cinema.models import MoneyEntry, Theatre
from cinema.models.theatres import DAY_STARTS

SHOWN = ["pk", "at", "order__reference", "reference", "kind", "debit", "credit", "amount", "currency"]


def journal_sheet(theatres: Sequence[Theatre], period: Period, *, of_no_theatre: bool = False) -> Sheet:
    """A sheet with a line for each entry of the theatres, by their trading days; if asked for also those of none."""
    header = [
        pgettext("of a ledger", "Entry"),
        _("Day"),
        _("Time"),
        _("Theatre"),
        _("Order"),
        _("Provider’s reference"),
        _("Kind"),
    ]
    header += [_("Debit"), _("Credit"), _("Amount"), _("Currency")]
    chosen = [*theatres, None] if of_no_theatre else theatres
    lines = (line for day in period.days for one in chosen for line in _lines(one, day))
    return Sheet(_("Journal"), header, lines, for_programs=True)


def _lines(theatre: Theatre | None, day: date) -> Iterator[list[Cell]]:
    tz = theatre.tz if theatre else timezone.get_default_timezone()
    name, kinds, codes = str(theatre or ""), dict(MoneyEntry.Kind.choices), settings.ACCOUNT_CODES
    begins, ends = Period(day, day).moments(tz, DAY_STARTS)
    entries = MoneyEntry.objects.filter(theatre=theatre, at__gte=begins, at__lt=ends)
    reference = Coalesce(
        "payout__payout_id", "invoice_payment__reference", "refund__provider_id", "payment__capture_id"
    )
    shown = entries.annotate(reference=reference).values_list(*SHOWN)
    for pk, at, order, reference, kind, debit, credit, amount, currency in shown.order_by("at", "pk").iterator():
        local = at.astimezone(tz)
        yield [
            *(pk, day, local.time().replace(microsecond=0), name, order or "", reference or ""),
            *(str(kinds[kind]), code_of(debit, codes), code_of(credit, codes), amount, currency),
        ]
