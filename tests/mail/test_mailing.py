"""Sending queued mails to a real relay that rejects, hangs or is away: mail.sending."""

import json
import threading
import time
from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import override

from cinema.jobs.scheduler import JobScheduler
from cinema.mail import sending as mailing
from cinema.mail.sending import forget_mails, send_mails
from cinema.models import Hold, OutgoingMail, Refund, Show, Ticket, User
from cinema.services.booking.waiting import leave_waiting_list
from cinema.services.core.outbox import Kind, post
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import ShowFactory, UserFactory, booked, lapsed, report, sold, starting_in
from tests.mail.situations import (
    ASHA,
    SITUATIONS,
    a_choice_of_another_show,
    a_link_to_a_ticket,
    a_password,
    a_place_on_a_waiting_list,
    a_refund_in_part,
    a_sign_up,
    a_ticket,
    an_invitation,
    an_offer,
    another_address,
)
from tests.relay import HANG, Relay, silent_relay

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def relay(settings):
    relay = Relay()
    speak_to(settings, relay.port)
    return relay


def speak_to(settings, port):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 1


def time_passes():
    """Let time pass until all waiting mails are due."""
    OutgoingMail.objects.waiting().update(due_at=Now())


def one_mail(to=ASHA, **fields):
    """A waiting mail about a ticket."""
    ticket = sold(ShowFactory(), "A1")
    OutgoingMail.objects.update(recipient=to, **fields)
    return ticket


def mails_to(*names):
    """A waiting mail for each of these people, in this order."""
    for name in names:
        post(kind=Kind.NO_ACCOUNT, about=f"{name}@example.org")
    OutgoingMail.objects.filter(attempts=0).update(due_at=Now())


# --- Every kind of mail ----------------------------------------------------------------------------------


def test_every_kind_of_mail_is_tried_here():
    assert {kind for kind, _cause, _subject in SITUATIONS} == set(Kind)


@pytest.mark.nightly
@pytest.mark.parametrize(("kind", "cause", "subject"), SITUATIONS)
def test_a_relay_that_is_away_for_an_hour_loses_no_mail_of_any_kind(relay, kind, cause, subject):
    cause()
    about = OutgoingMail.objects.filter(kind=kind)
    assert about.get().recipient == ASHA
    for _ in range(3):
        assert send_mails() == 0
    hour = timedelta(hours=1)
    OutgoingMail.objects.update(created_at=F("created_at") - hour, due_at=F("due_at") - hour)

    with relay.open():
        assert send_mails() >= 1

    assert about.get().sent_at
    [message] = [
        message for to, message in relay.taken if to == ASHA and message["Subject"].strip().startswith(subject)
    ]
    assert {"text/plain", "text/html"} <= {part.get_content_type() for part in message.walk()}
    assert not OutgoingMail.objects.waiting().exists()


def test_what_is_rolled_back_is_not_mailed(relay, monkeypatch):
    show = ShowFactory()
    payment = booked(show, "A1")
    monkeypatch.setattr("cinema.services.money.settlement.offer_freed_seats", lambda **said: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        settle_payment(report=report(payment))

    assert not OutgoingMail.objects.exists()


# --- What a relay answers --------------------------------------------------------------------------------


def test_a_greylisted_mail_is_tried_again_later_and_taken(relay):
    one_mail()
    relay.says[ASHA] = ["451 4.7.1 Greylisted, please try again"]
    with relay.open():
        assert [send_mails(), send_mails()] == [0, 0]
        waiting_mail = OutgoingMail.objects.annotate(wait=F("due_at") - Now()).get()
        assert (waiting_mail.error, waiting_mail.attempts, relay.asked) == ("451", 1, [ASHA])
        assert timedelta(seconds=45) < waiting_mail.wait <= timedelta(seconds=50)
        time_passes()

        assert send_mails() == 1

    assert relay.recipients == [ASHA]
    assert OutgoingMail.objects.get().sent_at


@pytest.mark.parametrize("when", ["at its address", "in the end"])
def test_a_refused_recipient_is_given_up_at_once(relay, when, caplog):
    one_mail()
    if when == "in the end":
        relay.says_in_the_end[ASHA] = "554 5.7.1 No mail for asha@example.org"
    else:
        relay.says[ASHA] = ["550 5.1.1 asha@example.org does not live here"]
    with relay.open():
        for _ in range(3):
            time_passes()
            assert send_mails() == 0

    failed = OutgoingMail.objects.get()
    assert failed.failed_at
    assert failed.error in ("550", "554")
    assert relay.asked == [ASHA]
    assert "asha" not in caplog.text.lower()


def test_a_refused_sender_is_no_fault_of_the_recipient_and_tried_again(relay):
    one_mail()
    relay.to_sender = "550 5.7.1 Not verified"
    with relay.open():
        send_mails()
        assert OutgoingMail.objects.waiting().get().error == "550"
        relay.to_sender = "250 OK"
        time_passes()

        assert send_mails() == 1


def test_a_recipient_that_hangs_keeps_no_other_waiting(relay):
    mails_to("ann", "bob", "cleo")
    relay.says["ann@example.org"] = [HANG, HANG]
    with relay.open():
        assert send_mails() == 2
        assert relay.recipients == ["bob@example.org", "cleo@example.org"]
        time_passes()
        mails_to("dora")
        assert [send_mails(patience=0.1), send_mails()] == [0, 1]  # ann's turn ends the first run, but not dora's

    assert relay.recipients[2:] == ["dora@example.org"]


def test_many_mails_take_one_connection(relay):
    mails_to(*"abcdefgh")
    with relay.open():
        assert send_mails() == 8

    assert relay.connections == 1


def test_a_silent_relay_is_tried_once_in_a_run_and_no_attempt_is_counted(settings, caplog):
    mails_to("ann", "bob", "cleo")
    with silent_relay() as (port, came):
        speak_to(settings, port)
        assert send_mails() == 0
        assert len(came()) == 1

    assert set(OutgoingMail.objects.values_list("attempts", flat=True)) == {0}
    assert [record.exc_info for record in caplog.records] == [None]


def test_a_mail_that_cannot_be_made_is_logged_and_keeps_no_other_waiting(relay, monkeypatch, caplog):
    mails_to("ann", "bob")
    compose = mailing.mail.compose
    monkeypatch.setattr(mailing.mail, "compose", lambda one: 1 / 0 if one.recipient.startswith("ann") else compose(one))
    with relay.open():
        assert send_mails() == 1

    assert OutgoingMail.objects.waiting().get().error == "ZeroDivisionError"
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ZeroDivisionError]


