"""The security headers of every response."""

import asyncio
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from cinema.live.channel import Watched
from cinema.live.stream import HEADERS, stream
from tests.factories import ShowFactory, UserFactory
from tests.security.site import answers, static_file
from tests.views.browsers import browser

pytestmark = pytest.mark.django_db

EXPECTED = {
    "Content-Security-Policy": {
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    },
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


WITH_CAMERA = {"staff-door"}  # which scans QR codes
FOR_OTHER_SITES = {"embed-script"}  # which the websites of cinemas load


def lacking(headers, name: str = "") -> list[str]:
    """The headers that are missing or wrong, on the page of that name."""
    found = {name: headers.get(name, "") for name in EXPECTED}
    if name in WITH_CAMERA:
        found["Permissions-Policy"] = found["Permissions-Policy"].replace("camera=(self)", "camera=()")
    if name in FOR_OTHER_SITES:
        found["Cross-Origin-Resource-Policy"] = found["Cross-Origin-Resource-Policy"].replace("cross-", "same-")
    found["Content-Security-Policy"] = set(found["Content-Security-Policy"].split("; "))
    return [name for name, value in EXPECTED.items() if found[name] != value]


def test_every_page_and_answer_of_the_site_has_them():
    for name, answer in answers().items():
        assert not lacking(answer.headers, name), (name, answer.status_code)
        assert answer.status_code < 500, name
        assert "*" not in answer.headers.get("Access-Control-Allow-Origin", ""), name


def test_every_response_has_its_content_type():
    """Text has its encoding; JSON has only one."""
    kinds = {answer.headers.get("Content-Type") for answer in answers().values()}

    assert kinds <= {
        None,  # of what has no body
        "application/json",
        "application/manifest+json",
        "image/png",
        "image/svg+xml",  # says so itself, as XML does
        "application/xml",
        "application/rss+xml; charset=utf-8",
        "text/plain; charset=utf-8",
        "text/html; charset=utf-8",
        "text/css; charset=utf-8",
        "text/csv; charset=utf-8",
        "application/pdf",
        "application/vnd.apple.pkpass",
        "text/calendar; charset=utf-8",
        'text/javascript; charset="utf-8"',
    }


@pytest.mark.parametrize(
    "address",
    [
        "/.git/config",
        "/.env",
        "/.secret_key",
        "/db.sqlite3",
        "/manage.py",
        "/requirements.in",
        "/requirements.txt",
        "/cinema/settings.py",
        "/static/",
        "/static/css/",
        "/static/../manage.py",
        "/static/%2e%2e/manage.py",
        "/static/..%2f..%2fmanage.py",
        "/media/",
        "/media/posters/",
        "/media/posters/..",
        "/media/imports/",
        "/media/posters/%2e%2e/%2e%2e/manage.py",
    ],
)
def test_nothing_of_the_source_is_served(address: str):
    assert browser().get(address).status_code == 404


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (lambda client: client.get("/", headers={"Host": "evil.example"}), 400),
        (lambda client: client.post("/account/sign-in/"), 403),
        (lambda client: client.get("/nowhere/"), 404),
        (lambda client: client.get("/api/nowhere/"), 404),
        (lambda client: client.get("/staff/nowhere/"), 302),
        (lambda client: client.generic("TRACE", "/"), 405),
        (lambda client: client.post("/api/book/", b"x" * 4_000_000, "application/json"), 413),
        (lambda client: client.get("/static/css/nothing.css"), 404),
        (lambda client: client.get("/media/posters/nothing.png"), 404),
    ],
)
def test_every_refusal_has_them(ask, status: int):
    answer = ask(browser(enforce_csrf_checks=True))

    assert answer.status_code == status
    assert not lacking(answer.headers)


def test_a_server_error_has_them(monkeypatch):
    monkeypatch.setattr("cinema.views.live_map.live_state", lambda pk: 1 / 0)

    answer = browser().get(reverse("show-seat-map", args=[1]))

    assert answer.status_code == 500
    assert not lacking(answer.headers)


def test_a_file_of_ours_and_one_that_was_sent_have_them(settings):
    poster = Path(settings.MEDIA_ROOT) / "posters" / "headers.png"
    poster.parent.mkdir(parents=True, exist_ok=True)
    poster.write_bytes(b"\x89PNG\r\n")

    for address in (static_file(), f"{settings.MEDIA_URL}posters/{poster.name}"):
        answer = browser().get(address)
        assert answer.status_code == 200, address
        assert not lacking(answer.headers), address


def test_an_open_seat_map_has_them_though_no_middleware_stands_before_it():
    sent = []

    class House:
        watchers = 0

        async def channel(self, watched):
            return None

    async def send(message):
        sent.append(message)

    asyncio.run(stream(House(), Watched(1, "en"), {}, None, send))

    for headers in (sent[0]["headers"], HEADERS):
        said = {name.decode(): value.decode() for name, value in headers}
        wanted = {name.lower(): value for name, value in said.items()}
        assert not lacking({name: wanted.get(name.lower(), "") for name in EXPECTED})
        assert "no-store" in wanted["cache-control"]


def test_a_header_that_is_missing_or_laxer_is_noticed():
    """The control."""
    lax = {"DIRECTIVES": {"default-src": ["'self'", "'unsafe-inline'"]}}
    with override_settings(CONTENT_SECURITY_POLICY=lax, X_FRAME_OPTIONS="SAMEORIGIN"):
        answer = Client().get("/nowhere/")

    assert lacking(answer.headers) == ["Content-Security-Policy", "X-Frame-Options"]
    assert lacking({}) == list(EXPECTED)


def test_a_public_page_with_somebody_signed_in_is_kept_by_no_shared_cache():
    ShowFactory()
    client = browser()
    assert "Cache-Control" not in client.get("/").headers
    client.force_login(UserFactory())
    assert "private" in client.get("/").headers["Cache-Control"]
