"""The test gateway's own page."""

import re

import pytest
from django.urls import reverse

from cinema.gateways.base import Result
from cinema.gateways.sandbox import LATE_BY
from cinema.models import Payment, SandboxCharge, Ticket
from tests.factories import ShowFactory, booked
from tests.views.browsers import browser, is_kept_nowhere, text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def webhooks(monkeypatch) -> list[tuple[str, float]]:
    """What the gateway would report on its own: the result, and after how many seconds."""
    sent: list[tuple[str, float]] = []
    monkeypatch.setattr(
        "cinema.gateways.sandbox.send_webhook", lambda charge, delay=0: sent.append((charge.status, delay))
    )
    return sent


@pytest.fixture
def charge():
    booked(ShowFactory(), "A1 A2")
    return SandboxCharge.objects.get()


def address(charge):
    return reverse("sandbox", args=[charge.reference])


def decide(charge, decision):
    return browser("asha").post(address(charge), {"decision": decision})


def test_the_page_says_what_is_paid_for_and_that_no_real_money_moves(charge):
    answer = browser("asha").get(address(charge))

    assert "Test gateway." in text(answer)
    assert "No real money moves." in text(answer)
    assert "₹500" in text(answer)
    assert f"Booking {charge.description}" in text(answer)
    assert is_kept_nowhere(answer)


def test_closing_the_window_is_a_way_back(charge):
    page = browser("asha").get(address(charge)).content.decode()

    assert re.search(rf'href="{charge.return_path}"[^>]*>Close the window', page)


def test_paying_leads_back_and_the_ticket_is_confirmed(charge, webhooks):
    client = browser("asha")

    answer = client.post(address(charge), {"decision": "pay"}, follow=True)

    assert answer.redirect_chain[0] == (charge.return_path, 303)
    assert answer.redirect_chain[1][0] == Ticket.objects.get().get_absolute_url()
    assert Ticket.objects.get().status == Ticket.Status.CONFIRMED
    assert webhooks == [(Result.PAID, 0)]


def test_declining_leads_back_to_another_try(charge):
    answer = browser("asha").post(address(charge), {"decision": "decline"}, follow=True)

    assert "The payment was declined" in text(answer)
    assert Payment.objects.get().status == Payment.Status.FAILED


def test_paying_with_a_late_report_keeps_the_buyer_waiting_until_it_comes(charge, webhooks):
    answer = browser("asha").post(address(charge), {"decision": "late"}, follow=True)
    assert "We’re waiting for your bank to confirm ₹500." in text(answer)
    assert webhooks == [(Result.PAID, LATE_BY.total_seconds())]

    charge.refresh_from_db()
    SandboxCharge.objects.update(report_at=charge.report_at - LATE_BY)
    Payment.objects.update(attempted_at=None)

    assert browser("asha").get(charge.return_path).status_code == 302
    assert Ticket.objects.get().status == Ticket.Status.CONFIRMED


@pytest.mark.parametrize(("first", "second"), [("pay", "decline"), ("decline", "pay"), ("pay", "pay")])
def test_a_payment_that_is_decided_stays_so_whatever_is_pressed_afterwards(charge, first, second):
    decide(charge, first)
    charge.refresh_from_db()
    before = charge.status

    assert decide(charge, second).status_code == 303

    charge.refresh_from_db()
    assert charge.status == before
    assert "This payment has already been decided." in text(browser("asha").get(address(charge)))


@pytest.mark.parametrize("decision", ["", "steal", "PAY", "\x00"])
def test_an_unknown_decision_is_ignored(charge, decision, webhooks):
    answer = decide(charge, decision)

    assert answer["Location"] == charge.return_path
    charge.refresh_from_db()
    assert charge.status == SandboxCharge.Status.OPEN
    assert webhooks == []


@pytest.mark.parametrize("code", ["unknown", "%00", "x" * 5000])
def test_an_unknown_charge_is_404(charge, code):
    for method in ("get", "post"):
        assert getattr(browser(), method)(address(charge).replace(charge.reference, code)).status_code == 404


def test_another_site_cannot_pay(charge):
    answer = browser("asha", enforce_csrf_checks=True).post(address(charge), {"decision": "pay"})

    assert answer.status_code == 403
    charge.refresh_from_db()
    assert charge.status == SandboxCharge.Status.OPEN
