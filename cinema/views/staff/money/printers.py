"""The receipt printer of a till: its name, the address that is typed into it, and what waits for it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from cinema.exceptions import BusinessRuleViolation
from cinema.forms.money.tills import PrinterForm, PrintForm
from cinema.models import Printer, Theatre, Till
from cinema.selectors.money.printers import is_off, number_waiting, printer_of
from cinema.selectors.money.tills import session_at, till_at
from cinema.selectors.people.staff import MANAGER
from cinema.services.money.printers import forget_waiting, queue_report_copy, remove_printer, save_printer
from cinema.views.staff.access import at_theatre
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.shortcuts import or_404


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def printer(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """The printer of a till. A new address is in this answer and never again: only its digest is kept."""
    till = or_404(till_at(theatre, pk))
    found = printer_of(till.pk)
    if found and {"renew", "forget", "remove"} & set(request.POST):
        found.till = till
        return _act(request, found)
    form = PrinterForm(request.POST or None, initial={"name": found.name if found else _("Receipt printer")})
    if not form.is_valid():
        return _page(request, till, form, status=400 if request.method == "POST" else 200)
    if secret := save_printer(till=till, name=form.cleaned_data["name"], by=request.user):
        return _page(request, till, form, status=201, secret=secret)
    messages.success(request, _("The printer is saved."))
    return see_other(reverse("staff-tills-printer", args=[theatre.slug, pk]))


@at_theatre(MANAGER)
@require_POST
def print_report(request: StaffRequest, theatre: Theatre, code: str) -> HttpResponse:
    """Print the Z report of a closed session again at the printer of its till, marked as a copy."""
    session, form = or_404(session_at(theatre, code)), PrintForm(request.POST)
    or_404(session.closed_at)
    if not form.is_valid():
        messages.error(request, _("Nothing was printed. Please try again."))
        return see_other(session)
    try:
        queue_report_copy(session=session, by=request.user, key=form.cleaned_data["key"])
        messages.success(request, _("A copy is printed at %(printer)s.") % {"printer": session.till.printer})
    except BusinessRuleViolation as error:
        messages.error(request, str(error))
    return see_other(session)


def _act(request: StaffRequest, printer: Printer) -> HttpResponse:
    till = printer.till
    if "renew" in request.POST:
        secret = save_printer(till=till, name=printer.name, by=request.user, renew=True)
        return _page(request, till, PrinterForm(initial={"name": printer.name}), status=201, secret=secret)
    if "remove" in request.POST:
        remove_printer(printer=printer, by=request.user)
        messages.success(request, _("The printer is removed. Tickets print in the browser again."))
        return see_other(till)
    number = forget_waiting(printer=printer, by=request.user)
    text = ngettext("%(number)d waiting job is forgotten.", "%(number)d waiting jobs are forgotten.", number)
    messages.success(request, text % {"number": number})
    return see_other(reverse("staff-tills-printer", args=[till.theatre.slug, till.pk]))


def _page(request: StaffRequest, till: Till, form: PrinterForm, *, status: int = 200, secret: str = "") -> HttpResponse:
    printer = printer_of(till.pk)
    context: dict[str, Any] = {"theatre": till.theatre, "till": till, "printer": printer, "form": form}
    if printer:
        context |= {"waiting": number_waiting(printer), "is_off": is_off(printer)}
    if secret:
        context["address"] = settings.SITE_URL + reverse("printer", args=[secret])
    return render(request, "staff/tills/printer.html", context, status=status)
