"""Broken rules are no server errors: a rejection by a service, at any URL, is answered with its sentence."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from cinema.exceptions import BusinessRuleViolation, RateLimited
from cinema.services.core import transactions
from tests.factories import CONTACT, owner, seat_ids
from tests.security.foreign_keys import FIELDS, House
from tests.security.site import Site
from tests.views.staff.addresses import PATTERNS

pytestmark = pytest.mark.django_db

SENTENCE = "A rule of this house says no."


class Refusal(BusinessRuleViolation):
    """A broken rule that no view handles."""

    def __init__(self) -> None:
        super().__init__(SENTENCE)


def patterns(among: URLResolver | None = None) -> Iterator[URLPattern]:
    for found in (among or get_resolver()).url_patterns:
        if isinstance(found, URLPattern):
            yield found
        else:
            yield from patterns(found)


@pytest.mark.parametrize("method", [pytest.param("get", marks=pytest.mark.nightly), "post"])
def test_a_refusal_no_view_expects_is_answered_at_every_address(monkeypatch, method):
    def refuse(*args: Any, **kwargs: Any) -> HttpResponse:
        raise Refusal

    site = Site()
    browser, addresses = site.browser(), list(site.addresses())
    for pattern in patterns():
        monkeypatch.setattr(pattern, "callback", refuse)
    for name, address in addresses:
        answer = getattr(browser, method)(address)
        assert (answer.status_code, SENTENCE in answer.content.decode()) == (409, True), name
        if address.startswith("/api/"):
            assert answer.json() == {"error": SENTENCE}


def test_a_temporary_error_has_retry_after(monkeypatch):
    def refuse(*args: Any, **kwargs: Any) -> HttpResponse:
        raise RateLimited("Please wait %(minutes)d minutes.", timedelta(minutes=3))

    browser = Site().browser()
    for pattern in patterns():
        monkeypatch.setattr(pattern, "callback", refuse)
    answer = browser.get("/")

    assert (answer.status_code, answer["Retry-After"]) == (429, "180")


class Transactions:
    """Replaces django.db.transaction: every transaction is rejected and counted."""

    refused = 0

    def atomic(self) -> None:
        self.refused += 1
        raise Refusal


@pytest.fixture
def refusing(monkeypatch) -> Transactions:
    """Every service rejects, once the fixtures are created."""
    stub = Transactions()
    monkeypatch.setattr(transactions, "transaction", stub)
    return stub


@pytest.fixture
def here() -> House:
    return House("here")


@pytest.fixture
def site() -> Site:
    return Site()


def test_what_a_service_refuses_is_said_on_every_page_of_the_back_office(client, here, refusing):
    client.force_login(owner())
    posts = [(field.view, field.said(here, here), field.query(here, here)) for field in FIELDS]
    posts += [(name, {"reason": "so", "version": 0}, {}) for name in PATTERNS]
    reached = set()
    for name, said, query in posts:
        before = refusing.refused
        answer = client.post(here.address(name), said, query_params=query, follow=True)
        if refusing.refused > before:
            reached.add(name)
            assert (answer.status_code, SENTENCE in answer.content.decode()) == (409, True), (name, said)

    assert len(reached) >= 20


def test_what_a_service_refuses_is_said_on_every_page_of_the_moviegoer(site, refusing):
    browser, seats = site.browser(), seat_ids(site.show, "A7")
    contact = dict(zip(("name", "email", "phone"), CONTACT, strict=True))
    checkout = contact | {"mode": "UPI", "total": "500", "key": "k" * 20}
    addresses, before = dict(site.addresses()), 0
    for name, said in {
        "show-hold": {"seats": seats},
        "show-best": {"party": 1},
        "hold": checkout,
        "hold-extension": {},
        "hold-release": {},
        "ticket-payment": {},
        "ticket-cancellation": {},
        "ticket-return": {"seats": seat_ids(site.show, "A7"), "seen": "250"},
        "ticket-seats": {"seats": seat_ids(site.show, "A7 A8")},
        "waiting-take": {},
        "waiting-leave": {},
    }.items():
        answer = browser.post(addresses[name], said, follow=True)
        assert refusing.refused > before, f"{name} was refused nothing: {answer.status_code}"
        assert (answer.status_code < 500, SENTENCE in answer.content.decode()) == (True, True), name
        before = refusing.refused


def test_what_a_service_refuses_is_said_to_a_program(site, refusing):
    body = {"show_id": site.show.pk, "seat_ids": seat_ids(site.show, "A7"), "payment_mode": "UPI"}
    headers = {"Authorization": f"Bearer {site.secret}"}

    answer = site.browser().post("/api/book/", body, content_type="application/json", headers=headers)

    assert (answer.status_code, answer.json()["error"]) == (409, SENTENCE)
