"""The pass of a ticket for Apple Wallet, as OpenSSL and a reader of its own find it."""

import io
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from cinema.models import Appearance, Show, Ticket
from cinema.selectors.booking.tickets import ticket_by_code
from cinema.selectors.halls.appearances import appearances
from cinema.services.orders.cancellations import cancel_ticket
from cinema.wallet.apple import pass_file
from cinema.wallet.archives import signature
from cinema.wallet.keys import read_apple_keys
from tests import wallets
from tests.factories import CONTACT, ShowFactory, cancelled, sold

pytestmark = pytest.mark.django_db


@pytest.fixture
def show() -> Show:
    return ShowFactory(
        movie__title="The Lunchbox",
        screen__name="Audi 2",
        screen__plan="aaaa\nbbbb",
        screen__theatre__name="Regal",
        starts_at=datetime(2100, 11, 26, 13, 0, tzinfo=UTC),
    )


@pytest.fixture
def ticket(show: Show) -> Ticket:
    return sold(show, "A1 B2")


def files_of(ticket: Ticket) -> dict[str, bytes]:
    found = ticket_by_code(ticket.code)
    assert found
    return wallets.opened(pass_file(found, read_apple_keys(wallets.apple_file())))


def pass_of(ticket: Ticket) -> dict:
    return json.loads(files_of(ticket)["pass.json"])


def values(found: dict) -> dict[str, str]:
    return {field["key"]: field["value"] for fields in found["eventTicket"].values() for field in fields}


def test_the_pass_says_what_the_ticket_says(ticket):
    found = pass_of(ticket)

    assert values(found) == {
        "time": "18:30",
        "film": "The Lunchbox",
        "day": "Friday 26 November 2100",
        "screen": "Audi 2",
        "seats": "A 1 · B 2",
        "format": "2D",
        "times": "Doors 18:10, film about 18:45, ends about 20:45",
        "address": ticket.show.screen.theatre.full_address,
        "reference": f"{ticket.reference[:4]}-{ticket.reference[4:]}",
        "page": f"http://testserver/tickets/{ticket.code}/",
    }
    assert [code["message"] for code in found["barcodes"]] == [f"http://testserver/tickets/{ticket.code}/"]
    assert (found["voided"], found["expirationDate"]) == (False, ticket.show.ends_at.isoformat())
    assert found["relevantDate"] == ticket.show.doors_open_at.isoformat()


def test_the_pass_has_no_personal_data(ticket):
    content = files_of(ticket)["pass.json"].decode()

    assert not any(said in content for said in (CONTACT.name, CONTACT.email, CONTACT.phone))


def test_a_cancelled_ticket_is_void_and_has_no_code(ticket):
    cancel_ticket(code=ticket.code)
    found = pass_of(ticket)

    assert found["voided"]
    assert "barcodes" not in found


def test_the_pass_of_a_cancelled_show_is_void(ticket):
    cancelled(ticket.show)

    assert pass_of(ticket)["voided"]


def test_the_pass_is_in_the_language_of_its_order(ticket):
    ticket.order.language = "de"
    ticket.order.save(update_fields=["language"])

    assert values(pass_of(ticket))["day"] == "Freitag, 26. November 2100"


def test_only_a_site_with_https_offers_updates(ticket, settings):
    assert "webServiceURL" not in pass_of(ticket)
    settings.SITE_URL = "https://cinema.example"
    found = pass_of(ticket)

    assert found["webServiceURL"] == "https://cinema.example/wallet/apple/"
    assert found["authenticationToken"] == ticket.code


def test_pictures_are_of_the_cinemas_own_face(ticket, settings):
    plain = files_of(ticket)
    logo = Path(settings.MEDIA_ROOT) / "logos" / "regal.png"
    logo.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGBA", (400, 100), "#00ff00").save(logo)
    Appearance.objects.create(
        theatre=ticket.show.screen.theatre, name="Regal", accent="#003366", logo="logos/regal.png"
    )
    appearances.forget()
    own = files_of(ticket)

    assert "logo.png" not in plain
    assert {name: Image.open(io.BytesIO(own[name])).size for name in ("logo@2x.png", "icon@3x.png")} == {
        "logo@2x.png": (320, 80),
        "icon@3x.png": (87, 87),
    }
    assert Image.open(io.BytesIO(own["icon.png"])).getpixel((0, 0)) == (0, 0x33, 0x66)
    assert json.loads(plain["pass.json"])["logoText"] == "Cinema"


def test_a_manifest_that_was_altered_is_noticed():
    """The control of the validator."""
    signed = signature(b"{}", read_apple_keys(wallets.apple_file()))
    wallets.check_signature(b"{}", signed)

    with pytest.raises(subprocess.CalledProcessError):
        wallets.check_signature(b"{ }", signed)
