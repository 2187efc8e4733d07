"""Drawing a hall in a real browser: by mouse, by keyboard, on a telephone."""

import json

import pytest
from playwright.sync_api import Page, expect

from cinema.domain.seating.drawings import read_spots
from cinema.domain.seating.numbering import Numbering, number_seats
from cinema.models import Screen
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.selectors.halls.hall_changes import standing_seats
from tests.browser.halls import drag, open_board, place
from tests.factories import ScreenFactory, ShowFactory, TheatreFactory, sold


@pytest.fixture
def screen(transactional_db: None) -> Screen:
    return ScreenFactory(theatre=TheatreFactory(slug="here"), name="Grand", plan="aaaa\naaaa\nbbbb")


def names(screen: Screen) -> list[str]:
    return [f"{each.row}{each.number}" for each in standing_seats(screen).values()]


def save(page: Page) -> None:
    page.get_by_role("button", name="Preview changes").click()
    page.get_by_role("button", name="Save the hall").click()
    expect(page.locator(".messages, #messages").first).to_contain_text("has been saved")


def test_a_hall_is_drawn_with_the_mouse_and_saved(page, screen):
    show = ShowFactory(screen=screen)
    ticket = sold(show, "C1")
    open_board(page, screen)

    page.locator("label", has_text="Premium").click()
    drag(page, place(page, "B1"), place(page, "B4"))
    expect(page.locator("label", has_text="Premium")).to_contain_text("8")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("label", has_text="Premium")).to_contain_text("4")
    page.get_by_role("button", name="Redo").click()

    page.locator("label", has_text="Gap (erase)").click()
    place(page, "A4").click()
    page.get_by_role("button", name="Insert in front").click()
    page.locator("label", has_text="Love seat").click()
    row = page.locator("#hall-grid [role=row]").first
    row.locator(".editor-gap").first.click()
    expect(page.locator("#seats-total")).to_have_text("Seats: 13")
    save(page)

    assert names(screen) == ["A1", "A2", "B1", "B2", "B3", "C1", "C2", "C3", "C4", "D1", "D2", "D3", "D4"]
    assert set(screen.seats.filter(retired_at=None, row="A").values_list("kind", flat=True)) == {"LOVE"}
    assert ticket.seats.get().show_seat.seat.row == "D"
    assert unexplained_seats(show) == []


def test_a_hall_is_drawn_by_keyboard_alone(page, screen):
    open_board(page, screen)
    place(page, "A1").focus()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("w")
    page.keyboard.press(" ")
    expect(page.locator(":focus")).to_have_accessible_name("Row B, seat 1, Classic, wheelchair space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("2")
    page.keyboard.press("s")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    expect(place(page, "B3")).to_have_accessible_name("Row B, seat 3, Premium")
    page.keyboard.press("Control+z")
    expect(place(page, "B3")).to_have_accessible_name("Row B, seat 3, Classic")
    page.keyboard.press("Control+y")
    page.keyboard.press("Escape")
    page.keyboard.press("Delete")
    page.keyboard.press("Home")
    page.keyboard.press(".")
    page.keyboard.press("d")
    expect(page.locator("#hall-news")).to_have_text("The row was duplicated.")
    expect(page.locator("#seats-total")).to_have_text("Seats: 14")
    page.keyboard.press(">")
    save(page)

    seats = [(s.row, s.number, s.x, s.kind) for s in standing_seats(screen).values() if s.y in (1, 2)]
    assert seats == [
        ("B", 1, 2, "WHEELCHAIR"),
        ("B", 2, 4, "STANDARD"),
        ("B", 3, 8, "STANDARD"),
        ("C", 1, 3, "WHEELCHAIR"),
        ("C", 2, 5, "STANDARD"),
        ("C", 3, 9, "STANDARD"),
    ]


@pytest.mark.nightly
def test_a_finger_paints_by_a_tap(phone_page, screen):
    open_board(phone_page, screen)
    phone_page.locator("label", has_text="Gap (erase)").tap()
    place(phone_page, "A4").tap()
    expect(phone_page.locator("#seats-total")).to_have_text("Seats: 11")
    assert phone_page.evaluate("document.documentElement.scrollWidth") <= 390


PLANS = ["aaaa\nbbbb", "aaa.aaa\n,aa.aaa\n\naaaaa", "a", ",aa\n\n\naaaaaaaa\n...a"]
SCHEMES = [
    Numbering(seats, rows, letters, start)
    for seats in ("left", "right", "middle", "sides", "keep")
    for rows in ("front", "back")
    for letters, start in (("plain", 1), ("all", 2), ("figures", 101))
]
NUMBERED = """async ([url, halls]) => {
  const { read, renumber, write } = await import(url);
  return halls.map(([seats, scheme]) => write(renumber(read({ seats }, scheme), scheme)));
}"""


def test_the_script_numbers_a_hall_as_the_server_does(page, screen):
    open_board(page, screen)
    halls, expected = [], []
    for plan in PLANS:
        bare = [spot._replace(row="", number=0) if spot.y else spot for spot in read_spots(plan, [1, 2])]
        for scheme in SCHEMES:
            halls.append(([[s.id, s.row, s.number, s.x, s.y, s.category, s.kind] for s in bare], scheme._asdict()))
            expected.append([(s.y, s.x, s.row, s.number) for s in number_seats(bare, scheme)])

    answers = page.evaluate(NUMBERED, ["/static/js/hall-model.js", halls])

    found = [[(y, x, row, n) for _id, row, n, x, y, *_ in json.loads(each)["seats"]] for each in answers]
    assert found == expected
