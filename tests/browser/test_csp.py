"""A walk through every page of the site: none loads or runs what the Content-Security-Policy forbids.
What a page loads does not depend on the database, so one is enough."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cinema.live import application
from tests.browser.conftest import NewPage
from tests.browser.test_booking import choose, fill_in
from tests.factories import ShowFactory, on_card
from tests.security.site import Site

pytestmark = [pytest.mark.only("sqlite"), pytest.mark.django_db(transaction=True)]

LISTEN = """document.addEventListener("securitypolicyviolation",
    event => violated(`${document.URL}: ${event.effectiveDirective} forbids ${event.blockedURI}`))"""


@pytest.fixture
def site(streaming_site: str) -> str:
    return streaming_site


def listen(context: BrowserContext) -> list[str]:
    """Record every violation of the policy from now on."""
    breaches: list[str] = []
    context.expose_binding("violated", lambda _source, said: breaches.append(said))
    context.add_init_script(LISTEN)
    return breaches


def pages(site: Site) -> list[str]:
    """The URLs of all pages: no files and no pure POST targets; of Django's admin two."""
    client = site.browser()
    addresses = [
        address
        for name, address in site.addresses()
        if not name.startswith("admin:") or name in ("admin:index", "admin:cinema_user_changelist")
    ]
    found = {address: client.get(address) for address in addresses}
    return [
        address
        for address, answer in found.items()
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")
    ]


@pytest.mark.nightly
def test_no_page_breaks_the_policy(new_page: NewPage, site: str, share):
    everything = Site()
    addresses = share(pages(everything), 0, of=6)
    page = new_page()
    breaches = listen(page.context)
    cookies = everything.browser().cookies
    page.context.add_cookies([{"name": name, "value": said.value, "url": site} for name, said in cookies.items()])

    for address in addresses:
        page.goto(address)

    assert breaches == []
    assert len(addresses) > 15


def test_neither_does_the_way_to_a_ticket_past_an_open_map(page: Page):
    show = ShowFactory()
    breaches = listen(page.context)
    page.goto("/")
    page.goto(show.get_absolute_url())
    while not application.hub.watchers:
        page.wait_for_timeout(20)
    choose(page, "Row A, seat 1")
    page.get_by_role("button", name="Continue").click()
    fill_in(page)
    page.get_by_role("button", name="Pay ₹").click()
    expect(page.get_by_text("Test gateway.")).to_be_visible()
    page.get_by_role("button", name="Pay ₹").click()
    expect(page.locator(".ticket")).to_be_visible()

    assert breaches == []


def test_what_is_swapped_in_takes_over_no_style_of_what_was_there(page: Page):
    """Such as a script or a browser leaves behind: copied as an attribute it would be an inline style."""
    breaches = listen(page.context)
    page.goto(on_card(plan="aaaa", adult=250, child=150).get_absolute_url())
    choose(page, "Row A, seat 1", "Row A, seat 2")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()
    page.locator("[id]").evaluate_all("all => all.forEach(one => { one.style.caretColor = 'red' })")

    page.get_by_label("Row A, seat 2").select_option(label="Child · ₹150")
    expect(page.get_by_role("button", name="Pay ₹400")).to_be_visible()

    assert breaches == []


def test_a_script_in_a_page_is_noticed(browser: Browser, site: str):
    """The control."""
    context = browser.new_context(base_url=site)
    breaches = listen(context)
    page = context.new_page()

    def inject(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</main>", "<script>alert(1)</script></main>"))

    page.route("**/account/sign-in/", inject)
    page.goto("/account/sign-in/")
    context.close()

    assert [said.partition(": ")[2] for said in breaches] == ["script-src-elem forbids inline"]
