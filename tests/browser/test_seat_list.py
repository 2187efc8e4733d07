"""The seats as a list: the same checkboxes, one under another."""

import re

import pytest
from playwright.sync_api import Page, expect

from cinema.models import Show
from tests.browser.seats import (
    box,
    expect_chosen,
    expect_focus,
    hold_and_pay,
    message,
    open_map,
    party_of,
    total,
    touch,
)
from tests.factories import ShowFactory, held, sold


@pytest.fixture
def show(transactional_db) -> Show:
    show = ShowFactory(screen__plan="aaaaa\naaaaa\n\nbbbbb")
    sold(show, "A2")
    sold(show, "B1 B2 B3 B4 B5")
    return show


def buy(page: Page, show: Show) -> None:
    page.goto(f"/shows/{show.pk}/?view=list")
    row = page.get_by_role("group", name="Row C")
    row.get_by_role("checkbox", name="seat 2, Premium, ₹350").check()
    row.get_by_role("checkbox", name="seat 3, Premium, ₹350").check()
    hold_and_pay(page)
    expect(page.get_by_role("main")).to_contain_text("Row C, seat 2")


def test_seats_are_bought_by_the_list_alone(page, show):
    buy(page, show)


@pytest.mark.nightly
def test_seats_are_bought_by_the_list_without_javascript(js_off_page, show):
    buy(js_off_page, show)


@pytest.mark.nightly
def test_seats_are_bought_by_the_list_on_a_telephone(phone_page, show):
    buy(phone_page, show)


def test_the_switch_keeps_the_choice_and_the_address(page, show):
    open_map(page, show)
    touch(page, "A1")
    page.evaluate("document.body.dataset.same = 'page'")

    page.get_by_role("link", name="List").click()

    expect(page).to_have_url(re.compile(r"\?view=list$"))
    expect(page.get_by_role("link", name="List")).to_have_attribute("aria-current", "true")
    expect_chosen(page, "A1")
    page.get_by_role("link", name="Map").click()
    expect(page).to_have_url(re.compile(r"/shows/\d+/$"))
    expect_chosen(page, "A1")
    assert page.evaluate("document.body.dataset.same") == "page"


@pytest.mark.nightly
def test_the_switch_is_a_link_without_javascript(js_off_page, show):
    js_off_page.goto(f"/shows/{show.pk}/")
    js_off_page.get_by_role("link", name="List").click()
    expect(js_off_page).to_have_url(re.compile(r"\?view=list$"))
    expect(js_off_page.locator(".as-list")).to_be_visible()


@pytest.mark.nightly
def test_a_refusal_without_javascript_comes_back_as_a_list(js_off_page, show):
    js_off_page.goto(f"/shows/{show.pk}/?view=list")
    js_off_page.get_by_role("button", name="Continue").click()
    expect(js_off_page.get_by_role("alert")).to_be_visible()
    expect(js_off_page.locator(".as-list")).to_be_visible()


@pytest.mark.nightly
def test_an_order_line_names_seat_category_and_price(page, show):
    open_map(page, show, view="list")
    line = box(page, "C2").locator("xpath=..")
    assert line.evaluate("line => getComputedStyle(line, '::after').content").startswith('"Seat 2 · Premium · ₹350"')


@pytest.mark.nightly
def test_taken_seats_are_left_out_and_a_row_without_a_free_one_says_so(page, show):
    open_map(page, show, view="list")
    expect(page.get_by_role("group", name="Row A").get_by_role("checkbox")).to_have_count(4)
    full = page.get_by_role("group", name="Row B")
    expect(full.get_by_role("checkbox")).to_have_count(0)
    assert full.evaluate("row => getComputedStyle(row, '::after').content") == '"No free seat"'


@pytest.mark.nightly
def test_the_list_lives_as_the_map_does(page, show):
    open_map(page, show, view="list")
    touch(page, "C1")
    held(show, "C1 C4", buyer="ben")
    expect(box(page, "C4")).to_have_count(0)
    expect(message(page)).to_have_text("Row C, seat 1 was just taken.")
    expect_chosen(page, "")


@pytest.mark.nightly
def test_a_party_is_seated_in_the_list_too(page, show):
    open_map(page, show, view="list")
    party_of(page, 3)
    touch(page, "C1")
    expect_chosen(page, "C1 C2 C3")
    expect(total(page)).to_have_text("₹1,050")


@pytest.mark.nightly
def test_the_arrows_walk_down_the_list(page, show):
    open_map(page, show, view="list")
    box(page, "A1").focus()
    page.keyboard.press("ArrowDown")
    expect_focus(page, "A3")
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    expect_focus(page, "C1")
    page.keyboard.press("ArrowUp")
    expect_focus(page, "A5")
