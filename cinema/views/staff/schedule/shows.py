"""A show in the planner: edit, move, unpublish, delete."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cinema.exceptions import AmbiguousLocalTime, BusinessRuleViolation, EditConflict
from cinema.forms.schedule.schedule import DayRange, RescheduleForm, ShowForm
from cinema.models import Show, Theatre
from cinema.selectors.people.staff import MANAGER
from cinema.selectors.schedule import schedule as selectors
from cinema.services.schedule.publishing import unpublish_show
from cinema.services.schedule.show_edits import Slot, delete_show, edit_show, reschedule_show
from cinema.services.schedule.showtimes import showtime
from cinema.views.staff.access import at_theatre
from cinema.views.staff.schedule.schedule import to_planner
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """The form of a show."""
    show = _find(theatre, pk)
    form = ShowForm(request.POST if request.method == "POST" else None, theatre=theatre, show=show)
    if not form.is_valid():
        return _page(request, theatre, show, form)
    cleaned = form.cleaned_data
    try:
        changes = form.changes
        if form.has_moved:
            changes["starts_at"] = showtime(cleaned["day"], cleaned["at"], theatre, fold=cleaned["fold"])
        saved = edit_show(theatre=theatre, show_id=pk, seen=cleaned["version"], user=request.user, changes=changes)
    except BusinessRuleViolation as error:
        return _refuse(request, theatre, show, form, error)
    messages.success(request, _("Saved."))
    return see_other(to_planner(theatre, saved.trading_day, request.GET.get("view")))


@at_theatre(MANAGER)
@require_POST
def move(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Move a show in the planner; the response has the days concerned, and the error if it failed."""
    show = _find(theatre, pk)
    form, days = RescheduleForm(request.POST, theatre=theatre), {show.trading_day}
    cleaned = form.cleaned_data if form.is_valid() else {}
    try:
        if not cleaned:
            return _days(request, theatre, show, days, str(next(iter(form.errors.values()))[0]))
        days.add(cleaned["day"])
        starts_at = _same_or_new(show, cleaned, theatre)
        slot = Slot(cleaned["screen"], starts_at)
        moved = reschedule_show(theatre=theatre, show_id=pk, slot=slot, seen=cleaned["version"], user=request.user)
    except BusinessRuleViolation as error:
        return _days(request, theatre, show, days, error)
    return _days(request, theatre, moved, days)


@at_theatre(MANAGER)
@require_POST
def delete(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    show = _find(theatre, pk)
    try:
        deleted = delete_show(theatre=theatre, show_id=pk, user=request.user)
    except BusinessRuleViolation as error:
        return _refuse(request, theatre, show, ShowForm(theatre=theatre, show=show), error)
    messages.success(request, _("“%(movie)s” has been deleted from the schedule.") % {"movie": deleted.title})
    return see_other(to_planner(theatre, deleted.trading_day))


@at_theatre(MANAGER)
@require_POST
def unpublish(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    show = _find(theatre, pk)
    try:
        unpublish_show(theatre=theatre, show_id=pk, user=request.user)
    except BusinessRuleViolation as error:
        return _refuse(request, theatre, show, ShowForm(theatre=theatre, show=show), error)
    messages.success(request, _("“%(movie)s” is a draft again.") % {"movie": show.title})
    return see_other(to_planner(theatre, show.trading_day))


def _find(theatre: Theatre, pk: int) -> Show:
    return or_404(selectors.show_to_edit(theatre, pk))


def _same_or_new(show: Show, cleaned: dict[str, Any], theatre: Theatre) -> datetime:
    """The entered start as a moment. An unchanged local time keeps its moment, even if it occurs twice that night."""
    local = show.starts_at.astimezone(theatre.tz)
    if cleaned["day"] == show.trading_day and f"{local:%H:%M}" == f"{cleaned['at']:%H:%M}":
        return show.starts_at
    return showtime(cleaned["day"], cleaned["at"], theatre)


def _refuse(
    request: StaffRequest, theatre: Theatre, show: Show, form: ShowForm, error: BusinessRuleViolation
) -> HttpResponse:
    """The form with the posted values and the error. After an EditConflict, saving again overwrites the change."""
    if isinstance(error, EditConflict):
        form.data = form.data.copy()
        form.data["version"] = str(error.version)
    return _page(request, theatre, show, form, error)


def _page(
    request: StaffRequest,
    theatre: Theatre,
    show: Show,
    form: ShowForm,
    error: BusinessRuleViolation | None = None,
) -> HttpResponse:
    context = {
        "theatre": theatre,
        "show": show,
        "form": form,
        "planner_url": to_planner(theatre, show.trading_day),
        "error": error,
        "twice": isinstance(error, AmbiguousLocalTime),
    }
    status = status_of(error) if error else 400 if form.is_bound else 200
    return render(request, "staff/schedule/show.html", context, status=status)


def _days(
    request: StaffRequest, theatre: Theatre, show: Show, days: set[date], error: BusinessRuleViolation | str = ""
) -> HttpResponse:
    """The ``days`` of the planner anew, with the error if there is one."""
    period = DayRange.from_query({"day": request.POST.get("shown"), "view": request.POST.get("view")}, theatre)
    shown = selectors.planner(theatre, period.days)
    context = {
        "theatre": theatre,
        "planner": shown,
        "period": period,
        "days": [day for day in shown.days if day.day in days],
        "show": show,
        "error": str(error),
    }
    status = status_of(error) if isinstance(error, BusinessRuleViolation) else 400 if error else 200
    return render(request, "staff/schedule/_moved.html", context, status=status)
