"""The gateway of Razorpay, through its own SDK, against a fake of Razorpay over real HTTP."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from razorpay.errors import BadRequestError

from cinema.exceptions import PaymentsUnavailable, WebhookForged
from cinema.gateways import razorpay as module
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
from cinema.gateways.razorpay import RazorpayGateway
from cinema.models.codes import new_code
from tests.fakes.razorpay import FIELDS, KEY_ID, KEY_SECRET, SECRETS, Event, FakeRazorpay, message, sign
from tests.gateways.contract import (
    Message,
    RemoteContract,
    another,
    charge_of,
    fees_of,
    listed,
    opened,
    paid,
    payout_listed,
    read,
    report_of,
)


class Razorpay:
    """Razorpay, its page and its dashboard."""

    def __init__(self, fake: FakeRazorpay) -> None:
        self.fake = fake
        self.gateway = RazorpayGateway()

    def pay(self, started: Started) -> None:
        self.fake.pay(started.provider_id)

    def decline(self, started: Started) -> None:
        self.fake.expire(started.provider_id)

    def message(self, started: Started) -> Message:
        return message([event for event in self.fake.events if link_in(event) == started.provider_id][-1])

    def other_message(self) -> Message:
        return message(Event("event_other", {"event": "settlement.processed", "payload": {}}))

    def signed(self, body: bytes, *, old: bool = False) -> Message:
        return body, {"X-Razorpay-Signature": sign(body, SECRETS[old])}

    def bodies(self, order: RefundOrder) -> list[bytes]:
        self.fake.refund_in_dashboard(order.capture_id, 100)
        self.fake.dispute(order.capture_id, "created")
        return [message(event)[0] for event in self.fake.events[-3:]]

    def last_report(self) -> object:
        return read(self, message(self.fake.events[-1])).report

    def fee(self, amount: int) -> int:
        return amount // 50

    def pay_out(self) -> str:
        return self.fake.settle()["id"]

    def decide_payout(self, payout_id: str, *, works: bool) -> None:
        self.fake.settlements[payout_id]["status"] = "processed" if works else "failed"


def link_in(event: Event) -> str | None:
    link = event.content["payload"].get("payment_link")
    return link and link["entity"]["id"]


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeRazorpay]:
    fake = FakeRazorpay()
    with fake.running():
        yield fake


@pytest.fixture
def provider(fake: FakeRazorpay, settings, capsys) -> Iterator[Razorpay]:
    settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET = KEY_ID, KEY_SECRET
    settings.RAZORPAY_WEBHOOK_SECRETS, settings.RAZORPAY_API = list(SECRETS), fake.url
    yield Razorpay(fake)
    assert not capsys.readouterr().out  # the SDK prints
    fake.trouble.clear()
    fake.refunds_wait = False


class TestRazorpay(RemoteContract):
    pass


def test_it_asks_for_the_agreed_amount_and_sends_the_buyer_nothing(provider: Razorpay):
    charge, started = opened(provider, amount=25_050)

    asked = json.loads(provider.fake.requests[-1].body)

    assert (asked["amount"], asked["currency"], asked["accept_partial"]) == (25_050, "INR", False)
    assert (asked["notify"], asked["reminder_enable"]) == ({"sms": False, "email": False}, False)
    assert (asked["callback_url"], asked["reference_id"]) == (charge.return_url, charge.reference)
    assert charge.email not in str(asked)
    assert started.url == provider.fake.links[started.provider_id]["short_url"]


@pytest.mark.parametrize(
    ("mode", "method"), [("UPI", "upi"), ("CARD", "card"), ("NETBANKING", "netbanking"), ("WALLET", "wallet")]
)
def test_the_page_offers_the_mode_that_was_chosen(provider: Razorpay, mode: str, method: str):
    charge = charge_of(provider)
    provider.gateway.start(type(charge)(**vars(charge) | {"mode": mode}))

    methods = json.loads(provider.fake.requests[-1].body)["options"]["checkout"]["method"]

    assert methods == {name: name == method for name in ("upi", "card", "netbanking", "wallet")}


def test_a_link_ends_after_a_day(provider: Razorpay):
    _, started = opened(provider)

    assert abs(provider.fake.links[started.provider_id]["expire_by"] - time.time() - 24 * 60 * 60) < 60


def test_a_reference_is_short_enough_for_razorpay():
    assert len(new_code()) <= 40


def test_after_an_answer_that_was_lost_the_same_link_is_found_again(provider: Razorpay):
    charge, started = opened(provider)
    provider.fake.links[started.provider_id]["expire_by"] -= 60  # the second request asks for another moment

    assert provider.gateway.start(charge) == started
    assert [link["id"] for link in provider.fake.links.values() if link["reference_id"] == charge.reference] == [
        started.provider_id
    ]


def test_a_link_that_razorpay_refuses_to_open_is_unavailable(provider: Razorpay, monkeypatch):
    monkeypatch.setattr(module, "LIFETIME", timedelta(minutes=14))
    charge = charge_of(provider)

    with pytest.raises(PaymentsUnavailable):
        provider.gateway.start(charge)


def test_another_link_is_not_taken_for_the_one_asked_for(provider: Razorpay, monkeypatch):
    charge, _ = opened(provider)
    monkeypatch.setattr("tests.fakes.razorpay._matches", lambda link, query: True)

    assert provider.gateway.report(reference=new_code(), provider_id="").result == Result.OPEN
    assert provider.gateway.report(reference=charge.reference, provider_id="").reference == charge.reference


def test_a_payment_whose_start_was_never_answered_is_found_by_its_reference(provider: Razorpay):
    charge, started = opened(provider)
    provider.pay(started)

    report = provider.gateway.report(reference=charge.reference, provider_id="")

    assert report == report_of(provider, charge, started)
    assert report.result == Result.PAID


def test_a_cancelled_link_is_declined(provider: Razorpay):
    charge, started = opened(provider)
    provider.fake.cancel_in_dashboard(started.provider_id)

    report = provider.last_report()

    assert isinstance(report, PaymentReport)
    assert (report.reference, report.result) == (charge.reference, Result.DECLINED)
    assert report_of(provider, charge, started).result == Result.DECLINED


def test_a_link_that_is_paid_in_part_is_open(provider: Razorpay):
    _, started = opened(provider)
    link = provider.fake.links[started.provider_id] | {"status": "partially_paid", "amount_paid": 100}
    event = {"event": "payment_link.partially_paid", "payload": {"payment_link": {"entity": link}}}

    report = read(provider, message(Event("event_part", event))).report

    assert isinstance(report, PaymentReport)
    assert report.result == Result.OPEN


# The page


def test_a_buyer_who_is_declined_or_closes_the_window_can_pay_after_all(provider: Razorpay):
    charge, started = opened(provider)

    for act in ("decline", "close"):
        assert press(started.url, act).status == 200
        assert report_of(provider, charge, started).result == Result.OPEN
    back = press(started.url, "pay")

    assert back.headers["Location"].startswith(f"{charge.return_url}?")
    assert report_of(provider, charge, started).result == Result.PAID


def test_the_buyer_comes_back_with_a_signature_that_the_sdk_accepts(provider: Razorpay):
    _, started = opened(provider)
    query = parse_qs(urlsplit(press(started.url, "pay").headers["Location"]).query)
    values = {name.removeprefix("razorpay_"): value for name, [value] in query.items()}
    named = {f"razorpay_{name}" if name in ("payment_id", "signature") else name: values[name] for name in values}

    assert provider.gateway.client.utility.verify_payment_link_signature(named)


# Faults


@pytest.mark.parametrize("trouble", [401, 404, 409, 429, 500, 502, 503])
def test_a_provider_that_cannot_answer_is_unavailable(provider: Razorpay, trouble: int):
    charge = charge_of(provider)
    provider.fake.trouble.append(trouble)

    with pytest.raises(PaymentsUnavailable):
        provider.gateway.start(charge)


@pytest.mark.parametrize("trouble", [401, 409, 429, 503])
def test_a_refund_that_cannot_be_made_now_is_not_refused(provider: Razorpay, monkeypatch, trouble: int):
    order = paid(provider, amount=25_000, back=10_000)
    listed = provider.gateway._refunds

    def then_trouble(payment: str):
        yield from listed(payment)
        provider.fake.trouble.append(trouble)

    monkeypatch.setattr(provider.gateway, "_refunds", then_trouble)

    with pytest.raises(PaymentsUnavailable):
        provider.gateway.refund(order)


def test_a_provider_that_does_not_answer_in_time_is_unavailable(provider: Razorpay, monkeypatch):
    monkeypatch.setattr(module, "TIMEOUT", 0.2)
    charge, started = opened(provider)
    order = paid(provider, amount=25_000, back=10_000)
    calls = [
        lambda: provider.gateway.start(charge),
        lambda: report_of(provider, charge, started),
        lambda: provider.gateway.refund(order),
        lambda: provider.gateway.refund_report(order, refund_id="rfnd_1"),
    ]
    for call in calls:
        provider.fake.trouble[:] = [0.6]
        with pytest.raises(PaymentsUnavailable):
            call()


def test_a_provider_that_nobody_reaches_is_unavailable(provider: Razorpay, settings):
    settings.RAZORPAY_API = "http://127.0.0.1:9"

    with pytest.raises(PaymentsUnavailable):
        RazorpayGateway().start(charge_of(provider))


@pytest.mark.parametrize("answer", ["<html>", {"id": "plink_1"}, {"id": 7, "short_url": "https://rzp.io/i/1"}])
def test_an_answer_that_is_of_no_use_is_unavailable(provider: Razorpay, monkeypatch, answer: object):
    monkeypatch.setattr(provider.fake, "_call", lambda request: answer)

    with pytest.raises(PaymentsUnavailable):
        provider.gateway.start(charge_of(provider))


def test_a_wrong_key_is_unavailable_and_appears_in_no_log(provider: Razorpay, settings, caplog, capsys):
    settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET = "rzp_test_nobody", "a secret of nobody"
    charge = charge_of(provider)

    with pytest.raises(PaymentsUnavailable):
        RazorpayGateway().start(charge)

    written = caplog.text + capsys.readouterr().out
    assert "status 401" in written
    for word in ("nobody", charge.reference, charge.email):
        assert word not in written


def test_the_fake_refuses_a_parameter_that_razorpay_does_not_know(provider: Razorpay):
    with pytest.raises(BadRequestError, match="method is/are not required"):
        provider.gateway.client.payment_link.create({"amount": 100, "method": "upi"})


# Messages


def test_a_signature_that_is_not_ascii_is_forged(provider: Razorpay):
    body, _ = provider.other_message()

    with pytest.raises(WebhookForged):
        provider.gateway.read_event(body=body, headers={"X-Razorpay-Signature": "é" * 64})


def test_without_a_secret_every_message_is_forged(provider: Razorpay, settings):
    settings.RAZORPAY_WEBHOOK_SECRETS = []
    body, _ = provider.other_message()

    with pytest.raises(WebhookForged):
        read(provider, (body, {"X-Razorpay-Signature": sign(body, "")}))


def test_a_message_has_the_id_that_razorpay_gives_it(provider: Razorpay):
    assert read(provider, provider.other_message()).id == "event_other"


def test_a_message_without_an_id_has_one_of_its_own(provider: Razorpay):
    _, first = opened(provider)
    _, second = opened(provider)
    for started in (first, second):
        provider.pay(started)
    bodies = [provider.message(started)[0] for started in (first, first, second)]

    ids = [read(provider, provider.signed(body)).id for body in bodies]

    assert ids[0] == ids[1] != ids[2]


def test_the_money_of_a_link_is_that_of_the_payment_that_was_captured(provider: Razorpay):
    charge, started = opened(provider)
    provider.pay(started)
    link = provider.fake.links[started.provider_id]
    link["payments"].insert(0, link["payments"][0] | {"payment_id": "pay_failed", "status": "failed"})

    assert report_of(provider, charge, started).capture_id == link["payments"][1]["payment_id"]


# Refunds and disputes


def test_a_refund_is_found_after_its_idempotency_key_is_forgotten(provider: Razorpay):
    order = paid(provider, amount=25_000, back=10_000)
    first = provider.gateway.refund(order)
    provider.fake._refunded.clear()

    assert provider.gateway.refund(order).refund_id == first.refund_id


def test_a_refund_that_is_not_listed_yet_is_made_once(provider: Razorpay, monkeypatch):
    order = paid(provider, amount=25_000, back=10_000)
    monkeypatch.setattr(provider.gateway, "_refunds", lambda payment: [])

    assert provider.gateway.refund(order) == provider.gateway.refund(order)


def test_a_refund_is_found_among_many(provider: Razorpay, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 2)
    order = paid(provider, amount=25_000, back=10_000)
    first = provider.gateway.refund(order)
    for _ in range(3):
        provider.gateway.refund(another(order, amount=1))
    provider.fake._refunded.clear()

    assert provider.gateway.refund(order).refund_id == first.refund_id


def test_a_refund_that_failed_is_made_anew_with_the_same_key(provider: Razorpay):
    provider.fake.refunds_wait = True
    order = paid(provider, amount=25_000, back=25_000)
    first = provider.gateway.refund(order)
    assert first.state == RefundState.PENDING
    provider.fake.decide_refund(first.refund_id, "failed")
    assert provider.gateway.refund_report(order, refund_id=first.refund_id).state == RefundState.FAILED

    second = provider.gateway.refund(order)

    assert second.refund_id != first.refund_id
    assert second.state == RefundState.PENDING


@pytest.mark.parametrize(("status", "state"), [("processed", RefundState.DONE), ("failed", RefundState.FAILED)])
def test_a_refund_reports_by_message(provider: Razorpay, status: str, state: RefundState):
    provider.fake.refunds_wait = True
    order = paid(provider, amount=25_000, back=10_000)
    made = provider.gateway.refund(order)
    provider.fake.decide_refund(made.refund_id, status)

    report = provider.last_report()

    assert isinstance(report, RefundReport)
    assert (report.refund_id, report.key, report.capture_id) == (made.refund_id, order.key, order.capture_id)
    assert (report.state, report.amount) == (state, 10_000)


def test_a_refund_made_in_the_dashboard_has_no_key_of_ours(provider: Razorpay):
    order = paid(provider, amount=25_000, back=10_000)
    made = provider.fake.refund_in_dashboard(order.capture_id, 5_000)

    report = provider.last_report()

    assert isinstance(report, RefundReport)
    assert (report.refund_id, report.key, report.capture_id) == (made["id"], "", order.capture_id)


def test_money_that_goes_back_because_it_was_never_captured_is_no_refund(provider: Razorpay):
    order = paid(provider, amount=25_000, back=10_000)
    provider.fake.payments[order.capture_id]["captured"] = False
    provider.fake.refund_in_dashboard(order.capture_id, 25_000)

    assert provider.last_report() is None


@pytest.mark.parametrize(
    ("event", "state"),
    [
        ("created", DisputeState.OPEN),
        ("under_review", DisputeState.OPEN),
        ("action_required", DisputeState.OPEN),
        ("won", DisputeState.WON),
        ("closed", DisputeState.WON),
        ("lost", DisputeState.LOST),
    ],
)
def test_a_dispute_reports_by_message_and_can_be_asked_about(provider: Razorpay, event: str, state: DisputeState):
    order = paid(provider, amount=25_000, back=10_000)
    provider.fake.dispute(order.capture_id, event)

    report = provider.last_report()

    assert isinstance(report, DisputeReport)
    assert provider.gateway.dispute_report(report.dispute_id) == report
    assert (report.capture_id, report.amount, report.state) == (order.capture_id, 25_000, state)
    assert report.respond_by is not None
    assert timedelta(days=6) < report.respond_by - datetime.now(UTC) < timedelta(days=8)


def test_its_lists_are_read_to_the_last_page(provider: Razorpay, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 2)
    for _ in range(3):
        provider.gateway.refund(paid(provider, amount=25_000, back=10_000))
    provider.fake.requests.clear()

    listed(provider, datetime.now(UTC) - timedelta(hours=1))

    pages = [(request.path, request.query["skip"]) for request in provider.fake.requests]
    for path in ("/v1/payments", "/v1/refunds"):
        assert [skip for other, skip in pages if other == path][:2] == ["0", "2"]


def test_a_list_that_breaks_off_is_unavailable(provider: Razorpay, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 1)
    for _ in range(2):
        paid(provider, amount=25_000, back=10_000)
    reports = provider.gateway.reports_since(datetime.now(UTC) - timedelta(hours=1))
    next(reports)
    provider.fake.trouble.append(503)

    with pytest.raises(PaymentsUnavailable):
        list(reports)


@pytest.mark.parametrize("description", [None, "Popcorn", "#", f"#{'x' * 300}"])
def test_a_payment_by_no_link_is_listed_by_its_own_id(provider: Razorpay, description):
    order = paid(provider, amount=25_000, back=10_000)
    provider.fake.payments[order.capture_id]["description"] = description

    payments, _ = listed(provider, datetime.now(UTC) - timedelta(hours=1))

    [report] = [report for report in payments if report.capture_id == order.capture_id]
    assert (report.reference, report.provider_id) == ("", "")


def test_a_lost_dispute_lessens_a_settlement(provider: Razorpay):
    order = paid(provider, amount=25_000, back=10_000)
    provider.pay_out()
    provider.fake.dispute(order.capture_id, "lost")

    payout = payout_listed(provider, provider.pay_out())

    assert (payout.amount, payout.items) == (-25_000, (PayoutItem(ItemKind.OTHER, "", -25_000, 0),))


def test_a_settlement_is_on_its_way_until_it_is_processed(provider: Razorpay):
    paid(provider, amount=25_000, back=10_000)

    assert payout_listed(provider, provider.fake.settle("created")["id"]).state == PayoutState.PENDING


def test_a_payment_whose_fee_is_not_known_yet_has_none(provider: Razorpay):
    order = paid(provider, amount=25_000, back=10_000)
    provider.fake.payments[order.capture_id] |= {"fee": None, "tax": None}

    assert fees_of(provider, order.capture_id) == {}


@pytest.mark.parametrize("missing", ["RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET", "RAZORPAY_WEBHOOK_SECRETS"])
def test_without_a_key_a_real_site_does_not_start(provider: Razorpay, settings, missing: str):
    settings.DEMO = False
    setattr(settings, missing, "")

    with pytest.raises(ImproperlyConfigured, match="RAZORPAY_KEY_ID, RAZORPAY_KEY_SECRET and RAZORPAY_WEBHOOK_SECRETS"):
        RazorpayGateway()


def test_the_fake_has_no_field_that_razorpay_has_not(provider: Razorpay):
    order = paid(provider, amount=25_000, back=10_000)
    provider.gateway.refund(order)
    provider.fake.dispute(order.capture_id)
    provider.pay_out()
    entities = {
        "payment_link": list(provider.fake.links.values()),
        "payment_link.payments": [one for link in provider.fake.links.values() for one in link["payments"] or []],
        "payment": list(provider.fake.payments.values()),
        "refund": list(provider.fake.refunds.values()),
        "dispute": list(provider.fake.disputes.values()),
        "settlement": list(provider.fake.settlements.values()),
        "settlement.item": provider.fake.items,
        "event": [event.content for event in provider.fake.events],
    }
    for kind, found in entities.items():
        assert found, kind
        for entity in found:
            assert set(entity) <= set(FIELDS[kind].split()), kind


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


def press(url: str, button: str):
    """Press a button of the page; a redirect is not followed."""
    data = urlencode({"do": button}).encode()
    try:
        return urllib.request.build_opener(_Stay).open(url, data=data, timeout=10)
    except urllib.error.HTTPError as redirect:
        return redirect
