"""Helpers for tests of the hall editor."""

from playwright.sync_api import Locator, Page, expect

from cinema.models import Screen
from tests.browser.staff import enter
from tests.factories import MANAGER, staff


def open_board(page: Page, screen: Screen) -> None:
    """Sign in and open the hall editor."""
    enter(page, staff(screen.theatre, MANAGER), f"/staff/theatres/here/screens/{screen.pk}/")
    expect(page.locator("#hall-grid [role=row]")).to_have_count(3)


def place(page: Page, name: str) -> Locator:
    return page.get_by_role("gridcell", name=f"Row {name[0]}, seat {name[1:]},")


def middle(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, start: Locator, end: Locator) -> None:
    page.mouse.move(*middle(start))
    page.mouse.down()
    page.mouse.move(*middle(end), steps=12)
    page.mouse.up()
