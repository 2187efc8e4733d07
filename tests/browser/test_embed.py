"""The programme on another website, which is another site to the browser, too."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page, expect

from tests.browser.seats import box
from tests.factories import ShowFactory, TheatreFactory

pytestmark = pytest.mark.django_db(transaction=True)


class Website(ThreadingHTTPServer):
    """The website of a cinema, with nothing of ours but the line of the script.

    ``/control/`` has a frame of another site, which sets a cookie and shows the cookies that it was sent.
    """

    site: str

    class Handler(BaseHTTPRequestHandler):
        server: "Website"

        def do_GET(self) -> None:
            pages = {
                "/": f'<h1>The Rex</h1><script src="{self.server.site}/embed.js" data-theatre="rex" async></script>',
                "/control/": f'<iframe src="http://localhost:{self.server.server_port}/cookie/"></iframe>',
                "/cookie/": f"<p>{self.headers['Cookie']}</p>",
            }
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if self.path == "/cookie/":
                self.send_header("Set-Cookie", "third=party; SameSite=None; Secure")
            self.end_headers()
            self.wfile.write(f"<!doctype html><link rel=icon href=data:,>{pages[self.path]}".encode())

        def log_message(self, *_: object) -> None:
            pass


@pytest.fixture
def server(site: str) -> Iterator[Website]:
    server = Website(("127.0.0.1", 0), Website.Handler)
    server.site = site
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()


@pytest.fixture
def website(server: Website) -> str:
    return f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def elsewhere(server: Website, website: str) -> list[str]:
    return [website, f"http://localhost:{server.server_port}"]


def block_third_party_cookies(page: Page) -> None:
    """Let the browser neither store nor send cookies of other sites than that of the page."""
    names = (
        "enableThirdPartyCookieRestriction",
        "disableThirdPartyCookieMetadata",
        "disableThirdPartyCookieHeuristics",
    )
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCookieControls", dict.fromkeys(names, True))


def cookies_in_frame(page: Page, website: str) -> str:
    """What another site in a frame is sent of the cookie that it has set there."""
    for _ in range(2):
        page.goto(f"{website}/control/")
        cookies = page.frame_locator("iframe").locator("p").inner_text()
    return cookies


def test_a_visitor_gets_from_the_website_to_the_seats_without_third_party_cookies(
    page: Page, other_page: Page, website: str, settings
) -> None:
    settings.EMBED_ORIGINS = [website]
    show = ShowFactory(screen__theatre=TheatreFactory(slug="rex"), screen__plan="aaaa")
    block_third_party_cookies(page)
    assert [cookies_in_frame(each, website) for each in (other_page, page)] == ["third=party", "None"]  # the control

    page.goto(website)
    frame = page.frame_locator("iframe")
    showtime = frame.locator(f'a[href="/shows/{show.pk}/"]')
    expect(showtime).to_be_visible()
    page.wait_for_function("document.querySelector('iframe').style.blockSize !== '40rem'")
    frame_height = page.evaluate("document.querySelector('iframe').clientHeight")
    assert abs(frame_height - frame.locator("html").evaluate("html => html.scrollHeight")) <= 1
    assert page.context.cookies() == []

    showtime.click()

    expect(page.locator('input[name="seats"]')).to_have_count(4)
    assert page.url.endswith(f"/shows/{show.pk}/")
    box(page, "A1").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()  # whose cookies are the site's own
