"""Forged requests, unknown methods and other hosts."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from cinema.exceptions import WebhookForged
from cinema.gateways.sandbox import SIGNATURE_HEADER
from tests.factories import PASSWORD, UserFactory
from tests.mails import outbox
from tests.security.site import API, Site, answers
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db

# A token that browsers do not send by themselves; a signature; a secret in the address or in a header.
NO_COOKIE_COUNTS = {*API, "payment-webhook", "printer", "pass-registration", "pass-log"}
DELETES = {"printer", "pass-registration"}
# Where a provider returns the buyer by POST: it leads to the page, and changes nothing.
ONLY_LEADS_ON = {"payment"}


def test_nothing_is_posted_without_a_token_from_our_own_page():
    site = Site()
    client = site.browser(enforce_csrf_checks=True)
    answers = {name: client.post(address) for name, address in site.addresses()}
    forgeable = {name for name, answer in answers.items() if "came from our own page" not in answer.content.decode()}

    assert forgeable == NO_COOKIE_COUNTS | ONLY_LEADS_ON
    assert {answers[name].status_code for name in ONLY_LEADS_ON} == {303}


def test_the_cookies_of_a_browser_book_nothing_through_the_json_interface():
    site = Site()
    for address in (reverse("api-book"), reverse("api-ticket", args=[site.ticket.reference])):
        assert site.browser(enforce_csrf_checks=True).generic("POST", address, b"{}").status_code in (401, 405)


def test_a_webhook_without_a_signature_is_rejected():
    site = Site()
    for signature in ({}, {SIGNATURE_HEADER: "0" * 64}):
        body = f'{{"reference": "{site.payment.code}", "result": "PAID"}}'
        found = browser().post(
            reverse("payment-webhook", args=["sandbox"]), body, "application/json", headers=signature
        )
        assert (found.status_code, found.json()["error"]) == (403, str(WebhookForged()))
    site.payment.refresh_from_db()
    assert site.payment.status == "PENDING"


def test_a_method_that_is_none_of_a_page_is_refused_everywhere():
    site = Site()
    client = site.browser()
    for name, address in site.addresses():
        for method in ("TRACE", "OPTIONS", "PUT", "PATCH", "DELETE", "CONNECT", "BREW"):
            if method != "DELETE" or name not in DELETES:
                assert client.generic(method, address).status_code == 405, (method, name)


@pytest.mark.mainly("postgresql")  # so every page is asked on PostgreSQL, too
def test_signing_out_and_whatever_else_changes_something_is_not_done_by_a_link():
    assert len(answers()) > 200  # which looks at it


ELSEWHERE = [
    "https://evil.example/",
    "http://evil.example/",
    "//evil.example/",
    "///evil.example/",
    r"\\evil.example/",
    r"/\evil.example/",
    "\thttps://evil.example/",
    " //evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "https:evil.example",
    "http:///evil.example",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "//testserver:80@evil.example",
]


def sign_in(wish: str) -> HttpResponse:
    return browser().post(reverse("sign-in"), {"username": UserFactory().email, "password": PASSWORD, "next": wish})


def sign_up(wish: str) -> HttpResponse:
    """Sign up with the link in the mail, which contains the next page."""
    browser().post(reverse("sign-up"), {"email": "ben@example.org", "name": "Ben", "next": wish})
    [link] = re.findall(rf"{re.escape(settings.SITE_URL)}(\S+)", outbox()[-1].body)
    return browser().post(link, {"password1": PASSWORD, "password2": PASSWORD})


@pytest.mark.parametrize(("page", "way_in"), [("sign-in", sign_in), ("sign-up", sign_up)])
@pytest.mark.parametrize("wish", ELSEWHERE)
def test_signing_in_never_redirects_to_another_site(page: str, way_in: Callable[[str], HttpResponse], wish: str):
    signed_in = browser()
    signed_in.force_login(UserFactory())

    assert way_in(wish).url == signed_in.get(reverse(page), {"next": wish}).url == reverse("my-tickets")
    assert "evil.example" not in browser().get(reverse(page), {"next": wish}).content.decode()


def test_no_redirect_leads_to_plain_http():
    user = UserFactory()
    said = {"username": user.email, "password": PASSWORD, "next": "http://testserver/account/"}

    assert browser().post(reverse("sign-in"), said, secure=True).url == reverse("my-tickets")
    assert browser().post(reverse("sign-in"), said).url == "http://testserver/account/"  # the control: here it is ours


def test_a_line_break_in_where_to_go_starts_no_header():
    user = UserFactory()
    said = {"username": user.email, "password": PASSWORD, "next": "/account/\r\nSet-Cookie: evil=1"}
    found = browser().post(reverse("sign-in"), said)

    assert found.url == "/account/%0D%0ASet-Cookie:%20evil=1"
    assert "evil" not in found.cookies


def test_a_page_of_ours_is_followed():
    """The control."""
    user = UserFactory()
    said = {"username": user.email, "password": PASSWORD, "next": "/account/?a=b"}
    assert browser().post(reverse("sign-in"), said).url == "/account/?a=b"


@pytest.mark.parametrize("path", ["//evil.example/account", "/%2F/evil.example/account", "//evil.example/.."])
def test_an_address_without_its_slash_leads_nowhere_else(path: str):
    found = browser().generic("GET", path)

    assert found.status_code == 404 or found.headers["Location"].startswith(("/account", "/%2F"))


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver:80@evil.example", "evil@x", ""]
)
def test_another_host_is_rejected(host: str):
    found = browser().get("/", headers={"Host": host})

    assert found.status_code == 400
    assert "We couldn’t understand this request." in text(found)


def test_what_a_proxy_is_said_to_have_been_asked_is_not_believed():
    UserFactory(email="asha@example.org")
    forged = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "X-Host": "evil.example"}
    client = browser()
    client.post(reverse("password-reset"), {"email": "asha@example.org"}, headers=forged)
    films = client.get(reverse("api-movies"), headers=forged)

    [message] = outbox()
    assert "evil.example" not in message.body + message.alternatives[0].content + films.content.decode()


def test_there_is_one_way_to_sign_in_and_one_to_change_a_password():
    """Django's admin has others of its own."""
    found = browser().get("/admin/", follow=True)
    assert found.redirect_chain[-1][0].startswith(reverse("sign-in"))
    assert Site().browser().get("/admin/password_change/").url == reverse("password-change")
