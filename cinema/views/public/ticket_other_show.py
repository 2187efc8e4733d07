"""Exchanging a ticket for another show of the film, by its buyer."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cinema.domain.seating.blocks import SeatAlternatives
from cinema.exceptions import BusinessRuleViolation, PriceChanged, RefundChanged, TicketAdmitted, UnknownShow
from cinema.forms.orders.tickets import ConfirmForm, ExchangeSeatsForm, UpgradeForm
from cinema.models import Show, Ticket
from cinema.models.annotated import TicketNow
from cinema.selectors.booking.seat_map import seat_map, show_for_sale
from cinema.selectors.booking.tickets import cancel_until, is_admitted
from cinema.selectors.money.refund_ways import ways_back
from cinema.selectors.orders.moves import move_map
from cinema.selectors.orders.show_cancellations import other_shows
from cinema.services.money.payments import start_payment
from cinema.services.orders.buyer_exchanges import (
    ExchangeChoice,
    check_exchangeable,
    exchange_ticket,
    holder,
    plan_exchange,
)
from cinema.services.orders.upgrades import UpgradeRequest, begin_upgrade
from cinema.views.public.owners import is_owner, is_proven
from cinema.views.public.seating import explain
from cinema.views.public.tickets import ticket_or_404
from cinema.web.client_ip import client_ip
from cinema.web.decorators import personal, see_other
from cinema.web.http import HtmxRequest
from cinema.web.refusals import set_retry_after, status_of
from cinema.web.shortcuts import or_404


@personal
@require_safe
def ticket_other_shows(request: HtmxRequest, code: str) -> HttpResponse:
    """The shows for which the ticket can be exchanged, or why it cannot."""
    ticket = ticket_or_404(code)
    if not _takes_place(ticket):
        return redirect(ticket)
    context = _about(ticket) | {"until": cancel_until(ticket)}
    if refusal := _refusal_of(ticket):
        context["refusal"] = refusal
        return render(request, "public/tickets/other_shows.html", context, status=status_of(refusal))
    return render(request, "public/tickets/other_shows.html", context | {"shows": other_shows(ticket)})


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def ticket_other_show(request: HtmxRequest, code: str, pk: int) -> HttpResponse:
    """The map of another show; once seats are chosen, what the exchange costs. A POST exchanges the ticket."""
    ticket = ticket_or_404(code)
    is_repeated = request.method == "POST" and pk == ticket.show_id
    if not _takes_place(ticket) or (_refusal_of(ticket) and not is_repeated):
        return redirect("ticket-other-shows", code)  # the page that explains why
    posted = request.POST if request.method == "POST" else None
    asked = posted if posted is not None else request.GET
    seats = ExchangeSeatsForm(asked if posted is not None or "step" in asked else None)
    kind = UpgradeForm if posted is not None and "mode" in posted else ConfirmForm
    form = kind(posted, ticket=ticket, owner=is_owner(request, ticket))
    if not seats.is_bound:
        return _map(request, ticket, pk)
    if not seats.is_valid():
        return _map(request, ticket, pk, chosen=seats.readable, error=str(seats.errors["seats"][0]))
    seat_ids = [] if seats.cleaned_data["best"] else seats.cleaned_data["seats"]
    choice = ExchangeChoice(pk, seat_ids, seats.cleaned_data["insist"])
    try:
        if form.is_bound and is_proven(request, form):
            user = request.user if request.user.is_authenticated else None
            if isinstance(form, UpgradeForm):
                data = form.cleaned_data
                upgrade = UpgradeRequest(data["mode"], data["key"], data["seen"], client_ip(request), user)
                return see_other(start_payment(payment=begin_upgrade(code=code, choice=choice, request=upgrade)))
            exchange_ticket(code=code, choice=choice, seen=form.cleaned_data["seen"], user=user)
            messages.success(request, _("Your ticket is now for this show. We’ve emailed it to you again."))
            return see_other(ticket)
        return _confirm(request, ticket, choice, form)
    except (RefundChanged, PriceChanged) as refusal:
        return _confirm(request, ticket_or_404(code), choice, form, refusal=refusal)
    except UnknownShow as refusal:
        raise Http404 from refusal
    except BusinessRuleViolation as refusal:
        return _map(request, ticket, pk, chosen=seats.readable, error=refusal)


def _takes_place(ticket: Ticket) -> bool:
    """Whether a ticket is valid. The page of any other ticket explains its state, or what can be chosen instead."""
    return ticket.status == Ticket.Status.CONFIRMED and ticket.show.status == Show.Status.SCHEDULED


def _refusal_of(ticket: TicketNow) -> BusinessRuleViolation | None:
    """Why the buyer of a ticket cannot exchange it."""
    try:
        check_exchangeable(ticket=ticket)
    except BusinessRuleViolation as refusal:
        return refusal
    return TicketAdmitted(ticket) if is_admitted(ticket) else None


def _about(ticket: Ticket) -> dict[str, Any]:
    return {"ticket": ticket, "show": ticket.show, "theatre": ticket.show.screen.theatre}


def _confirm(
    request: HtmxRequest,
    ticket: TicketNow,
    choice: ExchangeChoice,
    form: ConfirmForm,
    *,
    refusal: BusinessRuleViolation | None = None,
) -> HttpResponse:
    """The question whether to exchange, with the refund and where it goes, or the difference to pay."""
    status = status_of(refusal) if refusal else 400 if form.is_bound else 200
    prices = plan_exchange(ticket=ticket, choice=choice)
    if bool(prices.dearer) != isinstance(form, UpgradeForm):  # the prices have changed, or nothing was asked yet
        kind = UpgradeForm if prices.dearer else ConfirmForm
        form = kind(None, ticket=ticket, owner=is_owner(request, ticket))
    back = prices.refund(ticket.refund_percent)
    staying = [line.show_seat for line in ticket.seats.all() if line.show_seat_id in choice.seat_ids]
    context = _about(ticket) | {
        "form": form,
        "to": or_404(show_for_sale(choice.show_id)),
        "seats": [*staying, *(seat for _line, seat in prices.pairs)],
        "prices": prices,
        "back": back,
        "ways": ways_back(ticket.order, back),
        "insist": choice.insist,
        "refusal": refusal,
    }
    return set_retry_after(render(request, "public/tickets/other_show_confirm.html", context, status=status), refusal)


def _map(
    request: HtmxRequest,
    ticket: Ticket,
    pk: int,
    *,
    chosen: Collection[int] = (),
    error: BusinessRuleViolation | str = "",
) -> HttpResponse:
    """The map of the show ``pk`` to choose seats on, with the reason why a choice was rejected."""
    show = or_404(show_for_sale(pk))
    if show.film_ids != ticket.show.film_ids or show.screen.theatre_id != ticket.show.screen.theatre_id:
        raise Http404
    own, buyer = pk == ticket.show_id, holder(ticket)
    seats = move_map(ticket, show, chosen, staff=True, buyer=buyer) if own else seat_map(show, buyer, chosen)
    hall = SeatAlternatives([seat.place for seat in seats.seats] if error else [])
    party = len(ticket.seats.all())
    context = _about(ticket) | {"to": show, "map": seats, "own": own} | explain(error, chosen, hall)
    context["offers"] = [offer for offer in context.get("offers", []) if len(offer.seat_ids) == party]
    status = status_of(error) if isinstance(error, BusinessRuleViolation) else 400 if error else 200
    page = render(request, "public/tickets/other_show.html", context, status=status)
    return set_retry_after(page, error)
