"""Payments and refunds that have waited too long for the provider, in the back office."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.urls import reverse

from cinema.models import Payment, Refund
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import MANAGER, ShowFactory, TheatreFactory, booked, due, sold, staff
from tests.views.browsers import text

pytestmark = pytest.mark.django_db

NOTHING = "No payments are overdue.", "No refunds are overdue."


@pytest.fixture
def theatre(client):
    theatre = TheatreFactory(slug="galaxy")
    client.force_login(staff(theatre, MANAGER))
    return theatre


@pytest.fixture
def show(theatre):
    return ShowFactory(screen__theatre=theatre, screen__plan="aaaaaaaa")


def page(client) -> str:
    return text(client.get(reverse("staff-payments", args=["galaxy"])))


def failing(payment: Payment, error: str, since: timedelta = timedelta(minutes=16)) -> None:
    Payment.objects.filter(pk=payment.pk).update(failing_since=Now() - since, last_error=error)


def test_nothing_is_overdue_while_all_goes_its_ordinary_way(client, show):
    payment = booked(show, "A1")
    failing(payment, "PaymentsUnavailable", since=timedelta(minutes=14))
    due(payment, ago=timedelta(minutes=14))
    cancel_ticket(code=sold(show, "A2", buyer="ben").code)

    assert all(sentence in page(client) for sentence in NOTHING)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        ("PaymentsUnavailable", "The provider does not answer."),
        ("PaymentMismatch", "The provider reports a different amount."),
        ("PaymentUndecided", "The provider cannot say whether this was paid."),
        ("ZeroDivisionError", "The provider’s answer was not understood (ZeroDivisionError)."),
    ],
)
def test_a_payment_that_fails_is_listed_with_its_order_and_why(client, show, error, why):
    payment = booked(show, "A1")
    failing(payment, error)

    said = page(client)

    assert why in said
    assert payment.ticket.name in said
    assert NOTHING[0] not in said


def test_a_payment_not_polled_in_time_is_listed(client, show):
    due(booked(show, "A1"), ago=timedelta(minutes=16))

    assert "Please check that the background jobs are running." in page(client)


def test_a_payment_that_is_decided_is_not_listed(client, show):
    failing(sold(show, "A1").payments.get(), "PaymentsUnavailable")

    assert NOTHING[0] in page(client)


def test_a_refund_that_takes_long_is_listed(client, show):
    cancel_ticket(code=sold(show, "A1").code)
    Refund.objects.update(created_at=Now() - timedelta(minutes=61), last_error="PaymentsUnavailable")

    assert "The provider does not answer." in page(client)
    assert NOTHING[1] not in page(client)


def test_what_is_overdue_at_another_theatre_is_not_listed(client, theatre):
    failing(booked(ShowFactory(), "A1"), "PaymentsUnavailable")

    assert NOTHING[0] in page(client)


def test_the_page_takes_the_same_few_statements_however_much_is_overdue(client, show, django_assert_max_num_queries):
    for number in range(1, 6):
        failing(booked(show, f"A{number}", buyer=str(number)), "PaymentsUnavailable")
        with django_assert_max_num_queries(8):
            page(client)
