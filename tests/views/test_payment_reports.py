"""The reports that a gateway posts of its payments."""

import json

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from cinema.exceptions import DatabaseBusy
from cinema.gateways.sandbox import SIGNATURE_HEADER, SandboxGateway, sign, webhook
from cinema.models import Payment, PaymentIncident, ProviderEvent, SandboxCharge, Ticket
from cinema.selectors.figures.ledger import unexplained_seats
from tests.factories import ShowFactory, booked, ticket_of
from tests.views.browsers import browser

# What follows a commit (refunds, mails) is part of what is tested.
pytestmark = pytest.mark.django_db(transaction=True)

WEBHOOK = "/payments/webhook/sandbox/"


@pytest.fixture
def show():
    return ShowFactory(movie__title="The Lunchbox")


@pytest.fixture
def payment(show):
    """Asha has gone to the gateway to pay for A1 and A2."""
    return booked(show, "A1 A2")


def message(payment: Payment, **changes) -> dict:
    """What the sandbox says of a payment, apart from the ``changes``."""
    body, _ = webhook(SandboxCharge.objects.get(reference=payment.code))
    return json.loads(body) | {"id": f"event {changes}"[:200], "result": "PAID"} | changes


def send(body, signature: str | None = None):
    """Post a report as the gateway's server does, signed unless another signature is given."""
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    client = browser(enforce_csrf_checks=True)
    headers = {SIGNATURE_HEADER: sign(body, settings.SECRET_KEY) if signature is None else signature}
    return client.post(WEBHOOK, body, content_type="application/json", headers=headers)


def test_a_signed_report_confirms_the_ticket(show, payment):
    answer = send(message(payment))

    assert (answer.status_code, answer.json()) == (200, {"received": True})
    assert Ticket.objects.get().status == Ticket.Status.CONFIRMED
    assert unexplained_seats(show) == []


def test_a_report_that_comes_twice_is_welcome_and_changes_nothing_twice(show, payment):
    send(message(payment))
    show.refresh_from_db()

    assert send(message(payment)).status_code == 200

    revision = show.revision
    show.refresh_from_db()
    assert show.revision == revision
    assert Payment.objects.get().status == Payment.Status.SUCCESS


@pytest.mark.parametrize("order", [("PAID", "DECLINED"), ("DECLINED", "PAID"), ("OPEN", "PAID"), ("PAID", "OPEN")])
def test_reports_may_overtake_each_other(show, payment, order):
    for result in order:
        assert send(message(payment, result=result)).status_code == 200

    assert Ticket.objects.get().status == Ticket.Status.CONFIRMED
    assert unexplained_seats(show) == []


@pytest.mark.parametrize("signature", ["", "0" * 64, "é", "x" * 5000])
def test_a_forged_report_is_refused(payment, signature):
    answer = send(message(payment), signature=signature)

    assert answer.status_code == 403
    assert answer.json() == {"error": "The signature of this message is not the payment provider's."}
    assert Payment.objects.get().status == Payment.Status.PENDING


def test_a_report_signed_for_another_amount_is_refused(payment):
    signature = sign(json.dumps(message(payment, amount=100)).encode(), settings.SECRET_KEY)

    assert send(message(payment), signature=signature).status_code == 403


@pytest.mark.parametrize(
    "said", [{"amount": 100}, {"amount": 10**100}, {"amount": -50_000}, {"currency": "USD"}], ids=str
)
def test_a_report_of_another_amount_or_currency_confirms_nothing(payment, said):
    answer = send(message(payment, **said))

    assert answer.status_code == 200
    assert ProviderEvent.objects.get().handled_at is not None
    assert PaymentIncident.objects.get().kind == PaymentIncident.Kind.MISMATCH
    assert Payment.objects.get().status == Payment.Status.PENDING


