"""The inbox of messages from payment providers: services.money.provider_events."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import DataError, IntegrityError, OperationalError
from django.db.models.functions import Now

from cinema.exceptions import PaymentUndecided, WebhookForged
from cinema.gateways.base import DisputeReport, DisputeState, RefundReport, RefundState, Result
from cinema.gateways.sandbox import SIGNATURE_HEADER, sign
from cinema.models import Order, Payment, ProviderEvent, Ticket
from cinema.services.money import provider_events
from cinema.services.money.disputes import receive_dispute
from cinema.services.money.provider_events import (
    KEPT_FOR,
    TRIED_FOR,
    forget_events,
    handle_due_events,
    receive_event,
)
from tests.concurrency.harness import race
from tests.factories import ShowFactory, booked, due, report

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def payment():
    return booked(ShowFactory(), "A1")


def message(payment: Payment, event_id: str = "event_1", **changes: object) -> bytes:
    said = asdict(report(payment, Result(changes.pop("result", Result.PAID))))
    said |= {"id": event_id, "type": "payment.decided", "charge": "charge_1", "capture": "capture_1"}
    return json.dumps(said | changes).encode()


def receive(body: bytes) -> None:
    headers = {SIGNATURE_HEADER: sign(body, settings.SECRET_KEY)}
    receive_event(gateway="sandbox", body=body, headers=headers)


def status(payment: Payment) -> str:
    return Payment.objects.get(pk=payment.pk).status


def test_a_message_is_stored_with_what_it_led_to(payment):
    receive(message(payment))

    stored = ProviderEvent.objects.get()
    assert (stored.gateway, stored.event_id, stored.kind, stored.about) == (
        "sandbox",
        "event_1",
        "PAYMENT",
        payment.code,
    )
    assert stored.handled_at is not None
    assert stored.due_at is None
    assert status(payment) == Payment.Status.SUCCESS
    assert Payment.objects.get().capture_id == "capture_1"


def test_nothing_stored_names_the_buyer(payment):
    receive(message(payment, email="asha@example.org"))

    row = ProviderEvent.objects.values().get()
    assert "asha" not in json.dumps(row, default=str)


def test_a_forged_message_is_not_stored(payment):
    with pytest.raises(WebhookForged):
        receive_event(gateway="sandbox", body=message(payment), headers={SIGNATURE_HEADER: "0" * 64})

    assert not ProviderEvent.objects.exists()


def test_a_message_about_something_else_is_stored_and_done(payment):
    receive(message(payment, type="payout.created"))

    assert ProviderEvent.objects.values_list("kind", "report", "due_at").get() == ("OTHER", None, None)


def test_the_same_message_again_is_not_acted_on_again(payment, monkeypatch):
    receive(message(payment))
    monkeypatch.setattr(provider_events, "settle_payment", lambda **report: 1 / 0)

    receive(message(payment))

    assert ProviderEvent.objects.count() == 1


@pytest.mark.parametrize("length", [0, 256])
def test_a_message_whose_id_cannot_be_stored_cannot_be_read(payment, length):
    with pytest.raises(ValueError, match="id"):
        receive(message(payment, "x" * length))


# Twice at once


def acted_twice(payment: Payment, monkeypatch) -> bool:
    """Whether two deliveries of one message at the same time were both acted on."""
    acted, settle = [], provider_events.settle_payment

    def count(**arguments):
        settled = settle(**arguments)
        acted.append(settled)
        return settled

    monkeypatch.setattr(provider_events, "settle_payment", count)
    body = message(payment)
    for outcome in race(*[lambda: receive(body)] * 2):
        assert outcome.error is None
    return len(acted) == 2


def test_of_two_deliveries_at_once_one_is_acted_on(payment, monkeypatch):
    assert not acted_twice(payment, monkeypatch)
    assert ProviderEvent.objects.count() == 1


def test_without_the_uniqueness_of_messages_both_would_be(payment, monkeypatch):
    """The control: the test above can fail."""
    stored = provider_events._row
    ids = iter(["one", "another"])

    def unlike(gateway, event, **state):
        row = stored(gateway, event, **state)
        row.event_id = next(ids)
        return row

    monkeypatch.setattr(provider_events, "_row", unlike)

    assert acted_twice(payment, monkeypatch)
    assert ProviderEvent.objects.count() == 2


# What fails


def failed(payment: Payment, monkeypatch) -> ProviderEvent:
    """A message that could not be acted on."""
    with monkeypatch.context() as broken:
        broken.setattr(provider_events, "settle_payment", lambda **report: 1 / 0)
        receive(message(payment))
    return ProviderEvent.objects.get()


def test_a_message_that_cannot_be_acted_on_stays_and_is_tried_again(payment, monkeypatch):
    stored = failed(payment, monkeypatch)
    assert (stored.handled_at, stored.last_error, status(payment)) == (None, "ZeroDivisionError", "PENDING")
    assert handle_due_events() == 0

    due(stored)

    assert handle_due_events() == 1
    assert status(payment) == Payment.Status.SUCCESS
    stored.refresh_from_db()
    assert stored.handled_at is not None
    assert stored.failing_since is None
    assert handle_due_events() == 0


def test_a_message_about_a_payment_of_others_is_logged_once_with_its_name(payment, caplog):
    receive(message(payment, "event_of_others", reference="of others"))
    for _ in range(3):
        due(ProviderEvent.objects.get())
        assert handle_due_events() == 0

    [line] = caplog.records
    assert line.levelname == "WARNING" and line.exc_info is None
    assert line.getMessage() == "Message event_of_others of sandbox could not be acted on: DoesNotExist."
    assert ProviderEvent.objects.get().last_error == "DoesNotExist"


def test_a_failed_try_leaves_nothing_half_done(payment, monkeypatch):
    def half(**arguments):
        Order.objects.update(name="half done")
        raise ZeroDivisionError

    monkeypatch.setattr(provider_events, "settle_payment", half)
    receive(message(payment))
    due(ProviderEvent.objects.get())
    assert handle_due_events() == 0

    assert Order.objects.get().name != "half done"
    assert ProviderEvent.objects.get().handled_at is None
    assert ProviderEvent.objects.get().attempts == 1


@pytest.mark.parametrize("error", [DataError, IntegrityError])
def test_a_message_that_the_database_cannot_take_stays(payment, monkeypatch, error):
    def refuse(**report):
        raise error

    monkeypatch.setattr(provider_events, "settle_payment", refuse)
    receive(message(payment))

    stored = ProviderEvent.objects.get()
    assert (stored.handled_at, stored.last_error) == (None, error.__name__)


def test_a_message_that_comes_while_the_database_is_away_comes_again(payment, monkeypatch):
    def away(**report):
        raise OperationalError

    monkeypatch.setattr(provider_events, "settle_payment", away)
    with pytest.raises(OperationalError):
        receive(message(payment))

    assert not ProviderEvent.objects.exists()


def test_a_message_that_waits_is_not_stored_twice(payment, monkeypatch):
    failed(payment, monkeypatch)

    receive(message(payment))

    assert ProviderEvent.objects.get().handled_at is None


def test_a_message_before_its_payment_is_known_is_acted_on_later(payment):
    receive(message(payment, reference=""))
    assert status(payment) == Payment.Status.PENDING

    Payment.objects.update(provider_id="charge_1")
    due(ProviderEvent.objects.get())

    assert handle_due_events() == 1
    assert status(payment) == Payment.Status.SUCCESS


def test_a_message_about_nobodys_payment_is_given_up_in_the_end(payment):
    receive(message(payment, reference="of another shop"))
    ProviderEvent.objects.update(received_at=Now() - TRIED_FOR - timedelta(minutes=1))

    forget_events()

    assert ProviderEvent.objects.values_list("due_at", "failing_since", "handled_at").get() == (None, None, None)


# Order


@pytest.mark.parametrize("order", [("PAID", "DECLINED"), ("DECLINED", "PAID"), ("OPEN", "PAID"), ("PAID", "OPEN")])
def test_whatever_comes_first_or_late_paid_wins(payment, order):
    for result in order:
        receive(message(payment, f"event_{result}", result=result))

    assert status(payment) == Payment.Status.SUCCESS
    assert Ticket.objects.get().status == Ticket.Status.CONFIRMED


@pytest.mark.parametrize("state", DisputeState)
def test_a_dispute_that_is_reported_before_its_payment_waits_for_it(payment, state):
    told = {"dispute_id": "dp_1", "reference": payment.code, "amount": 25_000, "currency": "INR", "state": state}

    with pytest.raises(PaymentUndecided):
        receive_dispute(report=DisputeReport(**told), gateway=payment.gateway, asked=True)

    receive(message(payment))
    assert Ticket.objects.get().status == Ticket.Status.CONFIRMED
    assert receive_dispute(report=DisputeReport(**told), gateway=payment.gateway, asked=True)


def test_every_kind_of_report_comes_back_from_its_row_as_it_was(payment):
    refund = RefundReport(refund_id="re_1", key="", capture_id="c", amount=1, currency="INR", state=RefundState.PENDING)
    dispute = DisputeReport(
        dispute_id="dp_1",
        capture_id="c",
        amount=1,
        currency="INR",
        state=DisputeState.LOST,
        respond_by=datetime(2026, 12, 1, 12, tzinfo=UTC),
    )
    for number, said in enumerate([report(payment), refund, dispute, None]):
        row = provider_events._row("sandbox", provider_events.Event(f"event_{number}", said))
        row.save()
        row.refresh_from_db()
        assert provider_events._read(row) == said


# Thirty days


@pytest.mark.parametrize(("ago", "kept"), [(KEPT_FOR - timedelta(hours=1), 1), (KEPT_FOR + timedelta(hours=1), 0)])
def test_a_handled_message_is_forgotten_after_30_days(payment, ago, kept):
    receive(message(payment))
    ProviderEvent.objects.update(received_at=Now() - ago)

    assert forget_events() == 1 - kept
    assert ProviderEvent.objects.count() == kept


def test_a_message_that_still_waits_is_not_forgotten(payment, monkeypatch):
    failed(payment, monkeypatch)
    ProviderEvent.objects.update(received_at=Now() - 2 * KEPT_FOR)

    assert forget_events() == 0
    assert ProviderEvent.objects.exists()