# --- The end ---------------------------------------------------------------------------------------------


def test_a_ticket_is_mailed_until_its_show_is_over(relay):
    ticket = one_mail()
    OutgoingMail.objects.update(created_at=Now() - timedelta(days=20))
    starting_in(ticket.show, timedelta(minutes=-20))
    with relay.open():
        assert send_mails() == 1
        post(kind=Kind.TICKET, about=ticket)
        starting_in(ticket.show, timedelta(hours=-9))
        assert send_mails() == 0

    assert OutgoingMail.objects.get(failed_at__isnull=False).error == "late"


def test_other_mails_fail_for_good_after_three_days(relay):
    mails_to("ann", "bob")
    OutgoingMail.objects.filter(recipient__startswith="ann").update(created_at=Now() - timedelta(days=3))
    OutgoingMail.objects.filter(recipient__startswith="bob").update(created_at=Now() - timedelta(days=2, hours=23))
    with relay.open():
        assert send_mails() == 1

    assert relay.recipients == ["bob@example.org"]
    assert OutgoingMail.objects.filter(failed_at__isnull=False, error="late").count() == 1


def test_the_last_refusal_is_what_a_mail_was_given_up_for(relay):
    mails_to("ann")
    relay.says["ann@example.org"] = ["451 Later"]
    with relay.open():
        send_mails()
        OutgoingMail.objects.update(created_at=Now() - timedelta(days=3), due_at=Now())
        send_mails()

    assert OutgoingMail.objects.get(failed_at__isnull=False).error == "451"


# --- What is pointless by now ----------------------------------------------------------------------------


def a_ticket_cancelled_since():
    cancel_ticket(code=sold(ShowFactory(), "A1").code)
    OutgoingMail.objects.exclude(kind=Kind.TICKET).delete()


def a_ticket_whose_show_was_cancelled_since():
    a_ticket()
    Show.objects.update(status=Show.Status.CANCELLED)


def a_refund_of_a_ticket_cancelled_since():
    a_refund_in_part()
    Ticket.objects.update(status=Ticket.Status.CANCELLED)


def a_place_given_up_since():
    a_place_on_a_waiting_list()
    OutgoingMail.objects.filter(kind=Kind.TICKET).delete()
    leave_waiting_list(code=OutgoingMail.objects.get().entry.code)


def an_offer_that_is_over():
    an_offer()
    lapsed(Hold.objects.get(waiting__isnull=False))


def a_choice_that_is_over():
    a_choice_of_another_show()
    Ticket.objects.update(status=Ticket.Status.CANCELLED)


def an_invitation_of_somebody_who_has_a_password():
    an_invitation()
    user = User.objects.get(email=ASHA)
    user.set_password("correct horse battery")
    user.save()


def a_password_of_a_closed_account():
    a_password()
    User.objects.update(is_active=False)


