"""The ticket types of a theatre, such as adult, child, senior."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cinema.exceptions import BusinessRuleViolation, EditConflict
from cinema.forms.prices.prices import EditTicketTypeForm, TicketTypeForm
from cinema.models import Theatre, TicketType
from cinema.selectors.people.staff import MANAGER
from cinema.services.prices.ticket_types import (
    add_ticket_types,
    change_ticket_type,
    move_ticket_type,
    retire_ticket_type,
    usual_types,
)
from cinema.views.staff.access import at_theatre
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def types(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The ticket types. A POST adds one, or the usual ones if ``usual`` is posted."""
    usual = "usual" in request.POST
    form = TicketTypeForm(request.POST if request.method == "POST" and not usual else None)
    if request.method != "POST":
        return _page(request, theatre, form)
    if not usual and not form.is_valid():
        return _page(request, theatre, form, status=400)
    types = usual_types() if usual else [form.terms]
    try:
        add_ticket_types(theatre=theatre, types=types, user=request.user)
    except BusinessRuleViolation as error:
        return _page(request, theatre, form, error=error)
    messages.success(request, _("Added. Now set its prices on the price cards."))
    return _back(theatre)


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Change the name, note or rules of a ticket type."""
    kind = _find(theatre, pk)
    form = EditTicketTypeForm.of(kind, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _edit_page(request, theatre, kind, form)
    if not form.is_valid():
        return _edit_page(request, theatre, kind, form)
    try:
        change_ticket_type(
            theatre=theatre, pk=pk, version=form.cleaned_data["version"], to=form.terms, user=request.user
        )
    except BusinessRuleViolation as error:
        if isinstance(error, EditConflict):
            form.reopen(error.version)
        return _edit_page(request, theatre, kind, form, error=error)
    messages.success(request, _("Saved."))
    return _back(theatre)


@at_theatre(MANAGER)
@require_POST
def move(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Move a ticket type one place down, or up if ``up`` is posted."""
    _find(theatre, pk)
    try:
        move_ticket_type(theatre=theatre, pk=pk, up="up" in request.POST, user=request.user)
    except BusinessRuleViolation as error:
        return _page(request, theatre, TicketTypeForm(), error=error)
    return _back(theatre)


@at_theatre(MANAGER)
@require_POST
def retire(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Retire a ticket type, or bring it back if ``back`` is posted."""
    kind, retired = _find(theatre, pk), "back" not in request.POST
    try:
        retire_ticket_type(theatre=theatre, pk=pk, retired=retired, user=request.user)
    except BusinessRuleViolation as error:
        return _page(request, theatre, TicketTypeForm(), error=error)
    text = (
        _(
            "“%(name)s” has been retired. "
            "Shows that already have prices sell it until you apply their price cards again."
        )
        if retired
        else _("“%(name)s” is back, with the prices it had.")
    )
    messages.success(request, text % {"name": kind.name})
    return _back(theatre)


def _page(
    request: StaffRequest,
    theatre: Theatre,
    form: TicketTypeForm,
    *,
    error: BusinessRuleViolation | None = None,
    status: int = 200,
) -> HttpResponse:
    kinds = list(theatre.ticket_types.order_by("rank"))
    context = {
        "theatre": theatre,
        "kinds": [kind for kind in kinds if kind.retired_at is None],
        "retired": [kind for kind in kinds if kind.retired_at],
        "usual": usual_types() if not kinds else (),
        "form": form,
        "error": error,
    }
    return render(request, "staff/prices/types.html", context, status=status_of(error) if error else status)


def _edit_page(
    request: StaffRequest,
    theatre: Theatre,
    kind: TicketType,
    form: TicketTypeForm,
    *,
    error: BusinessRuleViolation | None = None,
) -> HttpResponse:
    status = status_of(error) if error else 400 if request.method == "POST" else 200
    context = {"theatre": theatre, "kind": kind, "form": form, "error": error}
    return render(request, "staff/prices/type.html", context, status=status)


def _find(theatre: Theatre, pk: int) -> TicketType:
    return get_object_or_404(theatre.ticket_types, pk=pk)


def _back(theatre: Theatre) -> HttpResponse:
    return see_other(reverse("staff-prices-types", args=[theatre.slug]))
