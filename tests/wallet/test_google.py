"""The link that saves a ticket to Google Wallet: its signature, and what it says."""

import json
from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidSignature

from cinema.models import Ticket
from cinema.selectors.booking.tickets import ticket_by_code
from cinema.wallet.google import save_url
from cinema.wallet.keys import read_google_keys
from tests import wallets
from tests.factories import CONTACT, ShowFactory, sold
from tests.fakes.google_wallet import claims

pytestmark = pytest.mark.django_db
STARTS = datetime(2100, 11, 26, 13, 0, tzinfo=UTC)


def token_of(ticket: Ticket) -> str:
    found = ticket_by_code(ticket.code)
    assert found
    start, token = save_url(found, read_google_keys(wallets.google_file(), wallets.ISSUER)).rsplit("/", 1)
    assert start == "https://pay.google.com/gp/v/save"
    return token


def test_the_link_is_a_signed_event_ticket_with_its_class():
    ticket = sold(ShowFactory(movie__title="The Lunchbox", screen__plan="aaaa", starts_at=STARTS), "A1 A2")
    said = claims(token_of(ticket))

    assert (said["iss"], said["aud"], said["typ"]) == (wallets.SERVICE_ACCOUNT, "google", "savetowallet")
    [event], [pass_] = said["payload"]["eventTicketClasses"], said["payload"]["eventTicketObjects"]
    assert event["id"] == pass_["classId"] == f"{wallets.ISSUER}.show-{ticket.show_id}"
    assert event["eventName"]["defaultValue"] == {"language": "en", "value": "The Lunchbox"}
    assert event["dateTime"]["start"] == "2100-11-26T13:00:00+00:00"
    assert event["venue"]["name"]["defaultValue"]["value"] == ticket.show.screen.theatre.name
    assert (pass_["id"], pass_["state"]) == (f"{wallets.ISSUER}.{ticket.reference}", "ACTIVE")
    assert pass_["barcode"] == {"type": "QR_CODE", "value": f"http://testserver/tickets/{ticket.code}/"}
    assert pass_["seatInfo"]["seat"]["defaultValue"]["value"] == "A 1–2"
    assert pass_["validTimeInterval"]["end"]["date"] == ticket.show.ends_at.isoformat()
    assert not any(word in json.dumps(said, ensure_ascii=False) for word in (CONTACT.name, CONTACT.email))


def test_the_longest_texts_still_make_a_link_that_phones_open():
    show = ShowFactory(
        movie__title=("लंचबॉक्स " * 25)[:200],
        screen__theatre__address=("मुंबई " * 40)[:200],
        screen__name="ऑडी",
        screen__plan="aaaaaaaa",
    )
    ticket = sold(show, "A1 A3 A5 A7")

    assert len(token_of(ticket)) <= 1800
    assert claims(token_of(ticket))


def test_an_altered_link_is_noticed():
    """The control."""
    header, content, signature = token_of(sold(ShowFactory(screen__plan="aa"), "A1")).split(".")
    other = content[:-2] + ("AA" if content[-2:] != "AA" else "BB")

    with pytest.raises(InvalidSignature):
        claims(f"{header}.{other}.{signature}")
