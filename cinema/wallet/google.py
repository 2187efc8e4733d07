"""A ticket as a link that saves it to Google Wallet: a signed token with an event ticket and its class.

https://developers.google.com/wallet/tickets/events/use-cases/jwt
"""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from django.utils.translation import get_language, override

from cinema.models.annotated import TicketNow
from cinema.models.codes import grouped
from cinema.selectors.booking.validity import is_current
from cinema.selectors.halls.appearances import look_of
from cinema.templatetags.cinema import seat_codes
from cinema.wallet.keys import GoogleKeys, google_keys

SAVE = "https://pay.google.com/gp/v/save/"
LONGEST_TOKEN = 1800  # characters; browsers and phones may cut longer links
LONGEST = (100, 60, 30, 15)  # characters of each text, tried in this order


def has_google_pass(ticket: TicketNow) -> bool:
    """Whether the page and the mail of a ticket offer a link."""
    return google_keys() is not None and is_current(ticket)


def save_url(ticket: TicketNow, keys: GoogleKeys) -> str:
    """The link that saves a ticket, one of selectors.booking.tickets.tickets(), in the language of its order."""
    with override(ticket.order.language):
        for payload in _payloads(ticket, keys):
            token = _token(payload, keys)
            if len(token) <= LONGEST_TOKEN:
                break
        return SAVE + token


def _payloads(ticket: TicketNow, keys: GoogleKeys) -> Iterator[dict[str, Any]]:
    """Contents of the token, with shorter and shorter texts, and in the end without the theatre's name and address."""
    for longest in LONGEST:
        yield _payload(ticket, keys, longest)
    payload = _payload(ticket, keys, LONGEST[-1])
    del payload["eventTicketClasses"][0]["venue"]
    yield payload


def _payload(ticket: TicketNow, keys: GoogleKeys, longest: int) -> dict[str, Any]:
    show, theatre = ticket.show, ticket.show.screen.theatre
    class_id = f"{keys.issuer}.show-{show.pk}"
    start, end = (moment.isoformat(timespec="seconds") for moment in (show.starts_at, show.film_ends_at))
    seats = seat_codes(ticket.seats.all())
    event = {
        "id": class_id,
        "issuerName": look_of(theatre.pk).name[:20],
        "reviewStatus": "UNDER_REVIEW",
        "eventName": _text(show.localized.title, longest),
        "venue": {"name": _text(theatre.name, longest), "address": _text(theatre.full_address, longest)},
        "dateTime": {"start": start, "end": end},
    }
    pass_ = {
        "id": f"{keys.issuer}.{ticket.reference}",
        "classId": class_id,
        "state": "ACTIVE",
        "ticketNumber": grouped(ticket.reference),
        "seatInfo": {"seat": _text(seats, longest), "section": _text(str(show.screen), longest)},
        "barcode": {"type": "QR_CODE", "value": settings.SITE_URL + ticket.get_absolute_url()},
        "validTimeInterval": {"end": {"date": show.ends_at.isoformat(timespec="seconds")}},
    }
    return {"eventTicketClasses": [event], "eventTicketObjects": [pass_]}


def _text(text: str, longest: int) -> dict[str, Any]:
    short = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return {"defaultValue": {"language": get_language() or settings.LANGUAGE_CODE, "value": short}}


def _token(payload: dict[str, Any], keys: GoogleKeys) -> str:
    """A JSON Web Token, signed with RS256 (RFC 7515)."""
    claims = {
        "iss": keys.email,
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(time.time()),
        "payload": payload,
    }
    signed = f"{_part({'alg': 'RS256', 'typ': 'JWT'})}.{_part(claims)}"
    return f"{signed}.{_base64(keys.key.sign(signed.encode(), PKCS1v15(), SHA256()))}"


def _part(content: dict[str, Any]) -> str:
    return _base64(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
