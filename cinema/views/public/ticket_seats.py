"""Changing the seats of a paid ticket."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cinema.domain.seating.blocks import SeatAlternatives
from cinema.domain.seating.names import seat_codes
from cinema.exceptions import BusinessRuleViolation, SeatsNotChangeable, TicketAdmitted, TooManyWrongEmails
from cinema.forms.orders.moves import ChangeSeatsForm
from cinema.models import Ticket
from cinema.selectors.booking.exchanges import may_exchange
from cinema.selectors.booking.seat_map import show_for_sale
from cinema.selectors.booking.tickets import is_admitted
from cinema.selectors.orders.moves import can_move, move_map, suits
from cinema.services.booking.ledger import Actor, Author
from cinema.services.orders.moves import change_seats
from cinema.views.public.owners import is_owner, is_proven
from cinema.views.public.seating import explain
from cinema.views.public.tickets import ticket_or_404
from cinema.web.decorators import personal, see_other
from cinema.web.http import HtmxRequest
from cinema.web.refusals import set_retry_after, status_of
from cinema.web.shortcuts import or_404


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def ticket_seats(request: HtmxRequest, code: str) -> HttpResponse:
    """The map with the ticket's seats selected. A POST moves the ticket to other seats."""
    ticket = ticket_or_404(code)
    form = ChangeSeatsForm(
        request.POST if request.method == "POST" else None, ticket=ticket, owner=is_owner(request, ticket)
    )
    if not form.is_bound:
        return _page(request, ticket, form)
    try:
        proven = is_proven(request, form)
    except TooManyWrongEmails as error:
        return set_retry_after(_page(request, ticket, form, form.readable, error), error)
    if not proven:
        sentence = str(next(iter(form.errors.get("seats", [])), ""))
        return _page(request, ticket, form, form.readable, sentence)
    seat_ids = form.cleaned_data["seats"]
    user = request.user if request.user.is_authenticated else None
    try:
        change_seats(code=code, seat_ids=seat_ids, by=Author(Actor.BUYER, user), insist=form.cleaned_data["insist"])
    except BusinessRuleViolation as error:
        return _page(request, ticket, form, seat_ids, error)
    seats = seat_codes(line.show_seat.seat for line in ticket_or_404(code).seats.all())
    messages.success(request, _("You’re now in %(seats)s. We’ve emailed your updated ticket.") % {"seats": seats})
    return see_other(ticket)


def _page(
    request: HtmxRequest,
    ticket: Ticket,
    form: ChangeSeatsForm,
    chosen: Collection[int] = (),
    error: BusinessRuleViolation | str = "",
) -> HttpResponse:
    """The map to choose seats on, or why they cannot be changed."""
    show = or_404(show_for_sale(ticket.show_id))
    context: dict[str, Any] = {"ticket": ticket, "show": show, "theatre": show.screen.theatre, "form": form}
    admitted = is_admitted(ticket)
    if admitted or not can_move(ticket, show.now):
        why = TicketAdmitted(ticket) if admitted else SeatsNotChangeable(ticket)
        refusal = error if isinstance(error, type(why)) else why
        return render(request, "public/tickets/seats.html", context | {"refusal": refusal}, status=409)
    form.errors.pop("seats", None)  # explained at the map
    seats = move_map(ticket, show, chosen)
    hall = SeatAlternatives([seat.place for seat in seats.seats] if error else [])
    context |= explain(error, chosen, hall) | {"map": seats, "may_exchange": may_exchange(ticket)}
    context["offers"] = [offer for offer in context.get("offers", []) if suits(ticket, offer.seat_ids, seats)]
    status = status_of(error) if isinstance(error, BusinessRuleViolation) else 400 if form.is_bound else 200
    return render(request, "public/tickets/seats.html", context, status=status)
