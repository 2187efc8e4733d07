"""A sold seat breaks: it goes off sale, and its ticket is moved with one click."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from cinema.models import Show
from cinema.selectors.booking.tickets import ticket_by_code
from cinema.selectors.figures.ledger import unexplained_seats
from tests.browser.test_booking import PLAN
from tests.factories import BOX_OFFICE, PASSWORD, ShowFactory, seat, sold, staff
from tests.mails import forget_mails, outbox


@pytest.fixture
def show(transactional_db) -> Show:
    return ShowFactory(movie__title="The Lunchbox", screen__plan=PLAN, screen__theatre__slug="galaxy")


def move_the_owner(page: Page, show: Show) -> None:
    ticket = sold(show, "A1 A2")
    forget_mails()
    clerk = staff(show.screen.theatre, BOX_OFFICE)
    page.goto(reverse("staff-blocks", args=["galaxy"]))
    page.get_by_label("Email address").fill(clerk.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    page.get_by_role("link", name="Block seats").first.click()
    page.get_by_role("checkbox", name="Row A, seat 1, Classic").press("Space")
    page.get_by_label("Reason").fill("Broken hinge")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("1 ticket has already been sold for these seats.")).to_be_visible()
    page.get_by_role("button", name="Block these seats").click()
    expect(page.get_by_role("heading", name="1 ticket is sold for these seats")).to_be_visible()
    page.get_by_role("button", name="to equivalent seats").click()

    expect(page.get_by_text("1 ticket has new seats, and its buyer gets an email.")).to_be_visible()
    expect(page.get_by_role("heading", name="No tickets are sold for these seats")).to_be_visible()
    names = [line.show_seat.seat.label for line in ticket_by_code(ticket.code).seats.all()]
    assert len(names) == 2 and "Row A, seat 1" not in names
    assert seat(show, "A1").status == "BLOCKED"
    assert [message.to for message in outbox()] == [[ticket.order.email]]
    assert unexplained_seats(show) == []


@pytest.mark.nightly
def test_one_click_moves_the_owner_of_a_broken_seat(page, show):
    move_the_owner(page, show)


@pytest.mark.nightly
def test_it_works_without_javascript(js_off_page, show):
    move_the_owner(js_off_page, show)
