"""A ticket opens without a network, in a browser in which it was opened before."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cinema.services.orders.cancellations import cancel_ticket
from tests.browser.conftest import NewPage
from tests.factories import ShowFactory, sold

pytestmark = [pytest.mark.only("sqlite"), pytest.mark.django_db(transaction=True)]


def test_a_ticket_opens_without_a_network_until_it_is_removed(new_page: NewPage):
    show = ShowFactory(movie__title="The Lunchbox", screen__plan="aaaa")
    ticket, other = sold(show, "A1 A2"), sold(show, "A3")
    page = new_page(service_workers="allow", viewport={"width": 390, "height": 844})
    for each in (ticket, other):
        page.goto(each.get_absolute_url())
        expect(page.get_by_text("kept on this device")).to_be_visible()

    page.context.set_offline(True)
    page.goto(ticket.get_absolute_url())
    expect(page.get_by_role("img", name="QR code of this ticket")).to_be_in_viewport()
    expect(page.get_by_text("as it was kept on this device")).to_be_visible()
    page.goto("/")
    expect(page.get_by_text("You’re offline")).to_be_visible()
    expect(page.get_by_role("link", name="The Lunchbox")).to_have_count(2)
    page.get_by_role("listitem").filter(has_text="A 3").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("link", name="The Lunchbox")).to_have_count(1)

    page.context.set_offline(False)
    page.goto(other.get_absolute_url())  # it is not kept again by itself
    expect(page.get_by_role("button", name="Keep on this device")).to_be_visible()
    cancel_ticket(code=ticket.code)
    page.goto(reverse("kept-tickets"))  # looks what has changed
    expect(page.get_by_text("No ticket is kept on this device.")).to_be_visible()
