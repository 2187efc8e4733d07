"""A buyer cancels a seat of a ticket and exchanges the rest, by keys alone."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cinema.models import Ticket
from tests.browser.conftest import NewPage
from tests.conftest import nightly
from tests.factories import CONTACT, ScreenFactory, ShowFactory, sold
from tests.services.booking.prepaid import is_sound

pytestmark = [pytest.mark.only("sqlite"), pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("javascript", [True, nightly(False)])
def test_a_seat_is_cancelled_and_the_rest_exchanged_by_keys(new_page: NewPage, javascript: bool):
    show = ShowFactory(screen__plan="aaaa", screen__theatre__buyer_exchanges=True)
    other = ShowFactory(
        movie=show.movie,
        screen=ScreenFactory(theatre=show.screen.theatre, plan="aaaa"),
        starts_at=show.starts_at + timedelta(days=1),
        price=200,
    )
    ticket = sold(show, "A1 A2 A3")
    page = new_page(java_script_enabled=javascript)

    page.goto(ticket.get_absolute_url())
    page.get_by_role("link", name="Cancel some seats").press("Enter")
    page.get_by_role("checkbox", name="Row A, seat 3").press("Space")
    page.get_by_role("button", name="Continue").press("Enter")
    expect(page.get_by_text("You’ll get ₹250 back.")).to_be_visible()
    page.get_by_label("Email address of the booking").fill(CONTACT.email)
    page.keyboard.press("Enter")
    expect(page.get_by_text("This seat has been cancelled.")).to_be_visible()

    page.get_by_role("link", name="Exchange for another show").press("Enter")
    page.get_by_role("link", name="Choose seats").press("Enter")
    for number in (1, 2):
        page.get_by_role("checkbox", name=f"Row A, seat {number}, ").press("Space")
    page.get_by_role("button", name="Continue").press("Enter")
    expect(page.get_by_text("You’ll get ₹100 back.")).to_be_visible()
    page.get_by_label("Email address of the booking").fill(CONTACT.email)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your ticket is now for this show.")).to_be_visible()

    expect(page.get_by_role("img", name="QR code of this ticket")).to_be_visible()
    assert (Ticket.objects.get().show, Ticket.objects.get().kept) == (other, 400)
    assert is_sound()
