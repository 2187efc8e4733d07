"""The seat map by keyboard alone."""

import re

import pytest
from django.utils.translation import override
from playwright.sync_api import Page, expect

from cinema.models import Show, Ticket
from tests.browser.seats import box, expect_chosen, expect_focus, message, open_map, total
from tests.factories import ShowFactory, held, sold

PLAN = """
    aaa aaa
    aaa aaa

    bbb bbb
    .bb bb
"""


@pytest.fixture
def show(transactional_db) -> Show:
    return ShowFactory(movie__title="The Lunchbox", screen__plan=PLAN)


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


@pytest.mark.nightly
def test_the_map_is_one_tab_stop(page, show):
    open_map(page, show)
    box(page, "A1").focus()

    press(page, "Tab")

    expect(page.get_by_role("button", name="Continue")).to_be_focused()
    press(page, "Shift+Tab")
    expect_focus(page, "A1")


@pytest.mark.nightly
def test_tab_comes_back_to_the_seat_one_stood_on(page, show):
    open_map(page, show)
    box(page, "A1").focus()
    press(page, "ArrowDown ArrowRight Tab Shift+Tab")
    expect_focus(page, "B2")


@pytest.mark.nightly
def test_without_javascript_every_seat_is_a_tab_stop(js_off_page, show):
    js_off_page.goto(f"/shows/{show.pk}/")
    box(js_off_page, "A1").focus()
    press(js_off_page, "Tab Tab")
    expect_focus(js_off_page, "A3")


def test_left_and_right_walk_along_the_row_over_the_aisle_and_over_taken_seats(page, show):
    sold(show, "A2")
    held(show, "A4", buyer="ben")
    open_map(page, show)
    box(page, "A1").focus()
    press(page, "ArrowRight")
    expect_focus(page, "A3")
    press(page, "ArrowRight")
    expect_focus(page, "A5")
    press(page, "ArrowLeft ArrowLeft ArrowLeft ArrowLeft")
    expect_focus(page, "A1")


@pytest.mark.nightly
def test_up_and_down_keep_to_the_column_over_a_cross_aisle_and_a_full_row(page, show):
    sold(show, "B1 B2 B3 B4 B5 B6")
    open_map(page, show)
    box(page, "A6").focus()
    press(page, "ArrowDown")
    expect_focus(page, "C6")
    press(page, "ArrowDown")
    expect_focus(page, "D4")  # the last row is shorter
    press(page, "ArrowUp")
    expect_focus(page, "C6")
    press(page, "ArrowUp ArrowUp")
    expect_focus(page, "A6")


@pytest.mark.nightly
def test_home_and_end_lead_along_the_row_and_with_control_through_the_hall(page, show):
    open_map(page, show)
    box(page, "B3").focus()
    for key, seat in [("End", "B6"), ("Home", "B1"), ("Control+End", "D4"), ("Control+Home", "A1")]:
        press(page, key)
        expect_focus(page, seat)


@pytest.mark.nightly
def test_a_letter_leads_to_its_row(page, show):
    sold(show, "B1 B2 B3 B4 B5 B6")
    open_map(page, show)
    box(page, "A2").focus()
    press(page, "c")
    expect_focus(page, "C2")
    press(page, "b")
    expect_focus(page, "C2")
    expect(message(page)).to_have_text("Row B has no free seat.")


@pytest.mark.nightly
def test_two_letters_lead_to_a_row_of_two(page, transactional_db):
    show = ShowFactory(screen__rows=26, screen__columns=2)  # A to Z without I and O, then AA and AB
    open_map(page, show)
    box(page, "A1").focus()
    press(page, "a b")
    expect_focus(page, "AB1")


def test_the_space_bar_chooses_and_the_choice_is_read_out_once_it_rests(page, show):
    open_map(page, show)
    box(page, "A1").focus()
    press(page, "Space ArrowRight Space")
    expect_chosen(page, "A1 A2")
    expect(total(page)).to_have_text("₹500")
    expect(page.locator("[data-seat-map=spoken]")).to_have_text("Seats chosen: 2. Total: ₹500.")
    press(page, "ArrowRight ArrowRight")
    expect(page.locator("[data-seat-map=spoken]")).to_have_text("Seats chosen: 2. Total: ₹500.")


@pytest.mark.nightly
def test_the_keys_are_explained_where_they_work(page, show):
    open_map(page, show)
    hint = page.get_by_text("Move with the arrow keys")
    expect(hint).to_be_hidden()
    page.keyboard.press("Tab")
    box(page, "A1").focus()
    expect(hint).to_be_visible()
    expect(page.get_by_role("group", name="Seats")).to_have_accessible_description(re.compile("arrow keys"))


def test_the_focus_survives_an_update_of_its_seat(page, show):
    held(show, "A2", buyer="ben")
    open_map(page, show)
    box(page, "A1").focus()
    press(page, "Space")

    sold(show, "A3", buyer="cleo")
    expect(box(page, "A3")).to_be_disabled()
    expect_focus(page, "A1")

    held(show, "A1", buyer="ben")  # instead of A2
    expect(box(page, "A1")).to_be_disabled()
    expect(message(page)).to_have_text("Row A, seat 1 was just taken.")
    expect_focus(page, "A2")


@pytest.mark.nightly
def test_the_summary_never_covers_the_seat_in_focus(phone_page, transactional_db):
    show = ShowFactory(screen__rows=22, screen__columns=14)
    open_map(phone_page, show)
    box(phone_page, "A1").focus()
    for _ in range(21):
        press(phone_page, "ArrowDown")
        assert phone_page.evaluate(
            """() => {
                const seat = document.activeElement.getBoundingClientRect();
                const middle = [seat.x + seat.width / 2, seat.bottom - 2];
                return document.elementFromPoint(...middle) === document.activeElement;
            }"""
        )
    for _ in range(13):
        press(phone_page, "ArrowRight")
    expect_focus(phone_page, "X14")
    expect(box(phone_page, "X14")).to_be_in_viewport(ratio=1)


def test_seats_are_bought_by_keyboard_alone(page, show):
    open_map(page, show)
    for _ in range(20):
        press(page, "Tab")
        if page.evaluate("document.activeElement.name") == "seats":
            break
    press(page, "c End Space ArrowLeft Space Tab Enter")
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()
    page.get_by_label("Name").focus()
    page.keyboard.type("Asha Rao")
    press(page, "Tab")
    page.keyboard.type("asha@example.org")
    press(page, "Tab")
    page.keyboard.type("+91 98200 12345")
    press(page, "Enter")
    expect(page.get_by_text("Test gateway.")).to_be_visible()
    page.get_by_role("button", name="Pay ₹").focus()
    press(page, "Enter")
    expect(page).to_have_url(re.compile("/tickets/"))
    ticket = Ticket.objects.get()
    assert ticket.status == Ticket.Status.CONFIRMED
    assert [seat.show_seat.seat.label for seat in ticket.seats.order_by("pk")] == ["Row C, seat 5", "Row C, seat 6"]


@pytest.mark.nightly
def test_left_is_left_where_the_page_reads_from_the_right(page, show):
    with override("ar"):
        open_map(page, show)
    first, second = page.locator("input[name=seats]").nth(0), page.locator("input[name=seats]").nth(1)
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert first.bounding_box()["x"] < second.bounding_box()["x"]
    first.focus()
    press(page, "ArrowRight")
    expect(second).to_be_focused()
