"""Closing a trading day: its report is written once, and nothing is booked on it afterwards."""

from datetime import date

from django.db.models import Max
from django.db.models.functions import Now

from cinema.domain.periods import Period
from cinema.exceptions import DayClosed, DayNotBegun, DayNotReady
from cinema.models import DayReport, MoneyEntry, Theatre, TillSession, User
from cinema.selectors.figures.days import entries_in, last_report, sums_of, unfinished
from cinema.selectors.figures.takings import takings_in
from cinema.services.core import audit
from cinema.services.core.locking import lock_money_ledger, lock_theatre
from cinema.services.core.transactions import atomically


@atomically
def close_day(*, theatre: Theatre, day: date, by: User) -> DayReport:
    """Close a trading day of a theatre, with all days before it that are still open.

    The theatre is locked as for the opening and closing of a till, and the ledger, so that what the report says of it
    is true for ever. Raises DayClosed, DayNotBegun, DayNotReady.
    """
    theatre = lock_theatre(pk=theatre.pk)
    now = Theatre.objects.filter(pk=theatre.pk).values_list(Now(), flat=True).get()
    last = last_report(theatre)
    if last and day <= last.day:
        raise DayClosed(day)
    if day > theatre.trading_day(now):
        raise DayNotBegun
    begins_at, ends_at = theatre.moments(Period(day, day))
    found = unfinished(theatre, ends_at)
    if found.sessions or found.orders:
        raise DayNotReady([str(one.till) for one in found.sessions], [str(one) for one in found.orders])
    lock_money_ledger()
    last_entry = MoneyEntry.objects.aggregate(last=Max("pk"))["last"] or 0
    last_z = TillSession.objects.filter(theatre=theatre).aggregate(last=Max("z_number"))["last"] or 0
    report = DayReport(theatre=theatre, day=day, closed_at=now, closed_by=by, ends_at=ends_at)
    report.number, report.begins_at = (last.number + 1, last.ends_at) if last else (1, begins_at)
    report.after_entry, report.last_entry = last.last_entry if last else last_entry, last_entry
    report.after_z, report.last_z = last.last_z if last else last_z, last_z
    entries = entries_in(report)
    for name, value in sums_of(entries, takings_in(entries, Period(day, day))).items():
        setattr(report, name, value)
    report.save()
    audit.note(action=audit.Action.TILL, user=by, subject=report, theatre=theatre, day=str(day))
    return report
