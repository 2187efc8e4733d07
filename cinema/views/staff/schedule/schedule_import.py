"""Import a schedule from a CSV file."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cinema.exceptions import BusinessRuleViolation
from cinema.exports import Cell, Sheet, csv
from cinema.forms.schedule.schedule_import import ScheduleImportForm
from cinema.models import Theatre
from cinema.selectors.people.staff import MANAGER
from cinema.services.schedule.plan_rows import check_rows
from cinema.services.schedule.planning import plan_rows
from cinema.services.schedule.schedule_import import COLUMNS, decode_schedule, import_rows
from cinema.views.staff.access import at_theatre
from cinema.views.staff.schedule.schedule import outcome, report_outcome, to_planner
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """First a preview of every row; then, once confirmed, plan the rows that are possible."""
    form = ScheduleImportForm(request.POST, request.FILES) if request.method == "POST" else ScheduleImportForm()
    context: dict[str, Any] = {"theatre": theatre, "form": form}
    status = 400 if form.is_bound else 200
    if form.is_valid():
        cleaned, status = form.cleaned_data, 200
        try:
            text = decode_schedule(cleaned["file"].read(), cleaned["encoding"]) if cleaned["file"] else cleaned["text"]
            schedule = import_rows(theatre=theatre, text=text, day_first=form.day_first, film_choices=form.film_choices)
            if request.POST.get("confirm"):
                rows = plan_rows(theatre=theatre, rows=schedule.rows, user=request.user, how="import")
                report_outcome(request, rows)
                first = min((row.day for row in rows if row.show and row.day), default=None)
                return see_other(to_planner(theatre, first or theatre.trading_day(timezone.now())))
            check_rows(schedule.rows)
            context |= outcome(schedule.rows) | {"text": text, "schedule": schedule}
        except BusinessRuleViolation as error:
            form.add_error(None, str(error))
            status = status_of(error)
    return render(request, "staff/schedule/import.html", context, status=status)


@at_theatre(MANAGER)
@require_safe
def template(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """A CSV file to fill in, with the columns, an example row and one of a double bill."""
    screen = theatre.screens.filter(retired_at=None).first()
    day = theatre.trading_day(timezone.now()) + timedelta(days=7)
    name = str(screen or "Screen 1")
    films: list[list[Cell]] = [["The Lunchbox (2013)", "", "2D", "hi", "en", "audio description, Q&A"]]
    films += [["Pyaasa (1957)", "Sholay (1975), 15 min, 40%", "2D", "hi", "en", ""]]
    rows = [[day, "15:00", name, *films[0], "With the director", ""], [day, "18:00", name, *films[1], "", ""]]
    return HttpResponse(
        b"".join(csv.write([Sheet("schedule", COLUMNS, rows)])),
        content_type=csv.CONTENT_TYPE,
        headers={"Content-Disposition": 'attachment; filename="schedule.csv"'},
    )
