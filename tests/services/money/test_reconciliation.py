"""The comparison with the providers' own lists, against fakes of Stripe and Razorpay: services.money.reconciliation."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from cinema.gateways.base import Result
from cinema.gateways.stripe import StripeGateway
from cinema.models import Dispute, OutgoingMail, Payment, PaymentIncident, Refund, SandboxCharge, Show, Ticket
from cinema.services.money import reconciliation
from cinema.services.money.payments import check_due_payments
from cinema.services.money.reconciliation import Reconciliation, reconcile
from tests.factories import due, seat_ids, ticket_of
from tests.services.money.providers import aged

pytestmark = pytest.mark.django_db(transaction=True)


def run(gateway: str, **how: int) -> Reconciliation:
    """Reconcile all; return what became of one provider."""
    [result] = [result for result in reconcile(**how) if result.gateway == gateway]
    return result


def figures(result: Reconciliation) -> tuple[int, int, int, int]:
    assert result.is_complete
    return result.compared, result.booked, len(result.differences), result.foreign


def incidents() -> list[tuple[str, str]]:
    return list(PaymentIncident.objects.order_by("pk").values_list("kind", "reported"))


real = pytest.mark.parametrize("gateway", ["stripe", "razorpay"])
each = pytest.mark.parametrize("gateway", ["stripe", "razorpay", "sandbox"])


# Payments


@each
def test_a_payment_whose_message_was_lost_is_settled_once(providers, gateway):
    payment = providers.booked(gateway)
    providers.pay(payment)

    assert figures(run(gateway)) == (1, 1, 0, 0)
    assert figures(run(gateway)) == (1, 0, 0, 0)

    payment.refresh_from_db()
    assert payment.status == Payment.Status.SUCCESS
    assert payment.capture_id
    assert ticket_of(payment).status == Ticket.Status.CONFIRMED
    assert OutgoingMail.objects.count() == 1


@each
def test_what_agrees_stays_as_it_is(providers, gateway):
    providers.sold(gateway)
    providers.refunded(gateway)
    before = list(Payment.objects.values()), list(Refund.objects.values())

    assert figures(run(gateway)) == (3, 0, 0, 0)

    assert (list(Payment.objects.values()), list(Refund.objects.values())) == before
    assert not incidents()


@each
def test_a_payment_of_the_last_hour_is_left_to_its_messages(providers, gateway):
    payment = providers.booked(gateway)
    providers.pay(payment)
    Payment.objects.update(created_at=Now() - timedelta(minutes=59))

    assert figures(run(gateway)) == (0, 0, 0, 0)
    assert Payment.objects.get().status == Payment.Status.PENDING


@each
def test_a_payment_that_nobody_has_made_is_not_compared(providers, gateway):
    providers.booked(gateway)

    assert figures(run(gateway)) == (0, 0, 0, 0)


@real
def test_money_for_seats_that_are_gone_is_refunded(providers, gateway):
    payment = providers.booked(gateway)
    providers.pay(payment)
    Show.objects.update(status=Show.Status.CANCELLED)

    assert figures(run(gateway)) == (1, 1, 0, 0)
    assert Refund.objects.get().reason == Refund.Reason.SHOW_CANCELLED


@real
@pytest.mark.parametrize("is_settled", [True, False])
def test_an_amount_that_differs_is_named_once(providers, gateway, is_settled):
    payment = providers.sold(gateway) if is_settled else providers.booked(gateway)
    if not is_settled:
        providers.pay(payment)
    for session in providers.stripe.sessions.values():
        session["amount_total"] = 100
    for captured in providers.razorpay.payments.values():
        captured["amount"] = 100
    status = Payment.objects.get().status

    assert figures(run(gateway)) == (1, 0, 1, 0)
    assert figures(run(gateway)) == (1, 0, 1, 0)

    assert incidents() == [("MISMATCH", "1.00 INR")]
    assert Payment.objects.get().status == status


@real
def test_a_second_payment_for_the_same_is_named_once(providers, gateway):
    payment = providers.sold(gateway)
    Payment.objects.update(capture_id="pay_first")

    for _ in range(2):
        assert figures(run(gateway)) == (1, 0, 1, 0)

    assert incidents() == [("PAID_AGAIN", f"250.00 INR, {payment.capture_id}")]
    assert Payment.objects.get().status == payment.status


@each
def test_a_payment_that_the_provider_does_not_list_is_named_once(providers, gateway):
    providers.sold(gateway)
    for entities in (providers.stripe.sessions, providers.razorpay.payments):
        entities.clear()
    SandboxCharge.objects.update(status=Result.OPEN)

    for _ in range(2):
        assert figures(run(gateway)) == (0, 0, 1, 0)

    assert incidents() == [("NOT_PAID", "0.00 INR")]


def test_a_payment_of_before_the_days_asked_for_is_not_missed(providers):
    providers.sold("stripe")
    Payment.objects.update(created_at=Now() - timedelta(days=3))
    providers.stripe.sessions.clear()

    assert figures(run("stripe", days=3)) == (0, 0, 0, 0)
    assert figures(run("stripe", days=4)) == (0, 0, 1, 0)


@real
def test_payments_and_refunds_of_others_are_counted_and_not_booked(providers, gateway):
    payment = providers.sold(gateway)
    providers.refund_in_dashboard(payment, 1_000)
    Payment.objects.update(gateway="another")

    assert figures(run(gateway)) == (0, 0, 0, 2)

    assert not Refund.objects.exists()
    assert not incidents()


# Refunds


@real
def test_a_refund_made_in_the_dashboard_is_booked_once(providers, gateway):
    payment = providers.sold(gateway)
    refund = providers.refund_in_dashboard(payment, 5_000)

    assert figures(run(gateway)) == (2, 1, 0, 0)
    aged(payment)
    assert figures(run(gateway)) == (2, 0, 0, 0)

    booked_one = Refund.objects.get()
    assert (booked_one.provider_id, booked_one.amount, booked_one.status) == (refund, 50, "DONE")
    assert Payment.objects.get().status == Payment.Status.PART_REFUNDED


@real
def test_a_refund_made_in_the_dashboard_for_several_tickets_agrees_and_may_fail(providers, gateway):
    payment = providers.settled(providers.booked_at_two_shows(gateway))
    refund = providers.refund_in_dashboard(payment, 50_000)
    assert figures(run(gateway)) == (2, 1, 0, 0)
    aged(payment)

    assert figures(run(gateway)) == (2, 0, 0, 0)

    fake = providers.stripe if gateway == "stripe" else providers.razorpay
    fake.decide_refund(refund, "failed")
    assert figures(run(gateway)) == (2, 1, 0, 0)
    assert list(Refund.objects.values_list("amount", "status")) == [(250, "FAILED"), (250, "FAILED")]


@real
def test_a_lost_payment_is_settled_before_its_refund_is_booked(providers, gateway):
    payment = providers.booked(gateway)
    providers.pay(payment)
    payment.capture_id = next(iter(providers.stripe.intents | providers.razorpay.payments))
    providers.refund_in_dashboard(payment, 25_000)

    assert figures(run(gateway)) == (2, 2, 0, 0)
    assert Payment.objects.get().status == Payment.Status.REFUNDED


@real
def test_a_refund_of_money_that_was_never_booked_is_named(providers, gateway):
    payment = providers.booked(gateway)
    providers.pay(payment)
    capture = next(iter(providers.stripe.intents | providers.razorpay.payments))
    Payment.objects.update(capture_id=capture)
    payment.capture_id = capture
    for session in providers.stripe.sessions.values():
        session["amount_total"] = 100
    for captured in providers.razorpay.payments.values():
        captured["amount"] = 100
    providers.refund_in_dashboard(payment, 100)

    assert figures(run(gateway)) == (2, 0, 2, 0)

    assert incidents() == [("MISMATCH", "1.00 INR"), ("OVER_REFUND", "1.00 INR")]
    assert (Payment.objects.get().status, Refund.objects.count()) == ("PENDING", 0)


@real
def test_a_refund_whose_message_was_lost_is_done(providers, gateway):
    refund = providers.refunded(gateway)
    Refund.objects.update(status=Refund.Status.PENDING, done_at=None)

    assert figures(run(gateway)) == (2, 1, 0, 0)
    assert figures(run(gateway)) == (2, 0, 0, 0)

    refund.refresh_from_db()
    assert (refund.status, refund.due_at) == ("DONE", None)


@real
def test_a_refund_that_failed_at_the_provider_is_made_again(providers, gateway):
    refund = providers.refunded(gateway)
    fake = providers.stripe if gateway == "stripe" else providers.razorpay
    fake.decide_refund(refund.provider_id, "failed")

    assert figures(run(gateway)) == (2, 1, 0, 0)
    assert figures(run(gateway)) == (2, 0, 0, 0)

    refund.refresh_from_db()
    assert (refund.status, refund.tries) == ("PENDING", 1)


@real
def test_a_refund_that_the_provider_does_not_list_is_named_once(providers, gateway):
    refund = providers.refunded(gateway)
    for entities in (providers.stripe.refunds, providers.razorpay.refunds):
        entities.clear()

    for _ in range(2):
        assert figures(run(gateway)) == (1, 0, 1, 0)

    assert incidents() == [("NOT_REFUNDED", f"0.00 INR, {refund.provider_id}")]


@real
def test_a_refund_of_another_amount_is_named_once(providers, gateway):
    providers.refunded(gateway)
    for entities in (providers.stripe.refunds, providers.razorpay.refunds):
        for entity in entities.values():
            entity["amount"] = 100

    for _ in range(2):
        assert figures(run(gateway)) == (2, 0, 1, 0)

    assert incidents() == [("OTHER_REFUND", "1.00 INR")]


@real
def test_a_refund_made_although_it_was_settled_by_hand_is_named(providers, gateway):
    refund = providers.refunded(gateway)
    Refund.objects.update(status=Refund.Status.BY_HAND)

    assert figures(run(gateway)) == (2, 0, 1, 0)
    assert incidents() == [("EXTRA_REFUND", f"250.00 INR, {refund.provider_id}")]


# Disputes


@real
def test_a_dispute_whose_messages_were_lost_is_booked_once(providers, gateway):
    payment = providers.sold(gateway)
    fake = providers.stripe if gateway == "stripe" else providers.razorpay
    fake.dispute(payment.capture_id)

    assert figures(run(gateway)) == (2, 1, 0, 0)
    assert figures(run(gateway)) == (2, 0, 0, 0)
    assert Dispute.objects.get().status == Dispute.Status.OPEN

    fake.dispute(payment.capture_id, "lost")

    assert figures(run(gateway)) == (2, 1, 0, 0)
    assert Dispute.objects.get().status == Dispute.Status.LOST
    assert Payment.objects.get().status == Payment.Status.DISPUTED


@real
def test_a_dispute_that_is_decided_long_after_is_asked_about(providers, gateway):
    payment = providers.sold(gateway)
    fake = providers.stripe if gateway == "stripe" else providers.razorpay
    fake.dispute(payment.capture_id)
    run(gateway)

    fake.dispute(payment.capture_id, "won")
    [dispute] = fake.disputes.values()
    dispute["created"] = dispute["created_at"] = dispute.get("created", 0) + dispute.get("created_at", 0) - 30 * 86_400

    assert figures(run(gateway)) == (2, 1, 0, 0)
    assert Dispute.objects.get().status == Dispute.Status.WON


@real
def test_a_dispute_about_a_payment_of_others_is_counted(providers, gateway):
    payment = providers.sold(gateway)
    (providers.stripe if gateway == "stripe" else providers.razorpay).dispute(payment.capture_id)
    Payment.objects.update(provider_id="another", capture_id="another", code="another")

    assert figures(run(gateway))[3] == 2
    assert not Dispute.objects.exists()


# Providers


def test_while_one_provider_is_down_the_others_are_reconciled(providers):
    for gateway in ("stripe", "razorpay"):
        providers.pay(providers.booked(gateway))
    providers.stripe.trouble.append(503)

    results = {result.gateway: result for result in reconcile()}

    assert not results["stripe"].is_complete
    assert figures(results["razorpay"]) == (1, 1, 0, 0)
    assert figures(results["sandbox"]) == (0, 0, 0, 0)
    assert set(Payment.objects.values_list("gateway", "status")) == {("stripe", "PENDING"), ("razorpay", "SUCCESS")}


def test_a_list_that_breaks_off_does_not_name_what_it_did_not_come_to(providers, monkeypatch):
    providers.sold("stripe")
    providers.stripe.sessions.clear()
    monkeypatch.setattr(
        "cinema.gateways.stripe._refund_report", lambda refund: pytest.fail("It was not to come so far.")
    )
    providers.stripe.trouble.append(503)

    assert not run("stripe").is_complete
    assert not incidents()


def test_an_answer_that_cannot_be_read_is_logged_and_the_others_are_reconciled(providers, monkeypatch, caplog):
    monkeypatch.setattr(StripeGateway, "reports_since", lambda self, moment: iter([1 / 0]))

    results = {result.gateway: result.is_complete for result in reconcile()}

    assert results == {"razorpay": True, "sandbox": True, "stripe": False}
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ZeroDivisionError]


def test_a_provider_that_takes_no_new_payments_is_still_compared(providers, settings):
    providers.pay(providers.booked("stripe"))
    settings.PAYMENT_GATEWAYS = {"UPI": "razorpay"}

    assert {result.gateway: result.booked for result in reconcile()} == {"razorpay": 0, "stripe": 1}


def test_no_provider_is_asked_inside_a_transaction(providers, monkeypatch):
    for gateway in ("stripe", "razorpay"):
        providers.sold(gateway)
        providers.pay(providers.booked(gateway, "A2"))
    asked, inside = [], []
    for fake in (providers.stripe, providers.razorpay):
        answer = fake.answer
        monkeypatch.setattr(fake, "answer", lambda request, answer=answer: asked.append(request) or answer(request))
    monkeypatch.setattr("cinema.gateways.stripe.PAGE", 1)
    monkeypatch.setattr("cinema.gateways.razorpay.PAGE", 1)
    compare = reconciliation._compare

    def watched(*arguments):
        inside.append(connection.in_atomic_block)
        compare(*arguments)

    monkeypatch.setattr(reconciliation, "_compare", watched)

    reconcile()

    assert len(asked) >= 6
    assert inside == [False] * 8  # of each payment itself and its fee


def test_polling_finds_the_same_and_nothing_is_booked_twice(providers):
    payment = providers.booked("razorpay")
    providers.pay(payment)
    due(payment)
    assert check_due_payments() == 1

    assert figures(run("razorpay")) == (1, 0, 0, 0)
    assert seat_ids(ticket_of(payment).show, "A1")
    assert OutgoingMail.objects.count() == 1
