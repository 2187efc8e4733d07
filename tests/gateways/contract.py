"""What every gateway must do: cinema.gateways.base.Gateway.

The tests of a gateway inherit Contract and give it a fixture ``provider``: the gateway, and a hand on the provider
behind it (Provider). Those of a gateway that asks over a network inherit RemoteContract, and where the provider dates
its signatures, DatedContract.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Protocol

import pytest

from cinema.exceptions import PaymentsUnavailable, WebhookForged
from cinema.gateways.base import (
    PAYOUTS_MAY_FAIL,
    Charge,
    DisputeReport,
    Event,
    Gateway,
    ItemKind,
    PaymentReport,
    PayoutItem,
    PayoutReport,
    PayoutState,
    RefundOrder,
    RefundReport,
    RefundState,
    ReportedFee,
    Result,
    Started,
)
from cinema.models import Payment, PaymentMode, ProviderEvent
from cinema.models.codes import new_code
from cinema.services.money import provider_events
from tests.factories import ShowFactory, sold
from tests.fakes.server import FakeServer
from tests.gateways.mutations import mutations

Message = tuple[bytes, Mapping[str, str]]


class Provider(Protocol):
    """The provider as the tests drive it."""

    gateway: Gateway

    def pay(self, started: Started) -> None:
        """The buyer pays on the provider's page."""

    def decline(self, started: Started) -> None:
        """The payment is declined for good."""

    def message(self, started: Started) -> Message:
        """The signed message about a payment that is decided; the same one each time."""

    def other_message(self) -> Message:
        """A signed message about something that the cinema does not keep."""

    def signed(self, body: bytes, *, old: bool = False) -> Message:
        """Any body, signed; with ``old``, by the older of two secrets that are both good."""

    def bodies(self, order: RefundOrder) -> list[bytes]:
        """One message of each kind about a paid payment: paid, refunded, disputed."""


