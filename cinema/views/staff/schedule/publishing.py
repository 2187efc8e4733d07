"""Drafts of some days: publish them, give them a price card, or delete them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from cinema.exceptions import BusinessRuleViolation, NotPublishable
from cinema.forms.schedule.schedule import DayRange, DraftsForm
from cinema.models import Theatre
from cinema.selectors.core.features import with_features
from cinema.selectors.people.staff import MANAGER
from cinema.selectors.schedule.publishing import drafts, problems_of
from cinema.services.schedule.publishing import publish_shows
from cinema.services.schedule.show_edits import delete_drafts, give_card
from cinema.views.links import with_query
from cinema.views.staff.access import at_theatre
from cinema.views.staff.schedule.schedule import to_planner
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Preview which drafts are ready; a POST publishes those that were shown as ready, all or none."""
    period = DayRange.from_query(request.GET, theatre)
    if request.method != "POST":
        return _page(request, theatre, period)
    form = DraftsForm(request.POST, theatre=theatre)
    if not form.is_valid():
        return _page(request, theatre, period, status=400)
    try:
        done = publish_shows(theatre=theatre, show_ids=form.cleaned_data["shows"], user=request.user)
    except BusinessRuleViolation as error:
        return _page(request, theatre, period, status=status_of(error), error=error)
    text = ngettext("%(number)d show is on sale.", "%(number)d shows are on sale.", len(done))
    messages.success(request, text % {"number": len(done)})
    return see_other(to_planner(theatre, period.day, period.view))


@at_theatre(MANAGER)
@require_POST
def discard(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    period = DayRange.from_query(request.GET, theatre)
    form = DraftsForm(request.POST, theatre=theatre)
    if not form.is_valid():
        return _page(request, theatre, period, status=400)
    number = delete_drafts(theatre=theatre, show_ids=form.cleaned_data["shows"], user=request.user)
    text = ngettext("%(number)d draft has been deleted.", "%(number)d drafts have been deleted.", number)
    messages.success(request, text % {"number": number})
    return see_other(to_planner(theatre, period.day, period.view))


@at_theatre(MANAGER)
@require_POST
def card(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Give a price card to all drafts without one."""
    period = DayRange.from_query(request.GET, theatre)
    form = DraftsForm(request.POST, theatre=theatre)
    if not form.is_valid() or not form.cleaned_data["price_card"]:
        return _page(request, theatre, period, status=400)
    cleaned = form.cleaned_data
    number = give_card(theatre=theatre, show_ids=cleaned["shows"], card=cleaned["price_card"], user=request.user)
    text = ngettext("%(number)d show has a price card now.", "%(number)d shows have a price card now.", number)
    messages.success(request, text % {"number": number})
    return see_other(with_query(reverse("staff-schedule-publish", args=[theatre.slug]), period.query))


def _page(
    request: StaffRequest,
    theatre: Theatre,
    period: DayRange,
    *,
    status: int = 200,
    error: BusinessRuleViolation | None = None,
) -> HttpResponse:
    shows = with_features(drafts(theatre, period.first, period.last))
    problems = error.problems if isinstance(error, NotPublishable) else problems_of(shows)
    unready = {show.pk for show, _problem in problems}
    context: dict[str, Any] = {
        "theatre": theatre,
        "period": period,
        "shows": shows,
        "ready": [show for show in shows if show.pk not in unready],
        "problems": problems,
        "bare": [show for show in shows if show.price_card is None],
        "form": DraftsForm(theatre=theatre),
        "error": error,
        "planner_url": to_planner(theatre, period.day, period.view),
    }
    return render(request, "staff/schedule/publish.html", context, status=status)
