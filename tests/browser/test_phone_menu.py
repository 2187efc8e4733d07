"""The menu at the top of every page, on a phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def menu(page: Page) -> list[str]:
    """The entries of the menu, if they are in one line."""
    links = page.get_by_role("navigation", name="Site").get_by_role("link")
    seen = [link for link in links.all() if link.is_visible()]
    assert len({round(link.bounding_box()["y"]) for link in seen}) == 1
    return [link.inner_text() for link in seen]


def test_a_visitor_finds_the_programme_a_ticket_and_the_way_in(phone_page):
    phone_page.goto("/")

    assert menu(phone_page) == ["Programme", "Find my ticket", "Sign in"]


def test_a_signed_in_user_has_links_to_programme_tickets_and_account(phone_page):
    phone_page.goto(reverse("sign-in"))
    phone_page.get_by_label("Email").fill(UserFactory().email)
    phone_page.get_by_label("Password").fill(PASSWORD)
    phone_page.get_by_role("main").get_by_role("button", name="Sign in").click()
    phone_page.get_by_role("link", name="Account").first.click()

    assert menu(phone_page) == ["Programme", "My tickets", "Account"]
    expect(phone_page.get_by_role("main").get_by_role("button", name="Sign out")).to_be_visible()
