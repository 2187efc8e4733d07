"""What is done after a commit: services.core.transactions.after_commit."""

import pytest

from cinema.models import Refund, Ticket
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import ShowFactory, booked, report, ticket_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both]


def test_a_free_ticket_is_confirmed_without_the_provider():
    payment = booked(ShowFactory(price=0), "A1")

    payment.refresh_from_db()
    assert ticket_of(payment).status == Ticket.Status.CONFIRMED


def test_nothing_is_written_back_for_a_ticket_that_cost_nothing():
    ticket = ticket_of(booked(ShowFactory(price=0), "A1"))

    cancel_ticket(code=ticket.code)
    settle_payment(report=report(ticket.order.payments.get()))

    assert not Refund.objects.exists()
