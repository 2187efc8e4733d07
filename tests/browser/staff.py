"""The way into the back office, in a browser."""

from playwright.sync_api import Page, expect

from cinema.models import User
from tests.factories import PASSWORD


def enter(page: Page, user: User, path: str) -> None:
    """Sign in, and open a page of the back office."""
    page.goto(f"/account/sign-in/?next={path}")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Back office")).to_be_visible()
    page.wait_for_load_state()  # with its styles
