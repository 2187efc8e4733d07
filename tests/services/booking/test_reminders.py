"""Reminders of coming shows: who gets one, when, and only once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cinema.models import Order, OutgoingMail, ReminderStop, Theatre, Ticket
from cinema.services.booking.reminders import (
    allow_reminders,
    forget_reminder_stops,
    remind_of_shows,
    stop_reminders,
)
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import ShowFactory, cancelled, sold, starting_in
from tests.mails import outbox

pytestmark = pytest.mark.django_db

ASHA = "asha@example.org"


def bought_days_ago(show, names="A1", days=3) -> Ticket:
    """A ticket for a show, with its mail, that was bought some days ago."""
    ticket, then = sold(show, names), timezone.now() - timedelta(days=days)
    OutgoingMail.objects.filter(ticket=ticket).update(created_at=then, sent_at=then, due_at=None)
    Ticket.objects.filter(pk=ticket.pk).update(confirmed_at=then)
    return ticket


@pytest.fixture
def show():
    return starting_in(ShowFactory(screen__theatre__reminder_hours=24), timedelta(hours=20))


def test_a_buyer_is_reminded_once_in_the_language_of_the_order(show):
    ticket = bought_days_ago(show)
    Order.objects.update(language="de")

    assert (remind_of_shows(), remind_of_shows()) == (1, 0)

    mail = OutgoingMail.objects.get(kind="REMINDER")
    assert (mail.recipient, mail.ticket, mail.language) == (ASHA, ticket, "de")


def test_the_reminder_says_when_and_where(show):
    ticket = bought_days_ago(show, "A1 A2")
    Order.objects.update(language="en")
    Theatre.objects.update(address="5 Main Road", city="Mumbai")
    type(show.movie).objects.update(certificate="A")
    remind_of_shows()

    message = outbox()[-1]

    assert message.subject.startswith(f"Coming up: {show.movie}, ")
    for said in ("Doors", str(show.screen), "Row A, seat 1", "5 Main Road, Mumbai", "https://www.openstreetmap.org"):
        assert said in message.body
    assert "Adults only (18 and over). Please bring proof of age." in message.body
    assert ticket.get_absolute_url() in message.body
    assert f"{ticket.get_absolute_url()}reminders/" in message.body


def test_by_default_nobody_is_reminded(show):
    Theatre.objects.update(reminder_hours=Theatre._meta.get_field("reminder_hours").default)
    bought_days_ago(show)

    assert remind_of_shows() == 0


@pytest.mark.parametrize("hours", [-1, 25])
def test_before_its_time_and_once_the_show_has_begun_nobody_is_reminded(show, hours):
    bought_days_ago(show)
    starting_in(show, timedelta(hours=hours))

    assert remind_of_shows() == 0


def test_whoever_bought_shortly_before_is_not_reminded(show):
    bought_days_ago(show, days=0)

    assert remind_of_shows() == 0


def test_whoever_got_the_ticket_again_shortly_before_is_not_reminded(show):
    ticket = bought_days_ago(show)
    OutgoingMail.objects.filter(ticket=ticket).update(created_at=timezone.now() - timedelta(hours=3))

    assert remind_of_shows() == 0


def test_neither_a_cancelled_ticket_nor_one_of_a_cancelled_show_has_a_reminder(show):
    cancel_ticket(code=bought_days_ago(show).code)
    bought_days_ago(show, "A2")
    cancelled(show)

    assert remind_of_shows() == 0


def test_a_reminder_is_not_sent_once_the_ticket_is_cancelled_or_the_show_has_begun(show):
    first = bought_days_ago(show)
    remind_of_shows()
    cancel_ticket(code=first.code)
    bought_days_ago(show, "A2")
    remind_of_shows()
    starting_in(show, timedelta(minutes=-5))

    assert not [message for message in outbox() if message.subject.startswith("Coming up")]


def test_a_buyer_is_reminded_again_if_the_show_is_moved(show):
    bought_days_ago(show)
    remind_of_shows()

    starting_in(show, timedelta(hours=22))

    assert (remind_of_shows(), remind_of_shows()) == (1, 0)


def test_an_erased_buyer_and_one_who_stopped_them_get_none(show):
    bought_days_ago(show)
    stop_reminders(email=ASHA)
    stop_reminders(email=ASHA)
    assert remind_of_shows() == 0

    allow_reminders(email=ASHA)
    Order.objects.update(email="")
    assert remind_of_shows() == 0


def test_a_stop_is_forgotten_once_nothing_is_booked_with_the_address(show):
    bought_days_ago(show)
    stop_reminders(email=ASHA)
    stop_reminders(email="ben@example.org")

    assert forget_reminder_stops() == 1
    assert ReminderStop.objects.get().email == ASHA
