"""Choose another show or a refund after a show was cancelled."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cinema.exceptions import BusinessRuleViolation
from cinema.forms.orders.tickets import ExchangeForm
from cinema.models import Show, Ticket
from cinema.selectors.orders.show_cancellations import cancellation_of, is_open, other_shows
from cinema.services.orders.exchanges import choose_show
from cinema.views.public.owners import is_owner, is_proven
from cinema.views.public.tickets import ticket_or_404
from cinema.web.decorators import personal, see_other
from cinema.web.http import HtmxRequest
from cinema.web.refusals import set_retry_after, status_of


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def ticket_exchange(request: HtmxRequest, code: str) -> HttpResponse:
    """The shows to choose from. A POST exchanges the ticket for the best seats of one."""
    ticket = ticket_or_404(code)
    cancellation = cancellation_of(ticket.show)
    if ticket.status != Ticket.Status.CONFIRMED or cancellation is None or not is_open(cancellation, timezone.now()):
        return redirect(ticket)  # chosen already, or too late: the ticket's page shows its state
    shows = other_shows(ticket)
    form = ExchangeForm(
        request.POST if request.method == "POST" else None, ticket=ticket, owner=is_owner(request, ticket)
    )
    context: dict[str, object] = {"ticket": ticket, "show": ticket.show, "theatre": ticket.show.screen.theatre}
    context |= {"cancellation": cancellation, "shows": shows, "form": form}
    status = 400 if form.is_bound else 200
    user = request.user if request.user.is_authenticated else None
    try:
        if is_proven(request, form):
            choose_show(code=code, show_id=form.cleaned_data["show"], user=user)
            messages.success(request, _("Your ticket is now for this show. We’ve emailed it to you again."))
            return see_other(ticket)
    except BusinessRuleViolation as refusal:
        context["refusal"], status = refusal, status_of(refusal)
    except Show.DoesNotExist:
        return see_other(ticket)
    page = render(request, "public/tickets/exchange.html", context, status=status)
    return set_retry_after(page, context.get("refusal"))
