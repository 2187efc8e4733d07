"""The tax rules of a theatre, for owners, on the page of its settings."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cinema.exceptions import BusinessRuleViolation, EditConflict
from cinema.forms.core.fields import VersionedForm
from cinema.forms.halls.tax_rules import TaxRuleForm
from cinema.forms.halls.theatres import TheatreForm
from cinema.models import Theatre
from cinema.selectors.halls.theatres import theatre_by_slug
from cinema.services.halls.tax_rules import add_tax_rule, remove_tax_rule
from cinema.views.staff.access import anywhere
from cinema.views.staff.halls.theatres import theatre_page
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404


@anywhere()
@require_POST
def tax_rule_add(request: StaffRequest, slug: str) -> HttpResponse:
    theatre = or_404(theatre_by_slug(slug))
    form = TaxRuleForm(request.POST, theatre=theatre)
    if not form.is_valid():
        return _page(request, theatre, form, status=400)
    try:
        add_tax_rule(theatre=theatre, version=form.cleaned_data["version"], band=form.band, user=request.user)
    except BusinessRuleViolation as error:
        if isinstance(error, EditConflict):
            form.reopen(error.version)
        form.add_error(None, str(error))
        return _page(request, theatre, form, status=status_of(error))
    messages.success(request, _("The tax rule has been added."))
    return _back(theatre)


@anywhere()
@require_POST
def tax_rule_remove(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    theatre = or_404(theatre_by_slug(slug))
    rule = get_object_or_404(theatre.tax_rules, pk=pk)
    seen = VersionedForm(request.POST)
    form = TaxRuleForm(theatre=theatre)
    if not seen.is_valid():
        return _page(request, theatre, form, error=str(seen.errors["version"][0]), status=400)
    try:
        remove_tax_rule(theatre=theatre, version=seen.cleaned_data["version"], pk=rule.pk, user=request.user)
    except EditConflict as error:
        return _page(request, theatre, form, error=str(error), status=status_of(error))
    messages.success(request, _("The tax rule has been removed. What was sold keeps its tax."))
    return _back(theatre)


def _page(request: StaffRequest, theatre: Theatre, form: TaxRuleForm, *, error: str = "", status: int) -> HttpResponse:
    more = {"tax_form": form, "tax_error": error}
    return theatre_page(request, TheatreForm(theatre=theatre), theatre, more, status=status)


def _back(theatre: Theatre) -> HttpResponse:
    return see_other(reverse("staff-theatres-edit", args=[theatre.slug]) + "#tax")
