"""The theatres, for owners: list, add, change settings."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cinema.exceptions import BusinessRuleViolation, EditConflict
from cinema.forms.halls.tax_rules import TaxRuleForm
from cinema.forms.halls.theatres import TheatreForm, time_zones
from cinema.models import Theatre
from cinema.selectors.halls.tax_rules import tax_table
from cinema.selectors.halls.theatres import planned_at, theatre_by_slug, theatres_with_screens
from cinema.services.halls.theatres import add_theatre, edit_theatre
from cinema.views.staff.access import anywhere
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404


@anywhere()
@require_safe
def theatres(request: StaffRequest) -> HttpResponse:
    return render(request, "staff/theatres/theatres.html", {"theatres": theatres_with_screens()})


@anywhere()
@require_http_methods(["GET", "HEAD", "POST"])
def theatre_add(request: StaffRequest) -> HttpResponse:
    form = TheatreForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return theatre_page(request, form)
    if not form.is_valid():
        return theatre_page(request, form, status=400)
    try:
        theatre = add_theatre(settings=form.settings, user=request.user)
    except BusinessRuleViolation as error:
        form.add_error(None, str(error))
        return theatre_page(request, form, status=status_of(error))
    messages.success(request, _("“%(theatre)s” has been added. Next, name its seat categories.") % {"theatre": theatre})
    return see_other("staff")


@anywhere()
@require_http_methods(["GET", "HEAD", "POST"])
def theatre_edit(request: StaffRequest, slug: str) -> HttpResponse:
    theatre = or_404(theatre_by_slug(slug))
    data = request.POST if request.method == "POST" else None
    form = TheatreForm(data, theatre=theatre)
    if request.method != "POST":
        return theatre_page(request, form, theatre)
    if not form.is_valid():
        return theatre_page(request, form, theatre, status=400)
    version = form.cleaned_data["version"]
    try:
        edit_theatre(theatre=theatre, version=version, settings=form.settings, user=request.user)
    except EditConflict as error:
        form.add_error(None, str(error))
        form.reopen(error.version)
        return theatre_page(request, form, theatre, status=status_of(error))
    except BusinessRuleViolation as error:
        form.add_error("time_zone", str(error))
        return theatre_page(request, form, theatre, status=status_of(error))
    messages.success(request, _("The settings of “%(theatre)s” have been saved.") % {"theatre": form.settings["name"]})
    return see_other(reverse("staff-theatres"))


def theatre_page(
    request: StaffRequest,
    form: TheatreForm,
    theatre: Theatre | None = None,
    more: Mapping[str, Any] = MappingProxyType({}),
    *,
    status: int = 200,
) -> HttpResponse:
    """The page of a theatre's settings, with ``more`` about its tax rules; or that of a new theatre."""
    context: dict[str, Any] = {"form": form, "place": theatre, "zones": time_zones()}
    if theatre:
        context["planned"] = planned_at(theatre)
        context |= {"taxes": tax_table(theatre), "tax_form": TaxRuleForm(theatre=theatre)}
    return render(request, "staff/theatres/theatre.html", context | dict(more), status=status)