class Contract:
    """The behaviour that all gateways share."""

    def test_it_takes_modes_of_payment_that_there_are(self, provider: Provider):
        assert provider.gateway.modes
        assert set(provider.gateway.modes) <= set(PaymentMode.values)

    # close()

    def test_a_payment_that_was_closed_can_no_longer_be_paid(self, provider: Provider):
        charge, started = opened(provider)
        provider.gateway.close(reference=charge.reference, provider_id=started.provider_id)
        assert report_of(provider, charge, started).result == Result.DECLINED
        provider.gateway.close(reference=charge.reference, provider_id=started.provider_id)  # again changes nothing
        provider.pay(started)
        assert report_of(provider, charge, started).result == Result.DECLINED

    def test_a_payment_that_was_paid_meanwhile_stays_paid(self, provider: Provider):
        charge, started = opened(provider)
        provider.pay(started)
        provider.gateway.close(reference=charge.reference, provider_id=started.provider_id)
        assert report_of(provider, charge, started).result == Result.PAID

    # start() and report()

    def test_a_started_payment_has_a_page_and_the_providers_own_id(self, provider: Provider):
        charge = charge_of(provider)

        started = provider.gateway.start(charge)

        assert started.url
        assert 0 < len(started.provider_id) <= 255
        assert started.provider_id != charge.reference

    def test_starting_twice_opens_one_payment(self, provider: Provider):
        charge = charge_of(provider)

        assert provider.gateway.start(charge) == provider.gateway.start(charge)

    def test_payments_of_different_references_are_different(self, provider: Provider):
        first, second = (provider.gateway.start(charge_of(provider)) for _ in range(2))

        assert first.provider_id != second.provider_id
        assert first.url != second.url

    def test_a_payment_nobody_has_made_is_open(self, provider: Provider):
        charge, started = opened(provider)

        assert report_of(provider, charge, started).result == Result.OPEN

    def test_a_payment_that_never_reached_the_provider_is_open(self, provider: Provider):
        assert provider.gateway.report(reference=new_code(), provider_id="").result == Result.OPEN

    @pytest.mark.parametrize(("currency", "amount"), [("INR", 25_000), ("INR", 7), ("JPY", 1_250), ("EUR", 12_345_678)])
    def test_a_payment_is_reported_with_the_minor_units_that_were_asked_for(self, provider: Provider, currency, amount):
        charge, started = opened(provider, currency=currency, amount=amount)
        provider.pay(started)

        report = report_of(provider, charge, started)

        assert (report.result, report.amount, report.currency) == (Result.PAID, amount, currency)
        assert type(report.amount) is int

    def test_a_report_names_the_payment_and_its_money(self, provider: Provider):
        charge, started = opened(provider)
        provider.pay(started)

        report = report_of(provider, charge, started)

        assert report.reference == charge.reference or report.provider_id == started.provider_id
        assert 0 < len(report.capture_id) <= 255

    def test_a_payment_that_was_declined_for_good_is_declined(self, provider: Provider):
        charge, started = opened(provider)
        provider.decline(started)

        assert report_of(provider, charge, started).result == Result.DECLINED

    # read_event()

    def test_a_message_says_what_asking_says(self, provider: Provider):
        charge, started = opened(provider)
        provider.pay(started)

        report = read(provider, provider.message(started)).report

        assert isinstance(report, PaymentReport)
        asked = report_of(provider, charge, started)
        assert (report.result, report.amount, report.currency) == (Result.PAID, asked.amount, asked.currency)
        assert report.reference == charge.reference or report.provider_id == started.provider_id

    def test_the_same_message_has_the_same_id_and_another_one_another(self, provider: Provider):
        _, first = opened(provider)
        _, second = opened(provider)
        provider.pay(first)
        provider.pay(second)

        again = [read(provider, provider.message(first)).id for _ in range(2)]

        assert again[0] == again[1] != ""
        assert len(again[0]) <= 255
        assert read(provider, provider.message(second)).id != again[0]

    def test_a_message_about_something_else_has_no_report(self, provider: Provider):
        event = read(provider, provider.other_message())

        assert event.id
        assert event.report is None

    def test_a_message_altered_by_one_byte_is_forged(self, provider: Provider):
        body, headers = decided_message(provider)

        for altered in (body + b" ", body[1:], body[:-2] + b"1}", b""):
            with pytest.raises(WebhookForged):
                provider.gateway.read_event(body=altered, headers=headers)

    @pytest.mark.parametrize("signature", [None, "", "0" * 64, "é", "t=1,v1=0", "x" * 5_000])
    def test_a_message_without_a_signature_that_fits_is_forged(self, provider: Provider, signature):
        body, headers = decided_message(provider)
        _, unsigned = provider.signed(b"another body")
        names = [name for name in headers if headers[name] != unsigned.get(name)] or list(headers)
        broken = {name: value for name, value in headers.items() if name not in names}
        if signature is not None:
            broken |= dict.fromkeys(names, signature)

        with pytest.raises(WebhookForged):
            provider.gateway.read_event(body=body, headers=broken)

    def test_while_a_secret_is_changed_both_are_good(self, provider: Provider):
        body, _ = decided_message(provider)

        assert read(provider, provider.signed(body, old=True)).report == read(provider, provider.signed(body)).report

    @pytest.mark.parametrize(
        "body",
        [b"", b"hello", b"\xff\xfe", b"{", b"[]", b"null", b"7", b'"x"', b"{}", b"[" * 500, b'{"id": "\\u0000"}'],
    )
    def test_a_signed_message_that_cannot_be_read_is_a_value_error(self, provider: Provider, body: bytes):
        with pytest.raises(ValueError):
            read(provider, provider.signed(body))

    def test_a_message_with_one_odd_field_is_read_or_a_value_error(self, provider: Provider):
        for body in odd_bodies(provider, paid(provider, amount=25_000, back=10_000)):
            with suppress(ValueError):
                read(provider, provider.signed(body))

    @pytest.mark.django_db(transaction=True)
    def test_whatever_can_be_read_can_be_stored_and_acted_on(self, provider: Provider, monkeypatch):
        order = paid(provider, amount=25_000, back=10_000)
        names = {"code": order.reference, "provider_id": order.provider_id, "capture_id": order.capture_id}
        sold(ShowFactory(), "A1")
        Payment.objects.update(**names)
        events = {}
        for body in odd_bodies(provider, order):
            with suppress(ValueError):
                event = read(provider, provider.signed(body))
                events[event.report] = event
        again = iter([replace(event, id=f"event_{number}") for number, event in enumerate(events.values())])
        reader = SimpleNamespace(read_event=lambda **message: next(again))
        monkeypatch.setattr(provider_events, "get_gateway", lambda name: reader)
        for _ in events:
            provider_events.receive_event(gateway="sandbox", body=b"", headers={})

        assert ProviderEvent.objects.count() == len(events)
        assert set(ProviderEvent.objects.values_list("last_error", flat=True)) <= {"", "DoesNotExist"}

    # reports_since()

    def test_it_lists_what_was_paid_and_then_what_was_refunded_page_by_page(self, provider: Provider, monkeypatch):
        monkeypatch.setattr(sys.modules[type(provider.gateway).__module__], "PAGE", 2)
        orders = [paid(provider, amount=25_000, back=10_000 + n) for n in range(5)]
        made = [provider.gateway.refund(order) for order in orders[:3]]

        payments, refunds = listed(provider, datetime.now(UTC) - timedelta(hours=1))

        for order in orders:
            [report] = [one for one in payments if one.capture_id == order.capture_id]
            assert (report.result, report.amount, report.currency) == (Result.PAID, 25_000, order.currency)
            assert report.reference == order.reference or report.provider_id == order.provider_id
        for order, refund in zip(orders[:3], made, strict=True):
            assert [one for one in refunds if one.key == order.key] == [refund_as_listed(provider, order, refund)]

    def test_it_does_not_list_what_was_not_paid(self, provider: Provider):
        _, waiting = opened(provider)
        _, refused = opened(provider)
        provider.decline(refused)

        payments, _ = listed(provider, datetime.now(UTC) - timedelta(hours=1))

        assert not {waiting.provider_id, refused.provider_id} & {report.provider_id for report in payments}

    def test_it_lists_nothing_that_is_older(self, provider: Provider):
        provider.gateway.refund(paid(provider, amount=25_000, back=10_000))

        assert listed(provider, datetime.now(UTC) + timedelta(hours=1)) == ([], [])

    # refund() and refund_report()

    def test_a_refund_is_made_and_can_be_asked_about(self, provider: Provider):
        order = paid(provider, amount=25_000, back=10_000)

        made = provider.gateway.refund(order)
        asked = provider.gateway.refund_report(order, refund_id=made.refund_id)

        for report in (made, asked):
            assert (report.key, report.amount, report.currency) == (order.key, 10_000, order.currency)
            assert report.state in (RefundState.PENDING, RefundState.DONE)
        assert 0 < len(made.refund_id) <= 255
        assert asked.refund_id == made.refund_id

    def test_a_refund_with_the_same_key_is_made_once(self, provider: Provider):
        order = paid(provider, amount=25_000, back=15_000)

        assert provider.gateway.refund(order).refund_id == provider.gateway.refund(order).refund_id

    def test_a_refund_may_have_the_key_of_a_further_try(self, provider: Provider):
        order = paid(provider, amount=25_000, back=15_000)
        again = RefundOrder(**(vars(order) | {"key": f"{order.key}.1"}))

        made = provider.gateway.refund(again)

        assert made.state != RefundState.FAILED
        assert made.key == again.key

    def test_refunds_in_part_add_up_to_what_was_captured_and_no_more(self, provider: Provider):
        order = paid(provider, amount=25_000, back=15_000)
        assert provider.gateway.refund(order).state != RefundState.FAILED

        beyond = another(order, amount=10_001)
        rest = another(order, amount=10_000)

        assert provider.gateway.refund(beyond).state == RefundState.FAILED
        assert provider.gateway.refund(rest).state != RefundState.FAILED
        assert provider.gateway.refund(another(order, amount=1)).state == RefundState.FAILED

    def test_what_was_not_paid_cannot_be_refunded(self, provider: Provider):
        charge, started = opened(provider)
        order = RefundOrder(
            reference=charge.reference,
            provider_id=started.provider_id,
            capture_id="",
            amount=1,
            currency=charge.currency,
            key=new_code(),
        )

        assert provider.gateway.refund(order).state == RefundState.FAILED


