"""Tills: set up, open, move cash, count, close; their reports, and one's own PIN."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cinema.domain.cash import sum_of
from cinema.domain.money import format_money
from cinema.exceptions import BusinessRuleViolation
from cinema.forms.money.tills import CashMoveForm, CountForm, PrintForm, TillForm, WitnessForm
from cinema.forms.people.people import NewPinForm
from cinema.models import PaymentMode, Theatre, Till, TillSession
from cinema.models.codes import new_code
from cinema.selectors.money import tills as selectors
from cinema.selectors.people.pins import has_pin
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER
from cinema.services.money.tills import CashMove, Closing, close_till, count_drawer, move_cash, open_till, save_till
from cinema.services.people.pins import prove_pin, set_pin
from cinema.views.staff.access import at_theatre
from cinema.web.client_ip import client_ip
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shared import shared_at
from cinema.web.shortcuts import or_404


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def tills(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The tills of the theatre, and for managers a form for a new one."""
    return _tills_page(request, theatre)


@at_theatre(MANAGER)
@require_POST
def add(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    form = TillForm(request.POST)
    return _save(request, theatre, form, lambda: save_till(theatre=theatre, by=request.user, **form.cleaned_data))


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Rename a till, or put it out of use."""
    till = or_404(selectors.till_at(theatre, pk))
    form = TillForm(request.POST or None, initial={"name": till.name, "active": till.active})
    if request.method != "POST":
        return render(request, "staff/tills/edit.html", {"theatre": theatre, "till": till, "form": form})
    return _save(
        request,
        theatre,
        form,
        lambda: save_till(theatre=theatre, pk=till.pk, by=request.user, **form.cleaned_data),
        till,
    )


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def till(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """A till: how to open it, or its open session; and its latest Z reports."""
    return _till_page(request, or_404(selectors.till_at(theatre, pk)))


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def opening(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Open a till with the float that was counted."""
    found, form = or_404(selectors.till_at(theatre, pk)), CountForm(request.POST)
    if not form.is_valid():
        return _till_page(request, found, status=400, count_form=form)
    try:
        session = open_till(theatre=theatre, pk=found.pk, counts=form.counts, by=request.user)
    except BusinessRuleViolation as error:
        form.add_error(None, str(error))
        return _till_page(request, found, status=status_of(error), count_form=form)
    floated = {"till": found, "amount": format_money(session.opening_float)}
    messages.success(request, _("%(till)s is open with a float of %(amount)s.") % floated)
    return see_other(found)


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def move(request: StaffRequest, theatre: Theatre, code: str) -> HttpResponse:
    """Take cash to the safe, or pay it in or out."""
    session, form = or_404(selectors.session_at(theatre, code)), CashMoveForm(request.POST)
    if not form.is_valid():
        return _till_page(request, session.till, status=400, move_form=form)
    try:
        move_cash(theatre=theatre, code=code, move=CashMove(**form.cleaned_data), by=request.user)
    except BusinessRuleViolation as error:
        form.add_error(None, str(error))
        return _till_page(request, session.till, status=status_of(error), move_form=form)
    messages.success(request, _("%(amount)s is booked.") % {"amount": format_money(form.cleaned_data["amount"])})
    return see_other(session.till)


@at_theatre(MANAGER, BOX_OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def count(request: StaffRequest, theatre: Theatre, code: str) -> HttpResponse:
    """Count a drawer, without seeing what should be in it."""
    session, form = or_404(selectors.session_at(theatre, code)), CountForm(request.POST or None)
    if form.is_valid():
        try:
            count_drawer(theatre=theatre, code=code, counts=form.counts, by=request.user)
            return see_other(reverse("staff-tills-close", args=[theatre.slug, code]))
        except BusinessRuleViolation as error:
            form.add_error(None, str(error))
            return _count_page(request, session, form, status=status_of(error))
    return _count_page(request, session, form, status=400 if form.errors else 200)


@at_theatre(MANAGER, BOX_OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: StaffRequest, theatre: Theatre, code: str) -> HttpResponse:
    """What was counted beside what should be there; close the till with its Z report."""
    session = or_404(selectors.session_at(theatre, code))
    if session.closed_at:
        return see_other(session)
    if session.counted is None:
        return see_other(reverse("staff-tills-count", args=[theatre.slug, code]))
    expected = selectors.in_drawer(session)
    form = WitnessForm(request.POST or None, theatre=theatre, but=request.user) if session.counted != expected else None
    status = 200
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            _close(request, session, form)
            return see_other(session)
        except BusinessRuleViolation as error:
            form = form or WitnessForm(request.POST, theatre=theatre, but=request.user)
            form.add_error(None, str(error))
            status = status_of(error)
    elif request.method == "POST":
        status = 400
    context = {"theatre": theatre, "session": session, "till": session.till, "expected": expected, "form": form}
    context["variance"] = session.counted - expected
    return render(request, "staff/tills/close.html", context, status=status)


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def report(request: StaffRequest, theatre: Theatre, code: str) -> HttpResponse:
    """The X report of an open session, before the count for managers only, or the Z report of a closed one."""
    session = or_404(selectors.session_at(theatre, code))
    if session.counted_at is None and not request.staff_role.may(MANAGER):
        raise Http404  # whoever counts the drawer must not know what is in it
    context = {"theatre": theatre, "session": session, "till": session.till, "report": selectors.report_of(session)}
    context["movements"] = selectors.movements_of(session)
    if session.closed_at and request.staff_role.may(MANAGER):
        context |= {"print_form": PrintForm(), "now": timezone.now()}
    return render(request, "staff/tills/report.html", context)


@at_theatre(MANAGER, BOX_OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def pin(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Set one's own PIN, in a browser of one's own."""
    if shared_at(request):
        messages.error(request, _("Please change your PIN in a browser of your own, signed in with your password."))
        return see_other(reverse("staff-tills", args=[theatre.slug]))
    form = NewPinForm(request.POST or None)
    if form.is_valid():
        set_pin(theatre=theatre, user=request.user, pin=form.cleaned_data["pin"], by=request.user)
        messages.success(request, _("Your new PIN is set."))
        return see_other(reverse("staff-tills", args=[theatre.slug]))
    context = {"theatre": theatre, "form": form, "person": request.user}
    return render(request, "staff/tills/pin.html", context, status=400 if form.errors else 200)


def _save(request: StaffRequest, theatre: Theatre, form: TillForm, save: Any, till: Till | None = None) -> HttpResponse:
    status = 400
    if form.is_valid():
        try:
            save()
            messages.success(request, _("The till is saved."))
            return see_other(reverse("staff-tills", args=[theatre.slug]))
        except BusinessRuleViolation as error:
            form.add_error(None, str(error))
            status = status_of(error)
    if till:
        context = {"theatre": theatre, "till": till, "form": form}
        return render(request, "staff/tills/edit.html", context, status=status)
    return _tills_page(request, theatre, form, status=status)


def _close(request: StaffRequest, session: TillSession, form: WitnessForm | None) -> None:
    closing = Closing(request.user)
    if form:
        witness, word = form.cleaned_data["witness"], form.cleaned_data["pin"]
        prove_pin(theatre=session.theatre, user=witness, pin=word, client_ip=client_ip(request))
        closing = Closing(request.user, form.cleaned_data["reason"], witness)
    closed = close_till(theatre=session.theatre, code=session.code, closing=closing)
    messages.success(request, _("The till is closed with Z report %(number)s.") % {"number": closed.z_number})


def _tills_page(
    request: StaffRequest, theatre: Theatre, form: TillForm | None = None, *, status: int = 200
) -> HttpResponse:
    context = {"theatre": theatre, "tills": selectors.tills_of(theatre), "form": form or TillForm()}
    context |= {"is_manager": request.staff_role.may(MANAGER), "has_pin": has_pin(theatre, request.user)}
    return render(request, "staff/tills/tills.html", context, status=status)


def _till_page(request: StaffRequest, till: Till, *, status: int = 200, **forms: Any) -> HttpResponse:
    context: dict[str, Any] = {"theatre": till.theatre, "till": till, "session": selectors.open_session(till)}
    context |= {"count_form": CountForm(), "move_form": CashMoveForm(initial={"key": new_code()})} | forms
    context |= {"reports": selectors.closed_sessions(till), "is_manager": request.staff_role.may(MANAGER)}
    context["has_readers"] = PaymentMode.READER in settings.COUNTER_GATEWAYS
    if context["session"]:
        context["movements"] = selectors.movements_of(context["session"])
    return render(request, "staff/tills/till.html", context, status=status)


def _count_page(request: StaffRequest, session: TillSession, form: CountForm, *, status: int) -> HttpResponse:
    if session.closed_at:
        return see_other(session)
    context = {"theatre": session.theatre, "till": session.till, "session": session, "form": form}
    context["sum"] = sum_of(form.counts) if form.is_valid() else None
    return render(request, "staff/tills/count.html", context, status=status)
