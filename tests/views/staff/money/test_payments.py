"""Payments and refunds that have waited too long for the provider, in the back office."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cinema.models import Dispute, Payment, PaymentIncident, Refund
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import MANAGER, ShowFactory, TheatreFactory, booked, due, sold, staff, ticket_of
from tests.views.browsers import answers, text

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
        ("OtherRefund", "The provider reports a different amount."),
        ("PaymentUndecided", "The provider cannot say whether this was paid."),
        ("ZeroDivisionError", "The provider’s answer was not understood (ZeroDivisionError)."),
    ],
)
def test_a_payment_that_fails_is_listed_with_its_order_and_why(client, show, error, why):
    payment = booked(show, "A1")
    failing(payment, error)

    said = page(client)

    assert why in said
    assert ticket_of(payment).order.name in said
    assert NOTHING[0] not in said


def test_a_payment_not_polled_in_time_is_listed(client, show):
    due(booked(show, "A1"), ago=timedelta(minutes=16))

    assert "Please check that the background jobs are running." in page(client)


def test_a_payment_that_is_decided_is_not_listed(client, show):
    failing(sold(show, "A1").order.payments.get(), "PaymentsUnavailable")

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


# Refused refunds, disputes, and reports that do not fit


@pytest.fixture
def refused(show) -> Refund:
    cancel_ticket(code=sold(show, "A1").code)
    Refund.objects.update(status=Refund.Status.FAILED, due_at=None, last_error="RefundRefused")
    return Refund.objects.get()


def settle(client, refund: Refund, **said):
    order = reverse("staff-orders-order", args=["galaxy", refund.ticket.reference])
    form = answers(client.get(order)) | {"refund": refund.pk, "reason": "paid in cash"} | said
    return client.post(f"{order}settle/", form, follow=True)


def test_a_refused_refund_is_listed_at_once_and_in_todays_problems(client, refused):
    assert "The provider refuses this refund." in page(client)
    assert "The payment provider refuses 1 refund of ₹250. Please settle it by hand." in text(
        client.get(reverse("staff-today", args=["galaxy"]))
    )


def test_a_refused_refund_is_settled_by_hand_on_the_orders_page(client, refused):
    answer = text(settle(client, refused))

    assert "The refund is marked as settled by hand." in answer
    assert "refund settled by hand" in answer
    assert "paid in cash" in answer
    refused.refresh_from_db()
    assert refused.status == Refund.Status.BY_HAND
    assert NOTHING[1] in page(client)


def test_settling_needs_a_note(client, refused):
    answer = settle(client, refused, reason="")

    assert answer.status_code == 400
    assert "This field is required." in text(answer)
    refused.refresh_from_db()
    assert refused.status == Refund.Status.FAILED


def test_an_open_dispute_is_shown_with_the_days_left(client, show):
    payment = sold(show, "A1").order.payments.get()
    now = timezone.now()
    Dispute.objects.create(
        payment=payment,
        gateway="stripe",
        dispute_id="dp_1",
        amount=250,
        status="OPEN",
        opened_at=now,
        respond_by=now + timedelta(days=9, hours=1),
    )
    elsewhere = sold(ShowFactory(), "A1", buyer="ben").order.payments.get()
    Dispute.objects.create(
        payment=elsewhere, gateway="stripe", dispute_id="dp_2", amount=999, status="OPEN", opened_at=now
    )

    said = page(client)
    assert "9 days left" in said
    assert "999" not in said
    today = text(client.get(reverse("staff-today", args=["galaxy"])))
    assert "disputes a payment of ₹250 with their bank. 9 days are left to answer." in today


def test_a_report_that_does_not_fit_is_shown_for_good(client, show):
    payment = booked(show, "A1")
    PaymentIncident.objects.create(payment=payment, kind="MISMATCH", reported="1.00 INR", created_at=timezone.now())
    today = reverse("staff-today", args=["galaxy"])
    assert "another amount or currency than asked for was paid" in text(client.get(today))

    PaymentIncident.objects.update(created_at=Now() - timedelta(days=400))

    assert "1.00 INR" in page(client)
    assert "another amount" not in text(client.get(today))


def test_the_page_takes_the_same_statements_for_any_number_of_lines(client, show):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client)
        return len(captured)

    def add(number: int) -> None:
        payment = booked(show, f"A{number}", buyer=f"buyer {number}")
        now = timezone.now()
        facts = {"payment": payment, "gateway": "stripe", "amount": 1, "status": "OPEN", "opened_at": now}
        Dispute.objects.create(dispute_id=f"dp_{number}", **facts)
        PaymentIncident.objects.create(payment=payment, kind="MISMATCH", reported="1 INR", created_at=now)

    add(1)
    one = statements()
    add(2)
    add(3)

    assert statements() == one


def test_the_orders_page_names_what_is_refused_disputed_and_does_not_fit(client, refused):
    payment, now = refused.payment, timezone.now()
    facts = {"payment": payment, "gateway": "stripe", "dispute_id": "dp_1", "amount": 250, "opened_at": now}
    Dispute.objects.create(status="LOST", **facts)
    PaymentIncident.objects.create(payment=payment, kind="OVER_REFUND", reported="50.01 INR", created_at=now)

    said = text(client.get(reverse("staff-orders-order", args=["galaxy", ticket_of(payment).reference])))

    assert "Refund refused ₹250" in said
    assert "Dispute ₹250 · lost" in said
    assert "50.01 INR more was refunded at the provider than was paid" in said
    assert "Refunded" not in said
