"""manage.py reconcile."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now

from cinema.exceptions import PaymentsUnavailable
from cinema.gateways.base import Result
from cinema.gateways.sandbox import SandboxGateway
from cinema.models import Payment, SandboxCharge
from tests.factories import ShowFactory, booked, sold

pytestmark = pytest.mark.django_db(transaction=True)


def reconcile(**options: int) -> tuple[str, str]:
    """Run the command; return its output and its error."""
    said, complaints = StringIO(), StringIO()
    try:
        call_command("reconcile", stdout=said, stderr=complaints, **options)
    except CommandError as error:
        complaints.write(str(error))
    return said.getvalue(), complaints.getvalue()


def hours_ago() -> None:
    """Let what happened have happened some hours ago."""
    Payment.objects.update(created_at=Now() - timedelta(hours=3))
    Payment.objects.filter(settled_at__isnull=False).update(settled_at=Now() - timedelta(hours=2))


def test_it_books_what_was_lost_and_says_how_many():
    sold(ShowFactory(), "A1")
    booked(ShowFactory(), "A1")
    SandboxCharge.objects.update(status=Result.PAID)
    hours_ago()

    assert reconcile() == ("sandbox: 2 compared, 1 booked, 0 differing, 0 foreign, 0 fees, 0 payouts\n", "")
    assert reconcile() == ("sandbox: 2 compared, 0 booked, 0 differing, 0 foreign, 0 fees, 0 payouts\n", "")


def test_it_names_what_differs_and_fails():
    ticket = sold(ShowFactory(), "A1")
    SandboxCharge.objects.update(amount=1)
    hours_ago()

    said, complaints = reconcile()

    assert said == "sandbox: 1 compared, 0 booked, 1 differing, 0 foreign, 0 fees, 0 payouts\n"
    assert f"{ticket.reference}: another amount or currency than asked for was paid (1.00 INR)" in complaints
    assert "Could not book everything." in complaints


def test_it_fails_if_a_provider_does_not_answer(monkeypatch):
    def silent(self, moment):
        raise PaymentsUnavailable

    monkeypatch.setattr(SandboxGateway, "reports_since", silent)

    said, complaints = reconcile()

    assert said == "sandbox: 0 compared, 0 booked, 0 differing, 0 foreign, 0 fees, 0 payouts\n"
    assert "sandbox could not be compared completely; see the log." in complaints


def test_it_goes_back_as_many_days_as_it_is_asked():
    booked(ShowFactory(), "A1")
    SandboxCharge.objects.update(status=Result.PAID, changed_at=Now() - timedelta(days=9))
    hours_ago()

    assert "0 booked" in reconcile()[0]
    assert "1 booked" in reconcile(days=10)[0]


@pytest.mark.parametrize("days", [0, -1, 367])
def test_it_refuses_a_number_of_days_that_makes_no_sense(days):
    assert reconcile(days=days) == ("", "--days must be 1 to 366.")
