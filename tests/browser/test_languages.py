"""A visitor on a telephone, without JavaScript, chooses Arabic and stays in it."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from pyld import jsonld

from cinema.models import Order
from tests.factories import ShowFactory

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"viewport": {"width": 390, "height": 844}, "java_script_enabled": False}


@pytest.fixture
def site(streaming_site: str) -> str:
    """The server of production, which reads the body of a request before Django knows its language."""
    return streaming_site


def schema_org(url: str, options: Any) -> dict[str, Any]:
    """What a reader of JSON-LD is told of schema.org, which tests do not ask: where its words are."""
    words = {"@context": {"@vocab": f"{url}/"}}
    return {"documentUrl": url, "document": words, "contextUrl": None, "contentType": "application/ld+json"}


def found_by_a_search_engine(page: Page, film: str) -> str:
    """The path at which tickets are offered, as PyLD, which knows nothing of us, reads it on a film's page."""
    page.goto(film)
    said = json.loads(page.locator("script[type='application/ld+json']").text_content() or "")
    things = {thing["@type"][0]: thing for thing in jsonld.expand(said, {"documentLoader": schema_org})}
    [offer] = things["https://schema.org/ScreeningEvent"]["https://schema.org/offers"]
    [url] = offer["https://schema.org/url"]
    return urlsplit(url.get("@value") or url["@id"]).path


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.mainly("sqlite")
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
