"""A ticket for Google Wallet: an event ticket and its class, the show; and the link that saves them, a signed token.

https://developers.google.com/wallet/tickets/events/use-cases/jwt
"""

import time
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, override

from cinema.models.annotated import TicketNow
from cinema.models.codes import grouped
from cinema.selectors.booking.validity import is_current, is_valid
from cinema.selectors.halls.appearances import look_of
from cinema.templatetags.cinema import seat_codes
from cinema.wallet.keys import GoogleKeys, google_keys
from cinema.wallet.tokens import signed_token

SAVE = "https://pay.google.com/gp/v/save/"
LONGEST_TOKEN = 1800  # characters; browsers and phones may cut longer links
LONGEST = (100, 60, 30, 15)  # characters of each text in a link, tried in this order
LONGEST_TEXT = 300  # characters of one elsewhere


def has_google_pass(ticket: TicketNow) -> bool:
    """Whether the page and the mail of a ticket offer a link."""
    return google_keys() is not None and is_current(ticket)


def save_url(ticket: TicketNow, keys: GoogleKeys) -> str:
    """The link that saves a ticket, one of selectors.booking.tickets.tickets()."""
    for payload in _payloads(ticket, keys):
        token = _token(payload, keys)
        if len(token) <= LONGEST_TOKEN:
            break
    return SAVE + token


def event_class(ticket: TicketNow, keys: GoogleKeys, longest: int = LONGEST_TEXT) -> dict[str, Any]:
    """The show. All its tickets share it, so it is in the site's own language."""
    show, theatre = ticket.show, ticket.show.screen.theatre
    start, end = (moment.isoformat(timespec="seconds") for moment in (show.starts_at, show.film_ends_at))
    with override(settings.LANGUAGE_CODE):
        return {
            "id": _class_id(ticket, keys),
            "issuerName": look_of(theatre.pk).name[:20],
            "reviewStatus": "UNDER_REVIEW",
            "eventName": _text(show.localized.title, longest),
            "venue": {"name": _text(theatre.name, longest), "address": _text(theatre.full_address, longest)},
            "dateTime": {"start": start, "end": end},
        }


def event_ticket(ticket: TicketNow, keys: GoogleKeys, longest: int = LONGEST_TEXT) -> dict[str, Any]:
    """The ticket, in the language of its order. One that is no longer valid is inactive and has no code."""
    show, seats, valid = ticket.show, seat_codes(ticket.seats.all()), is_valid(ticket)
    code = {"type": "QR_CODE", "value": settings.SITE_URL + ticket.get_absolute_url()}
    with override(ticket.order.language):
        return {
            "id": f"{keys.issuer}.{ticket.reference}",
            "classId": _class_id(ticket, keys),
            "state": "ACTIVE" if valid else "INACTIVE",
            "ticketNumber": grouped(ticket.reference),
            "seatInfo": {"seat": _text(seats, longest), "section": _text(str(show.screen), longest)},
            "barcode": code if valid else None,
            "validTimeInterval": {"end": {"date": show.ends_at.isoformat(timespec="seconds")}},
        }


def _payloads(ticket: TicketNow, keys: GoogleKeys) -> Iterator[dict[str, Any]]:
    """Contents of the token, with shorter and shorter texts, and in the end without the theatre's name and address."""
    for longest in LONGEST:
        yield _payload(ticket, keys, longest)
    payload = _payload(ticket, keys, LONGEST[-1])
    del payload["eventTicketClasses"][0]["venue"]
    yield payload


def _payload(ticket: TicketNow, keys: GoogleKeys, longest: int) -> dict[str, Any]:
    event, pass_ = event_class(ticket, keys, longest), event_ticket(ticket, keys, longest)
    return {"eventTicketClasses": [event], "eventTicketObjects": [pass_]}


def _class_id(ticket: TicketNow, keys: GoogleKeys) -> str:
    return f"{keys.issuer}.show-{ticket.show_id}"


def _text(text: str, longest: int) -> dict[str, Any]:
    short = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return {"defaultValue": {"language": get_language() or settings.LANGUAGE_CODE, "value": short}}


def _token(payload: dict[str, Any], keys: GoogleKeys) -> str:
    claims = {"iss": keys.email, "aud": "google", "typ": "savetowallet", "iat": int(time.time()), "payload": payload}
    return signed_token(claims, keys)
