"""The life of a refund at the provider, refunds made in its dashboard, disputes, and reports that do not fit."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from cinema.exceptions import PaymentsUnavailable, RefundNotRefused
from cinema.gateways import get_gateway
from cinema.gateways.base import DisputeReport, DisputeState, Event, RefundReport, RefundState
from cinema.gateways.sandbox import SandboxGateway
from cinema.models import AuditEvent, Dispute, Payment, PaymentIncident, ProviderEvent, Refund, SandboxCharge, Ticket
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.money.provider_events import handle_due_events, receive_event
from cinema.services.money.refunds import MOST_TRIES, send_due_refunds
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.orders import settle_by_hand
from cinema.services.orders.staff_actions import RequestedAction
from tests.factories import BOX_OFFICE, ShowFactory, booked, due, sold, staff, ticket_of
from tests.factories import report as paid_report

pytestmark = pytest.mark.django_db(transaction=True)

PENDING, DONE, FAILED = RefundState


class Provider:
    """A provider that says of each refund what it is told to say, and keeps what it was asked."""

    def __init__(self) -> None:
        self.state, self.keys, self.looked_up = DONE, [], []
        self.dispute = DisputeState.OPEN
        self.events: list[Event] = []

    def refund(self, gateway, order):
        self.keys.append(order.key)
        return self._report(order, f"re_{len(self.keys)}")

    def refund_report(self, gateway, order, *, refund_id):
        self.looked_up.append(refund_id)
        return self._report(order, refund_id)

    def dispute_report(self, dispute_id):
        return dispute(dispute_id=dispute_id, state=self.dispute)

    def _report(self, order, refund_id):
        return RefundReport(
            refund_id=refund_id,
            key=order.key,
            capture_id=order.capture_id,
            amount=order.amount,
            currency=order.currency,
            state=self.state,
        )

    def tell(self, report) -> None:
        """Send a message with this report, and run the job that asks about it if need be."""
        self.events.append(Event(f"event_{len(self.events)}", report))
        receive_event(gateway="sandbox", body=b"", headers={})
        handle_due_events()


@pytest.fixture
def provider(monkeypatch) -> Provider:
    fake = Provider()
    monkeypatch.setattr(SandboxGateway, "refund", lambda self, order: fake.refund(self, order))
    monkeypatch.setattr(SandboxGateway, "refund_report", lambda self, *a, **k: fake.refund_report(self, *a, **k))
    monkeypatch.setattr(SandboxGateway, "dispute_report", lambda self, pk: fake.dispute_report(pk))
    monkeypatch.setattr(SandboxGateway, "read_event", lambda self, **message: fake.events[-1])
    return fake


@pytest.fixture
def ticket():
    sale = sold(ShowFactory(), "A1")
    Payment.objects.update(capture_id="pay_1")
    return sale


@pytest.fixture
def refund(ticket) -> Refund:
    """The ticket is cancelled; its money is to go back."""
    cancel_ticket(code=ticket.code)
    return Refund.objects.get()


def states() -> tuple[str, str]:
    return Refund.objects.get().status, Payment.objects.get().status


def send(refund: Refund) -> int:
    due(refund)
    return send_due_refunds()


def dashboard(amount: int = 10_000, **said) -> RefundReport:
    """A refund of 100.00 that somebody made in the provider's dashboard."""
    facts = {"refund_id": "re_dashboard", "key": "", "capture_id": "pay_1", "currency": "INR", "state": DONE}
    return RefundReport(**facts | {"amount": amount} | said)


def dispute(**said) -> DisputeReport:
    facts = {"dispute_id": "dp_1", "capture_id": "pay_1", "amount": 25_000, "currency": "INR"}
    return DisputeReport(
        **facts | {"state": DisputeState.OPEN, "respond_by": timezone.now() + timedelta(days=9)} | said
    )


# Our own refunds


