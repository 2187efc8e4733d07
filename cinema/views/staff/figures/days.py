"""Closing a trading day, and the reports of closed ones."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from cinema.domain.periods import Period
from cinema.exceptions import BusinessRuleViolation
from cinema.forms.figures.figures import CloseDayForm
from cinema.models import Theatre
from cinema.selectors.figures import days as selectors
from cinema.selectors.people.staff import MANAGER
from cinema.services.figures.days import close_day
from cinema.views.staff.access import at_theatre
from cinema.views.staff.downloads import send_sheets
from cinema.views.staff.figures.figures import today_at
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def days(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Close a trading day, today if nothing else is chosen; what must be done before; the reports of closed days."""
    today = today_at(theatre)
    form, status = CloseDayForm(request.POST or None, initial={"day": today}), 400 if request.method == "POST" else 200
    if form.is_valid():
        try:
            report = close_day(theatre=theatre, day=form.cleaned_data["day"], by=request.user)
            messages.success(request, _("The day is closed."))
            return see_other(report)
        except BusinessRuleViolation as error:
            form.add_error(None, str(error))
            status = status_of(error)
    day = (form.is_bound and form.cleaned_data.get("day")) or today
    context: dict[str, Any] = {"theatre": theatre, "form": form, "reports": selectors.day_reports(theatre)}
    context["unfinished"] = selectors.unfinished(theatre, theatre.moments(Period(day, day))[1])
    return render(request, "staff/tills/days.html", context, status=status)


@at_theatre(MANAGER)
@require_safe
def report(request: StaffRequest, theatre: Theatre, number: int) -> HttpResponse:
    """The report of a closed day, which can be printed."""
    figures = selectors.day_figures(or_404(selectors.day_report(theatre, number)))
    context = {"theatre": theatre, "day": figures.report, "figures": figures, "report": figures.takings}
    return render(request, "staff/tills/day.html", context)


@at_theatre(MANAGER)
@require_GET
def export(request: StaffRequest, theatre: Theatre, number: int, format: str) -> HttpResponseBase:
    """The report of a closed day as a file."""
    found = or_404(selectors.day_report(theatre, number))
    name = f"{slugify(theatre.slug)}-day-{found.day}"
    return send_sheets(request, name, format, selectors.day_sheets(selectors.day_figures(found)), theatre)
