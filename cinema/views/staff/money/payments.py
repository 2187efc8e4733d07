"""Money: the payments of a day, and what staff have to look after."""

from datetime import date, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cinema.domain.periods import Period
from cinema.models import Theatre
from cinema.selectors.money.day_payments import day_payments, invoices_of_day, total_of_day
from cinema.selectors.money.disputes import disputes_at, incidents_at
from cinema.selectors.money.overdue import overdue
from cinema.selectors.money.payouts import last_comparisons, recent_payouts
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER
from cinema.views.staff.access import at_theatre
from cinema.web.http import StaffRequest

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)  # the days that can be shown
DAY = timedelta(days=1)


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def payments(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The payments of a trading day of the theatre, today or ``?day=``; what is overdue, with the last error of each;
    its disputes and incidents. For managers also the payouts of the providers, and the comparisons with them.
    """
    now = timezone.now()
    today = theatre.trading_day(now)
    day = _day(request, today)
    tenders = day_payments(theatre, day)
    context = {
        "theatre": theatre,
        "day": day,
        "today": today,
        "previous": day - DAY,
        "next": day + DAY,
        "tenders": tenders,
        "total": total_of_day(tenders),
        "invoices": invoices_of_day(theatre, day),
        "disputes": disputes_at(theatre, now),
        "incidents": incidents_at(theatre),
    }
    if request.staff_role.may(MANAGER):
        context |= {"payouts": recent_payouts(today), "comparisons": last_comparisons()}
        context |= {"query": Period(day, day).query, "is_manager": True}
    overdue_ones = overdue(theatre, now)
    context |= {"payments": overdue_ones.payments, "refunds": overdue_ones.refunds}
    return render(request, "staff/payments/payments.html", context)


def _day(request: StaffRequest, today: date) -> date:
    """The day in the query. Raises Http404 for an invalid one, or one outside EARLIEST and LATEST."""
    text = request.GET.get("day", "")
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError:
        raise Http404 from None
    if not EARLIEST <= day <= LATEST:
        raise Http404
    return day
