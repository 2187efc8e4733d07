"""A ticket as a pass for Apple Wallet. It has no personal data, not even the buyer's name.

The keys of pass.json: https://developer.apple.com/documentation/walletpasses/pass
"""

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from cinema.domain.colours import dark_shades
from cinema.exports.wallet_pictures import icons, logos
from cinema.models import Ticket
from cinema.models.annotated import TicketNow
from cinema.models.codes import grouped
from cinema.selectors.booking.validity import is_current, is_valid
from cinema.selectors.halls.appearances import Branding, logo_file, look_of
from cinema.templatetags.cinema import clock_face, local_date, seat_codes, start_notes
from cinema.templatetags.labels import label_words
from cinema.templatetags.show_times import show_times
from cinema.wallet.archives import archive
from cinema.wallet.keys import AppleKeys, apple_keys

CONTENT_TYPE = "application/vnd.apple.pkpass"
SERVICE = "/wallet/apple/"  # below SITE_URL: views.public.apple_wallet
GROUND, INK, BULB = "#1a1410", "#f7ead3", "#ffcf6b"  # as in the header of all pages


def has_apple_pass(ticket: TicketNow) -> bool:
    """Whether the page and the mail of a ticket offer a pass."""
    return apple_keys() is not None and is_current(ticket)


def pass_file(ticket: TicketNow, keys: AppleKeys) -> bytes:
    """The signed pass of a ticket, one of selectors.booking.tickets.tickets(), in the language of its order."""
    theatre_id = ticket.show.screen.theatre_id
    with override(ticket.order.language):
        look = look_of(theatre_id)
        content = json.dumps(pass_json(ticket, look, keys), ensure_ascii=False).encode()
    logo = logo_file(theatre_id)
    pictures = icons(look.name, look.accent) | (logos(logo) if logo else {})
    return archive({"pass.json": content, **pictures}, keys)


def pass_json(ticket: TicketNow, look: Branding, keys: AppleKeys) -> dict[str, Any]:
    """The pass itself. A ticket that is no longer valid is void and has no code."""
    show, theatre, title = ticket.show, ticket.show.screen.theatre, ticket.show.localized.title
    times = {"startDate": _moment(show.doors_open_at), "endDate": _moment(show.film_ends_at)}
    found: dict[str, Any] = {
        "formatVersion": 1,
        "passTypeIdentifier": keys.pass_type,
        "teamIdentifier": keys.team,
        "serialNumber": ticket.reference,
        "organizationName": look.name,
        "logoText": look.name if look.logo is None else "",
        "description": _("Ticket: %(movie)s") % {"movie": title},
        "foregroundColor": _rgb(INK),
        "backgroundColor": _rgb(GROUND),
        "labelColor": _rgb(dark_shades(look.accent).accent if look.accent else BULB),
        "relevantDate": _moment(show.doors_open_at),
        "relevantDates": [times],
        "expirationDate": _moment(show.ends_at),
        "voided": not is_valid(ticket),
        "eventTicket": _fields(ticket),
        "semantics": {
            "eventType": "PKEventTypeMovie",
            "eventName": title,
            "eventStartDate": _moment(show.starts_at),
            "eventEndDate": _moment(show.film_ends_at),
            "venueName": theatre.name,
            "venueEntrance": str(show.screen),
        },
    }
    if is_valid(ticket):
        found["barcodes"] = [_code(ticket)]
    if urlsplit(settings.SITE_URL).scheme == "https":  # the only scheme that Wallet accepts
        found |= {"webServiceURL": settings.SITE_URL + SERVICE, "authenticationToken": ticket.code}
    return found


def _code(ticket: Ticket) -> dict[str, str]:
    url = settings.SITE_URL + ticket.get_absolute_url()
    return {
        "format": "PKBarcodeFormatQR",
        "message": url,
        "messageEncoding": "iso-8859-1",
        "altText": grouped(ticket.reference),
    }


def _fields(ticket: TicketNow) -> dict[str, list[dict[str, Any]]]:
    """The fields by their place on the pass. The phone announces a change of a field that has a ``changeMessage``."""
    show, theatre, lines = ticket.show, ticket.show.screen.theatre, ticket.seats.all()
    day, time = local_date(show.starts_at, theatre), clock_face(show.starts_at, theatre)
    return {
        "headerFields": [_field("time", _("Time"), time, _("It now begins at %(value)s."))],
        "primaryFields": [_field("film", theatre.name, show.localized.title)],
        "secondaryFields": [
            _field("day", _("When"), day, _("It is now on %(value)s.")),
            _field("screen", _("Where"), str(show.screen), _("It is now in %(value)s.")),
        ],
        "auxiliaryFields": [
            _field("seats", _("Seats"), seat_codes(lines), _("Your seats are now %(value)s.")),
            _field("format", _("Format"), str(show.get_format_display())),
        ],
        "backFields": _back(ticket),
    }


def _back(ticket: TicketNow) -> list[dict[str, Any]]:
    show, theatre = ticket.show, ticket.show.screen.theatre
    facts = {
        "times": (_("When"), "\n".join(filter(None, [capfirst(start_notes(show)), show_times(show)]))),
        "address": (theatre.name, theatre.full_address),
        "labels": (_("This show"), label_words(show)),
        "reference": (_("Reference"), grouped(ticket.reference)),
        "page": (_("Ticket"), settings.SITE_URL + ticket.get_absolute_url()),
    }
    return [_field(key, label, value) for key, (label, value) in facts.items() if value]


def _field(key: str, label: str, value: str, message: str = "") -> dict[str, Any]:
    field = {"key": key, "label": label, "value": value}
    return field | {"changeMessage": message % {"value": "%@"}} if message else field


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _rgb(colour: str) -> str:
    return "rgb({}, {}, {})".format(*(int(colour[at : at + 2], 16) for at in (1, 3, 5)))
