"""How a booking stands, as JSON: views.api.tickets."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from cinema.gateways.base import Result
from cinema.models import Hold, Payment, SandboxCharge, ShowSeat
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import ShowFactory, lapsed, seat, ticket_of
from tests.views.api.programs import Program, Statements
from tests.views.browsers import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory(screen__columns=10)


@pytest.fixture
def kiosk():
    return Program()


def decide(ticket: dict[str, Any], result: Result) -> None:
    """The buyer of the ticket, as JSON, decides on the gateway's page; its message to us is lost."""
    browser().get(ticket["payment_url"])
    SandboxCharge.objects.update(status=result, report_at=timezone.now() - timedelta(seconds=1))


def test_a_ticket_is_shown_as_it_was_booked(show, kiosk):
    booked = kiosk.book(show, "A1 A2").json()

    answer = kiosk.get(booked["ticket"]["api_url"])

    assert answer.status_code == 200
    assert answer.json() == booked
    assert answer["Cache-Control"] == "no-store"


def test_a_paid_ticket_is_confirmed_although_the_webhook_was_lost(show, kiosk):
    booked = kiosk.book(show, "A1").json()["ticket"]
    url = booked["api_url"]
    decide(booked, Result.PAID)

    answer = kiosk.get(url).json()

    said = answer["ticket"]
    assert (said["status"], said["payment_status"], answer["order"]["status"]) == ("CONFIRMED", "SUCCESS", "PAID")
    assert said["payment_url"] is None
    assert seat(show, "A1").status == ShowSeat.Status.BOOKED


def test_a_declined_payment_is_shown(show, kiosk):
    booked = kiosk.book(show, "A1").json()["ticket"]
    url = booked["api_url"]
    decide(booked, Result.DECLINED)

    said = kiosk.get(url).json()["ticket"]

    assert (said["status"], said["payment_status"], said["payment_url"]) == ("PENDING", "FAILED", None)


def test_a_ticket_whose_hold_ran_out_unpaid_is_expired(show, kiosk):
    url = kiosk.book(show, "A1").json()["ticket"]["api_url"]
    lapsed(Hold.objects.get())

    answer = kiosk.get(url).json()

    said = answer["ticket"]
    assert (said["status"], said["payment_url"], said["hold_expires_at"]) == ("EXPIRED", None, None)
    assert answer["order"]["status"] == "EXPIRED"
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE


def test_a_cancelled_ticket_is_shown_as_cancelled(show, kiosk):
    booked = kiosk.book(show, "A1").json()["ticket"]
    url = booked["api_url"]
    decide(booked, Result.PAID)
    kiosk.get(url)
    cancel_ticket(code=ticket_of(Payment.objects.get()).code, user=kiosk.user)

    assert kiosk.get(url).json()["ticket"]["status"] == "CANCELLED"


def test_the_reference_may_be_written_as_people_do(show, kiosk):
    reference = kiosk.book(show, "A1").json()["ticket"]["reference"]

    assert kiosk.get(f"/api/tickets/{reference[:4].lower()}-{reference[4:].lower()}/").status_code == 200


def test_nobody_sees_anothers_ticket(show, kiosk):
    url = kiosk.book(show, "A1").json()["ticket"]["api_url"]

    answer = Program().get(url)

    assert answer.status_code == 404
    assert answer.json()["error"] == "You have no ticket with this reference."


def test_an_unknown_ticket_is_404(kiosk):
    assert kiosk.get(reverse("api-ticket", args=["AAAAAAAA"])).status_code == 404


def test_nobody_sees_a_ticket_without_a_token(client, show, kiosk):
    url = kiosk.book(show, "A1").json()["ticket"]["api_url"]

    answer = client.get(url)

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_a_ticket_takes_the_same_number_of_statements_for_any_number_of_seats(show, kiosk, settings):
    settings.SHOW_SHARE = 0
    counts = set()
    for names in ["A1", "A2 A3 A4", "B1 B2 B3 B4 B5 B6 B7 B8 B9 B10"]:
        url = kiosk.book(show, names).json()["ticket"]["api_url"]
        with Statements() as statements:
            assert kiosk.get(url).status_code == 200
        counts.add(len(statements))

    assert counts == {7}  # one for the lines of the order
