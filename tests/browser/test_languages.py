"""A visitor on a telephone, without JavaScript, chooses Arabic and stays in it."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from cinema.models import Order
from tests.factories import ShowFactory
from tests.views.schema_org import complaints, the, things

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"viewport": {"width": 390, "height": 844}, "java_script_enabled": False}


@pytest.fixture
def site(streaming_site: str) -> str:
    """The server of production, which reads the body of a request before Django knows its language."""
    return streaming_site


def found_by_a_search_engine(page: Page, film: str) -> str:
    """The path at which tickets are offered, as a reader of schema.org's vocabulary finds it on a film's page."""
    found = things(page.request.get(film).text())
    assert complaints(found) == []
    return urlsplit(the("ScreeningEvent", found)["offers"]["url"]).path


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_search_result_in_arabic_leads_to_a_booking_in_arabic(new_page):
    show = ShowFactory(screen__plan="aaaa")
    page = new_page(**PHONE)
    page.goto("/")
    page.get_by_role("button", name="العربية").click()
    expect(page).to_have_url(re.compile(r"/ar/$"))
    expect(page.locator("html")).to_have_attribute("dir", "rtl")

    page.goto("/")  # a link from elsewhere
    expect(page).to_have_url(re.compile(r"/ar/$"))
    page.goto(found_by_a_search_engine(page, f"/ar{show.movie.get_absolute_url()}"))
    expect(page).to_have_url(re.compile(f"/ar/shows/{show.pk}/$"))
    assert fits(page)
    page.locator("input[name=seats]").first.check()
    page.locator("button[form=seat-map-form]").first.click()
    expect(page).to_have_url(re.compile("/ar/holds/"))
    assert fits(page)
    page.locator("input[name=name]").fill("أمينة")
    page.locator("input[name=email]").fill("amina@example.org")
    page.locator("#pay").click()

    expect(page).to_have_url(re.compile("/sandbox/"))
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    page.locator("button[value=pay]").click()
    expect(page).to_have_url(re.compile("/ar/tickets/"))
    assert fits(page)
    assert Order.objects.get().language == "ar"
