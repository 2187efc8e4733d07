"""The programme on another website, which is another site to the browser, too."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page, expect

from tests.factories import ShowFactory, TheatreFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def website(site: str) -> Iterator[str]:
    """The website of a cinema, with nothing of ours but the line of the script."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            line = f'<script src="{site}/embed.js" data-theatre="rex" async></script>'
            self.wfile.write(f"<!doctype html><link rel=icon href=data:,><h1>The Rex</h1>{line}".encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def elsewhere(website: str) -> list[str]:
    return [website]


def test_a_visitor_gets_from_the_website_of_the_cinema_to_the_seats(page: Page, website: str, settings) -> None:
    settings.EMBED_ORIGINS = [website]
    show = ShowFactory(screen__theatre=TheatreFactory(slug="rex"), screen__plan="aaaa")

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
