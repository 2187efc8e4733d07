"""Printing at the counter: in the browser, or at the receipt printer of the till, whose jobs sellers decide about."""

import hashlib
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import reswap

from cinema.domain import qr
from cinema.exceptions import BusinessRuleViolation
from cinema.forms.orders.counter import DrawerForm, ReprintForm
from cinema.models import Order, PrintJob, Theatre
from cinema.models.annotated import PrinterNow
from cinema.selectors.money.printers import is_off, job_at, jobs_to_decide, printer_of
from cinema.selectors.orders.counter import order_to_print
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER
from cinema.services.money.printers import (
    drop_job,
    drop_waiting,
    open_drawer,
    print_anyway,
    print_in_browser,
    queue_copy,
)
from cinema.services.people.pins import prove_pin
from cinema.views.staff.access import at_theatre, till_of
from cinema.views.staff.orders.permissions import permit
from cinema.web.client_ip import client_ip
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404

POLL_SECONDS = 5


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def printed(request: StaffRequest, theatre: Theatre, reference: str) -> HttpResponse:
    """The tickets and gift cards of an order, on 80 mm or A4. The codes are on the page once, after the sale."""
    order, now = or_404(order_to_print(theatre, reference)), False
    if request.session.get("to_print") == reference:
        del request.session["to_print"]
        now = not vars(order)["queued"] or _is_first(order)
    return _paper(request, theatre, order, now=now)


@at_theatre(MANAGER, BOX_OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def reprint(request: StaffRequest, theatre: Theatre, reference: str) -> HttpResponse:
    """Print the tickets and gift cards of an order again, which is counted and needs a permission and a reason: in the
    browser, or with ``printer`` at the receipt printer of the till."""
    order, session = or_404(order_to_print(theatre, reference)), till_of(request, theatre)
    may, waits = request.staff_role.may(MANAGER), order.print_jobs.filter(state=PrintJob.State.WAITING).exists()
    form = ReprintForm(request.POST or None, theatre=theatre, may=may, waits=waits)
    status = 400 if form.errors else 200
    context: dict[str, Any] = {"theatre": theatre, "order": order, "till": session.till if session else None}
    if form.is_valid():
        try:
            permission = permit(request, theatre, form)
            if session is None or "printer" not in request.POST:
                print_in_browser(session=session, order=order, permission=permission)
                return _paper(request, theatre, order, now=True)
            queue_copy(session=session, order=order, permission=permission)
            messages.success(request, _("They are printed in a moment."))
            return see_other(reverse("staff-sell-print", args=[theatre.slug, reference]))
        except BusinessRuleViolation as error:
            form.add_error(None, str(error))
            status = status_of(error)
    return render(request, "staff/counter/reprint.html", context | {"form": form}, status=status)


def _paper(request: StaffRequest, theatre: Theatre, order: Order, *, now: bool) -> HttpResponse:
    """The page that is printed, with codes only if it is printed ``now``."""
    for ticket in order.ticket_list if now else ():
        vars(ticket)["qr"] = qr.svg(ticket.get_absolute_url()) if ticket.status == ticket.Status.CONFIRMED else ""
    for card in order.card_list if now else ():
        vars(card)["qr"] = qr.svg(card.get_absolute_url())
    context = {"theatre": theatre, "order": order, "now": now}
    return render(request, "staff/counter/print.html", context)


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def printer(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """How the printer of this browser's till is, and the jobs that wait for a decision. htmx gets only what is on the
    page of the counter, if it has changed since."""
    session = till_of(request, theatre)
    found = printer_of(session.till_id) if session else None
    if found is None:
        return reswap(HttpResponse(), "none") if request.htmx else redirect("staff-sell", theatre.slug)
    jobs, off = jobs_to_decide(found), is_off(found)
    context = {"theatre": theatre, "printer": found, "jobs": jobs, "is_off": off, "poll_seconds": POLL_SECONDS}
    context["known"] = _state(found, off, jobs)
    if request.htmx and request.GET.get("known") == context["known"]:
        return reswap(HttpResponse(), "none")
    return render(request, f"staff/counter/{'_printer' if request.htmx else 'printer'}.html", context)


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def decide(request: StaffRequest, theatre: Theatre, code: str) -> HttpResponse:
    """Print a job that waits for a decision, or with ``drop`` do not."""
    job = or_404(job_at(theatre, code))
    try:
        if "drop" in request.POST:
            drop_job(job=job)
        else:
            print_anyway(job=job, till=till_of(request, theatre), by=request.user)
            messages.success(request, _("It is printed at %(printer)s.") % {"printer": job.printer})
    except BusinessRuleViolation as error:
        messages.error(request, str(error))
    return see_other(reverse("staff-sell", args=[theatre.slug]))


@at_theatre(MANAGER, BOX_OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def drawer(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Open the drawer of this browser's till without a sale, with the PIN of a supervisor."""
    session, form, status = till_of(request, theatre), DrawerForm(request.POST or None, theatre=theatre), 200
    if session is None or not session.till.has_printer:
        return redirect("staff-sell-printer", theatre.slug)
    if request.method == "POST":
        status = 400
    if form.is_valid():
        supervisor = form.cleaned_data["supervisor"]
        try:
            prove_pin(theatre=theatre, user=supervisor, pin=form.cleaned_data["pin"], client_ip=client_ip(request))
            said = {name: form.cleaned_data[name] for name in ("reason", "key")}
            open_drawer(session=session, by=request.user, supervisor=supervisor, **said)
            messages.success(request, _("The drawer opens in a moment."))
            return see_other(reverse("staff-sell", args=[theatre.slug]))
        except BusinessRuleViolation as error:
            form.add_error(None, str(error))
            status = status_of(error)
    context = {"theatre": theatre, "session": session, "form": form}
    return render(request, "staff/counter/drawer.html", context, status=status)


def _is_first(order: Order) -> bool:
    """Whether tickets that are printed here were to be printed at a receipt printer, which now does not."""
    return bool(vars(order)["queued"] and drop_waiting(order=order))


def _state(printer: PrinterNow, off: bool, jobs: list[PrintJob]) -> str:
    """A short name for what the page shows, to tell whether it has changed."""
    parts = [printer.name, printer.status, str(off), *(f"{job.code} {job.state}" for job in jobs)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
