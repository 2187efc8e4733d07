"""Calendar files of tickets; a later file updates or cancels the earlier entry (RFC 5545, RFC 5546)."""

from datetime import UTC
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress

from cinema.models import Show, Ticket
from cinema.models.annotated import TicketNow
from cinema.selectors.booking.tickets import changes_of
from cinema.templatetags.cinema import show_when
from cinema.templatetags.labels import label_words
from cinema.templatetags.show_times import running_order


def has_calendar(ticket: Ticket) -> bool:
    """Whether the buyer may have a calendar entry: the ticket is, or was, paid."""
    return ticket.status in (Ticket.Status.CONFIRMED, Ticket.Status.CANCELLED)


def calendar_method(ticket: Ticket) -> str:
    """The iCalendar method: PUBLISH for a valid ticket, CANCEL for any other."""
    valid = ticket.status == Ticket.Status.CONFIRMED and ticket.show.status != Show.Status.CANCELLED
    return "PUBLISH" if valid else "CANCEL"


def ticket_calendar(ticket: TicketNow) -> bytes:
    """Return the show of ``ticket``, one of selectors.booking.tickets.tickets(), as an iCalendar file, in UTC.

    The UID never changes. SEQUENCE rises with every change of the ticket, its show or its film, so that a calendar
    takes the later file, in whatever order it gets them.
    """
    show, theatre, method = ticket.show, ticket.show.screen.theatre, calendar_method(ticket)
    summary = _("%(movie)s at %(theatre)s") if method == "PUBLISH" else _("Cancelled: %(movie)s at %(theatre)s")
    seats = " · ".join(line.show_seat.seat.label for line in ticket.seats.all())
    url = settings.SITE_URL + ticket.get_absolute_url()
    organizer = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["CN"] = theatre.name

    event = Event()
    event.add("uid", f"{ticket.reference}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", changes_of(ticket))
    event.add("dtstamp", ticket.now.astimezone(UTC))
    event.add("status", "CONFIRMED" if method == "PUBLISH" else "CANCELLED")
    event.add("dtstart", show.starts_at.astimezone(UTC))
    event.add("dtend", show.film_ends_at.astimezone(UTC))
    event.add("summary", summary % {"movie": show.localized.title, "theatre": theatre})
    event.add("location", f"{theatre.name}, {theatre.full_address}")
    lines = [show_when(show), running_order(show), str(show.screen), label_words(show), seats, url]
    event.add("description", "\n".join(filter(None, lines)))
    event.add("url", url)
    event.add("organizer", organizer)

    calendar = Calendar()
    calendar.add("prodid", "-//Cinema//Tickets//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    file: bytes = calendar.to_ical()
    return file
