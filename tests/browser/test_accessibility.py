"""Axe finds nothing on any page, wide and light, narrow and dark, nor on the main pages and those of staff in any
language. What a page looks like does not depend on the database, so one is enough."""

from collections.abc import Iterable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page, expect

from cinema.domain.languages import NAMES
from cinema.models import Show, ShowLabel
from cinema.models.labels import stored_labels
from cinema.services.orders.cancellations import cancel_ticket
from cinema.web.languages import prefix_of
from tests.browser.conftest import NewPage
from tests.browser.pages import take_cookies, whole_pages
from tests.factories import (
    PASSWORD,
    ShowFactory,
    UserFactory,
    booked,
    held,
    lapsed,
    past,
    season,
    sold,
    ticket_of,
    waiting,
)
from tests.security.site import Site
from tests.views.browsers import browser
from tests.views.staff.addresses import PATTERNS as STAFF

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"viewport": {"width": 390, "height": 844}}
LOOKS = [
    pytest.param({"color_scheme": "light"}, id="wide-light", marks=pytest.mark.nightly),
    pytest.param({"color_scheme": "dark", "viewport": {"width": 390, "height": 844}}, id="narrow-dark"),
]


@pytest.fixture(params=LOOKS)
def visitor(new_page: NewPage, request: pytest.FixtureRequest) -> Page:
    return new_page(**request.param)


@pytest.fixture
def show():
    return ShowFactory(
        movie__title="The Lunchbox",
        screen__plan="wk aabb\naa aabb",
        screen__shape="CURVED",
        labels=stored_labels(ShowLabel),
        label_note="With an introduction by the director",
    )


def is_clean(page: Page) -> None:
    assert not fault(page)


def fault(page: Page) -> str:
    """What is wrong with the page; "" if nothing is."""
    found = Axe().run(page)
    if found.violations_count:
        return found.generate_report()
    fits = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return "" if fits else "the page is wider than the window"


def faults_of(page: Page, paths: Iterable[str], language: str) -> dict[str, str]:
    """The faults of the pages at these paths, with all details open, by URL; each must be in the language."""
    found = {}
    for path in paths:
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", language)
        page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
        if wrong := fault(page):
            found[page.url] = wrong
    return found


def report(faults: dict[str, str]) -> str:
    return "\n".join(f"{url}: {found}" for url, found in faults.items())


def visit(page: Page, *paths: str) -> None:
    for path in paths:
        page.goto(path)
        is_clean(page)


@pytest.mark.nightly
def test_pages_for_everybody(visitor, show):
    started = past(ShowFactory(movie=show.movie))
    held(show, "B1 B2", buyer="ben")
    sold(show, "A5")
    visit(visitor, "/", "/?q=nothing+like+this", show.movie.get_absolute_url())
    visit(visitor, show.screen.theatre.get_absolute_url(), show.get_absolute_url(), started.get_absolute_url())
    visit(visitor, "/tickets/", "/account/sign-in/", "/account/sign-up/", "/account/password-reset/", "/no/such/page/")


@pytest.mark.nightly
def test_pages_on_the_way_to_a_ticket(visitor, show):
    visitor.goto(show.get_absolute_url())
    visitor.get_by_role("button", name="Continue").click()
    expect(visitor.get_by_role("alert")).to_be_visible()
    is_clean(visitor)
    visitor.get_by_role("checkbox", name="Row B, seat 1,").check()
    is_clean(visitor)
    visitor.get_by_role("button", name="Continue").click()
    expect(visitor.get_by_role("heading", name="Checkout")).to_be_visible()
    is_clean(visitor)
    checkout = visitor.url
    visitor.get_by_label("Name").fill("Asha Rao")
    visitor.get_by_label("Phone").fill("nonsense")
    visitor.get_by_label("Email address").fill("asha@example.org")
    visitor.get_by_role("button", name="Pay ₹").click()
    expect(visitor.get_by_text("Please enter a phone number").first).to_be_visible()
    is_clean(visitor)
    visitor.get_by_label("Phone").fill("+91 98200 12345")
    visitor.get_by_role("button", name="Pay ₹").click()
    is_clean(visitor)
    visitor.get_by_role("link", name="Close the window").click()
    is_clean(visitor)
    lapsed(show.holds.get())
    visit(visitor, checkout)


