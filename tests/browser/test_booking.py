"""From the front page to a ticket."""

import re
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from playwright.sync_api import Page, expect

from cinema.models import Hold, Payment, Show, Ticket
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.money.refunds import send_due_refunds
from tests.factories import ShowFactory, held, lapsed, seat

PLAN = """
    aaaa aaaa
    aaaa aaaa

    bbbb bbbb
"""


@pytest.fixture
def show(transactional_db) -> Show:
    return ShowFactory(movie__title="The Lunchbox", screen__plan=PLAN)


def choose(page: Page, *seats: str) -> None:
    for name in seats:
        page.get_by_role("checkbox", name=f"{name},").check()


def fill_in(page: Page) -> None:
    page.get_by_label("Name").fill("Asha Rao")
    page.get_by_label("Email address").fill("asha@example.org")
    page.get_by_label("Phone").fill("+91 98200 12345")


def buy_up_to_the_gateway(page: Page, show: Show, *seats: str) -> None:
    page.goto(f"/shows/{show.pk}/")
    choose(page, *seats)
    page.get_by_role("button", name="Continue").click()
    fill_in(page)
    page.get_by_role("button", name="Pay ₹").click()


def walk_from_the_front_page(page: Page, show: Show) -> None:
    page.goto("/")
    page.get_by_role("link", name=re.compile("Tue|Wed|Thu|Fri|Sat|Sun|Mon|Tomorrow")).first.click()
    page.get_by_role("main").get_by_role("link", name=re.compile("18:00")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The Lunchbox")
    choose(page, "Row B, seat 3", "Row B, seat 4")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()
    if page.viewport_size["width"] >= 1000:
        expect(page.get_by_role("button", name="Pay ₹500")).to_be_in_viewport(ratio=1)
    fill_in(page)
    page.get_by_label("Net banking").check()
    page.get_by_role("button", name="Pay ₹500").click()
    expect(page.get_by_text("Test gateway.")).to_be_visible()
    page.get_by_role("button", name="Pay ₹500").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("Row B, seat 3")
    expect(main).to_contain_text("Row B, seat 4")
    ticket = Ticket.objects.get()
    expect(page).to_have_url(re.compile(ticket.get_absolute_url()))
    assert ticket.status == Ticket.Status.CONFIRMED
    expect(page.locator(".ticket-stub .qr")).to_be_in_viewport(ratio=1)
    assert unexplained_seats(show) == []


def test_a_moviegoer_gets_from_the_front_page_to_a_ticket(page, show):
    walk_from_the_front_page(page, show)


@pytest.mark.nightly
def test_the_same_works_on_a_telephone(phone_page, show):
    walk_from_the_front_page(phone_page, show)


def test_the_same_works_without_javascript(js_off_page, show):
    walk_from_the_front_page(js_off_page, show)


def test_of_two_buyers_at_one_seat_one_gets_it_and_one_sees_what_is_free(page, other_page, show):
    for visitor in (page, other_page):
        visitor.goto(f"/shows/{show.pk}/")
    other_page.route("**/seats/**", lambda route: route.fulfill(status=204))  # a line too slow to see it coming
    choose(other_page, "Row A, seat 2", "Row A, seat 4")
    choose(page, "Row A, seat 2")

    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()
    other_page.get_by_role("button", name="Continue").click()

    expect(other_page.get_by_role("alert")).to_contain_text(
        "Row A, seat 2 was just taken. Seats 1 and 3 beside it are free."
    )
    other_page.unroute("**/seats/**")
    expect(other_page.get_by_role("checkbox", name="Row A, seat 2,")).to_be_disabled()
    expect(other_page.get_by_role("checkbox", name="Row A, seat 4,")).to_be_checked()


@pytest.mark.nightly
def test_what_others_hold_and_let_go_appears_by_itself(page, show):
    page.goto(f"/shows/{show.pk}/")
    choose(page, "Row A, seat 1")

    hold = held(show, "A2", buyer="ben")
    expect(page.get_by_role("checkbox", name="Row A, seat 2,")).to_be_disabled()
    expect(page.get_by_role("checkbox", name="Row A, seat 1,")).to_be_checked()

    lapsed(hold)
    expect(page.get_by_role("checkbox", name="Row A, seat 2,")).to_be_enabled()


@pytest.mark.nightly
def test_the_loss_of_a_selected_seat_is_announced(page, show):
    page.goto(f"/shows/{show.pk}/")
    choose(page, "Row A, seat 1", "Row A, seat 2")

    held(show, "A2", buyer="ben")

    expect(page.locator("[data-seat-map=message]")).to_have_text("Row A, seat 2 was just taken.")
    expect(page.locator("[data-seat-map=total]")).to_have_text("₹250")


@pytest.mark.nightly
def test_the_total_runs_along_and_the_limit_is_explained(page, show, settings):
    settings.MAX_SEATS = 2
    page.goto(f"/shows/{show.pk}/")

    choose(page, "Row A, seat 1", "Row C, seat 1")
    expect(page.locator("[data-seat-map=total]")).to_have_text("₹600")
    page.get_by_role("checkbox", name="Row A, seat 3,").click()

    expect(page.locator("[data-seat-map=message]")).to_contain_text("at most 2 seats")
    expect(page.locator("[data-seat-map=chosen]")).to_have_text("A 1 · C 1")
    expect(page.get_by_role("checkbox", name="Row A, seat 3,")).not_to_be_checked()


def test_a_declined_payment_can_be_tried_again(page, show):
    buy_up_to_the_gateway(page, show, "Row A, seat 1")
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("heading", name="declined")).to_be_visible()

    page.get_by_role("link", name="Try again").click()
    fill_in(page)
    page.get_by_role("button", name="Pay ₹250").click()
    page.get_by_role("button", name="Pay ₹250").click()

    expect(page.get_by_role("main")).to_contain_text("Row A, seat 1")
    assert Ticket.objects.get().status == Ticket.Status.CONFIRMED