def odd_bodies(provider: Provider, order: RefundOrder) -> Iterator[bytes]:
    """Messages of each kind about a payment, with one field missing or odd."""
    for body in provider.bodies(order):
        yield from mutations(json.loads(body))


class RemoteProvider(Provider, Protocol):
    """A provider that answers over a network, with a hand on its server."""

    fake: FakeServer

    def fee(self, amount: int) -> int:
        """What it charges for a payment."""

    def pay_out(self) -> str:
        """Transfer to the cinema's bank what was not transferred yet; return the payout's id."""

    def decide_payout(self, payout_id: str, *, works: bool) -> None:
        """The bank takes a payout or sends it back."""


class RemoteContract(Contract):
    """For a provider that answers over a network, and might lie."""

    @pytest.mark.parametrize(
        "url", ["ftp://pay.example/1", "javascript:alert(1)", "//pay.example/1", "/1", "", None, 7]
    )
    def test_a_page_to_pay_on_that_is_no_url_of_the_web_is_not_opened(self, provider: RemoteProvider, url, monkeypatch):
        answer = provider.fake.answer

        def lie(request):
            reply = answer(request)
            for name in {"url", "short_url"} & reply.content.keys():
                reply.content[name] = url
            return reply

        monkeypatch.setattr(provider.fake, "answer", lie)

        with pytest.raises(PaymentsUnavailable):
            provider.gateway.start(charge_of(provider))

    def test_whoever_answers_cannot_send_the_request_elsewhere(self, provider: RemoteProvider):
        charge = charge_of(provider)
        for status in (302, 307):
            provider.fake.trouble.append(status)
            with pytest.raises(PaymentsUnavailable):
                provider.gateway.start(charge)

        assert "/elsewhere" not in [request.path for request in provider.fake.requests]

    # Fees and payouts

    def test_the_fee_of_a_payment_is_listed(self, provider: RemoteProvider):
        order = paid(provider, amount=25_000, back=10_000)

        assert list(fees_of(provider, order.capture_id).values()) == [provider.fee(25_000)]

    def test_the_fee_of_a_payment_is_the_same_once_it_is_paid_out(self, provider: RemoteProvider):
        order = paid(provider, amount=25_000, back=10_000)
        before = fees_of(provider, order.capture_id)
        provider.pay_out()

        assert fees_of(provider, order.capture_id) == before

    def test_a_payout_is_listed_with_all_it_contains(self, provider: RemoteProvider, monkeypatch):
        monkeypatch.setattr(sys.modules[type(provider.gateway).__module__], "PAGE", 2)
        provider.pay_out()
        orders = [paid(provider, amount=25_000, back=10_000) for _ in range(3)]
        provider.gateway.refund(orders[0])
        provider.pay_out()  # is not in the one asked for
        orders = [paid(provider, amount=40_000, back=10_000) for _ in range(3)]
        provider.gateway.refund(orders[0])

        payout = payout_listed(provider, provider.pay_out())

        fee = provider.fee(40_000)
        sold = [PayoutItem(ItemKind.PAYMENT, order.capture_id, 40_000, fee) for order in orders]
        returned = PayoutItem(ItemKind.REFUND, orders[0].capture_id, -10_000, 0)
        assert payout.items is not None
        assert set(payout.items) == {*sold, returned}
        assert len(payout.items) == 4
        assert (payout.amount, payout.currency) == (3 * (40_000 - fee) - 10_000, "INR")
        assert (payout.state, abs(payout.arrives_on - datetime.now(UTC).date()).days <= 3) == (PayoutState.PAID, True)

    def test_a_payout_is_listed_as_failed_once_the_bank_sends_it_back(self, provider: RemoteProvider):
        paid(provider, amount=25_000, back=10_000)
        payout = provider.pay_out()
        provider.decide_payout(payout, works=False)

        assert payout_listed(provider, payout).state == PayoutState.FAILED

    def test_a_payout_of_some_days_before_is_listed_since_it_may_fail(self, provider: RemoteProvider):
        paid(provider, amount=25_000, back=10_000)
        payout, now = provider.pay_out(), datetime.now(UTC)

        earlier = payout_listed(provider, payout, now + PAYOUTS_MAY_FAIL - timedelta(hours=1))

        assert (earlier.state, earlier.items) == (PayoutState.PAID, None)
        assert list(provider.gateway.reports_since(now + PAYOUTS_MAY_FAIL + timedelta(hours=1))) == []