@pytest.mark.parametrize(
    "cause",
    [
        a_ticket_cancelled_since,
        a_ticket_whose_show_was_cancelled_since,
        a_refund_of_a_ticket_cancelled_since,
        a_place_given_up_since,
        an_offer_that_is_over,
        a_choice_that_is_over,
        an_invitation_of_somebody_who_has_a_password,
        a_password_of_a_closed_account,
    ],
)
def test_a_mail_that_is_pointless_by_now_is_dropped(relay, cause):
    cause()
    with relay.open():
        assert send_mails() == 0

    assert not OutgoingMail.objects.exists()
    assert relay.asked == []


# --- Crashes ---------------------------------------------------------------------------------------------


class Crash(BaseException):
    """A crash of the machine, which no handler catches."""


def crash(*args, **said):
    raise Crash


@pytest.mark.parametrize(("where", "times"), [("mail.compose", 1), ("_finish", 2)])
def test_a_crash_may_send_a_mail_twice_but_loses_none(relay, monkeypatch, where, times):
    one_mail()
    with relay.open():
        with monkeypatch.context() as broken:
            broken.setattr(f"cinema.mail.sending.{where}", crash)
            with pytest.raises(Crash):
                send_mails()
        assert send_mails() == 0  # it is still claimed
        time_passes()

        assert send_mails() == 1

    assert relay.recipients == [ASHA] * times


# --- What is kept ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("cause", [a_sign_up, another_address, a_password, an_invitation, a_link_to_a_ticket])
def test_no_link_lies_readable_in_the_outbox_and_nothing_of_it_once_sent(relay, cause):
    cause()
    waiting_mail = OutgoingMail.objects.values().latest("pk")
    with relay.open():
        send_mails()

    _to, message = relay.taken[-1]
    text = message.get_body("plain").get_content()
    token = next(line for line in text.splitlines() if "://" in line).rstrip("/").rpartition("/")[2]
    assert len(token) > 20
    assert token not in json.dumps(waiting_mail, default=str)
    sent = OutgoingMail.objects.latest("pk")
    assert (sent.context, sent.recipient) == ({}, ASHA if sent.ticket else "")


def test_of_a_ticket_the_address_is_kept_for_its_history(relay):
    one_mail()
    with relay.open():
        send_mails()

    assert (OutgoingMail.objects.get().recipient, OutgoingMail.objects.get().context) == (ASHA, {})


def test_what_was_sent_or_given_up_a_month_ago_is_deleted_and_what_waits_is_not():
    mails_to("ann", "bob", "cleo", "dora")
    ann, bob, cleo, dora = OutgoingMail.objects.order_by("pk")
    OutgoingMail.objects.exclude(pk=dora.pk).update(created_at=Now() - timedelta(days=31))
    for one, end in ((ann, "sent_at"), (bob, "failed_at"), (dora, "sent_at")):
        OutgoingMail.objects.filter(pk=one.pk).update(due_at=None, **{end: Now()})

    assert forget_mails() == 2
    assert set(OutgoingMail.objects.all()) == {cleo, dora}


def test_a_mail_is_in_the_language_of_its_request(relay):
    with override("de"):
        one_mail()
    starts_at = Show.objects.get().starts_at
    with relay.open():
        send_mails()

    [(_to, message)] = relay.taken
    days = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"]
    local = starts_at.astimezone(Show.objects.select_related("screen__theatre").get().screen.theatre.tz)
    assert days[local.weekday()] in message["Subject"]


# --- Who sends -------------------------------------------------------------------------------------------


def test_no_page_speaks_to_the_relay(client, settings):
    ticket, user = sold(ShowFactory(), "A1"), UserFactory(email=ASHA)
    with silent_relay() as (port, came):
        speak_to(settings, port)
        began = time.monotonic()
        client.post(reverse("password-reset"), {"email": user.email})
        client.post(reverse("sign-up"), {"email": "new@example.org", "name": "New"})
        client.post(f"{ticket.get_absolute_url()}cancellation/", {"email": ticket.order.email})
        assert time.monotonic() - began < 3  # three replies that never come would take more
        assert came() == []

    kinds = OutgoingMail.objects.values_list("kind", flat=True)
    assert sorted(kinds) == ["CANCELLATION", "PASSWORD_RESET", "SIGN_UP", "TICKET"]
    assert Refund.objects.exists()


def test_the_server_sends_a_mail_within_two_seconds(relay, settings):
    settings.HOUSEKEEPING_EVERY = timedelta(minutes=5)
    keeper = JobScheduler()
    with relay.open():
        keeper.start()
        try:
            one_mail()
            patience = time.monotonic() + 2
            while not relay.taken and time.monotonic() < patience:
                time.sleep(0.02)
        finally:
            keeper.stop()
        assert relay.recipients == [ASHA]
        while OutgoingMail.objects.waiting().exists():
            time.sleep(0.02)
        for thread in threading.enumerate():
            if thread.name in ("mails", "housekeeping"):
                thread.join(5)  # they may still read the database
