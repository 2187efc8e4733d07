"""All pages of the site, for tests that look at each of them."""

from collections.abc import Iterable, Iterator

from django.test import Client
from playwright.sync_api import Page

NO_PAGES = ("api", "admin")


def html_pages(page: Page, addresses: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Of pairs of a name and an address, those at which there is a page of our own that can be looked at."""
    for name, address in addresses:
        answer = page.request.get(address) if not name.startswith(NO_PAGES) and not name.endswith("-live") else None
        if answer and answer.ok and answer.headers.get("content-type", "").startswith("text/html"):
            yield name, address


def take_cookies(page: Page, site: str, client: Client) -> None:
    """Let the browser of a page be the same person as a client of tests."""
    cookies = client.cookies.items()
    page.context.add_cookies([{"name": name, "value": cookie.value, "url": site} for name, cookie in cookies])