class DatedContract(RemoteContract):
    """For a provider whose signatures are dated, so that a message cannot be sent again much later."""

    def stale_message(self, provider: Any) -> Message:
        raise NotImplementedError

    def test_a_message_signed_long_ago_is_not_believed(self, provider: Provider):
        with pytest.raises(WebhookForged):
            read(provider, self.stale_message(provider))


def charge_of(provider: Provider, *, amount: int = 25_000, currency: str = "INR") -> Charge:
    """A payment to be made, in the first mode that the gateway takes."""
    reference = new_code()
    return Charge(
        reference=reference,
        amount=amount,
        currency=currency,
        mode=next(iter(provider.gateway.modes)),
        description="K7PM3WXY",
        email="asha@example.org",
        return_url=f"http://testserver/payments/{reference}/",
    )


def opened(provider: Provider, **asked: Any) -> tuple[Charge, Started]:
    charge = charge_of(provider, **asked)
    return charge, provider.gateway.start(charge)


def report_of(provider: Provider, charge: Charge, started: Started) -> PaymentReport:
    return provider.gateway.report(reference=charge.reference, provider_id=started.provider_id)


def decided_message(provider: Provider) -> Message:
    _, started = opened(provider)
    provider.pay(started)
    return provider.message(started)


def paid(provider: Provider, *, amount: int, back: int) -> RefundOrder:
    """A payment of ``amount`` that was made, and an order to refund some of it."""
    charge, started = opened(provider, amount=amount)
    provider.pay(started)
    return RefundOrder(
        reference=charge.reference,
        provider_id=started.provider_id,
        capture_id=report_of(provider, charge, started).capture_id,
        amount=back,
        currency=charge.currency,
        key=new_code(),
    )


