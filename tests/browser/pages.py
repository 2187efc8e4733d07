"""All pages of the site, for tests that look at each of them."""

from collections.abc import Iterable, Iterator

from django.test import Client
from playwright.sync_api import Page

NO_PAGES = ("api", "admin")


def whole_pages(page: Page, addresses: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Of pairs of a name and an address, those with a page of our own: no file, no interface, no part for htmx."""
    for name, address in addresses:
        if name.startswith(NO_PAGES) or name.endswith("-live"):
            continue
        answer = page.request.get(address)
        is_html = answer.ok and answer.headers.get("content-type", "").startswith("text/html")
        if is_html and answer.text().lstrip().lower().startswith("<!doctype html"):
            yield name, address


def take_cookies(page: Page, site: str, client: Client) -> None:
    """Let the browser of a page be the same person as a client of tests."""
    cookies = client.cookies.items()
    page.context.add_cookies([{"name": name, "value": cookie.value, "url": site} for name, cookie in cookies])
