"""Where programs send their buyers to pay: it starts the payment at the provider and leads there."""

import pytest
from django.urls import reverse

from cinema.exceptions import PaymentsUnavailable
from cinema.gateways.base import Result
from cinema.gateways.sandbox import SandboxGateway
from cinema.models import Hold, Order, Payment, SandboxCharge
from cinema.services.booking.expiry import release_expired
from cinema.services.money.settlement import settle_payment
from tests.factories import ShowFactory, lapsed, report
from tests.views.api.programs import Program
from tests.views.browsers import browser, is_kept_nowhere, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment():
    """Two seats that a program has booked, and nobody has begun to pay."""
    Program().book(ShowFactory(), "A1 A2")
    return Payment.objects.get()


def url(payment: Payment) -> str:
    return reverse("payment-start", args=[payment.code])


def leads_to_its_state(payment: Payment, method: str = "get") -> bool:
    """Whether the address leads to the page of the payment, and nothing was started at the provider."""
    answer = getattr(browser(), method)(url(payment))
    return (
        answer.status_code == 302
        and answer["Location"] == payment.get_absolute_url()
        and not SandboxCharge.objects.exists()
    )


def test_a_buyer_sent_by_a_program_is_led_to_the_provider(payment):
    answer = browser().get(url(payment))

    charge = SandboxCharge.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, charge.get_absolute_url())
    assert (charge.reference, charge.amount, charge.mode) == (payment.code, payment.amount, payment.mode)
    payment.refresh_from_db()
    assert (payment.status, payment.pay_url) == (Payment.Status.PENDING, charge.get_absolute_url())


def test_a_payment_opened_many_times_is_started_once(payment, monkeypatch):
    starts, start = [], SandboxGateway.start
    monkeypatch.setattr(SandboxGateway, "start", lambda *charge: starts.append(charge) or start(*charge))

    pages = {browser().get(url(payment))["Location"] for _ in range(5)}

    assert pages == {SandboxCharge.objects.get().get_absolute_url()}
    assert len(starts) == 1


def test_to_ask_for_the_headers_alone_starts_nothing(payment):
    assert leads_to_its_state(payment, "head")


def test_a_payment_whose_hold_ran_out_is_not_started(payment):
    lapsed(Hold.objects.get())

    assert leads_to_its_state(payment)
    release_expired(show_id=Hold.objects.get().show_id)
    assert Order.objects.get().status == Order.Status.EXPIRED
    assert leads_to_its_state(payment)


@pytest.mark.parametrize("result", [Result.PAID, Result.DECLINED])
def test_a_decided_payment_is_not_started_again(payment, result):
    settle_payment(report=report(payment, result))

    assert leads_to_its_state(payment)


def test_while_the_provider_does_not_answer_the_buyer_may_try_again(payment, monkeypatch):
    def fail(*_args: object) -> None:
        raise PaymentsUnavailable

    with monkeypatch.context() as broken:
        broken.setattr(SandboxGateway, "start", fail)
        answer = browser().get(url(payment))

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Nothing was charged, and your seats are still held" in text(answer)
    assert f'href="{url(payment)}"' in answer.content.decode()
    assert browser().get(url(payment))["Location"] == SandboxCharge.objects.get().get_absolute_url()


def test_the_way_to_a_payment_is_kept_nowhere(payment):
    assert is_kept_nowhere(browser().get(url(payment)))


def test_an_unknown_payment_is_not_started(db):
    assert browser().get(reverse("payment-start", args=["unknown"])).status_code == 404
