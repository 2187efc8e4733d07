"""Tickets that open without a network: a ticket as a browser keeps it, the list of kept tickets, and the worker."""

import json
from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cinema.domain import qr
from cinema.models.annotated import TicketNow
from cinema.selectors.booking.validity import is_current
from cinema.templatetags.cinema import seat_codes, show_when
from cinema.views.public.tickets import ticket_or_404
from cinema.web.decorators import personal
from cinema.web.http import HtmxRequest
from cinema.web.shortcuts import Gone
from cinema.web.static_files import script_response

HEADER = "Kept-Ticket"  # has what the list shows of the ticket, as JSON in percent-encoding
LONGEST = 100  # characters of a text; proxies have little room for headers


@require_safe
@cache_control(public=True, no_cache=True)
def worker(request: HtmxRequest) -> HttpResponse:
    """The service worker of the public pages. Its URL is at the root, so that its scope has all of them."""
    return script_response("js/worker.js")


@require_safe
@cache_control(public=True, no_cache=True)
def tickets(request: HtmxRequest) -> HttpResponse:
    """The list of kept tickets. A script fills it in, since they are stored only on the device."""
    return render(request, "public/kept/tickets.html")


@personal
@require_safe
def ticket(request: HtmxRequest, code: str) -> HttpResponse:
    """The ticket to be kept, without its buyer's name; 410 once it is no longer valid, so that it is removed."""
    found = ticket_or_404(code)
    if not is_current(found):
        raise Gone(_("This ticket is no longer valid."))
    show = found.show
    context = {"ticket": found, "show": show, "theatre": show.screen.theatre, "qr": qr.svg(found.get_absolute_url())}
    page = render(request, "public/kept/ticket.html", context)
    page[HEADER] = quote(json.dumps(_facts(found)))
    return page


def _facts(ticket: TicketNow) -> dict[str, str]:
    return {
        "title": _short(ticket.show.localized.title),
        "when": show_when(ticket.show),
        "seats": _short(seat_codes(ticket.seats.all())),
        "until": ticket.show.ends_at.isoformat(),
    }


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