@pytest.mark.parametrize("reference", ["unknown", "x" * 255], ids=len)
def test_a_report_of_an_unknown_payment_is_stored_and_waits(payment, reference):
    assert send(message(payment, reference=reference)).status_code == 200
    assert ProviderEvent.objects.get().last_error == "DoesNotExist"
    assert Payment.objects.get().status == Payment.Status.PENDING


@pytest.mark.parametrize(
    "body", [b"", b"hello", b"\xff\xfe", b"{", b"[]", b"null", b"7", b'"x"', b"{}", b'{"reference": "x"}', b"[" * 500]
)
def test_a_signed_report_that_cannot_be_read_is_refused(body):
    answer = send(body)

    assert answer.status_code == 400
    assert answer.json() == {"error": "This message cannot be read."}


@pytest.mark.parametrize(
    "said",
    [
        {"amount": "many"},
        {"amount": "500.00"},
        {"amount": None},
        {"amount": 500.5},
        {"amount": True},
        {"amount": []},
        {"result": "MAYBE"},
        {"result": None},
        {"id": None},
        *({"reference": reference} for reference in (None, 7, ["x"], {"x": 1}, "x\x00", "x" * 256)),
    ],
    ids=str,
)
def test_a_signed_but_invalid_report_is_rejected(payment, said):
    assert send(message(payment, **said)).status_code == 400
    assert Payment.objects.get().status == Payment.Status.PENDING


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 50_000, b" " * 10_000_000, b"\xff" * 100, b"1" * 100_000])
def test_a_signed_message_of_any_size_is_refused_in_order(payment, body):
    assert send(body).status_code in (400, 413)
    assert not ProviderEvent.objects.exists()


def test_a_report_that_comes_while_the_database_is_busy_may_come_again(payment, monkeypatch):
    def busy(**request):
        raise DatabaseBusy

    with monkeypatch.context() as patch:
        patch.setattr("cinema.views.public.payments.receive_event", busy)
        answer = send(message(payment))

    assert (answer.status_code, int(answer["Retry-After"]) > 0) == (503, True)
    assert send(message(payment)).status_code == 200


def test_a_gateway_that_takes_no_new_payments_still_reports_earlier_ones(payment, settings):
    settings.PAYMENT_GATEWAYS = {}

    assert send(message(payment)).status_code == 200
    assert Payment.objects.get().status == Payment.Status.SUCCESS


def test_a_report_that_names_only_the_gateways_own_id_finds_its_payment(payment):
    booked(ticket_of(payment).show, "B1", buyer="ben")

    assert send(message(payment, reference="")).status_code == 200
    assert Payment.objects.get(status=Payment.Status.SUCCESS) == payment


def test_a_report_that_names_nothing_is_about_no_payment(payment):
    Payment.objects.update(provider_id="")

    assert send(message(payment, reference="", charge="")).status_code == 200
    assert Payment.objects.get().status == Payment.Status.PENDING


def test_a_gateway_settles_no_payment_of_another(payment):
    Payment.objects.update(gateway="another")

    assert send(message(payment)).status_code == 200
    assert Payment.objects.get().status == Payment.Status.PENDING


def test_a_message_about_something_else_is_received_and_changes_nothing(payment):
    assert send(message(payment, type="payout.created")).status_code == 200
    assert Payment.objects.get().status == Payment.Status.PENDING


def test_a_gateway_whose_keys_are_not_set_is_not_available(payment, monkeypatch):
    def unset(self):
        raise ImproperlyConfigured("its key is not set")

    monkeypatch.setattr(SandboxGateway, "__init__", unset)

    assert send(message(payment)).status_code == 503


@pytest.mark.parametrize("gateway", ["unknown", "cinema.gateways.sandbox.SandboxGateway", "%00"])
def test_a_gateway_there_is_not_has_no_address(payment, gateway):
    assert browser().post(WEBHOOK.replace("sandbox", gateway)).status_code == 404


def test_reports_are_posted(payment):
    assert browser().get(WEBHOOK).status_code == 405