def test_a_refund_that_is_pending_at_the_provider_is_asked_about_until_it_is_decided(refund, provider):
    provider.state = PENDING
    assert send(refund) == 0
    assert send(refund) == 0
    assert states() == ("PENDING", "SUCCESS")

    provider.state = DONE
    assert send(refund) == 1

    assert states() == ("DONE", "REFUNDED")
    assert provider.keys == [refund.code]
    assert provider.looked_up == ["re_1", "re_1"]
    assert send_due_refunds() == 0


@pytest.mark.parametrize(("state", "status"), [(DONE, "DONE"), (PENDING, "PENDING")])
def test_a_refusal_is_no_failure_of_a_refund_that_another_request_has_made(
    refund, provider, monkeypatch, state, status
):
    """Two requests at once: the provider refuses the first, then makes the second, and the first answer is the last."""

    def refused_late(gateway, order):
        provider.state = state
        provider.tell(provider._report(order, "re_1"))
        return order.refused()

    monkeypatch.setattr(provider, "refund", refused_late)
    send(refund)

    assert states()[0] == status
    assert Refund.objects.get().provider_id == "re_1"
    assert Refund.objects.get().tries == 0


def test_a_refund_that_fails_is_tried_again_under_a_new_key_and_then_left_to_staff(refund, provider):
    provider.state = FAILED
    for _ in range(MOST_TRIES):
        assert send(refund) == 0

    assert provider.keys == [refund.code, *(f"{refund.code}.{n}" for n in range(1, MOST_TRIES))]
    assert states() == ("FAILED", "SUCCESS")
    assert Refund.objects.get().last_error == "RefundRefused"
    assert Refund.objects.get().due_at is None


def test_a_provider_that_does_not_answer_costs_no_try(refund, monkeypatch):
    def silent(self, order):
        raise PaymentsUnavailable

    monkeypatch.setattr(SandboxGateway, "refund", silent)

    send(refund)

    assert (Refund.objects.get().tries, states()[0]) == (0, "PENDING")


def test_a_message_about_a_refund_decides_it_before_we_ask(refund, provider):
    provider.state = PENDING
    send(refund)

    provider.tell(dashboard(25_000, key=refund.code, refund_id="re_1"))

    assert states() == ("DONE", "REFUNDED")
    assert Refund.objects.get().due_at is None


def test_a_refund_that_the_bank_sends_back_is_tried_again(refund, provider):
    send(refund)
    assert states() == ("DONE", "REFUNDED")

    provider.tell(dashboard(25_000, key=refund.code, refund_id="re_1", state=FAILED))
    assert states() == ("PENDING", "SUCCESS")

    assert send(refund) == 1
    assert states() == ("DONE", "REFUNDED")


def test_a_late_failure_of_an_earlier_try_changes_nothing(refund, provider):
    provider.state = FAILED
    send(refund)
    provider.state = DONE
    send(refund)

    for _ in range(2):
        provider.tell(dashboard(25_000, key=refund.code, refund_id="re_1", state=FAILED))

    assert states() == ("DONE", "REFUNDED")


@pytest.mark.parametrize("settled", [True, False])
def test_a_refund_that_had_failed_and_was_made_after_all_is_recorded(refund, provider, settled):
    provider.state = FAILED
    send(refund)
    provider.state = DONE
    if settled:
        send(refund)
    before = states()

    for _ in range(2):
        provider.tell(dashboard(25_000, key=refund.code, refund_id="re_1"))

    assert states() == before
    assert PaymentIncident.objects.get().kind == "EXTRA_REFUND"


def test_an_old_message_that_a_refund_was_done_changes_nothing(refund, provider):
    provider.state = PENDING
    send(refund)

    provider.state = FAILED
    for state in (FAILED, DONE):  # the bank has sent the money back, and the messages overtake each other
        provider.tell(dashboard(25_000, key=refund.code, refund_id="re_1", state=state))

    assert states() == ("PENDING", "SUCCESS")
    assert not PaymentIncident.objects.exists()
    assert not ProviderEvent.objects.filter(handled_at=None).exists()


