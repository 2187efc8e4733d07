"""After a sale: changing seats, and released seats of a sold-out show."""

import re

import pytest
from playwright.sync_api import Page, expect

from cinema.models import Hold, Show, Ticket
from cinema.selectors.figures.ledger import unexplained_seats
from tests.browser.test_booking import PLAN, choose, fill_in
from tests.factories import CONTACT, ShowFactory, held, sold
from tests.mails import outbox


@pytest.fixture
def show(transactional_db) -> Show:
    return ShowFactory(movie__title="The Lunchbox", screen__plan=PLAN)


def change_seats(page: Page, show: Show) -> None:
    ticket = sold(show, "A1 A2")
    page.goto(ticket.get_absolute_url())
    page.get_by_role("link", name="Change seats").click()
    expect(page.get_by_role("checkbox", name="Row A, seat 1, Classic, ₹250, yours")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Row C, seat 1, Premium, ₹350, another price")).to_be_disabled()
    page.get_by_role("checkbox", name="Row A, seat 1,").uncheck()
    choose(page, "Row B, seat 5")
    page.get_by_label("Email address of the booking").fill(CONTACT.email)

    page.get_by_role("button", name="Move to these seats").click()

    expect(page.get_by_text("You’re now in A 2 · B 5. We’ve emailed your updated ticket.")).to_be_visible()
    expect(page.locator(".ticket")).to_contain_text("Row B, seat 5")
    assert outbox()[-1].subject.startswith("Your seats have changed: The Lunchbox")
    assert unexplained_seats(show) == []


def test_a_ticket_changes_its_seats(page, show):
    change_seats(page, show)


@pytest.mark.nightly
def test_a_ticket_changes_its_seats_on_a_telephone(phone_page, show):
    change_seats(phone_page, show)


@pytest.mark.nightly
def test_every_seat_to_move_to_is_large_enough_to_touch(phone_page, show):
    phone_page.goto(f"{sold(show, 'A1').get_absolute_url()}seats/")

    boxes = [label.bounding_box() for label in phone_page.locator("label.seat").all()]

    assert min(min(box["width"], box["height"]) for box in boxes) >= 24


@pytest.mark.nightly
def test_a_ticket_changes_its_seats_without_javascript(js_off_page, show):
    change_seats(js_off_page, show)


@pytest.mark.nightly
def test_no_more_seats_can_be_ticked_than_the_ticket_has(page, show):
    ticket = sold(show, "A1 A2")
    page.goto(f"{ticket.get_absolute_url()}seats/")
    expect(page.locator("[data-seat-map=total]")).to_have_text("₹500")

    page.get_by_role("checkbox", name="Row A, seat 3,").click()

    expect(page.locator("[data-seat-map=message]")).to_contain_text("untick one before you choose another")
    expect(page.get_by_role("checkbox", name="Row A, seat 3,")).not_to_be_checked()


def test_a_seat_that_is_taken_meanwhile_is_named(page, show):
    ticket = sold(show, "A1")
    page.goto(f"{ticket.get_absolute_url()}seats/")
    held(show, "A3", buyer="ben")
    page.get_by_role("checkbox", name="Row A, seat 1,").uncheck()
    choose(page, "Row A, seat 3")
    page.get_by_label("Email address of the booking").fill(CONTACT.email)

    page.get_by_role("button", name="Move to these seats").click()

    expect(page.get_by_role("alert")).to_contain_text("Row A, seat 3 was just taken. Seats 2 and 4 beside it are free.")
    expect(page.get_by_role("checkbox", name="Row A, seat 3,")).to_be_disabled()


def from_the_waiting_list_to_a_ticket(page: Page, other: Page) -> None:
    show = ShowFactory(movie__title="The Lunchbox", screen__plan="aa")
    ticket = sold(show, "A1 A2")
    page.goto(show.get_absolute_url())
    page.get_by_label("Email address").fill("wanda@example.org")
    page.get_by_label("How many seats").fill("2")
    page.get_by_role("button", name="Join the waiting list").click()
    expect(page.get_by_text("You’re on the waiting list. We’ve emailed wanda@example.org")).to_be_visible()

    other.goto(f"{ticket.get_absolute_url()}cancellation/")
    other.get_by_label("Email address").fill(CONTACT.email)
    other.get_by_role("button", name="Cancel the ticket").click()
    expect(other.get_by_text("Your ticket has been cancelled.")).to_be_visible()
    other.goto(show.get_absolute_url())
    expect(other.get_by_role("checkbox", name="Row A, seat 1,")).to_be_disabled()

    [offer] = [message for message in outbox() if message.subject.startswith("2 seats for The Lunchbox")]
    page.goto(re.search(r"http://testserver(/waiting/\S+)", offer.body)[1])
    expect(page.get_by_role("heading", name="2 seats are held for you")).to_be_visible()
    page.get_by_role("button", name="Take these seats").click()
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()
    fill_in(page)
    page.get_by_role("button", name="Pay ₹500").click()
    page.get_by_role("button", name="Pay ₹500").click()

    expect(page).to_have_url(re.compile(Ticket.objects.get(status="CONFIRMED").get_absolute_url()))
    assert Hold.objects.get(waiting__status="TAKEN").status == Hold.Status.BOOKED
    assert unexplained_seats(show) == []


def test_a_sold_out_show_a_cancellation_and_a_mail_lead_to_a_ticket(page, other_page):
    from_the_waiting_list_to_a_ticket(page, other_page)


@pytest.mark.nightly
def test_the_same_works_without_javascript(new_page):
    off = {"java_script_enabled": False}
    from_the_waiting_list_to_a_ticket(new_page(**off), new_page(**off))


def test_a_long_name_of_a_screen_stays_clear_of_the_seats(page):
    page.goto(sold(ShowFactory(screen__name="Sagarmatha"), "A1 A2").get_absolute_url())
    screen = page.locator(".ticket-facts .ticket-screen").first

    assert screen.evaluate("name => name.scrollWidth <= name.clientWidth")
