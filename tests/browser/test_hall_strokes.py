"""The hall editor with a pointer: the page does not move, and every stroke is applied once."""

import pytest
from playwright.sync_api import Locator, Page, expect

from cinema.models import Screen
from tests.browser.halls import drag, middle, open_board, place
from tests.conftest import nightly
from tests.factories import ScreenFactory, TheatreFactory


def screen_of(plan: str) -> Screen:
    return ScreenFactory(theatre=TheatreFactory(slug="here"), name="Grand", plan=plan)


@pytest.fixture
def screen(transactional_db: None) -> Screen:
    return screen_of("aaaa\naaaa\nbbbb")


@pytest.fixture
def with_aisle(transactional_db: None) -> Screen:
    return screen_of("aaa.aaa\naaa.aaa\naaaaaa")


def tool(page: Page, name: str) -> None:
    page.locator("#hall-editor label", has_text=name).first.click()


def drawn(page: Page) -> list[str]:
    """The rows in the text version on the page."""
    return page.locator("[name=plan]").input_value().split("\n")


def where(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    return round(box["x"]), round(box["y"])


@pytest.mark.parametrize("redo", ["Control+y", nightly("Control+Shift+z")])
def test_each_press_undoes_or_redoes_one_step(page, screen, redo):
    open_board(page, screen)
    tool(page, "Wheelchair")
    for name in ("A1", "A2", "A3"):
        place(page, name).click()

    page.keyboard.press("Control+z")
    assert drawn(page)[0] == "wwaa"
    page.keyboard.press("Control+z")
    assert drawn(page)[0] == "waaa"
    page.keyboard.press(redo)
    assert drawn(page)[0] == "wwaa"


@pytest.mark.nightly
def test_keys_wait_for_the_end_of_a_stroke(page, screen):
    open_board(page, screen)
    tool(page, "Wheelchair")
    place(page, "A1").click()
    page.mouse.move(*middle(place(page, "A2")))
    page.mouse.down()
    page.keyboard.press("Control+z")
    page.mouse.up()

    assert drawn(page)[0] == "wwaa"
    page.keyboard.press("Control+z")
    assert drawn(page)[0] == "waaa"


@pytest.mark.nightly
def test_hall_stays_in_place_when_a_selection_begins_and_ends(page, screen):
    open_board(page, screen)
    before = where(place(page, "C1"))
    tool(page, "Select")
    drag(page, place(page, "A1"), place(page, "B2"))
    assert where(place(page, "C1")) == before

    tool(page, "Wheelchair")
    page.mouse.move(*middle(place(page, "C1")))
    page.mouse.down()
    assert where(place(page, "C1")) == before
    page.mouse.up()

    assert drawn(page) == ["aaaa", "aaaa", "wbbb"]


@pytest.mark.nightly
def test_a_selection_can_be_painted_erased_and_cleared_by_buttons(page, screen):
    open_board(page, screen)
    clear = page.get_by_role("button", name="Clear selection")
    expect(clear).to_be_disabled()
    tool(page, "Select")
    drag(page, place(page, "A1"), place(page, "B2"))
    page.get_by_role("button", name="Erase", exact=True).click()
    assert drawn(page) == ["..aa", "..aa", "bbbb"]

    clear.click()
    expect(page.locator("#hall-grid [aria-selected]")).to_have_count(0)
    expect(page.locator(":focus")).to_have_role("gridcell")


@pytest.mark.nightly
def test_page_does_not_scroll_when_a_half_hidden_seat_is_pressed(new_page, screen):
    page = new_page(viewport={"width": 1440, "height": 620})
    open_board(page, screen)
    tool(page, "Wheelchair")
    bottom = place(page, "C2").evaluate("seat => seat.getBoundingClientRect().bottom + scrollY")
    page.evaluate("y => scrollTo(0, y - innerHeight - 12)", bottom)
    before = page.evaluate("scrollY")
    x, y = where(place(page, "C2"))
    page.mouse.move(x + 8, y + 6)
    page.mouse.down()
    page.evaluate("() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))")
    after = page.evaluate("scrollY")
    page.mouse.up()

    assert after == before
    assert drawn(page)[2] == "bwbb"


@pytest.mark.nightly
def test_hall_stays_in_place_while_it_grows_to_the_right(page, screen):
    open_board(page, screen)
    before = where(place(page, "A1"))
    page.locator("#hall-grid [role=row]").first.locator(".editor-gap").last.click()
    expect(page.locator("#seats-total")).to_have_text("Seats: 13")
    assert where(place(page, "A1")) == before


@pytest.mark.nightly
def test_hall_stays_in_place_when_something_becomes_wrong(page, screen):
    open_board(page, screen)
    place(page, "A2").click()
    box = page.locator("#hall-grid")
    before = box.evaluate("grid => grid.getBoundingClientRect().top + scrollY")
    page.locator("#here-number").fill("1")
    page.keyboard.press("Tab")
    expect(page.locator("#hall-problems")).to_contain_text("is in the plan twice")
    assert box.evaluate("grid => grid.getBoundingClientRect().top + scrollY") == before


@pytest.mark.nightly
def test_a_button_pressed_again_and_again_stays_under_the_pointer(new_page, screen):
    page = new_page(viewport={"width": 390, "height": 700})
    open_board(page, screen)
    insert = page.get_by_role("button", name="Insert behind")
    insert.scroll_into_view_if_needed()
    page.mouse.move(*middle(insert))
    for _ in range(3):
        page.mouse.down()
        page.mouse.up()
    expect(page.locator("#hall-grid [role=row]")).to_have_count(6)


def test_love_seats_dragged_over_an_aisle_leave_it_free_with_a_notice(page, with_aisle):
    open_board(page, with_aisle)
    tool(page, "Love seat")
    drag(page, place(page, "A1"), place(page, "A6"))

    assert drawn(page)[0] == "AAa.AAa"
    expect(page.locator("#hall-news")).to_have_text("Aisles stay free. To fill an aisle, start in it.")


@pytest.mark.nightly
def test_love_seats_dragged_over_an_odd_row_add_no_seat(page, transactional_db):
    open_board(page, screen_of("aaaaa\naaaa\naaaa"))
    tool(page, "Love seat")
    drag(page, place(page, "A1"), place(page, "A5"))
    assert drawn(page)[0] == "AAAAa"


@pytest.mark.parametrize(("name", "painted"), [("Seat", "aaa.aaa"), nightly("Wheelchair", "www.www")])
def test_other_strokes_leave_an_aisle_free_too(page, with_aisle, name, painted):
    open_board(page, with_aisle)
    tool(page, name)
    drag(page, place(page, "A1"), place(page, "A6"))
    assert drawn(page)[0] == painted


@pytest.mark.nightly
def test_a_stroke_that_begins_in_an_aisle_fills_it(page, with_aisle):
    open_board(page, with_aisle)
    aisle = page.get_by_role("gridcell", name="Row A, gap").first
    drag(page, aisle, page.get_by_role("gridcell", name="Row B, gap").first)
    assert drawn(page) == ["aaaaaaa", "aaaaaaa", "aaaaaa"]


@pytest.mark.nightly
def test_painting_a_selected_row_leaves_its_aisle_free(page, with_aisle):
    open_board(page, with_aisle)
    page.keyboard.press("Control+z")  # nothing to undo yet
    place(page, "A1").focus()
    page.keyboard.press("w")
    for _ in range(6):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press(" ")
    assert drawn(page)[0] == "www.www"


@pytest.mark.parametrize(("keys", "row"), [(".", "a.AAaaa"), nightly(",", "a,AAaaa"), nightly("|", "a.AAaaa")])
def test_a_gap_made_at_a_love_seat_does_not_tear_it(page, transactional_db, keys, row):
    open_board(page, screen_of("aAAaaa\naaaaaa\naaaaaa"))
    place(page, "A3").focus()
    page.keyboard.press(keys)
    assert drawn(page)[0] == row


def test_a_row_name_typed_before_the_next_click_is_kept(page, screen):
    open_board(page, screen)
    tool(page, "Select")
    place(page, "A1").click()
    page.locator("#here-row").fill("X")
    place(page, "C1").click()
    expect(place(page, "X1")).to_be_visible()
    expect(place(page, "C1")).to_be_visible()


@pytest.mark.nightly
def test_enter_in_a_field_of_the_board_sends_nothing(page, screen):
    open_board(page, screen)
    place(page, "A1").focus()
    page.locator("#here-row").fill("X")
    page.keyboard.press("Enter")
    expect(place(page, "X1")).to_be_visible()
    expect(page.locator("#hall-news")).to_be_attached()
    page.keyboard.press("Control+z")  # an undo of the field's own
    assert "preview" not in page.url
