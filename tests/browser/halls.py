"""The drawing board of a hall, as tests use it."""

from playwright.sync_api import Locator, Page, expect

from cinema.models import Screen
from tests.factories import MANAGER, PASSWORD, staff


def open_board(page: Page, screen: Screen) -> None:
    """Sign in and open the drawing board."""
    address = f"/staff/theatres/here/screens/{screen.pk}/"
    page.goto(f"/account/sign-in/?next={address}")
    page.get_by_label("E-mail").fill(staff(screen.theatre, MANAGER).email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
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
