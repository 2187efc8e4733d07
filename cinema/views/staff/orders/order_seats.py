"""Move an order to other seats of its show, or exchange it for another show."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cinema.domain.seating.blocks import SeatAlternatives
from cinema.exceptions import BusinessRuleViolation, SeatsNotChangeable
from cinema.forms.booking.booking import is_key
from cinema.forms.orders.orders import ExchangeOrderForm, MoveOrderForm, StaffActionForm
from cinema.models import Show, Theatre, Ticket
from cinema.selectors.booking.seat_map import seat_map, show_for_sale
from cinema.selectors.booking.tickets import ticket_by_code
from cinema.selectors.orders.moves import can_move, move_map
from cinema.selectors.orders.orders import events_of, exchange_shows
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER
from cinema.services.orders.exchanges import exchange_order
from cinema.services.orders.orders import move_order
from cinema.views.public.seating import explain
from cinema.views.staff.access import at_theatre
from cinema.views.staff.orders.orders import order_or_404
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404


class SeatPage(NamedTuple):
    """What the page with the map of a show is about: the order, and the form with the choice."""

    theatre: Theatre
    ticket: Ticket
    show: Show
    form: Any

    @property
    def chosen(self) -> Collection[int]:
        return self.form.readable if self.form.is_bound else ()


@at_theatre(MANAGER, BOX_OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def order_move(request: StaffRequest, theatre: Theatre, reference: str) -> HttpResponse:
    """The map with the order's seats selected. A POST moves it to other seats."""
    ticket = or_404(ticket_by_code(order_or_404(theatre, reference).code))
    form = _form(MoveOrderForm, request, ticket)
    error: BusinessRuleViolation | str = _first_error(form)
    if form.is_bound and form.is_valid():
        try:
            move_order(code=ticket.code, seat_ids=form.cleaned_data["seats"], requested=form.requested(request.user))
            messages.success(request, _("The seats have been changed. The buyer gets the ticket again by email."))
            return _to_order(theatre, ticket)
        except BusinessRuleViolation as refusal:
            error = refusal
    show = or_404(show_for_sale(ticket.show_id))
    page = SeatPage(theatre, ticket, show, form)
    if not can_move(ticket, show.now, staff=True):
        error = error if isinstance(error, SeatsNotChangeable) else SeatsNotChangeable(ticket, staff=True)
        return _show(request, "move", page, error, refusal=error)
    return _show(request, "move", page, error, map=move_map(ticket, show, page.chosen, staff=True))


@at_theatre(MANAGER, BOX_OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def order_exchange(request: StaffRequest, theatre: Theatre, reference: str) -> HttpResponse:
    """A list of shows to exchange for; with ``show`` in the query, the map of that show."""
    ticket = or_404(ticket_by_code(order_or_404(theatre, reference).code))
    form = _form(ExchangeOrderForm, request, ticket)
    asked = request.GET.get("show", "")
    if not asked:
        return _choose_show(request, theatre, ticket, form)
    show = show_for_sale(int(asked)) if is_key(asked) else None
    if show is None or show.screen.theatre_id != theatre.pk:
        raise Http404
    error: BusinessRuleViolation | str = _first_error(form)
    if form.is_bound and form.is_valid():
        cleaned = form.cleaned_data
        try:
            exchange_order(
                code=ticket.code,
                show_id=show.pk,
                seat_ids=() if cleaned["best"] else cleaned["seats"],
                requested=form.requested(request.user),
                refund_difference=cleaned["refund_difference"],
            )
            messages.success(request, _("The ticket is now for this show. The buyer gets it again by email."))
            return _to_order(theatre, ticket)
        except BusinessRuleViolation as refusal:
            error = refusal
    page = SeatPage(theatre, ticket, show, form)
    return _show(request, "exchange", page, error, map=seat_map(show, buyer="", chosen=page.chosen))


def _choose_show(request: StaffRequest, theatre: Theatre, ticket: Ticket, form: StaffActionForm) -> HttpResponse:
    everything = request.GET.get("films") == "all"
    day = _day(request.GET.get("day", "")) or theatre.trading_day(timezone.now())
    shows = exchange_shows(ticket, theatre, day if everything else None)
    context = {"theatre": theatre, "ticket": ticket, "shows": shows, "all": everything, "day": day}
    return render(request, "staff/orders/exchange_shows.html", context, status=400 if form.is_bound else 200)


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        return None


def _form(kind: type[StaffActionForm], request: StaffRequest, ticket: Ticket) -> Any:
    events = events_of(ticket)
    return kind(request.POST if request.method == "POST" else None, seen=events[-1].pk if events else 0)


def _first_error(form: StaffActionForm) -> str:
    return str(next(iter(form.errors.get("seats", [])), "")) if form.is_bound else ""


def _show(
    request: StaffRequest, name: str, page: SeatPage, error: BusinessRuleViolation | str, **more: Any
) -> HttpResponse:
    """The map to choose seats on, with the reason why a choice was rejected."""
    form = page.form
    if form.is_bound:
        events = events_of(page.ticket)
        form.latest = events[-1].pk if events else 0
        form.renew()
        form.errors.pop("seats", None)  # explained at the map
    hall = SeatAlternatives([seat.place for seat in more["map"].seats] if error and "map" in more else [])
    context = page._asdict() | explain(error, page.chosen, hall) | {"offers": []} | more
    status = status_of(error) if isinstance(error, BusinessRuleViolation) else 400 if form.is_bound else 200
    return render(request, f"staff/orders/{name}.html", context, status=status)


def _to_order(theatre: Theatre, ticket: Ticket) -> HttpResponse:
    return see_other(reverse("staff-orders-order", args=[theatre.slug, ticket.reference]))
