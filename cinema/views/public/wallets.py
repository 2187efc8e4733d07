"""Tickets for the wallets of phones."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from cinema.selectors.booking.validity import is_current
from cinema.services.booking.passes import note_google_link
from cinema.views.public.tickets import ticket_or_404
from cinema.wallet.apple import CONTENT_TYPE, pass_file
from cinema.wallet.google import save_url
from cinema.wallet.keys import apple_keys, google_keys
from cinema.web.decorators import personal
from cinema.web.http import HtmxRequest


@personal
@require_safe
def apple_pass(request: HtmxRequest, code: str) -> HttpResponse:
    """The ticket as a pass for Apple Wallet; 404 without keys, and for a ticket that is no longer valid."""
    ticket, keys = ticket_or_404(code), apple_keys()
    if keys is None or not is_current(ticket):
        raise Http404
    disposition = f'attachment; filename="ticket-{ticket.reference}.pkpass"'
    return HttpResponse(
        pass_file(ticket, keys), content_type=CONTENT_TYPE, headers={"Content-Disposition": disposition}
    )


@personal
@require_safe
def google_pass(request: HtmxRequest, code: str) -> HttpResponse:
    """Redirect to Google, which saves the ticket; 404 as for Apple Wallet."""
    ticket, keys = ticket_or_404(code), google_keys()
    if keys is None or not is_current(ticket):
        raise Http404
    if request.method == "GET":
        note_google_link(ticket=ticket)
    return redirect(save_url(ticket, keys))
