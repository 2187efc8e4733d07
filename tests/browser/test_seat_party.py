"""“How many?”: one click selects seats for a party."""

import pytest
from playwright.sync_api import expect

from tests.browser.seats import box, expect_chosen, message, open_map, party_of, total, touch
from tests.factories import ShowFactory, held, sold

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_touch_seats_four_and_the_next_moves_them(page):
    show = ShowFactory(screen__rows=3, screen__columns=10)
    open_map(page, show)
    party_of(page, 4)

    touch(page, "B5")
    expect_chosen(page, "B4 B5 B6 B7")
    expect(total(page)).to_have_text("₹1,000")

    touch(page, "C2")
    expect_chosen(page, "C1 C2 C3 C4")


@pytest.mark.nightly
def test_touching_a_chosen_seat_lets_one_of_the_party_sit_elsewhere(page):
    show = ShowFactory(screen__rows=3, screen__columns=10)
    open_map(page, show)
    party_of(page, 3)
    touch(page, "B5")
    expect_chosen(page, "B4 B5 B6")

    touch(page, "B6")
    expect(message(page)).to_have_text("2 of 3 chosen. Tap where the others will sit.")
    touch(page, "A5")
    expect_chosen(page, "B4 B5 A5")
    expect(message(page)).to_have_text("")


@pytest.mark.nightly
def test_where_too_few_are_free_side_by_side_the_others_are_asked_for(page):
    show = ShowFactory(screen__rows=2, screen__columns=6)
    sold(show, "A3 A4")
    open_map(page, show)
    party_of(page, 4)

    touch(page, "A1")
    expect_chosen(page, "A1 A2")
    expect(message(page)).to_have_text("2 of 4 chosen. Tap where the others will sit.")
    touch(page, "B3")
    expect_chosen(page, "A1 A2 B3 B4")


@pytest.mark.nightly
def test_a_party_stays_on_one_side_of_an_aisle_unless_it_is_too_large(page):
    show = ShowFactory(screen__plan="aaa aaa")
    open_map(page, show)
    party_of(page, 4)
    touch(page, "A5")
    expect_chosen(page, "A3 A4 A5 A6")
    party_of(page, 3)
    touch(page, "A2")
    expect_chosen(page, "A1 A2 A3")


@pytest.mark.nightly
def test_no_single_seat_is_left_beside_a_party_if_it_can_be_helped(page):
    show = ShowFactory(screen__rows=1, screen__columns=8)
    sold(show, "A2")
    open_map(page, show)
    party_of(page, 2)
    touch(page, "A4")  # with A5 it would be nearer to the middle, and A3 alone
    expect_chosen(page, "A3 A4")


@pytest.mark.nightly
def test_the_house_takes_what_one_touch_chose_where_single_seats_are_refused(page):
    show = ShowFactory(screen__rows=2, screen__columns=9, screen__theatre__single_seats="REFUSE")
    held(show, "A4 A5", buyer="ben")
    open_map(page, show)
    party_of(page, 2)
    touch(page, "A8")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()


@pytest.mark.nightly
def test_a_party_that_moves_does_not_stand_in_its_own_way(page):
    show = ShowFactory(screen__rows=1, screen__columns=8)
    open_map(page, show)
    party_of(page, 4)
    touch(page, "A1")
    expect_chosen(page, "A1 A2 A3 A4")
    touch(page, "A5")
    expect(page.locator("input[name=seats]:checked")).to_have_count(4)
    expect(box(page, "A5")).to_be_checked()


@pytest.mark.nightly
def test_wheelchair_places_and_companion_seats_are_only_taken_when_touched(page):
    show = ShowFactory(screen__plan="aawkaa\naaaaaa")
    open_map(page, show)
    party_of(page, 3)
    touch(page, "A2")
    expect_chosen(page, "A1 A2")
    touch(page, "A3")
    expect_chosen(page, "A1 A2 A3")
    touch(page, "A4")  # everybody sits, so all move
    expect_chosen(page, "A4")


@pytest.mark.nightly
def test_the_seats_a_touch_would_take_are_shown_before_it(page):
    show = ShowFactory(screen__rows=2, screen__columns=8)
    open_map(page, show)
    party_of(page, 3)
    preview = page.locator(".seat.preview")

    box(page, "A5").hover()
    expect(preview).to_have_count(3)
    assert preview.first.evaluate("seat => getComputedStyle(seat).outlineStyle") == "dashed"
    page.get_by_role("heading", level=1).hover()
    expect(preview).to_have_count(0)
    box(page, "B2").focus()
    expect(preview).to_have_count(3)


def test_a_love_seat_is_taken_and_left_by_both(page):
    show = ShowFactory(screen__plan="aaaa\nAA AA")
    open_map(page, show)
    touch(page, "B2")
    expect_chosen(page, "B1 B2")
    touch(page, "B1")
    expect_chosen(page, "")
    party_of(page, 4)
    touch(page, "B3")
    expect_chosen(page, "B1 B2 B3 B4")


@pytest.mark.nightly
def test_a_love_seat_that_is_one_too_many_leaves_no_half(page, settings):
    settings.MAX_SEATS = 2
    show = ShowFactory(screen__plan="aaaa\nAA AA")
    open_map(page, show)
    touch(page, "A1")
    touch(page, "B2")
    expect_chosen(page, "A1")
    expect(message(page)).to_contain_text("at most 2 seats")


@pytest.mark.nightly
def test_the_carers_free_seat_is_free_in_the_total_as_at_the_checkout(page):
    show = ShowFactory(screen__plan="kwkaaa", screen__theatre__carer_free=True)
    open_map(page, show)
    touch(page, "A1")
    expect(total(page)).to_have_text("₹250")
    touch(page, "A2")
    expect(total(page)).to_have_text("₹250")
    touch(page, "A4")
    expect(total(page)).to_have_text("₹500")

    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()
    expect(page.locator(".checkout-total")).to_contain_text("₹500")


@pytest.mark.nightly
def test_the_house_is_asked_for_as_many_seats_as_were_said(page):
    show = ShowFactory(screen__rows=3, screen__columns=8)
    open_map(page, show)
    party_of(page, 3)
    page.get_by_text("Pick for me").click()
    page.get_by_role("button", name="Find the best seats").click()
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()
    expect(page.locator(".checkout-total")).to_contain_text("₹750")