def test_while_the_provider_does_not_answer_a_contradiction_waits(refund, provider, monkeypatch):
    provider.state = FAILED
    send(refund)
    with monkeypatch.context() as silent:
        silent.setattr(provider, "refund_report", lambda *order, **more: get_gateway("nobody"))
        provider.tell(dashboard(25_000, key=refund.code, refund_id="re_1"))
    assert ProviderEvent.objects.get().last_error == "PaymentsUnavailable"
    assert not PaymentIncident.objects.exists()

    provider.state = DONE
    due(ProviderEvent.objects.get())

    assert handle_due_events() == 1
    assert PaymentIncident.objects.get().kind == "EXTRA_REFUND"


def test_an_answer_that_a_message_overtakes_is_no_second_refund(refund, provider):
    provider.state = PENDING
    send(refund)
    asked = provider.refund_report

    def overtaken(*order, **more):
        report = asked(*order, **more)
        provider.tell(dashboard(25_000, key=refund.code, refund_id="re_1", state=FAILED))
        return report

    provider.state, provider.refund_report = DONE, overtaken
    send(refund)

    assert states() == ("PENDING", "SUCCESS")
    assert not PaymentIncident.objects.exists()


def test_a_message_about_a_refund_nobody_knows_waits(ticket, provider):
    provider.tell(dashboard(key="of another shop"))

    assert ProviderEvent.objects.get().last_error == "DoesNotExist"
    assert not Refund.objects.exists()


# Settled by hand


def refused(refund: Refund, provider: Provider) -> RequestedAction:
    """The provider has refused the refund for good; a member of staff settles it."""
    provider.state = FAILED
    for _ in range(MOST_TRIES):
        send(refund)
    member = staff(refund.ticket.show.screen.theatre, BOX_OFFICE)
    return RequestedAction(member, "paid in cash", 0, "one key")


def test_staff_settle_a_refused_refund_by_hand_once_and_it_is_logged(refund, provider):
    requested = refused(refund, provider)

    for _ in range(2):
        settle_by_hand(code=refund.ticket.code, refund_id=refund.pk, requested=requested)

    assert states() == ("BY_HAND", "REFUNDED")
    event = AuditEvent.objects.get(action=AuditEvent.Action.SETTLE)
    assert (event.reason, event.details) == ("paid in cash", {"amount": "250.00"})
    assert send_due_refunds() == 0


def test_a_refund_on_its_way_is_not_settled_by_hand(refund):
    member = staff(refund.ticket.show.screen.theatre, BOX_OFFICE)

    with pytest.raises(RefundNotRefused):
        settle_by_hand(
            code=refund.ticket.code,
            refund_id=refund.pk,
            requested=RequestedAction(member, "cash", 0, "key"),
        )

    assert states()[0] == "PENDING"


def test_a_refund_of_another_order_is_not_settled(refund, provider):
    requested = refused(refund, provider)
    other = sold(ShowFactory(screen__theatre=refund.ticket.show.screen.theatre), "A1", buyer="ben")

    with pytest.raises(RefundNotRefused):
        settle_by_hand(code=other.code, refund_id=refund.pk, requested=requested)


# Made in the dashboard


def test_a_refund_made_in_the_dashboard_is_booked_once(ticket, provider):
    provider.tell(dashboard())
    provider.tell(dashboard())

    booked_refund = Refund.objects.get()
    assert (booked_refund.reason, booked_refund.amount) == (Refund.Reason.AT_PROVIDER, Decimal(100))
    assert states() == ("DONE", "PART_REFUNDED")
    show = ticket.show
    show.refresh_from_db()
    assert show.revenue == Decimal(150)
    assert unexplained_seats(show) == []
    assert Ticket.objects.get().status == Ticket.Status.CONFIRMED


def test_one_that_is_pending_is_asked_about(ticket, provider):
    provider.state = PENDING
    provider.tell(dashboard(state=PENDING))
    assert states() == ("PENDING", "SUCCESS")

    provider.state = DONE
    assert send(Refund.objects.get()) == 1
    assert (provider.keys, set(provider.looked_up)) == ([], {"re_dashboard"})


