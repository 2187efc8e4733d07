"""The planner: a week or a day of all screens; add runs of shows, and copy days."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import reswap, retarget

from cinema.domain.clock import clock_style
from cinema.exceptions import BusinessRuleViolation
from cinema.forms.schedule.schedule import DAY, WEEK, CopyForm, DayRange, PlanForm
from cinema.models import Screen, Theatre
from cinema.selectors.people.staff import MANAGER
from cinema.selectors.schedule import schedule as selectors
from cinema.services.schedule.copying import copy_rows
from cinema.services.schedule.plan_rows import PlanRow, check_rows, run_days, run_rows
from cinema.services.schedule.planning import plan_rows
from cinema.services.schedule.schedule import ShowPlan
from cinema.views.links import with_query
from cinema.views.staff.access import at_theatre
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest

ADDING = "adding"  # in the planner's query: its form for new shows stays open


@at_theatre(MANAGER)
@require_safe
def planner(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The shows of a week or a day by screen and time; htmx gets only the days."""
    period = DayRange.from_query(request.GET, theatre)
    context = {"theatre": theatre, "period": period, "planner": selectors.planner(theatre, period.days)}
    if request.htmx:
        return render(request, "staff/schedule/_planner.html", context | {"swapped": True})
    context |= {"form": _blank(theatre, period, request), "adding": ADDING in request.GET}
    context["clock"] = clock_style()._asdict()
    return render(request, "staff/schedule/planner.html", context)


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Plan a show or a run: at once if every row is possible, else after a preview."""
    period = DayRange.from_query(request.GET, theatre)
    form = PlanForm(request.POST, theatre=theatre) if request.method == "POST" else _blank(theatre, period, request)
    context: dict[str, Any] = {"theatre": theatre, "form": form, "period": period}
    if not form.is_valid():
        return _add_page(request, context, status=400 if form.is_bound else 200)
    try:
        rows = _run(form, theatre)
        check_rows(rows)
        if all(row.show for row in rows) or (request.POST.get("confirm") and any(row.show for row in rows)):
            rows = plan_rows(theatre=theatre, rows=rows, user=request.user, how="run")
            report_outcome(request, rows)
            planned = to_planner(theatre, form.cleaned_data["first_day"], request.GET.get("view"))
            return see_other(f"{planned}&{ADDING}")
    except BusinessRuleViolation as error:
        form.add_error(None, str(error))
        return _add_page(request, context, status=409)
    return _add_page(request, context | outcome(rows), status=409)


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Copy a day or a week: first a preview, then the rows that are possible."""
    asked = {name: request.GET.get(name, "") for name in ("span", "source", "target")}
    form = CopyForm(request.POST if request.method == "POST" else None, theatre=theatre, initial=asked)
    context: dict[str, Any] = {"theatre": theatre, "form": form}
    status = 400 if form.is_bound else 200
    if form.is_valid():
        cleaned, status = form.cleaned_data, 200
        shows = selectors.shows_to_copy(theatre, cleaned["first"], cleaned["last"])
        rows = copy_rows(theatre=theatre, shows=shows, days=cleaned["days"], card=cleaned["price_card"])
        try:
            if request.POST.get("confirm"):
                report_outcome(request, plan_rows(theatre=theatre, rows=rows, user=request.user, how="copy"))
                return see_other(to_planner(theatre, cleaned["target"], cleaned["span"]))
            check_rows(rows)
            context |= outcome(rows)
        except BusinessRuleViolation as error:
            form.add_error(None, str(error))
            status = 409
    return render(request, "staff/schedule/copy.html", context, status=status)


def outcome(rows: Sequence[PlanRow]) -> dict[str, Any]:
    """The template context of a preview: rows with problems first."""
    good = sum(row.show is not None for row in rows)
    return {
        "rows": sorted(rows, key=lambda row: row.show is not None),
        "good": good,
        "bad": len(rows) - good,
        "twice": any(row.twice for row in rows),
    }


def report_outcome(request: StaffRequest, rows: Sequence[PlanRow]) -> None:
    """Add messages about the rows planned and those not planned."""
    good = sum(row.show is not None for row in rows)
    text = ngettext("%(number)d draft has been planned.", "%(number)d drafts have been planned.", good)
    (messages.success if good else messages.warning)(request, text % {"number": good})
    left = [row for row in rows if row.problem]
    if left:
        text = ngettext(
            "%(number)d row was left out: %(why)s", "%(number)d rows were left out, the first: %(why)s", len(left)
        )
        messages.warning(request, text % {"number": len(left), "why": left[0].problem})


def to_planner(theatre: Theatre, day: date, view: str | None = None) -> str:
    """The URL of the planner around a day."""
    query = {"day": day.isoformat(), "view": DAY if view == DAY else ""}
    return with_query(reverse("staff-schedule", args=[theatre.slug]), query)


def _run(form: PlanForm, theatre: Theatre) -> list[PlanRow]:
    cleaned, screen = form.cleaned_data, _at_home(form.cleaned_data["screen"], theatre)

    def plan(starts_at: datetime) -> ShowPlan:
        return ShowPlan(starts_at=starts_at, **form.version_data | {"screen": screen})

    return run_rows(
        days=run_days(first=cleaned["first_day"], last=cleaned["last_day"], weekdays=cleaned["weekdays"]),
        times=cleaned["times"],
        fold=cleaned["fold"],
        plan=plan,
        theatre=theatre,
        film=form.title,
        screen=str(screen),
    )


def _at_home(screen: Screen, theatre: Theatre) -> Screen:
    screen.theatre = theatre  # so that it is not read again for every show
    return screen


def _blank(theatre: Theatre, period: DayRange, request: StaffRequest) -> PlanForm:
    """The form for new shows, with values from the query and defaults of the theatre."""
    usual = {name: getattr(theatre, name) for name in ("trailers", "turnaround", "sales_cutoff")}
    first = max(period.first, period.today) if period.last >= period.today else period.first
    asked = {name: request.GET[name] for name in ("movie", "screen") if name in request.GET}
    last = period.last if period.view == WEEK else None
    form = PlanForm(theatre=theatre, initial=usual | {"first_day": first, "last_day": last} | asked)
    cards = list(form.price_cards[:2])
    if len(cards) == 1:
        form.initial["price_card"] = cards[0].pk
    return form


def _add_page(request: StaffRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
    if request.htmx:
        form = render(request, "staff/schedule/_add.html", context | {"live": True}, status=status)
        return reswap(retarget(form, "#add"), "outerHTML")
    return render(request, "staff/schedule/add.html", context, status=status)
