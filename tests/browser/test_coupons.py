"""A booking with a booking fee and a coupon, from the map to the ticket."""

import re

import pytest
from playwright.sync_api import Page, expect

from cinema.models import Order, Show, Theatre
from cinema.selectors.figures.ledger import coupon_faults, unexplained_seats
from tests.browser.test_booking import choose, fill_in
from tests.factories import MANAGER, PASSWORD, ShowFactory, coupon, staff


@pytest.fixture
def show(transactional_db) -> Show:
    show = ShowFactory(movie__title="The Lunchbox", screen__plan="aaaa\nbbbb")
    Theatre.objects.update(web_fee=20)
    coupon(show.screen.theatre, code="TEN", name="Ten percent off")
    return show


def total(page: Page):
    return page.locator(".checkout-total .price")


def pay(page: Page, show: Show) -> None:
    page.get_by_role("button", name="Pay ₹490").click()
    expect(page.get_by_text("Test gateway.")).to_be_visible()
    page.get_by_role("button", name="Pay ₹490").click()
    ticket = page.get_by_role("main")
    expect(ticket).to_contain_text("Booking fee")
    expect(ticket).to_contain_text("₹490")
    assert Order.objects.get().total == 490
    assert unexplained_seats(show) == []
    assert list(coupon_faults()) == []


def test_a_fee_and_a_coupon_are_seen_from_the_map_to_the_ticket(page, show):
    page.goto(f"/shows/{show.pk}/")
    expect(page.get_by_text("Prices include a booking fee of ₹20 per ticket.")).to_be_visible()
    choose(page, "Row A, seat 1", "Row A, seat 2")
    expect(page.locator("[data-seat-map=total]")).to_have_text("₹540")
    page.get_by_role("button", name="Continue").click()
    expect(total(page)).to_have_text("₹540")
    fill_in(page)

    code = page.get_by_label("Coupon code")
    code.fill("elevn")
    code.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("We don’t know the code “elevn”.")
    expect(page).to_have_url(re.compile("/holds/"))
    code.fill("ten")
    code.press("Enter")
    expect(total(page)).to_have_text("₹490")
    expect(page.get_by_role("listitem").filter(has_text="Ten percent off")).to_contain_text("-₹50")
    expect(page.get_by_role("listitem").filter(has_text="Booking fee")).to_contain_text("₹40")
    expect(page.get_by_label("Name")).to_have_value("Asha Rao")
    pay(page, show)


@pytest.mark.nightly
def test_the_same_works_without_javascript(js_off_page, show):
    page = js_off_page
    page.goto(f"/shows/{show.pk}/")
    choose(page, "Row A, seat 1", "Row A, seat 2")
    page.get_by_role("button", name="Continue").click()
    fill_in(page)
    page.get_by_label("Coupon code").fill("ten")
    page.get_by_role("button", name="Update the total").click()
    expect(total(page)).to_have_text("₹490")
    expect(page.get_by_label("Name")).to_have_value("Asha Rao")
    expect(page.get_by_label("Coupon code")).to_have_value("ten")
    pay(page, show)


@pytest.mark.nightly
def test_a_discount_of_everything_needs_no_payment(page, show):
    coupon(show.screen.theatre, code="ALL", value=100)
    page.goto(f"/shows/{show.pk}/")
    choose(page, "Row A, seat 1")
    page.get_by_role("button", name="Continue").click()
    fill_in(page)
    page.get_by_label("Coupon code").fill("ALL")
    page.get_by_label("Coupon code").press("Enter")
    page.get_by_role("button", name="Book for free").click()
    expect(page.get_by_role("main")).to_contain_text("Row A, seat 1")
    assert Order.objects.get().status == "PAID"


@pytest.mark.nightly
def test_staff_make_a_coupon_and_see_its_uses(page, show):
    manager = staff(show.screen.theatre, MANAGER)
    page.goto(f"/staff/theatres/{show.screen.theatre.slug}/prices/coupons/")
    page.get_by_label("Email address").fill(manager.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="New coupon").click()
    page.get_by_label("Name").first.fill("Three for two")
    page.get_by_role("combobox", name="Discount").select_option("N_FOR_M")
    page.get_by_label("Seats", exact=True).fill("3")
    page.get_by_label("Of which paid").fill("2")
    page.get_by_label("Tuesday").check()
    page.get_by_role("button", name="Add").click()
    row = page.get_by_role("row").filter(has_text="Three for two")
    expect(row).to_contain_text("3 seats for the price of 2")
    expect(row).to_contain_text("Tue")