def test_one_that_failed_is_not_booked_however_late_the_message(ticket, provider):
    provider.state = FAILED
    for state in (FAILED, PENDING, DONE):
        provider.tell(dashboard(state=state))

    assert not Refund.objects.exists()
    assert Payment.objects.get().status == Payment.Status.SUCCESS
    assert not ProviderEvent.objects.filter(handled_at=None).exists()


def test_in_the_dashboard_a_refused_refund_is_settled(refund, provider):
    refused(refund, provider)
    provider.state = DONE

    provider.tell(dashboard(25_000))

    assert states() == ("DONE", "REFUNDED")


def test_more_than_was_captured_is_refused_and_recorded(ticket, provider):
    provider.tell(dashboard(20_000))
    provider.tell(dashboard(5_001, refund_id="re_more"))

    assert Refund.objects.get().amount == Decimal(200)
    incident = PaymentIncident.objects.get()
    assert (incident.kind, incident.reported) == ("OVER_REFUND", "50.01 INR")
    assert not ProviderEvent.objects.filter(handled_at=None).exists()


def test_a_refund_before_its_payment_is_known_is_booked_later(provider):
    payment = booked(ShowFactory(), "A1")
    provider.tell(dashboard())
    assert not Refund.objects.exists()

    sold(ticket_of(payment).show, "A2", buyer="ben")
    Payment.objects.filter(status="SUCCESS").update(capture_id="pay_1")
    due(ProviderEvent.objects.get())

    assert handle_due_events() == 1
    assert Refund.objects.get().payment.status == "PART_REFUNDED"


# Disputes


@pytest.mark.parametrize(
    ("said", "dispute_is", "payment_is"),
    [
        (["OPEN"], "OPEN", "DISPUTED"),
        (["OPEN", "WON"], "WON", "SUCCESS"),
        (["OPEN", "LOST"], "LOST", "DISPUTED"),
        (["WON", "OPEN"], "WON", "SUCCESS"),
        (["OPEN", "OPEN", "LOST", "LOST", "OPEN"], "LOST", "DISPUTED"),
    ],
)
def test_a_dispute_is_opened_and_decided_in_whatever_order(ticket, provider, said, dispute_is, payment_is):
    for state in said:
        provider.tell(dispute(state=DisputeState(state)))

    assert Dispute.objects.get().status == dispute_is
    assert Payment.objects.get().status == payment_is


@pytest.mark.parametrize(("said", "now"), [(["OPEN", "LOST", "WON"], "WON"), (["OPEN", "WON", "LOST"], "WON"),
                                           (["WON", "LOST"], "LOST"), (["LOST", "WON", "LOST"], "WON")])  # fmt: skip
def test_of_two_decisions_that_counts_which_the_provider_confirms(ticket, provider, said, now):
    provider.dispute = DisputeState(now)

    for state in said:
        provider.tell(dispute(state=DisputeState(state)))

    assert Dispute.objects.get().status == now
    assert Payment.objects.get().status == ("SUCCESS" if now == "WON" else "DISPUTED")
    assert unexplained_seats(ticket.show) == []


def test_a_dispute_about_a_refunded_payment_keeps_the_refund(refund, provider):
    send(refund)
    provider.tell(dispute())
    assert states() == ("DONE", "DISPUTED")

    provider.tell(dispute(state=DisputeState.WON))
    assert states() == ("DONE", "REFUNDED")


def test_a_refund_during_a_dispute_leaves_the_payment_disputed(ticket, provider):
    provider.tell(dispute())
    cancel_ticket(code=ticket.code)

    send(Refund.objects.get())

    assert states() == ("DONE", "DISPUTED")


# What does not fit


