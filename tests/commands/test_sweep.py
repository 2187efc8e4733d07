"""``manage.py sweep`` finishes what was left open."""

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


def sweep() -> str:
    out = io.StringIO()
    call_command("sweep", stdout=out)
    return out.getvalue()


def test_a_payment_nobody_reported_is_settled():
    payment = booked(ShowFactory(), "A1")
    decide(reference=SandboxCharge.objects.get().reference, result=Result.PAID)
    due(payment)

    assert "Payments settled: 1" in sweep()
    payment.refresh_from_db()
    assert payment.status == Payment.Status.SUCCESS


def test_a_payment_made_a_moment_ago_is_left_to_its_own_report():
    booked(ShowFactory(), "A1")
    decide(reference=SandboxCharge.objects.get().reference, result=Result.PAID)

    assert "Payments settled: 0" in sweep()


def test_seats_of_a_hold_that_ran_out_are_freed():
    show = ShowFactory()
    lapsed(held(show, "A1"))

    assert "Shows with seats freed: 1" in sweep()
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE


def test_a_refund_that_failed_is_sent_again_when_its_turn_has_come(monkeypatch):
    ticket = sold(ShowFactory(), "A1")
    cancel_ticket(code=ticket.code)
    with monkeypatch.context() as broken:
        broken.setattr(SandboxGateway, "refund", lambda *args, **said: 1 / 0)
        assert "Refunds sent: 0" in sweep()
    assert "Refunds sent: 0" in sweep()  # it is not its turn yet
    due(Refund.objects.get())

    assert "Refunds sent: 1" in sweep()
    assert Refund.objects.get().status == Refund.Status.DONE


def test_a_mail_that_waits_is_sent():
    sold(ShowFactory(), "A1")

    assert "Mails sent: 1" in sweep()
    assert len(outbox()) == 1
    assert "Mails sent: 0" in sweep()


def test_seats_of_a_hold_that_ran_out_go_to_who_waits_and_the_offer_is_mailed():
    show = ShowFactory(screen__plan="aa")
    hold = held(show, "A1 A2")
    waiting(show)
    lapsed(hold)

    said = sweep()

    assert "Shows with seats freed: 1" in said
    assert WaitingEntry.objects.get().status == "OFFERED"
    assert "Mails sent: 1" in said  # not that they wait: they do so no longer


def test_seats_left_over_are_offered():
    show = ShowFactory(screen__plan="aaa")
    waiting(show, party=4)
    WaitingEntry.objects.update(party=3)

    assert "Waiting lists with offers: 1" in sweep()


def test_a_show_that_has_started_ends_the_waiting_for_it():
    show = ShowFactory(screen__plan="aa")
    waiting(show, party=3)
    past(show)

    assert "Waiting lists closed: 1" in sweep()
    assert Show.objects.get().waiting.get().status == "OVER"


def test_shows_long_over_lose_the_seats_nobody_ever_had():
    JobLease.objects.create(name=CLOCK, due_at=A_WHILE_AGO)
    starting_in(ShowFactory(screen__plan="aa"), timedelta(days=-30))

    assert "Past shows archived: 1" in sweep()
    assert not ShowSeat.objects.exists()


def test_sessions_that_have_ended_are_forgotten():
    for key, rest in ("over", timedelta(minutes=-1)), ("living", timedelta(minutes=1)):
        Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + rest)

    assert "Ended sessions removed: 1" in sweep()
    assert Session.objects.get().session_key == "living"


def test_a_job_that_fails_is_named_and_the_command_ends_with_an_error(monkeypatch):
    monkeypatch.setattr(jobs, "close_waiting_lists", lambda: 1 / 0)
    out = io.StringIO()

    with pytest.raises(CommandError, match="Waiting lists closed"):
        call_command("sweep", stdout=out)
    assert "Waiting lists closed: failed" in out.getvalue()
    assert "Waiting lists with offers: 0" in out.getvalue()
