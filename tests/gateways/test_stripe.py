"""The gateway of Stripe, through its own SDK, against a fake of Stripe over real HTTP."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import stripe
from django.core.exceptions import ImproperlyConfigured

from cinema.exceptions import PaymentsUnavailable, WebhookForged
from cinema.gateways import stripe as module
from cinema.gateways.base import (
    DisputeReport,
    DisputeState,
    ItemKind,
    PaymentReport,
    PayoutItem,
    PayoutState,
    RefundOrder,
    RefundReport,
    RefundState,
    Result,
    Started,
)
from cinema.gateways.stripe import StripeGateway
from tests.fakes.stripe import DISPUTE_FEE, KEY, SECRETS, FakeStripe, message, signed
from tests.gateways.contract import (
    DatedContract,
    Message,
    charge_of,
    fees_of,
    listed,
    opened,
    paid,
    payout_listed,
    read,
    report_of,
)


class Stripe:
    """Stripe, its page and its dashboard."""

    def __init__(self, fake: FakeStripe) -> None:
        self.fake = fake
        self.gateway = StripeGateway()

    def pay(self, started: Started) -> None:
        self.fake.pay(started.provider_id)

    def decline(self, started: Started) -> None:
        self.fake.expire(started.provider_id)

    def message(self, started: Started) -> Message:
        about = [event for event in self.fake.events if event["data"]["object"]["id"] == started.provider_id]
        return message(about[-1])

    def other_message(self) -> Message:
        return self.signed(b'{"id": "evt_other", "type": "customer.created", "data": {"object": {"id": "cus_1"}}}')

    def signed(self, body: bytes, *, old: bool = False) -> Message:
        return body, signed(body, secret=SECRETS[old])

    def bodies(self, order: RefundOrder) -> list[bytes]:
        self.fake.refund_in_dashboard(order.capture_id, 1)
        self.fake.dispute(order.capture_id)
        return [message(event)[0] for event in self.fake.events[-3:]]

    def fee(self, amount: int) -> int:
        return amount // 50

    def pay_out(self) -> str:
        return self.fake.pay_out()["id"]

    def decide_payout(self, payout_id: str, *, works: bool) -> None:
        self.fake.decide_payout(payout_id, "paid" if works else "failed")


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeStripe]:
    fake = FakeStripe()
    with fake.running():
        yield fake


@pytest.fixture
def provider(fake: FakeStripe, settings) -> Iterator[Stripe]:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRETS, settings.STRIPE_API = KEY, list(SECRETS), fake.url
    yield Stripe(fake)
    fake.trouble.clear()
    fake.refunds_wait = False


class TestStripe(DatedContract):
    def stale_message(self, provider: Stripe) -> Message:
        body, _ = message({"id": "evt_old", "type": "customer.created", "data": {"object": {}}})
        return body, signed(body, at=time.time() - 301)


def test_a_signature_that_is_not_ascii_is_forged(provider: Stripe):
    body, _ = provider.other_message()

    with pytest.raises(WebhookForged):
        provider.gateway.read_event(body=body, headers={"Stripe-Signature": f"t={int(time.time())},v1=é"})


def test_it_asks_for_the_agreed_amount_under_the_version_it_was_written_for(provider: Stripe):
    charge, started = opened(provider, amount=25_050)

    request = provider.fake.requests[-1]

    assert request.headers["Stripe-Version"] == module.API_VERSION
    assert request.headers["Idempotency-Key"] == charge.reference
    assert request.form["line_items[0][price_data][unit_amount]"] == "25050"
    assert provider.fake.sessions[started.provider_id]["customer_email"] == charge.email


def test_the_version_is_the_one_that_the_sdk_was_made_for():
    assert stripe.api_version == module.API_VERSION


def test_a_session_that_waits_for_a_bank_is_open(provider: Stripe):
    charge, started = opened(provider)
    provider.fake.sessions[started.provider_id]["status"] = "complete"

    assert report_of(provider, charge, started).result == Result.OPEN


def test_a_bank_that_says_no_in_the_end_declines(provider: Stripe):
    _, started = opened(provider)
    session = provider.fake.sessions[started.provider_id] | {"status": "complete"}
    event = {"id": "evt_no", "type": "checkout.session.async_payment_failed", "data": {"object": session}}

    report = read(provider, message(event)).report

    assert isinstance(report, PaymentReport)
    assert report.result == Result.DECLINED


@pytest.mark.parametrize(("currency", "amount", "sent"), [("ISK", 1_500, "150000"), ("UGX", 7, "700")])
def test_currencies_that_stripe_counts_in_hundredths_come_back_whole(provider: Stripe, currency, amount, sent):
    charge, started = opened(provider, currency=currency, amount=amount)
    assert provider.fake.requests[-1].form["line_items[0][price_data][unit_amount]"] == sent

    provider.pay(started)

    assert report_of(provider, charge, started).amount == amount


@pytest.mark.parametrize("trouble", [429, 500, 503, 401])
def test_a_provider_that_cannot_answer_is_unavailable(provider: Stripe, trouble: int):
    charge = charge_of(provider)
    provider.fake.trouble.append(trouble)

    with pytest.raises(PaymentsUnavailable):
        provider.gateway.start(charge)


def test_a_provider_that_does_not_answer_in_time_is_unavailable(provider: Stripe, monkeypatch):
    monkeypatch.setattr(module, "TIMEOUT", 0.2)
    module._client.cache_clear()
    charge = charge_of(provider)
    provider.fake.trouble.append(1.0)

    with pytest.raises(PaymentsUnavailable):
        StripeGateway().start(charge)
    module._client.cache_clear()


def test_a_wrong_key_is_unavailable_and_appears_in_no_log(provider: Stripe, settings, caplog):
    settings.STRIPE_SECRET_KEY = "sk_test_that_nobody_knows"

    with pytest.raises(PaymentsUnavailable):
        StripeGateway().start(charge_of(provider))

    assert "AuthenticationError" in caplog.text
    assert "that_nobody_knows" not in caplog.text


def test_the_fake_refuses_a_parameter_that_stripe_does_not_know(provider: Stripe):
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameters: payment_method_types"):
        provider.gateway.client.v1.checkout.sessions.create({"payment_method_types": ["card"]})  # type: ignore[typeddict-unknown-key]


def test_after_a_timeout_the_same_session_is_found_again(provider: Stripe):
    charge = charge_of(provider)
    first = provider.gateway.start(charge)
    provider.fake.trouble.append(503)

    with pytest.raises(PaymentsUnavailable):
        provider.gateway.start(charge)

    assert provider.gateway.start(charge) == first


def test_a_refund_is_found_after_its_idempotency_key_is_forgotten(provider: Stripe):
    order = paid(provider, amount=25_000, back=10_000)
    first = provider.gateway.refund(order)
    provider.fake._answered.clear()

    assert provider.gateway.refund(order).refund_id == first.refund_id


def test_a_refund_that_failed_is_made_anew_with_the_same_key(provider: Stripe):
    provider.fake.refunds_wait = True
    order = paid(provider, amount=25_000, back=25_000)
    first = provider.gateway.refund(order)
    assert first.state == RefundState.PENDING
    provider.fake.decide_refund(first.refund_id, "failed")
    assert provider.gateway.refund_report(order, refund_id=first.refund_id).state == RefundState.FAILED

    second = provider.gateway.refund(order)

    assert second.refund_id != first.refund_id
    assert second.state == RefundState.PENDING


def test_a_refund_reports_by_message(provider: Stripe):
    provider.fake.refunds_wait = True
    order = paid(provider, amount=25_000, back=10_000)
    made = provider.gateway.refund(order)
    provider.fake.decide_refund(made.refund_id, "failed")

    report = read(provider, message(provider.fake.events[-1])).report

    assert isinstance(report, RefundReport)
    assert (report.refund_id, report.key, report.capture_id) == (made.refund_id, order.key, order.capture_id)
    assert (report.state, report.amount) == (RefundState.FAILED, 10_000)


def test_a_refund_made_in_the_dashboard_has_no_key_of_ours(provider: Stripe):
    order = paid(provider, amount=25_000, back=10_000)
    made = provider.fake.refund_in_dashboard(order.capture_id, 5_000)

    report = read(provider, message(provider.fake.events[-1])).report

    assert isinstance(report, RefundReport)
    assert (report.refund_id, report.key, report.capture_id) == (made["id"], "", order.capture_id)


@pytest.mark.parametrize(
    ("status", "state"),
    [("needs_response", DisputeState.OPEN), ("won", DisputeState.WON), ("lost", DisputeState.LOST)],
)
def test_a_dispute_reports_by_message_and_can_be_asked_about(provider: Stripe, status: str, state: DisputeState):
    order = paid(provider, amount=25_000, back=10_000)
    provider.fake.dispute(order.capture_id, status)

    report = read(provider, message(provider.fake.events[-1])).report

    assert isinstance(report, DisputeReport)
    assert provider.gateway.dispute_report(report.dispute_id) == report
    assert (report.capture_id, report.amount, report.state) == (order.capture_id, 25_000, state)
    assert report.respond_by is not None
    assert timedelta(days=6) < report.respond_by - datetime.now(UTC) < timedelta(days=8)


def test_what_stripe_charges_for_no_payment_is_a_fee_too(provider: Stripe):
    provider.pay_out()
    charged = provider.fake.charge_monthly(1_180)

    assert fees_of(provider, "")[charged["id"]] == 1_180
    payout = payout_listed(provider, provider.pay_out())
    assert (payout.amount, payout.items) == (-1_180, (PayoutItem(ItemKind.OTHER, "", 0, 1_180),))


def test_a_dispute_lessens_a_payout_and_costs_a_fee(provider: Stripe):
    order = paid(provider, amount=25_000, back=10_000)
    provider.pay_out()
    provider.fake.dispute(order.capture_id)

    payout = payout_listed(provider, provider.pay_out())

    assert payout.items == (PayoutItem(ItemKind.OTHER, order.capture_id, -25_000, DISPUTE_FEE),)
    assert sorted(fees_of(provider, order.capture_id).values()) == sorted([provider.fee(25_000), DISPUTE_FEE])


def test_of_a_payout_made_by_hand_nobody_knows_what_it_contains(provider: Stripe):
    paid(provider, amount=25_000, back=10_000)
    payout = provider.fake.pay_out(automatic=False)

    assert payout_listed(provider, payout["id"]).items is None


@pytest.mark.parametrize(
    ("status", "state"),
    [("pending", PayoutState.PENDING), ("in_transit", PayoutState.PENDING), ("canceled", PayoutState.FAILED)],
)
def test_a_payout_is_on_its_way_until_it_is_paid_or_cancelled(provider: Stripe, status: str, state: PayoutState):
    paid(provider, amount=25_000, back=10_000)

    assert payout_listed(provider, provider.fake.pay_out(status)["id"]).state == state


def test_fees_and_payouts_that_stripe_counts_in_hundredths_come_back_whole(provider: Stripe):
    provider.fake.pay_out(currency="ugx")
    charge, started = opened(provider, currency="UGX", amount=10_000)
    provider.pay(started)
    capture = report_of(provider, charge, started).capture_id

    assert list(fees_of(provider, capture).values()) == [200]
    payout = payout_listed(provider, provider.fake.pay_out(currency="ugx")["id"])
    assert sum(item.amount - item.fee for item in payout.items or ()) == payout.amount


def test_its_lists_are_read_to_the_last_page(provider: Stripe, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 2)
    for _ in range(3):
        provider.gateway.refund(paid(provider, amount=25_000, back=10_000))
    provider.fake.requests.clear()

    listed(provider, datetime.now(UTC) - timedelta(hours=1))

    whole = [request for request in provider.fake.requests if "payout" not in request.query]
    pages = [(request.path, "starting_after" in request.query) for request in whole]
    for path in ("/v1/checkout/sessions", "/v1/refunds", "/v1/balance_transactions"):
        assert pages.count((path, False)) == 1
        assert pages.count((path, True)) >= 1


def test_a_list_that_breaks_off_is_unavailable(provider: Stripe, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 1)
    for _ in range(2):
        paid(provider, amount=25_000, back=10_000)
    reports = provider.gateway.reports_since(datetime.now(UTC) - timedelta(hours=1))
    next(reports)
    provider.fake.trouble.append(503)

    with pytest.raises(PaymentsUnavailable):
        list(reports)


def test_a_subscription_of_somebody_else_is_not_listed(provider: Stripe):
    _, started = opened(provider)
    provider.pay(started)
    provider.fake.sessions[started.provider_id]["mode"] = "subscription"

    payments, _ = listed(provider, datetime.now(UTC) - timedelta(hours=1))

    assert started.provider_id not in {report.provider_id for report in payments}
    del provider.fake.sessions[started.provider_id]


@pytest.mark.parametrize("missing", ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS"])
def test_without_a_key_a_real_site_does_not_start(provider: Stripe, settings, missing: str):
    settings.DEMO = False
    setattr(settings, missing, "")

    with pytest.raises(ImproperlyConfigured, match="STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRETS"):
        StripeGateway()


def test_the_fake_has_no_field_that_stripe_has_not(provider: Stripe):
    order = paid(provider, amount=25_000, back=10_000)
    provider.gateway.refund(order)
    provider.fake.dispute(order.capture_id)
    provider.pay_out()
    provider.decide_payout(provider.pay_out(), works=False)
    pairs = [
        (provider.fake.charges, stripe.Charge),
        (provider.fake.balance, stripe.BalanceTransaction),
        (provider.fake.payouts, stripe.Payout),
        (provider.fake.sessions, stripe.checkout.Session),
        (provider.fake.intents, stripe.PaymentIntent),
        (provider.fake.refunds, stripe.Refund),
        (provider.fake.disputes, stripe.Dispute),
        ({event["id"]: event for event in provider.fake.events}, stripe.Event),
    ]
    for objects, kind in pairs:
        assert objects
        for one in objects.values():
            assert set(one) <= set(kind.__annotations__), kind
            json.dumps(one)


@pytest.mark.parametrize("odd", [{"id": None}, {"currency": 7}, {"payment_status": "paid"}, {"amount_total": "7"}])
def test_a_look_up_whose_answer_cannot_be_read_is_unavailable(provider: Stripe, odd: dict[str, object]):
    charge, started = opened(provider)
    provider.fake.sessions[started.provider_id] |= odd

    with pytest.raises(PaymentsUnavailable):
        report_of(provider, charge, started)


# Answers that Stripe repeats


@pytest.mark.parametrize("errors", [1, 3])
def test_a_payment_that_met_an_error_of_stripes_is_started_when_tried_again(provider: Stripe, errors: int):
    charge = charge_of(provider)
    for _ in range(errors):
        provider.fake.trouble.append(500)
        with pytest.raises(PaymentsUnavailable):
            provider.gateway.start(charge)

    started = provider.gateway.start(charge)

    assert provider.gateway.start(charge) == started


def test_a_refund_that_met_an_error_of_stripes_is_made_when_tried_again(provider: Stripe, monkeypatch):
    order = paid(provider, amount=25_000, back=10_000)
    trouble = [500]
    monkeypatch.setattr(provider.fake, "trouble_for", lambda asked: trouble.pop() if asked.form and trouble else None)

    with pytest.raises(PaymentsUnavailable):
        provider.gateway.refund(order)

    assert provider.gateway.refund(order).state == RefundState.DONE
    assert len([one for one in provider.fake.refunds.values() if one["payment_intent"] == order.capture_id]) == 1
