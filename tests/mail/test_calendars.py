"""The calendar files of tickets, parsed: cinema.mail.calendars."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from icalendar import Calendar

from cinema.mail.calendars import ticket_calendar
from cinema.models import AuditEvent, OutgoingMail, Show
from cinema.selectors.booking.tickets import tickets
from cinema.services.films.films import edit_film, facts_of
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.exchanges import exchange_order
from cinema.services.orders.moves import change_seats
from cinema.services.orders.orders import return_seats
from cinema.services.orders.show_cancellations import cancel_show, process_cancellation
from cinema.services.orders.staff_actions import RequestedAction
from cinema.services.schedule.show_edits import edit_show
from tests.factories import ShowFactory, TheatreFactory, booked, owner, seat_ids, sold, ticket_of
from tests.mails import outbox

pytestmark = pytest.mark.django_db

WHEN = datetime(2100, 11, 26, 13, 0, tzinfo=UTC)


@pytest.fixture
def ticket():
    return sold(ShowFactory(starts_at=WHEN, movie__runtime=120), "A1 A2")


def read(data):
    """The one event of a calendar file, and its method."""
    calendar = Calendar.from_ical(data)
    [event] = calendar.walk("VEVENT")
    assert not event.errors
    return calendar.get("method"), event


def file(ticket):
    return read(ticket_calendar(tickets().get(pk=ticket.pk)))


def requested(ticket):
    latest = AuditEvent.objects.filter(ticket=ticket).order_by("pk").last()
    seen = latest.pk if latest else 0
    return RequestedAction(owner(), "asked for it", seen, f"after {seen}")


def exchange(ticket, show):
    exchange_order(code=ticket.code, show_id=show.pk, seat_ids=[], requested=requested(ticket))
    ticket.refresh_from_db()


def another_show(ticket, **fields):
    return ShowFactory(screen=ticket.show.screen, starts_at=WHEN + timedelta(days=1), **fields)


# --- What changes a ticket -------------------------------------------------------------------------------


def other_seats(ticket):
    change_seats(code=ticket.code, seat_ids=seat_ids(ticket.show, "A3 A4"))


def a_seat_less(ticket):
    return_seats(code=ticket.code, seat_ids=seat_ids(ticket.show, "A2"), requested=requested(ticket))


def another_film(ticket):
    exchange(ticket, another_show(ticket))


def a_longer_programme(ticket):
    show, theatre = ticket.show, ticket.show.screen.theatre
    edit_show(theatre=theatre, show_id=show.pk, seen=show.version, user=owner(), changes={"trailers": 25})


def another_time(ticket):
    """Reschedule a sold show, which no page offers."""
    show = Show.objects.get(pk=ticket.show_id)
    show.starts_at, show.version = show.starts_at + timedelta(hours=1), show.version + 1
    show.ends_at += timedelta(hours=1)
    show.save()


def a_longer_film(ticket):
    movie = ticket.show.movie
    facts = replace(facts_of(movie=movie), runtime=movie.runtime + 20)
    edit_film(movie_id=movie.pk, version=movie.version, facts=facts, user=owner())


def a_cancellation(ticket):
    cancel_ticket(code=ticket.code)


def a_cancelled_show(ticket):
    how = {"reason": "no light", "remedy": "REFUND"}
    process_cancellation(cancellation=cancel_show(show_id=ticket.show_id, user=owner(), **how))


CHANGES = [
    other_seats,
    a_seat_less,
    another_film,
    a_longer_programme,
    another_time,
    a_longer_film,
    a_cancellation,
    a_cancelled_show,
]


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_makes_a_later_version_of_the_same_entry(ticket, change):
    _method, before = file(ticket)
    change(ticket)
    _method, after = file(ticket)

    assert after["uid"] == before["uid"] == f"{ticket.reference}@testserver"
    assert after["sequence"] > before["sequence"]
    assert after["dtstamp"].dt >= before["dtstamp"].dt


def test_without_a_change_the_version_stays(ticket):
    assert file(ticket)[1]["sequence"] == file(ticket)[1]["sequence"]


def test_exchanges_make_later_versions_whatever_was_done_to_the_shows(ticket):
    first, other = ticket.show, another_show(ticket)
    Show.objects.filter(pk=first.pk).update(version=50)
    versions = [file(ticket)[1]["sequence"]]
    for show in (other, first, other):
        exchange(ticket, show)
        versions.append(file(ticket)[1]["sequence"])

    assert versions == sorted(set(versions))


def test_the_entry_has_the_times_after_a_change(ticket):
    a_longer_film(ticket)
    assert file(ticket)[1]["dtend"].dt == WHEN + timedelta(minutes=15 + 140)
    another_film(ticket)
    assert file(ticket)[1]["dtstart"].dt == WHEN + timedelta(days=1)


def test_the_stamp_is_when_the_file_was_made(ticket):
    made = tickets().get(pk=ticket.pk)
    _method, event = read(ticket_calendar(made))

    assert event["dtstamp"].dt == made.now.replace(microsecond=0)
    assert made.now > ticket.created_at


# --- Cancelled -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [a_cancellation, a_cancelled_show])
def test_the_file_of_a_cancelled_ticket_takes_the_entry_away(client, ticket, change):
    change(ticket)

    answer = client.get(reverse("ticket-calendar", args=[ticket.code]))

    method, event = read(answer.content)
    assert (answer.status_code, method, event["status"]) == (200, "CANCEL", "CANCELLED")
    assert event["summary"].startswith("Cancelled: ")
    assert event["dtstart"].dt == WHEN
    assert "Remove from calendar" in client.get(ticket.get_absolute_url()).content.decode()


def test_the_entry_goes_when_the_show_is_cancelled_and_comes_back_with_another(ticket):
    other = another_show(ticket, movie=ticket.show.movie)
    until = datetime.now(UTC) + timedelta(days=2)
    cancel_show(show_id=ticket.show_id, user=owner(), reason="no light", remedy="EXCHANGE", choose_until=until)
    method, gone = file(ticket)
    assert (method, gone["status"]) == ("CANCEL", "CANCELLED")

    exchange(ticket, other)

    method, back = file(ticket)
    assert (method, back["status"], back["uid"]) == ("PUBLISH", "CONFIRMED", gone["uid"])
    assert back["sequence"] > gone["sequence"]


def test_a_ticket_that_was_never_paid_for_has_no_calendar_file(client):
    ticket = ticket_of(booked(ShowFactory(), "A1"))

    assert client.get(reverse("ticket-calendar", args=[ticket.code])).status_code == 404


# --- What calendars need ---------------------------------------------------------------------------------


def test_both_methods_name_the_organizer_as_the_standard_demands(ticket, settings):
    settings.DEFAULT_FROM_EMAIL = '"Kino, Bar" <tickets@example.org>'
    method, event = file(ticket)

    assert (method, event["status"]) == ("PUBLISH", "CONFIRMED")
    assert event["organizer"] == "mailto:tickets@example.org"
    assert event["organizer"].params["CN"] == ticket.show.screen.theatre.name


@pytest.mark.parametrize(("hour", "which"), [(0, "before"), (1, "after")])
def test_a_night_and_an_ambiguous_time_are_explained_in_words_too(hour, which):
    london = TheatreFactory(time_zone="Europe/London")
    show = ShowFactory(screen__theatre=london, starts_at=datetime(2099, 10, 25, hour, 30, tzinfo=UTC))

    _method, event = file(sold(show, "A1"))

    assert event["dtstart"].to_ical() == f"20991025T0{hour}3000Z".encode()
    assert f"01:30 (night from Saturday to Sunday, {which} the clocks go back)" in event["description"]


# --- In mails --------------------------------------------------------------------------------------------


def a_choice_of_another_show(ticket):
    until = datetime.now(UTC) + timedelta(days=2)
    cancel_show(show_id=ticket.show_id, user=owner(), reason="no light", remedy="EXCHANGE", choose_until=until)


@pytest.mark.parametrize(
    ("change", "method"),
    [
        (other_seats, "PUBLISH"),
        (a_seat_less, "PUBLISH"),
        (another_film, "PUBLISH"),
        (a_cancellation, "CANCEL"),
        (a_cancelled_show, "CANCEL"),
        (a_choice_of_another_show, "CANCEL"),
    ],
)
def test_the_mail_about_a_change_carries_the_new_version(ticket, change, method):
    [booking] = outbox()
    [attached] = [part for part in booking.message().walk() if part.get_content_type() == "text/calendar"]
    before = read(attached.get_payload(decode=True))[1]
    OutgoingMail.objects.all().delete()
    change(ticket)

    [_booking, message] = outbox()

    [attached] = [part for part in message.message().walk() if part.get_content_type() == "text/calendar"]
    said, event = read(attached.get_payload(decode=True))
    assert (attached.get_param("method"), said) == (method, method)
    assert event["uid"] == before["uid"]
    assert event["sequence"] > before["sequence"]
