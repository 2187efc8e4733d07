"""The calendar file of a ticket."""

from collections.abc import Iterable
from datetime import UTC
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from cinema.models import Ticket, TicketSeat


def ticket_calendar(ticket: Ticket, lines: Iterable[TicketSeat]) -> bytes:
    """Return the show of ``ticket`` as an iCalendar file, in UTC.

    The same ticket always gives the same bytes, so that importing it twice leaves one entry.
    ``ticket`` comes with its show, movie and theatre; ``lines`` are its seats.
    """
    show, theatre = ticket.show, ticket.show.screen.theatre
    seats = " · ".join(line.show_seat.seat.label for line in lines)
    url = settings.SITE_URL + ticket.get_absolute_url()

    event = Event()
    event.add("uid", f"{ticket.reference}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("dtstamp", (ticket.confirmed_at or ticket.created_at).astimezone(UTC))
    event.add("dtstart", show.starts_at.astimezone(UTC))
    event.add("dtend", show.film_ends_at.astimezone(UTC))
    event.add("summary", _("%(movie)s at %(theatre)s") % {"movie": show.movie, "theatre": theatre})
    event.add("location", f"{theatre.name}, {theatre.full_address}")
    event.add("description", f"{show.screen}\n{seats}\n{url}")
    event.add("url", url)

    calendar = Calendar()
    calendar.add("prodid", "-//Cinema//Tickets//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return calendar.to_ical()
