"""Cancelling some seats of a ticket."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cinema.exceptions import (
    BusinessRuleViolation,
    NotCancellable,
    RefundChanged,
    SeatingRule,
    TicketAdmitted,
    TicketTypeRule,
)
from cinema.forms.orders.tickets import ConfirmForm, SeatsToCancelForm
from cinema.models import Show, Ticket
from cinema.models.annotated import TicketNow
from cinema.selectors.money.refund_ways import ways_back
from cinema.services.orders.cancellations import cancel_seats
from cinema.services.orders.returns import buyer_terms, plan_return
from cinema.views.public.owners import is_owner, is_proven
from cinema.views.public.tickets import facts, ticket_or_404
from cinema.web.decorators import personal, see_other
from cinema.web.http import HtmxRequest
from cinema.web.refusals import set_retry_after, status_of


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def ticket_return(request: HtmxRequest, code: str) -> HttpResponse:
    """The seats to choose from or, once they are chosen, what is refunded for them. A POST cancels them."""
    ticket = ticket_or_404(code)
    if ticket.status != Ticket.Status.CONFIRMED or ticket.show.status == Show.Status.CANCELLED:
        return redirect(ticket)
    posted = request.POST if request.method == "POST" else None
    chosen = posted if posted is not None else request.GET
    choice = SeatsToCancelForm(chosen if posted is not None or "step" in chosen else None, lines=ticket.seats.all())
    form = ConfirmForm(posted, ticket=ticket, owner=is_owner(request, ticket))
    seat_ids = choice.cleaned_data["seats"] if choice.is_valid() else []
    own = {line.show_seat_id for line in ticket.seats.all()}
    if posted is None and (len(own) == 1 or own <= set(seat_ids)):
        return redirect("ticket-cancellation", code)
    context, status = facts(ticket) | {"choice": choice, "form": form}, 400 if form.is_bound or choice.errors else 200
    try:
        if context["admitted"]:
            raise TicketAdmitted(ticket)
        if not context["can_cancel"]:
            raise NotCancellable(ticket)
        if seat_ids and form.is_bound and is_proven(request, form):
            user = request.user if request.user.is_authenticated else None
            cancel_seats(code=code, seat_ids=seat_ids, seen=form.cleaned_data["seen"], user=user)
            text = ngettext("This seat has been cancelled.", "These seats have been cancelled.", len(seat_ids))
            messages.success(request, text)
            return see_other(ticket)
        context |= _planned(ticket, seat_ids) if seat_ids and not own <= set(seat_ids) else {}
    except RefundChanged as refusal:
        context |= _planned(ticket_or_404(code), seat_ids) | {"refusal": refusal}
        status = status_of(refusal)
    except BusinessRuleViolation as refusal:
        context |= {"refusal": refusal, "breaks_rule": isinstance(refusal, SeatingRule | TicketTypeRule)}
        status = status_of(refusal)
    page = render(request, "public/tickets/return.html", context, status=status)
    return set_retry_after(page, context.get("refusal"))


def _planned(ticket: TicketNow, seat_ids: Collection[int]) -> dict[str, Any]:
    """What is refunded for the chosen seats, and where that goes."""
    plan = plan_return(ticket=ticket, lines=list(ticket.seats.all()), seat_ids=seat_ids)
    terms = buyer_terms(ticket=ticket, plan=plan)
    return {"plan": plan, "terms": terms, "ways": ways_back(ticket.order, terms.money)}
