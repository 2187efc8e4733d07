"""Shows as an iCalendar file that calendar programs subscribe to (RFC 5545, RFC 7986)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from icalendar import Calendar, Event, vDuration, vText

CONTENT_TYPE = "text/calendar; charset=utf-8"
EVERY = timedelta(hours=1)  # how often programs should load it again


class CalendarEntry(NamedTuple):
    """A show: ``sequence`` counts its changes; one that was cancelled stays, so that it is crossed out everywhere."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str
    description: str
    url: str
    is_cancelled: bool


def write(name: str, entries: Iterable[CalendarEntry], now: datetime) -> bytes:
    """The file. Its stamps are full hours, so that it stays the same while nothing changes."""
    stamp = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    calendar = Calendar()
    calendar.add("prodid", "-//Cinema//Showtimes//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", vText(name))
    calendar.add("x-wr-calname", vText(name))
    calendar.add("refresh-interval", vDuration(EVERY), parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vDuration(EVERY))
    for entry in entries:
        calendar.add_component(_event(entry, stamp))
    file: bytes = calendar.to_ical()
    return file


def _event(entry: CalendarEntry, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", stamp)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("summary", entry.summary)
    event.add("location", entry.location)
    event.add("description", entry.description)
    event.add("url", entry.url)
    event.add("transp", "TRANSPARENT")  # it is on, but the subscriber is not booked
    return event
