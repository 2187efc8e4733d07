"""What a page and the JSON interface say to a client that holds too many seats; no header changes that."""

from ipaddress import ip_network

import pytest
from django.urls import reverse

from tests.factories import ShowFactory, seat_ids
from tests.views.api.programs import Program
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(settings):
    settings.HOLDS_PER_ADDRESS = settings.HOLDS_PER_TOKEN = 1
    return ShowFactory()


def hold(show, names, buyer, **headers):
    return browser(buyer).post(reverse("show-hold", args=[show.pk]), {"seats": seat_ids(show, names)}, **headers)


@pytest.mark.parametrize("htmx", [{}, {"HTTP_HX_REQUEST": "true"}])
def test_the_page_says_when_to_try_again(show, htmx):
    hold(show, "A1", "ben")

    response = hold(show, "A3", "asha", **htmx)

    assert response.status_code == 429
    assert 590 < int(response["Retry-After"]) <= 600
    assert "Please try again in 10 min. The seats you hold stay yours." in text(response)


def test_the_best_seats_are_refused_alike(show):
    hold(show, "A1", "ben")

    response = browser("asha").post(reverse("show-best", args=[show.pk]), {"party": 2})

    assert (response.status_code, "Retry-After" in response) == (429, True)


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED"])
def test_a_forged_header_does_not_change_the_client_ip(show, header):
    hold(show, "A1", "ben")

    assert hold(show, "A3", "asha", **{header: "198.51.100.1"}).status_code == 429


def test_behind_a_proxy_that_is_trusted_every_buyer_counts_alone(show, settings):
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1")]
    hold(show, "A1", "ben", HTTP_X_FORWARDED_FOR="203.0.113.7")

    assert hold(show, "A3", "asha", HTTP_X_FORWARDED_FOR="198.51.100.1").status_code == 303
    assert hold(show, "A5", "cleo", HTTP_X_FORWARDED_FOR="10.9.8.7, 203.0.113.7").status_code == 429


def test_an_api_client_gets_the_error_as_json(show):
    kiosk = Program()
    kiosk.book(show, "A1")

    answer = kiosk.book(show, "A3")

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_holds")
    assert 590 < int(answer["Retry-After"]) <= 600
    assert Program(address="198.51.100.1").book(show, "A3").status_code == 201


def test_programs_of_one_address_count_together(show):
    Program().book(show, "A1")

    answer = Program().book(show, "A3")

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_holds")
