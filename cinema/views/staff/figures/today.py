"""Today at a theatre: a timeline of each screen, and what needs attention."""

from datetime import date, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cinema.domain.dates import shown_date
from cinema.models import Theatre
from cinema.selectors.figures.attention import attention
from cinema.selectors.people.staff import ANYBODY, BOX_OFFICE, MANAGER
from cinema.selectors.schedule.today import trading_day
from cinema.templatetags.cinema import day_name
from cinema.views.staff.access import at_theatre
from cinema.web.http import StaffRequest

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)  # the days that can be shown


@at_theatre(*ANYBODY)
@require_safe
def today(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """A trading day: today or ``?day=``. The page polls its live part: see _today.html."""
    now = timezone.now()
    this_day = theatre.trading_day(now)
    day = trading_day(theatre, _day(request, this_day), now)
    context = {
        "theatre": theatre,
        "day": day,
        "this_day": this_day,
        "name": day_name(day.day, this_day) if day.day >= this_day else shown_date(day.day, "l j F"),
        "previous": day.day - timedelta(days=1),
        "next": day.day + timedelta(days=1),
        "attention": attention(theatre, day, now, orders=request.staff_role.may(MANAGER, BOX_OFFICE)),
        "plans": request.staff_role.may(MANAGER),
        "sells": request.staff_role.may(MANAGER, BOX_OFFICE),
        "now": now,
    }
    return render(request, f"staff/today/{'_today' if request.htmx else 'today'}.html", context)


def _day(request: StaffRequest, this_day: date) -> date:
    """The day in the query. Raises Http404 for an invalid one, or one outside EARLIEST and LATEST."""
    text = request.GET.get("day", "")
    try:
        day = date.fromisoformat(text) if text else this_day
    except ValueError:
        raise Http404 from None
    if not EARLIEST <= day <= LATEST:
        raise Http404
    return day
