"""Card readers at tills: Stripe Terminal, through Stripe's own SDK, against a fake of it over real HTTP."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import stripe

from cinema.exceptions import PaymentsUnavailable, ReaderNotReady
from cinema.gateways.base import Charge, PaymentReport, Reader, RefundOrder, RefundState, Result, Started
from cinema.gateways.stripe import StripeGateway
from tests.fakes.stripe import KEY, SECRETS, FakeStripe, message
from tests.fakes.stripe_terminal import DECLINED_CARD
from tests.gateways.contract import charge_of


class Counter:
    """Stripe with a card reader at a till."""

    def __init__(self, fake: FakeStripe) -> None:
        self.fake, self.gateway = fake, StripeGateway()
        self.reader = fake.terminal.connect("Box office")

    def charge(self) -> Charge:
        return replace(charge_of(self), mode="READER", amount=25_050, currency="INR", reader=self.reader)

    def handed_over(self) -> tuple[Charge, Started]:
        charge = self.charge()
        started = self.gateway.start(charge)
        self.gateway.hand_over(provider_id=started.provider_id, reader_id=self.reader)
        return charge, started

    def present(self, number: str = "4242424242424242") -> None:
        """Present a card to the reader, by the SDK's own test helper."""
        helper = self.gateway.client.v1.test_helpers.terminal.readers.present_payment_method
        helper(self.reader, {"type": "card_present", "card_present": {"number": number}})

    def result(self, started: Started) -> Result:
        return self.gateway.report(reference="", provider_id=started.provider_id).result

    def reports(self) -> list[PaymentReport]:
        """What the messages that were sent say about payments."""
        events = [self.gateway.read_event(body=body, headers=headers) for body, headers in map(message, self.sent)]
        return [event.report for event in events if isinstance(event.report, PaymentReport)]

    @property
    def sent(self) -> list[dict[str, object]]:
        return self.fake.events


@pytest.fixture
def counter(settings) -> Iterator[Counter]:
    fake = FakeStripe()
    with fake.running():
        settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRETS, settings.STRIPE_API = KEY, list(SECRETS), fake.url
        yield Counter(fake)


def test_a_card_pays_the_agreed_amount_at_the_reader(counter: Counter):
    charge, started = counter.handed_over()
    assert counter.result(started) == Result.OPEN

    counter.present()

    report = counter.gateway.report(reference=charge.reference, provider_id=started.provider_id)
    assert (report.result, report.amount, report.currency) == (Result.PAID, 25_050, "INR")
    assert (report.reference, report.capture_id) == (charge.reference, started.provider_id)
    assert counter.reports() == [report]


def test_opening_a_payment_twice_asks_for_one(counter: Counter):
    charge = counter.charge()

    assert counter.gateway.start(charge) == counter.gateway.start(charge)


@pytest.mark.parametrize(
    "refuse", [lambda one: one.present(DECLINED_CARD), lambda one: one.fake.terminal.cancel_on_reader(one.reader)]
)
def test_a_reader_that_gives_up_declines_the_payment(counter: Counter, refuse):
    _, started = counter.handed_over()

    refuse(counter)

    assert counter.result(started) == Result.DECLINED
    assert (counter.reports()[-1].provider_id, counter.reports()[-1].result) == (started.provider_id, Result.DECLINED)


def test_a_declined_payment_stays_declined_when_the_reader_asks_for_the_next(counter: Counter):
    _, first = counter.handed_over()
    counter.present(DECLINED_CARD)
    _, second = counter.handed_over()

    assert (counter.result(first), counter.result(second)) == (Result.DECLINED, Result.OPEN)


def test_a_closed_payment_leaves_the_reader_free_and_can_not_be_paid(counter: Counter):
    charge, started = counter.handed_over()

    for _ in range(2):  # again changes nothing
        counter.gateway.close(reference=charge.reference, provider_id=started.provider_id)

    assert counter.result(started) == Result.DECLINED
    with pytest.raises(stripe.InvalidRequestError, match="asks for no card"):
        counter.present()


def test_closing_a_payment_leaves_the_next_one_at_the_reader(counter: Counter):
    charge, started = counter.handed_over()
    counter.present(DECLINED_CARD)
    _, second = counter.handed_over()

    counter.gateway.close(reference=charge.reference, provider_id=started.provider_id)
    counter.present()

    assert counter.result(second) == Result.PAID


def test_a_payment_that_was_paid_meanwhile_stays_paid(counter: Counter):
    charge, started = counter.handed_over()
    counter.present()

    counter.gateway.close(reference=charge.reference, provider_id=started.provider_id)

    assert counter.result(started) == Result.PAID


def test_a_reader_that_is_off_or_busy_or_unknown_is_not_ready(counter: Counter):
    counter.handed_over()
    started = counter.gateway.start(counter.charge())

    with pytest.raises(ReaderNotReady):  # busy
        counter.gateway.hand_over(provider_id=started.provider_id, reader_id=counter.reader)
    counter.fake.terminal.readers[counter.reader]["status"] = "offline"
    for reader in (counter.reader, "tmr_of_nobody"):
        with pytest.raises(ReaderNotReady):
            counter.gateway.hand_over(provider_id=started.provider_id, reader_id=reader)


def test_of_a_payment_handed_over_without_an_answer_nobody_knows(counter: Counter):
    started = counter.gateway.start(counter.charge())
    counter.fake.trouble.append(503)

    with pytest.raises(PaymentsUnavailable):
        counter.gateway.hand_over(provider_id=started.provider_id, reader_id=counter.reader)

    assert counter.result(started) == Result.OPEN


def test_the_readers_are_listed_by_their_names(counter: Counter):
    other = counter.fake.terminal.connect("Bar")
    counter.fake.terminal.readers[other]["status"] = "offline"

    assert set(counter.gateway.readers()) == {Reader(counter.reader, "Box office", True), Reader(other, "Bar", False)}


def test_its_money_is_listed_and_refunded_as_any_other(counter: Counter):
    charge, started = counter.handed_over()
    counter.present()
    order = RefundOrder(
        reference=charge.reference,
        provider_id=started.provider_id,
        capture_id=started.provider_id,
        amount=5_000,
        currency="INR",
        key="refund",
    )

    assert counter.gateway.refund(order).state == RefundState.DONE
    listed = list(counter.gateway.reports_since(datetime.now(UTC) - timedelta(hours=1)))
    assert [one.provider_id for one in listed if isinstance(one, PaymentReport)] == [started.provider_id]


def test_the_fake_has_no_field_that_stripe_has_not(counter: Counter):
    counter.handed_over()
    counter.present()
    for objects, kind in [
        (counter.fake.terminal.readers, stripe.terminal.Reader),
        (counter.fake.intents, stripe.PaymentIntent),
    ]:
        assert objects
        for one in objects.values():
            assert set(one) <= set(kind.__annotations__), kind
            json.dumps(one)
    [reader] = counter.fake.terminal.readers.values()
    assert set(reader["action"]) <= set(stripe.terminal.Reader.Action.__annotations__)
