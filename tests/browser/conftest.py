"""A real browser: the Chromium of this machine, driven by Playwright, against Django's live server.

``page`` is a visitor on a desktop, ``other_page`` a second one who shares nothing with the first, ``phone_page``
one on a telephone, ``js_off_page`` one without JavaScript; ``new_page`` makes others. Addresses are relative:
``page.goto("/")``. Every test fails on an error in the console (a breach of the Content-Security-Policy is one), on
a page that crashes, and on any request that leaves the site (and the servers in ``elsewhere``). A failed test leaves a
picture of each page in test-results/, and with TRACE=1 in the environment a trace, which takes a tenth of the time.
"""

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from django.db import connection
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from cinema.live import application
from cinema.live.hub import Hub
from tests.conftest import REPORTS

# The headless shell draws no window of its own, and needs less than half of the processor's time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
RESULTS = Path(__file__).parents[2] / "test-results"
TRACE = bool(os.environ.get("TRACE"))
PATIENCE = 10_000  # milliseconds; a busy machine is slow
PAGES = ("document", "xhr", "fetch")  # these may answer 404 or 409, a style or a picture may not
REFUSAL = "Failed to load resource: the server responded with a status of"  # what the console says of either
# What the console says while a test keeps the network from a page, and htmx with it.
CUT_OFF = (
    "Failed to load resource: net::ERR_INTERNET_DISCONNECTED",
    "htmx:sendError",
    "htmx:timeout",
    "htmx:sendAbort",  # by a newer request of the same form
    "htmx:afterRequest",
    "[object Event]",  # an event stream that has to come back
)

NewPage = Callable[..., Page]


def chromium() -> str | None:
    """The path of the browser: $CHROMIUM, or the first on the PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="package")  # afterwards it is in nobody's way
def browser() -> Iterator[Browser]:
    """Chromium."""
    executable = chromium()
    if not executable:
        pytest.skip("there is no Chromium on this machine (apt-get install chromium, or CHROMIUM=/path/to/it)")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture
def site(live_server: LiveServer) -> str:
    """The URL of the server: Django's live server, unless a test file has another."""
    return live_server.url


@pytest.fixture
def elsewhere() -> list[str]:
    """URLs of other servers that pages may lead to."""
    return []


@pytest.fixture
def streaming_site(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """cinema.asgi on uvicorn, as in production, with event streams."""
    monkeypatch.setattr(application, "hub", Hub())
    server = uvicorn.Server(
        uvicorn.Config(application.application, port=0, log_level="warning", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def new_page(
    browser: Browser, site: str, elsewhere: list[str], transactional_db: None, request: pytest.FixtureRequest
) -> Iterator[NewPage]:
    """Return a function that opens a page in a fresh browser context, ``of`` another browser if asked for; it takes the
    context's options."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(of: Browser = browser, **options: Any) -> Page:
        # Without service workers: Playwright would not see the requests that they make.
        usual = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", "service_workers": "block"}
        context = of.new_context(**{"base_url": site} | usual | options)
        context.set_default_timeout(PATIENCE)
        if TRACE:
            context.tracing.start(snapshots=True, sources=True)
        watch(context, [site, *elsewhere], complaints)
        contexts.append(context)
        return context.new_page()

    yield open_page
    report = request.node.stash.get(REPORTS, {}).get("call")
    failed = bool(complaints) or (report is not None and report.failed)
    name = re.sub(r"\W+", "-", request.node.nodeid.removeprefix("tests/browser/")).strip("-")
    for number, context in enumerate(contexts, start=1):
        if failed:
            keep_evidence(context, f"{name}-{connection.vendor}-{number}")
        context.close()
    assert not complaints, "\n".join(complaints)


def watch(context: BrowserContext, sites: list[str], complaints: list[str]) -> None:
    """Record everything that a page must not do."""

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith((REFUSAL, *CUT_OFF)):
            complaints.append(f"console of {message.page.url if message.page else 'a page'}: {message.text}")

    def see_request(request: Request) -> None:
        if not request.url.startswith((*(f"{site}/" for site in sites), "data:", "blob:", "about:")):
            complaints.append(f"request leaves the site: {request.url}")

    def see_response(response: Response) -> None:
        if response.request.resource_type == "eventsource" and response.status == 503:
            return  # there are too many; the page asks instead
        if response.status >= (500 if response.request.resource_type in PAGES else 400):
            complaints.append(f"answer {response.status}: {response.url}")

    context.on("console", hear)
    context.on("weberror", lambda error: complaints.append(f"script: {error.error}"))
    context.on("request", see_request)
    context.on("response", see_response)


def keep_evidence(context: BrowserContext, name: str) -> None:
    """Save a screenshot of every open page, and a trace if there is one."""
    for number, page in enumerate(context.pages, start=1):
        page.screenshot(path=RESULTS / f"{name}-{number}.png", full_page=True)
    if TRACE:
        context.tracing.stop(path=RESULTS / f"{name}.zip")


@pytest.fixture
def page(new_page: NewPage) -> Page:
    return new_page()


@pytest.fixture
def other_page(new_page: NewPage) -> Page:
    return new_page()


@pytest.fixture
def phone_page(new_page: NewPage) -> Page:
    return new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)


@pytest.fixture
def js_off_page(new_page: NewPage) -> Page:
    return new_page(java_script_enabled=False)
