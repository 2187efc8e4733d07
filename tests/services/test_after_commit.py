"""What is done after a commit: services.transactions.after_commit and try_each."""

import pytest
from django.core import mail

from cinema.gateways.sandbox import SandboxGateway
from cinema.models import Payment, Refund, Ticket
from cinema.services.cancellations import cancel_ticket
from cinema.services.payments import settle_payment
from cinema.services.refunds import carry_out_pending
from tests.factories import ShowFactory, booked, report, sold

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_gateway_that_breaks_leaves_the_cancellation_standing_and_its_mail_is_sent(monkeypatch):
    ticket = sold(ShowFactory(), "A1")
    mail.outbox.clear()
    monkeypatch.setattr(SandboxGateway, "refund", lambda *args, **said: 1 / 0)

    cancel_ticket(code=ticket.code)

    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.CANCELLED
    assert Refund.objects.get().status == Refund.Status.PENDING
    assert len(mail.outbox) == 1


def test_a_refund_that_breaks_does_not_keep_the_others_waiting(monkeypatch):
    show = ShowFactory()
    tickets = [sold(show, name, buyer=name) for name in ("A1", "A2")]
    refund = SandboxGateway.refund
    with monkeypatch.context() as broken:
        broken.setattr(SandboxGateway, "refund", lambda *args, **said: 1 / 0)
        for ticket in tickets:
            cancel_ticket(code=ticket.code)
    bad = Payment.objects.get(ticket=tickets[0]).code

    def picky(self: SandboxGateway, *, reference: str, **said: object) -> None:
        if reference == bad:
            raise RuntimeError("never again")
        refund(self, reference=reference, **said)

    monkeypatch.setattr(SandboxGateway, "refund", picky)

    assert carry_out_pending() == 1
    assert Refund.objects.get(payment__ticket=tickets[1]).status == Refund.Status.DONE


def test_a_ticket_that_costs_nothing_is_confirmed_without_the_gateway():
    payment = booked(ShowFactory(price=0), "A1")

    payment.refresh_from_db()
    assert payment.ticket.status == Ticket.Status.CONFIRMED


def test_nothing_is_written_back_for_a_ticket_that_cost_nothing():
    ticket = booked(ShowFactory(price=0), "A1").ticket

    cancel_ticket(code=ticket.code)
    settle_payment(report=report(ticket.payments.get()))

    assert not Refund.objects.exists()
