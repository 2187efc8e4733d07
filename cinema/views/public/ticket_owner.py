"""Prove by mail that a ticket is one's own, without entering its email address."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cinema.exceptions import NotTheOwner, TooManyMails
from cinema.mail.owner_links import proves
from cinema.services.orders.owners import mail_owner_link
from cinema.views.public.owners import remember_owner
from cinema.views.public.tickets import ticket_or_404
from cinema.web.client_ip import client_ip
from cinema.web.decorators import personal, see_other
from cinema.web.http import HtmxRequest


@personal
@require_POST
def ticket_owner(request: HtmxRequest, code: str) -> HttpResponse:
    """Mail the link to the email address of the booking. Anybody can request it."""
    ticket = ticket_or_404(code)
    try:
        mail_owner_link(ticket=ticket, client_ip=client_ip(request))
    except (NotTheOwner, TooManyMails) as refusal:
        messages.warning(request, str(refusal))
    else:
        sentence = _("We have emailed a link to the address of the booking. Open it to change or cancel the ticket.")
        messages.success(request, sentence)
    return see_other(ticket)


@personal
@require_safe
def ticket_owner_link(request: HtmxRequest, code: str, token: str) -> HttpResponse:
    """The page of the link: it sets the owner's cookie."""
    ticket = ticket_or_404(code)
    if not proves(token, ticket):
        return render(request, "public/tickets/owner_link.html", {"ticket": ticket}, status=410)
    messages.success(request, _("Welcome back. In this browser you can change or cancel the ticket for an hour."))
    response = redirect(ticket)
    remember_owner(response, ticket)
    return response
