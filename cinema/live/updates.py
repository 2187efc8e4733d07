"""The live map's look into the database. Everything here is called in a thread of its own, never on the event loop."""

from collections.abc import Collection

from django.db import close_old_connections
from django.template.loader import render_to_string

from cinema.live.channel import Update
from cinema.selectors.booking.seat_map import (
    LiveState,
    changed_prices,
    hall_changed,
    live_states,
    seat_changes,
    show_for_sale,
)
from cinema.services.booking.expiry import release_expired
from cinema.services.core.transactions import try_each

NOBODY = ""  # what is told to all is told as to somebody who holds nothing


def look(show_ids: Collection[int]) -> dict[int, LiveState]:
    """Return how those shows stand, in one statement."""
    close_old_connections()
    return live_states(show_ids)


def free(show_ids: Collection[int]) -> None:
    """Free the seats of holds that have run out at those shows; it may wait for locks, and send mails."""
    close_old_connections()
    try_each(lambda show_id: release_expired(show_id=show_id), show_ids)


def changes(show_id: int, after: int) -> Update:
    """Return what changed at a show after that revision. Where the hall itself did, everybody is told to ask for the
    whole map: it shows each their own seats."""
    close_old_connections()
    show = show_for_sale(show_id)
    if hall_changed(show, after):
        html = render_to_string("public/shows/_seat_map_anew.html", {"show": show})
        return Update(after, show.revision, message("seats", html, show.revision))
    seats = seat_changes(show, NOBODY, after)
    context = {"show": show, "seats": seats, "prices": changed_prices(show, seats)}
    html = render_to_string("public/shows/_seat_map_changes.html", context)
    return Update(after, show.revision, message("seats", html, show.revision))


def ending(show_id: int) -> bytes:
    """Return the last message about a show that is no longer on sale: what stands in the place of its seats."""
    close_old_connections()
    show = show_for_sale(show_id)
    html = render_to_string("public/shows/_over.html", {"show": show, "live": True})
    return message("over", html, show.revision)


def message(name: str, html: str, revision: int) -> bytes:
    """One message of an event stream. ``revision`` comes back as Last-Event-ID when the line was cut.

    https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
    """
    lines = "".join(f"data: {line}\n" for line in html.splitlines() if line.strip())
    return f"id: {revision}\nevent: {name}\n{lines}\n".encode()
