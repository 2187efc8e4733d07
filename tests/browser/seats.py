"""Helpers for tests of the seat page."""

from collections.abc import Collection

from playwright.sync_api import Locator, Page, expect

from cinema.models import Show


def open_map(page: Page, show: Show, *, view: str = "") -> None:
    """Open the show, in the language of the test, and wait for its scripts (then the map is one tab stop)."""
    page.goto(f"{show.get_absolute_url()}{view and f'?view={view}'}")
    expect(page.locator("input[name=seats][tabindex='0']")).to_have_count(1)


def box(page: Page, name: str) -> Locator:
    """The checkbox of “G8”."""
    row, number = name.rstrip("0123456789"), name.lstrip("ABCDEFGHJKLMNPQRSTUVWXYZ")
    return page.get_by_role("checkbox", name=f"Row {row}, seat {number},")


def party_of(page: Page, size: int) -> None:
    page.get_by_role("radio", name=str(size), exact=True).check()


def touch(page: Page, name: str) -> None:
    """Click the seat as a pointer does."""
    box(page, name).click()


def expect_chosen(page: Page, names: str) -> None:
    """Exactly the seats “A1 A2” are selected."""
    wanted: Collection[str] = names.split()
    expect(page.locator("input[name=seats]:checked")).to_have_count(len(wanted))
    for name in wanted:
        expect(box(page, name)).to_be_checked()


def expect_focus(page: Page, name: str) -> None:
    expect(box(page, name)).to_be_focused()


def total(page: Page) -> Locator:
    return page.locator("[data-seat-map=total]")


def message(page: Page) -> Locator:
    return page.locator("[data-seat-map=message]")


def fill_in(page: Page) -> None:
    """Enter the buyer's contact."""
    page.get_by_label("Name").fill("Asha Rao")
    page.get_by_label("Email address").fill("asha@example.org")
    page.get_by_label("Phone").fill("+91 98200 12345")


def hold_and_pay(page: Page) -> None:
    """Go from selected seats to the ticket."""
    page.get_by_role("button", name="Continue").click()
    fill_in(page)
    page.get_by_role("button", name="Pay ₹").click()
    expect(page.get_by_text("Test gateway.")).to_be_visible()
    page.get_by_role("button", name="Pay ₹").click()
    expect(page.get_by_text("Show this at the door")).to_be_visible()
