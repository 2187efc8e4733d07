"""Private hires of screens: the list of a year, and the form of one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cinema.exceptions import BusinessRuleViolation, EditConflict
from cinema.forms.schedule.hires import HireForm, YearForm
from cinema.models import PrivateHire, Theatre
from cinema.selectors.people.staff import MANAGER
from cinema.selectors.schedule import schedule as selectors
from cinema.services.schedule.private_hires import HireTerms, add_hire, delete_hire, edit_hire
from cinema.services.schedule.showtimes import showtime
from cinema.views.staff.access import at_theatre
from cinema.views.staff.schedule.schedule import to_planner
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404


@at_theatre(MANAGER)
@require_safe
def hires(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The private hires of a year with their total."""
    year = YearForm(request.GET).chosen(theatre.trading_day(timezone.now()).year)
    found = selectors.hires_of_year(theatre, year)
    context = {"theatre": theatre, "hires": found, "total": sum(hire.price for hire in found)}
    context |= {"year": year, "before": year - 1, "after": year + 1, "now": timezone.now()}
    return render(request, "staff/schedule/hires.html", context)


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The form for a new hire."""
    form = HireForm(request.POST if request.method == "POST" else None, theatre=theatre)
    return _save(request, theatre, form, None)


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """The form of a hire."""
    hire = _find(theatre, pk)
    form = HireForm(request.POST if request.method == "POST" else None, theatre=theatre, hire=hire)
    return _save(request, theatre, form, hire)


@at_theatre(MANAGER)
@require_POST
def delete(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Delete a hire, so that the screen is free."""
    hire = _find(theatre, pk)
    try:
        delete_hire(theatre=theatre, hire_id=pk, user=request.user)
    except BusinessRuleViolation as error:
        form = HireForm(theatre=theatre, hire=hire)
        return _page(request, theatre, form, hire, error)
    messages.success(request, _("The hire has been deleted, and the screen is free."))
    return see_other(to_planner(theatre, hire.trading_day))


def _save(request: StaffRequest, theatre: Theatre, form: HireForm, hire: PrivateHire | None) -> HttpResponse:
    if not form.is_valid():
        return _page(request, theatre, form, hire)
    about: dict[str, Any] = {"theatre": theatre, "user": request.user}
    try:
        terms = _terms(theatre, form, hire)
        if hire is None:
            saved = add_hire(terms=terms, **about)
        else:
            saved = edit_hire(hire_id=hire.pk, seen=form.cleaned_data["version"], terms=terms, **about)
    except BusinessRuleViolation as error:
        if isinstance(error, EditConflict):
            form.reopen(error.version)
        return _page(request, theatre, form, hire, error)
    messages.success(request, _("Saved."))
    return see_other(to_planner(theatre, saved.trading_day))


def _terms(theatre: Theatre, form: HireForm, hire: PrivateHire | None) -> HireTerms:
    """The entered terms. Where a local time occurs twice, a hire begins at the first and ends at the second of them."""
    cleaned = form.cleaned_data
    if hire and not form.has_moved:
        return HireTerms(starts_at=hire.starts_at, ends_at=hire.ends_at, **form.facts)
    return HireTerms(
        starts_at=showtime(cleaned["day"], cleaned["at"], theatre, fold=0),
        ends_at=showtime(cleaned["day"], cleaned["until"], theatre, fold=1),
        **form.facts,
    )


def _find(theatre: Theatre, pk: int) -> PrivateHire:
    return or_404(selectors.hire_to_edit(theatre, pk))


def _page(
    request: StaffRequest,
    theatre: Theatre,
    form: HireForm,
    hire: PrivateHire | None,
    error: BusinessRuleViolation | None = None,
) -> HttpResponse:
    status = status_of(error) if error else 400 if form.is_bound else 200
    context = {
        "theatre": theatre,
        "form": form,
        "hire": hire,
        "error": error,
        "list_url": reverse("staff-schedule-hires", args=[theatre.slug]),
    }
    context["may_delete"] = hire and hire.starts_at > timezone.now()
    return render(request, "staff/schedule/hire.html", context, status=status)