@pytest.mark.nightly
def test_pages_of_a_payment_and_its_ticket(visitor, show):
    pending = booked(show, "B1", buyer="ben")
    ticket = sold(show, "B2 B3")
    visit(visitor, pending.get_absolute_url(), ticket_of(pending).get_absolute_url())
    visit(visitor, f"{ticket.get_absolute_url()}receipt/", f"{ticket.get_absolute_url()}receipt/company/")
    visit(visitor, ticket.get_absolute_url(), f"{ticket.get_absolute_url()}cancellation/")
    visitor.get_by_label("Email address").fill(ticket.order.email)
    visitor.get_by_role("button", name="Cancel the ticket").click()
    expect(visitor.get_by_text("cancelled").first).to_be_visible()
    is_clean(visitor)


@pytest.mark.nightly
def test_pages_of_changing_seats(visitor, show):
    ticket = sold(show, "B1 B2")
    held(show, "A3", buyer="ben")
    visit(visitor, f"{ticket.get_absolute_url()}seats/")
    visitor.get_by_role("checkbox", name="Row B, seat 2,").uncheck()
    visitor.get_by_role("button", name="Move to these seats").click()
    expect(visitor.get_by_label("Email address")).to_be_focused()
    visitor.get_by_label("Email address").fill(ticket.order.email)
    visitor.get_by_role("button", name="Move to these seats").click()
    expect(visitor.get_by_role("alert")).to_be_visible()
    is_clean(visitor)
    past(show)
    visit(visitor, f"{ticket.get_absolute_url()}seats/")


@pytest.mark.nightly
def test_pages_of_a_waiting_list(visitor):
    show = ShowFactory(movie__title="The Lunchbox", screen__plan="aa")
    ticket = sold(show, "A1 A2")
    entry = waiting(show)
    visit(visitor, show.get_absolute_url(), entry.get_absolute_url())
    cancel_ticket(code=ticket.code)
    visit(visitor, entry.get_absolute_url())
    visitor.get_by_role("button", name="No thanks").click()
    expect(visitor.get_by_role("heading", name="You’ve left")).to_be_visible()
    is_clean(visitor)
    past(show)
    visit(visitor, entry.get_absolute_url())


@pytest.mark.nightly
def test_pages_of_an_account(visitor, show):
    user = UserFactory()
    ticket = sold(show, "B2 B3")
    ticket.order.user = user
    ticket.order.save()
    visitor.goto("/account/sign-in/")
    visitor.get_by_label("Email address").fill(user.email)
    visitor.get_by_label("Password").fill(PASSWORD)
    visitor.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(visitor.get_by_role("main")).to_contain_text("The Lunchbox")
    visit(visitor, "/account/tickets/", "/account/", "/account/password/", "/account/data/", "/account/delete/")


def main_pages(show: Show, buyer: str) -> list[str]:
    """The paths of the pages that most people see, without a language: seats are held and bought by ``buyer``."""
    ticket, pending = sold(show, "A4 A5", buyer=buyer), booked(show, "B3 B4", buyer=buyer)
    hold = held(show, "B1 B2", buyer=buyer)
    pages = [show.movie, season(show.movie), show.screen.theatre, show, hold, pending, ticket, ticket.order]
    paths = [page.get_absolute_url() for page in pages]
    return ["/", *paths, f"{ticket.get_absolute_url()}receipt/", "/tickets/", "/account/sign-in/", "/gift-cards/"]


def test_the_main_pages_in_every_language_on_a_telephone(new_page, site, show, share):
    buyers_page = new_page(**PHONE)
    take_cookies(buyers_page, site, browser("asha"))
    pages, faults = main_pages(show, "asha"), {}
    for number, language in enumerate(NAMES):
        paths = [prefix_of(language) + path for path in share(pages, number, of=6)]
        faults |= faults_of(buyers_page, paths, language)
    assert not faults, report(faults)


@pytest.mark.nightly
@pytest.mark.parametrize("language", NAMES)
def test_every_page_of_staff_in_every_language_on_a_telephone(new_page, site, language):
    known, office = Site(), new_page(**PHONE)
    take_cookies(office, site, known.browser())
    office.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": site}])
    # The window for buyers beside the counter is in the site's own language.
    addresses = [(name, url) for name, url in known.addresses() if name in STAFF and name != "staff-sell-display"]
    faults = faults_of(office, (address for _name, address in whole_pages(office, addresses)), language)
    assert not faults, report(faults)
