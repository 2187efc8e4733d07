"""UPI codes at tills: Razorpay's QR codes, through its own SDK, against a fake of them over real HTTP."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cinema.exceptions import PaymentsUnavailable
from cinema.gateways.base import Charge, PaymentReport, RefundOrder, RefundState, Result, Started
from cinema.gateways.razorpay import RazorpayGateway
from tests.fakes.razorpay import KEY_ID, KEY_SECRET, SECRETS, FakeRazorpay, message
from tests.fakes.razorpay_qr import FIELDS
from tests.gateways.contract import charge_of


class Counter:
    """Razorpay, as a till uses it."""

    def __init__(self, fake: FakeRazorpay) -> None:
        self.fake, self.gateway = fake, RazorpayGateway()

    def shown(self) -> tuple[Charge, Started]:
        charge = replace(charge_of(self), mode="QR", amount=25_050, currency="INR")
        return charge, self.gateway.start(charge)

    def report(self, started: Started) -> PaymentReport:
        return self.gateway.report(reference="", provider_id=started.provider_id)

    def reports(self) -> list[PaymentReport]:
        """What the messages that were sent say about payments."""
        events = [
            self.gateway.read_event(body=body, headers=headers) for body, headers in map(message, self.fake.events)
        ]
        return [event.report for event in events if isinstance(event.report, PaymentReport)]


@pytest.fixture
def counter(settings) -> Iterator[Counter]:
    fake = FakeRazorpay()
    with fake.running():
        settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET = KEY_ID, KEY_SECRET
        settings.RAZORPAY_WEBHOOK_SECRETS, settings.RAZORPAY_API = list(SECRETS), fake.url
        yield Counter(fake)


def test_a_code_is_for_one_payment_of_the_exact_amount(counter: Counter):
    _, started = counter.shown()

    code = counter.fake.qr.codes[started.provider_id]
    assert (code["usage"], code["fixed_amount"], code["payment_amount"]) == ("single_use", True, 25_050)
    assert started.url == f"upi://pay?pa=cinema@bank&tr={started.provider_id}&am=250.50&cu=INR"
    assert counter.report(started).result == Result.OPEN


def test_a_scanned_code_is_paid(counter: Counter):
    charge, started = counter.shown()

    counter.fake.qr.scan(started.provider_id)

    report = counter.report(started)
    assert (report.result, report.amount, report.reference) == (Result.PAID, 25_050, charge.reference)
    assert report.capture_id in counter.fake.payments
    assert counter.reports() == [report]


def test_a_closed_code_can_not_be_paid(counter: Counter):
    charge, started = counter.shown()

    for _ in range(2):  # again changes nothing
        counter.gateway.close(reference=charge.reference, provider_id=started.provider_id)
    counter.fake.qr.scan(started.provider_id)

    assert counter.report(started).result == Result.DECLINED
    assert [one.result for one in counter.reports()] == [Result.DECLINED]


def test_a_code_that_was_paid_meanwhile_stays_paid(counter: Counter):
    charge, started = counter.shown()
    counter.fake.qr.scan(started.provider_id)

    counter.gateway.close(reference=charge.reference, provider_id=started.provider_id)

    assert counter.report(started).result == Result.PAID


@pytest.mark.parametrize("content", [None, "https://example.org", "upi://" + "a" * 3_000])
def test_a_code_without_what_it_contains_can_not_be_shown(counter: Counter, content: str | None, monkeypatch):
    make = counter.fake.qr._make
    monkeypatch.setattr(counter.fake.qr, "_make", lambda asked: make(asked) | {"image_content": content})

    with pytest.raises(PaymentsUnavailable):
        counter.shown()


def test_a_code_of_somebody_else_is_ignored(counter: Counter):
    _, started = counter.shown()
    counter.fake.qr.codes[started.provider_id]["notes"] = []
    counter.fake.qr.scan(started.provider_id)

    assert not counter.reports()


def test_its_money_is_listed_and_refunded_as_any_other(counter: Counter):
    charge, started = counter.shown()
    counter.fake.qr.scan(started.provider_id)
    capture = counter.report(started).capture_id
    order = RefundOrder(
        reference=charge.reference,
        provider_id=started.provider_id,
        capture_id=capture,
        amount=5_000,
        currency="INR",
        key="refund_of_the_code",
    )

    assert counter.gateway.refund(order).state == RefundState.DONE
    listed = list(counter.gateway.reports_since(datetime.now(UTC) - timedelta(hours=1)))
    assert [one.capture_id for one in listed if isinstance(one, PaymentReport)] == [capture]


def test_the_fake_has_no_field_that_razorpay_has_not(counter: Counter):
    _, started = counter.shown()
    assert set(counter.fake.qr.codes[started.provider_id]) <= set(FIELDS["qr_code"].split())
