"""Database reads and rendering for the live map. Everything here runs in a thread, never on the event loop."""

from collections.abc import Collection

from django.db import close_old_connections
from django.template.loader import render_to_string
from django.utils.translation import override

from cinema.live.channel import Update, Watched
from cinema.models import Order
from cinema.models.annotated import ShowNow
from cinema.selectors.booking.seat_map import (
    LiveState,
    changed_prices,
    hall_changed,
    live_states,
    show_for_sale,
)
from cinema.selectors.booking.shared_maps import seat_changes
from cinema.services.booking.expiry import release_expired
from cinema.services.core.transactions import try_each

NOBODY = ""  # updates are rendered once, for a buyer who holds nothing


def read_states(show_ids: Collection[int]) -> dict[int, LiveState]:
    """Return the live states of those shows, in one statement."""
    close_old_connections()
    return live_states(show_ids)


def release_expired_holds(show_ids: Collection[int]) -> None:
    """Release the expired holds of those shows. May wait for locks, and queues mails."""
    close_old_connections()
    try_each(lambda show_id: release_expired(show_id=show_id), show_ids)


def changes(watched: Watched, after: int) -> Update | None:
    """Return the changes of a watched show after a revision; None if it was withdrawn.

    If the hall itself changed, the update makes every browser fetch the whole map, which shows each their own seats.
    """
    close_old_connections()
    show = show_for_sale(watched.show_id)
    if show is None:
        return None
    with override(watched.language):
        return Update(after, show.revision, message("seats", _changed(show, after), show.revision))


def _changed(show: ShowNow, after: int) -> str:
    if hall_changed(show, after):
        return render_to_string("public/shows/_seat_map_anew.html", {"show": show})
    seats = seat_changes(show, NOBODY, after, fee=show.screen.theatre.fee(Order.Channel.WEB))
    context = {"show": show, "seats": seats, "prices": changed_prices(show, seats)}
    return render_to_string("public/shows/_seat_map_changes.html", context)


def ending(watched: Watched) -> bytes:
    """Return the last message of a show that is no longer on sale or was withdrawn; it replaces the seats."""
    close_old_connections()
    show = show_for_sale(watched.show_id)
    with override(watched.language):
        html = render_to_string("public/shows/_over.html", {"show": show, "live": True})
    return message("over", html, show.revision if show else 0)


def message(name: str, html: str, revision: int) -> bytes:
    """Encode one message of an event stream. Browsers send ``revision`` as Last-Event-ID when they reconnect.

    https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
    """
    lines = "".join(f"data: {line}\n" for line in html.splitlines() if line.strip())
    return f"id: {revision}\nevent: {name}\n{lines}\n".encode()
