"""Tickets: a ticket's page, calendar file and cancellation; the search for a ticket; the account's tickets."""

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cinema.domain import qr
from cinema.exceptions import BusinessRuleViolation, NotCancellable, TicketAdmitted, TooManyWrongEmails
from cinema.forms.orders.tickets import CancelTicketForm, FindTicketForm
from cinema.mail.calendars import has_calendar, ticket_calendar
from cinema.models import Show, Ticket
from cinema.models.annotated import TicketNow
from cinema.selectors.booking import tickets as selectors
from cinema.selectors.booking.exchanges import may_exchange
from cinema.selectors.booking.validity import is_current
from cinema.selectors.core.features import with_features
from cinema.selectors.money.receipts import may_have_receipt
from cinema.selectors.money.refund_ways import ways_back
from cinema.selectors.orders.moves import can_move
from cinema.selectors.orders.show_cancellations import cancellation_of, is_open
from cinema.services.orders import owners as services
from cinema.services.orders.cancellations import cancel_ticket
from cinema.views.public.owners import is_owner, is_proven
from cinema.wallet.apple import has_apple_pass
from cinema.wallet.google import has_google_pass
from cinema.web.client_ip import client_ip
from cinema.web.decorators import personal
from cinema.web.http import HtmxRequest, SignedInRequest
from cinema.web.refusals import set_retry_after, status_of
from cinema.web.shortcuts import or_404

PER_PAGE = 20


def ticket_or_404(code: str) -> TicketNow:
    return or_404(selectors.ticket_by_code(code))


def facts(ticket: TicketNow) -> dict[str, Any]:
    """The template context of every page about one ticket."""
    show, terms, now = ticket.show, selectors.cancellation_terms(ticket), timezone.now()
    admitted = selectors.is_admitted(ticket) and show.status != Show.Status.CANCELLED
    moves = can_move(ticket, now) and not admitted
    return {
        "ticket": ticket,
        "show": show,
        "theatre": show.screen.theatre,
        "terms": terms,
        "cancellation": cancellation_of(show) if show.status == Show.Status.CANCELLED else None,
        "admitted": admitted,
        "can_cancel": ticket.status == Ticket.Status.CONFIRMED and terms.open_at(now) and not admitted,
        "can_move": moves,
        "may_exchange": moves and may_exchange(ticket),
        "can_return": moves and len(ticket.seats.all()) > 1,
        "is_owned": bool(ticket.order.email or ticket.order.user_id),  # False once its buyer was erased
        "can_book": show.on_sale_at(now),
        "has_calendar": has_calendar(ticket),
        "is_current": is_current(ticket),
        "has_apple_pass": has_apple_pass(ticket),
        "has_google_pass": has_google_pass(ticket),
        "has_receipt": may_have_receipt(ticket.order),
        "can_pay": ticket.status == Ticket.Status.PENDING and ticket.hold.is_active_at(now),
        "key": secrets.token_urlsafe(16),
    }


@personal
@require_safe
def ticket(request: HtmxRequest, code: str) -> HttpResponse:
    ticket = ticket_or_404(code)
    context = facts(ticket)
    if ticket.status == Ticket.Status.EXPIRED:
        if later := selectors.later_ticket(ticket):
            return redirect(later)
        context["may_be_paid"] = selectors.may_be_paid(ticket)
    off = context["cancellation"]
    confirmed = ticket.status == Ticket.Status.CONFIRMED
    context["can_exchange"] = confirmed and off is not None and is_open(off, timezone.now())
    if confirmed and ticket.show.status != Show.Status.CANCELLED:
        context["qr"] = qr.svg(ticket.get_absolute_url())
    if confirmed and ticket.show.status == Show.Status.CANCELLED:
        context["ways"] = ways_back(ticket.order, ticket.kept - ticket.kept_vouchers)
    if not confirmed or ticket.kept != ticket.amount:
        context["refunds"] = selectors.refunds_of(ticket)
    return render(request, "public/tickets/ticket.html", context)


@personal
@require_safe
def calendar(request: HtmxRequest, code: str) -> HttpResponse:
    ticket = ticket_or_404(code)
    if not has_calendar(ticket):
        raise Http404
    return HttpResponse(
        ticket_calendar(ticket),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="ticket-{ticket.reference}.ics"'},
    )


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def cancellation(request: HtmxRequest, code: str) -> HttpResponse:
    """Ask for confirmation, showing the refund; then cancel."""
    ticket = ticket_or_404(code)
    user = request.user if request.user.is_authenticated else None
    posted = request.POST if request.method == "POST" else None
    form = CancelTicketForm(posted, ticket=ticket, owner=is_owner(request, ticket))
    if ticket.status == Ticket.Status.CANCELLED:  # a second click, or the back button
        return redirect(ticket)
    context = facts(ticket) | {"form": form}
    context["ways"] = ways_back(ticket.order, context["terms"].money)
    try:
        if context["admitted"]:
            raise TicketAdmitted(ticket)
        if not context["can_cancel"]:
            raise NotCancellable(ticket)
        if is_proven(request, form):
            cancel_ticket(code=code, seen=form.cleaned_data["seen"], user=user)
            messages.success(request, _("Your ticket has been cancelled."))
            return redirect(ticket)
    except BusinessRuleViolation as refusal:
        context |= facts(ticket_or_404(code)) | {"refusal": refusal}
        context["ways"] = ways_back(ticket.order, context["terms"].money)
        page = render(request, "public/tickets/cancellation.html", context, status=status_of(refusal))
        return set_retry_after(page, refusal)
    return render(request, "public/tickets/cancellation.html", context, status=400 if form.is_bound else 200)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def find_ticket(request: HtmxRequest) -> HttpResponse:
    form = FindTicketForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            code = services.find_ticket(**form.cleaned_data, client_ip=client_ip(request))
        except TooManyWrongEmails as refusal:
            form.add_error(None, str(refusal))
            page = render(request, "public/tickets/find.html", {"form": form}, status=status_of(refusal))
            return set_retry_after(page, refusal)
        if code:
            return redirect("ticket", code)
        form.add_error(None, _("We can’t find a ticket with this reference and email address. Please check both."))
    return render(request, "public/tickets/find.html", {"form": form}, status=400 if form.is_bound else 200)


@personal
@login_required
@require_safe
def my_tickets(request: SignedInRequest) -> HttpResponse:
    section = request.GET.get("section")
    section = section if section in selectors.SECTIONS else "coming"
    counts = selectors.ticket_counts(request.user)
    pages = Paginator(selectors.tickets_of(request.user, section), PER_PAGE)
    pages.count = counts[section]  # saves a query
    page = pages.get_page(request.GET.get("page"))
    with_features(ticket.show for ticket in page)
    context = {"section": section, "counts": counts, "page": page}
    return render(request, "public/tickets/my_tickets.html", context)