def another(order: RefundOrder, *, amount: int) -> RefundOrder:
    """An order for a further refund of the same payment."""
    return RefundOrder(**(vars(order) | {"amount": amount, "key": new_code()}))


def listed(provider: Provider, since: datetime) -> tuple[list[PaymentReport], list[RefundReport]]:
    """The payments and the refunds that the provider lists; the payments come first."""
    reports = list(provider.gateway.reports_since(since))
    payments = [report for report in reports if isinstance(report, PaymentReport)]
    refunds = [report for report in reports if isinstance(report, RefundReport)]
    disputes = [report for report in reports if isinstance(report, DisputeReport)]
    rest = reports[len(payments) + len(refunds) + len(disputes) :]
    assert reports == [*payments, *refunds, *disputes, *rest]
    payouts = [report for report in rest if isinstance(report, PayoutReport)]
    assert [report for report in rest if isinstance(report, ReportedFee)] == rest[: len(rest) - len(payouts)]
    return payments, refunds


def fees_of(provider: Provider, capture_id: str) -> dict[str, int]:
    """The fees of a payment by their ids: what is listed twice is the same."""
    reports = provider.gateway.reports_since(datetime.now(UTC) - timedelta(hours=1))
    found = {report for report in reports if isinstance(report, ReportedFee) and report.capture_id == capture_id}
    assert len(found) == len({report.fee_id for report in found})
    return {report.fee_id: report.amount for report in found}


def payout_listed(provider: Provider, payout_id: str, since: datetime | None = None) -> PayoutReport:
    """What the provider lists about a payout."""
    reports = provider.gateway.reports_since(since or datetime.now(UTC) - timedelta(hours=1))
    [found] = [report for report in reports if isinstance(report, PayoutReport) and report.payout_id == payout_id]
    return found


def refund_as_listed(provider: Provider, order: RefundOrder, made: RefundReport) -> RefundReport:
    """What the list says of a refund is what asking about it says."""
    return provider.gateway.refund_report(order, refund_id=made.refund_id)


def read(provider: Provider, message: Message) -> Event:
    """The event in a message; its report is one of those of the protocol."""
    body, headers = message
    event = provider.gateway.read_event(body=body, headers=headers)
    assert isinstance(event.report, PaymentReport | RefundReport | DisputeReport | None)
    return event
