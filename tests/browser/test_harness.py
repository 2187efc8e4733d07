"""The checks that watch every browser test detect what they are for."""

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import NewPage, watch

SITE = "http://cinema.test"


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<script src='/error.js'></script>", "console of"),
        ("<script src='/throw.js'></script>", "script: "),
        ("<script>1</script>", "Content Security Policy"),
        ("<p style='color: red'>inline</p>", "Content Security Policy"),
        ("<img src='http://elsewhere.test/x.png'>", "request leaves the site: http://elsewhere.test/x.png"),
        ("<link rel='stylesheet' href='/missing.css'>", "answer 404"),
        ("<h1>Nothing to complain of</h1>", None),
    ],
)
def test_the_watch_sees_what_no_page_may_do(browser: Browser, body: str, complaint: str | None):
    answers = {
        "/": {"body": f"<!doctype html>{body}", "content_type": "text/html"},
        "/error.js": {"body": "console.error('oh')", "content_type": "text/javascript"},
        "/throw.js": {"body": "throw new Error('oh')", "content_type": "text/javascript"},
    }
    complaints: list[str] = []
    context = browser.new_context()
    context.route(
        f"{SITE}/**",
        lambda route: route.fulfill(
            **answers.get(route.request.url.removeprefix(SITE), {"status": 404}),
            headers={"Content-Security-Policy": "default-src 'self'"},
        ),
    )
    watch(context, [SITE], complaints)
    context.new_page().goto(f"{SITE}/", wait_until="networkidle")
    context.close()
    assert (complaint in "\n".join(complaints)) if complaint else complaints == []


def test_two_visitors_share_nothing(page, other_page):
    page.goto("/static/img/icon.svg")
    page.context.add_cookies([{"name": "buyer", "value": "asha", "url": page.url}])
    assert other_page.context.cookies() == []


def test_pages_differ_as_their_visitors_do(phone_page, js_off_page, new_page: NewPage):
    assert phone_page.viewport_size["width"] == 390
    js_off_page.set_content("<noscript>no script here</noscript>")
    assert js_off_page.get_by_text("no script here").is_visible()
    assert new_page(color_scheme="dark").evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
