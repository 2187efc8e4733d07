"""``manage.py run_jobs`` runs every background job once."""

import io
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from cinema.gateways.base import Result
from cinema.gateways.sandbox import SandboxGateway, decide
from cinema.jobs import jobs
from cinema.jobs.jobs import CLOCK
from cinema.models import JobLease, Payment, Refund, SandboxCharge, Show, ShowSeat, WaitingEntry
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import ShowFactory, booked, due, held, lapsed, past, seat, sold, starting_in, waiting
from tests.mails import outbox

pytestmark = pytest.mark.django_db(transaction=True)

A_WHILE_AGO = timezone.now() - timedelta(minutes=5)


def run_jobs(command: str = "run_jobs") -> str:
    out = io.StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


def test_a_payment_without_a_report_is_settled():
    payment = booked(ShowFactory(), "A1")
    decide(reference=SandboxCharge.objects.get().reference, result=Result.PAID)
    due(payment)

    assert "Payments settled: 1" in run_jobs()
    payment.refresh_from_db()
    assert payment.status == Payment.Status.SUCCESS


def test_a_payment_made_a_moment_ago_is_not_checked_yet():
    booked(ShowFactory(), "A1")
    decide(reference=SandboxCharge.objects.get().reference, result=Result.PAID)

    assert "Payments settled: 0" in run_jobs()


def test_the_seats_of_an_expired_hold_are_released():
    show = ShowFactory()
    lapsed(held(show, "A1"))

    assert "Shows with seats freed: 1" in run_jobs()
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE


def test_a_failed_refund_is_sent_again_when_it_is_due(monkeypatch):
    ticket = sold(ShowFactory(), "A1")
    cancel_ticket(code=ticket.code)
    with monkeypatch.context() as broken:
        broken.setattr(SandboxGateway, "refund", lambda *args, **kwargs: 1 / 0)
        assert "Refunds sent: 0" in run_jobs()
    assert "Refunds sent: 0" in run_jobs()  # it is not due yet
    due(Refund.objects.get())

    assert "Refunds sent: 1" in run_jobs()
    assert Refund.objects.get().status == Refund.Status.DONE


def test_a_waiting_mail_is_sent():
    sold(ShowFactory(), "A1")

    assert "Mails sent: 1" in run_jobs()
    assert len(outbox()) == 1
    assert "Mails sent: 0" in run_jobs()


def test_the_seats_of_an_expired_hold_are_offered_to_the_waiting_list_by_mail():
    show = ShowFactory(screen__plan="aa")
    hold = held(show, "A1 A2")
    waiting(show)
    lapsed(hold)

    printed = run_jobs()

    assert "Shows with seats freed: 1" in printed
    assert WaitingEntry.objects.get().status == "OFFERED"
    assert "Mails sent: 1" in printed  # the offer, not the confirmation that they wait


def test_seats_left_over_are_offered():
    show = ShowFactory(screen__plan="aaa")
    waiting(show, party=4)
    WaitingEntry.objects.update(party=3)

    assert "Waiting lists with offers: 1" in run_jobs()


def test_the_waiting_list_of_a_started_show_is_closed():
    show = ShowFactory(screen__plan="aa")
    waiting(show, party=3)
    past(show)

    assert "Waiting lists closed: 1" in run_jobs()
    assert Show.objects.get().waiting.get().status == "OVER"


def test_unused_seats_of_past_shows_are_deleted():
    JobLease.objects.create(name=CLOCK, due_at=A_WHILE_AGO)
    starting_in(ShowFactory(screen__plan="aa"), timedelta(days=-30))

    assert "Past shows archived: 1" in run_jobs()
    assert not ShowSeat.objects.exists()


def test_expired_sessions_are_deleted():
    for key, rest in ("over", timedelta(minutes=-1)), ("active", timedelta(minutes=1)):
        Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + rest)

    assert "Ended sessions removed: 1" in run_jobs()
    assert Session.objects.get().session_key == "active"


def test_a_job_that_fails_is_named_and_the_command_ends_with_an_error(monkeypatch):
    monkeypatch.setattr(jobs, "close_waiting_lists", lambda: 1 / 0)
    out = io.StringIO()

    with pytest.raises(CommandError, match="Waiting lists closed"):
        call_command("run_jobs", stdout=out)
    assert "Waiting lists closed: failed" in out.getvalue()
    assert "Waiting lists with offers: 0" in out.getvalue()


def test_the_former_name_of_the_command_still_works():
    assert "Mails sent: 0" in run_jobs("sweep")