def test_an_amount_that_differs_is_recorded_once_and_confirms_nothing(monkeypatch):
    payment = booked(ShowFactory(), "A1")
    SandboxCharge.objects.update(status="PAID", amount=Decimal(1))
    report = SandboxGateway().report(reference=payment.code, provider_id="")
    events = iter([Event("one", report), Event("two", replace(report, currency="USD")), Event("three", report)])
    monkeypatch.setattr(SandboxGateway, "read_event", lambda self, **message: next(events))

    for _ in range(3):
        receive_event(gateway="sandbox", body=b"", headers={})

    assert list(PaymentIncident.objects.order_by("pk").values_list("kind", "reported")) == [
        ("MISMATCH", "1.00 INR"),
        ("MISMATCH", "1.00 USD"),
    ]
    assert Payment.objects.get().status == Payment.Status.PENDING
    assert not ProviderEvent.objects.filter(handled_at=None).exists()


@pytest.mark.parametrize("said", [{"amount": 1}, {"amount": 25_001}, {"currency": "USD"}])
def test_a_refund_of_another_amount_than_ordered_is_recorded_and_not_booked(refund, provider, said):
    for _ in range(2):
        provider.tell(dashboard(**{"amount": 25_000, "key": refund.code, "refund_id": "re_1"} | said))

    assert states() == ("PENDING", "SUCCESS")
    assert PaymentIncident.objects.get().kind == "OTHER_REFUND"
    assert not ProviderEvent.objects.filter(handled_at=None).exists()


def test_so_is_one_that_the_provider_reports_when_asked(refund, provider, monkeypatch):
    monkeypatch.setattr(provider, "_report", lambda order, pk: dashboard(1, key=order.key, refund_id=pk))

    for _ in range(2):
        send(refund)

    assert states() == ("PENDING", "SUCCESS")
    assert PaymentIncident.objects.get().reported == "0.01 INR"
    assert Refund.objects.get().last_error == "OtherRefund"


@pytest.mark.parametrize("said", [{"currency": "USD"}, {"amount": 0}, {"amount": -1}, {"amount": 10**40}])
def test_a_dispute_that_does_not_fit_its_payment_is_recorded_and_not_booked(ticket, provider, said):
    provider.tell(dispute(**said))

    assert not Dispute.objects.exists()
    assert PaymentIncident.objects.get().kind == "DISPUTE"
    assert Payment.objects.get().status == Payment.Status.SUCCESS


def test_a_dispute_beyond_all_amounts_of_its_currency_is_recorded(ticket, provider):
    Payment.objects.update(currency="JPY")

    provider.tell(dispute(currency="JPY", amount=10**10 - 1))

    assert PaymentIncident.objects.get().reported == "9999999999 JPY"


@pytest.mark.parametrize("said", [{"currency": "USD"}, {"amount": 10**40}, {"amount": -1}])
def test_a_dashboards_refund_that_cannot_be_is_recorded_even_after_a_refusal(refund, provider, said):
    refused(refund, provider)
    provider.state = DONE

    provider.tell(dashboard(**{"amount": 25_000} | said))

    assert states() == ("FAILED", "SUCCESS")
    assert PaymentIncident.objects.get().kind == "OVER_REFUND"


def test_a_dispute_of_somewhat_more_than_was_paid_is_a_dispute(ticket, provider):
    provider.tell(dispute(amount=25_100))

    assert Dispute.objects.get().amount == Decimal(251)


def test_a_payment_that_is_made_a_second_time_at_the_provider_is_recorded_once(ticket, provider):
    for capture in ("pay_1", "pay_2", "pay_2"):
        provider.tell(replace(paid_report(Payment.objects.get()), capture_id=capture))

    incident = PaymentIncident.objects.get()
    assert (incident.kind, incident.reported) == ("PAID_AGAIN", "250.00 INR, pay_2")
    assert Payment.objects.get().capture_id == "pay_1"
    assert not Refund.objects.exists()


def test_an_incident_outlives_all_jobs(monkeypatch):
    from cinema.jobs.jobs import run_jobs

    test_an_amount_that_differs_is_recorded_once_and_confirms_nothing(monkeypatch)
    PaymentIncident.objects.update(created_at=Now() - timedelta(days=3_000))

    run_jobs()

    assert PaymentIncident.objects.count() == 2
