"""A show's own page in the back office: each role's links, and a hall that follows what happens."""

import pytest
from playwright.sync_api import Page, expect

from cinema.models import Show, Theatre
from tests.browser.conftest import NewPage
from tests.browser.staff import enter
from tests.browser.test_accessibility import LOOKS, is_clean
from tests.conftest import nightly
from tests.factories import (
    BOX_OFFICE,
    MANAGER,
    USHER,
    ScreenFactory,
    ShowFactory,
    TheatreFactory,
    admitted,
    held,
    put_off_sale,
    seat,
    sold,
    staff,
)

pytestmark = [pytest.mark.only("sqlite"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def theatre() -> Theatre:
    return TheatreFactory(slug="here")


@pytest.fixture
def show(theatre: Theatre) -> Show:
    """A hall of 300 seats, wider than a phone, with a party, a hold and a blocked seat."""
    show = ShowFactory(screen=ScreenFactory(theatre=theatre, name="Grand", rows=12, columns=25))
    sold(show, "A1 A2")
    held(show, "B3", buyer="ben")
    put_off_sale(screen=show.screen, seat_ids=[seat(show, "C1").seat_id], kind="HOUSE", from_day=show.trading_day)
    return show


def path_of(show: Show) -> str:
    return f"/staff/theatres/here/shows/{show.pk}/"


@pytest.mark.parametrize("role", [nightly(MANAGER), BOX_OFFICE, nightly(USHER)])
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_the_page_of_a_show(new_page: NewPage, theatre, show, look, role):
    admitted(show.tickets.get())
    page = new_page(**look)
    enter(page, staff(theatre, role), path_of(show))
    is_clean(page)


def test_the_hall_follows_sales_and_the_door_and_stays_where_it_was_scrolled(new_page: NewPage, theatre, show):
    page = new_page(viewport={"width": 390, "height": 844})
    page.clock.install()
    enter(page, staff(theatre, BOX_OFFICE), path_of(show))
    hall = page.get_by_role("region", name="Hall")
    hall.evaluate("hall => { hall.scrollLeft = 150 }")
    expect(page.locator("#show-counts")).to_contain_text("2 sold")

    admitted(show.tickets.get())
    sold(show, "A3", buyer="cleo")
    page.clock.fast_forward(21_000)
    expect(page.locator("#show-counts")).to_contain_text("3 sold")
    expect(page.get_by_role("link", name="Row A, seat 1, Asha Rao, admitted")).to_be_visible()
    expect(page.locator("#show-parties")).to_contain_text("2 of 2 admitted")
    assert hall.evaluate("hall => hall.scrollLeft") == 150


@pytest.mark.nightly
def test_what_has_focus_keeps_it_when_the_hall_is_fetched_anew(page: Page, theatre, show):
    page.clock.install()
    enter(page, staff(theatre, BOX_OFFICE), path_of(show))
    link = page.get_by_role("link", name="Row A, seat 1, Asha Rao", exact=True)
    link.focus()
    link.evaluate("link => { link.dataset.old = '' }")
    page.clock.fast_forward(21_000)
    expect(page.locator("[data-old]")).to_have_count(0)
    expect(link).to_be_focused()


@pytest.mark.nightly
def test_from_today_to_a_seat_and_its_order_without_javascript(js_off_page, theatre, show):
    page = js_off_page
    enter(page, staff(theatre, BOX_OFFICE), f"/staff/theatres/here/?day={show.trading_day}")
    page.locator(f'a[href="{path_of(show)}"]:visible').first.click()
    page.get_by_role("link", name="Row A, seat 2, Asha Rao").click()
    party = page.locator("tr:target")
    expect(party).to_contain_text("Asha Rao")
    party.get_by_role("link", name="Move").click()
    expect(page.get_by_role("checkbox", name="Row A, seat 1,")).to_be_checked()