@pytest.mark.nightly
def test_closing_the_providers_page_leads_back_to_the_checkout(page, show):
    buy_up_to_the_gateway(page, show, "Row A, seat 1")
    page.get_by_role("link", name="Close the window").click()
    expect(page.get_by_role("heading", name="Waiting")).to_be_visible()

    page.get_by_role("link", name="I haven’t paid").click()

    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()


@pytest.mark.nightly
def test_the_first_attempts_page_of_a_paid_booking_leads_to_its_ticket(page, show):
    buy_up_to_the_gateway(page, show, "Row A, seat 1")
    page.get_by_role("link", name="Close the window").click()
    first = page.url
    page.get_by_role("link", name="I haven’t paid").click()
    page.get_by_label("Card", exact=True).check()
    page.get_by_role("button", name="Pay ₹250").click()
    page.get_by_role("button", name="Pay ₹250", exact=True).click()
    expect(page).to_have_url(re.compile("/tickets/"))
    ticket = page.url

    page.goto(first)

    expect(page.get_by_role("heading", name="This booking is already paid")).to_be_visible()
    page.get_by_role("link", name="Open your ticket").click()
    expect(page).to_have_url(ticket)


def test_a_buyer_returned_by_a_form_of_another_site_is_known_again(page, show):
    buy_up_to_the_gateway(page, show, "Row A, seat 1")
    page.get_by_role("link", name="Close the window").click()
    page.goto(f"data:text/html,<form method=post action='{page.url}'><button name=status value=done>Back to the shop")

    page.get_by_role("button", name="Back to the shop").click()

    expect(page.get_by_role("heading", name="Waiting")).to_be_visible()
    expect(page.get_by_role("link", name="I haven’t paid")).to_be_visible()


@pytest.mark.nightly
def test_a_pending_payment_shows_the_time_left(page, show):
    buy_up_to_the_gateway(page, show, "Row A, seat 1")
    page.get_by_role("link", name="Close the window").click()

    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^[89]:\d\d left$"))
    Hold.objects.update(expires_at=Now() + timedelta(seconds=3))
    page.reload()

    expect(page.get_by_text("Your seats are no longer held.")).to_be_visible()
    expect(page.get_by_role("timer")).to_have_count(0)


@pytest.mark.nightly
def test_a_payment_reported_late_shows_the_ticket_once_it_is_reported(page, show, monkeypatch):
    monkeypatch.setattr("cinema.gateways.sandbox.LATE_BY", timedelta(seconds=3))
    buy_up_to_the_gateway(page, show, "Row A, seat 1")
    page.get_by_role("button", name="late").click()
    expect(page.get_by_role("heading", name="Waiting")).to_be_visible()

    expect(page).to_have_url(re.compile("/tickets/"))


@pytest.mark.nightly
def test_paying_for_unavailable_seats_is_refunded_with_a_notice(page, show):
    buy_up_to_the_gateway(page, show, "Row A, seat 1")
    lapsed(seat(show, "A1").hold)
    held(show, "A1", buyer="ben")

    page.get_by_role("button", name="Pay ₹250", exact=True).click()

    expect(page.get_by_role("heading", name="Sorry, your seats have gone")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Your refund of ₹250 is on its way")
    assert send_due_refunds() == 1
    assert Payment.objects.get().status == Payment.Status.REFUNDED


@pytest.mark.nightly
def test_held_seats_can_be_changed_extended_and_released(page, show):
    page.goto(f"/shows/{show.pk}/")
    choose(page, "Row A, seat 1")
    page.get_by_role("button", name="Continue").click()

    page.get_by_role("link", name="Change seats").click()
    expect(page.get_by_role("checkbox", name="Row A, seat 1, Classic, ₹250, held for you")).to_be_checked()
    choose(page, "Row A, seat 2")
    page.get_by_role("button", name="Continue with these seats").click()
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("₹500")

    page.goto("/")
    page.get_by_role("button", name="More time").click()
    expect(page.get_by_text("more minutes")).to_be_visible()
    expect(page.get_by_role("button", name="More time")).to_be_focused()
    page.get_by_role("button", name="Release seats").click()
    expect(page.get_by_text("Your seats have been released")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Row A, seat 1,")).not_to_be_checked()


@pytest.mark.nightly
def test_the_back_button_after_paying_shows_the_present_state(page, show):
    buy_up_to_the_gateway(page, show, "Row A, seat 1")
    checkout = page.evaluate("history.length") and page.url
    page.get_by_role("button", name="Pay ₹250", exact=True).click()
    expect(page).to_have_url(re.compile("/tickets/"))

    page.go_back()
    page.wait_for_load_state()
    if page.url == checkout:
        expect(page.get_by_text("already been decided")).to_be_visible()
        page.go_back()
    expect(page).to_have_url(re.compile("/tickets/"))
    assert Payment.objects.count() == 1
