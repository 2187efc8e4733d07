"""The locked rows of the hot way, read by the statements of sql.py."""

from collections.abc import Collection

from cinema.models import Hold, Show
from cinema.models.annotated import ShowSeatNow
from cinema.services.booking import sql


def locked_show(*, show_id: int) -> Show:
    """Lock a show, with its screen and theatre, and the title of its film. Raises Show.DoesNotExist."""
    for show, movie, screen, theatre in sql.LOCK_SHOW.rows(show=show_id):
        screen.theatre, show.screen, show.movie = theatre, screen, movie
        return show
    raise Show.DoesNotExist


def locked_seats(*, show: Show, seat_ids: Collection[int], hold: Hold | None) -> list[ShowSeatNow]:
    """Lock these seats of a locked show, and those of the ``hold``, by key.

    Each has its seat with its category, its hold, and ``now``: the database's clock, read under the lock.
    """
    rows = sql.LOCK_SEATS.rows(show=show.pk, seats=list(seat_ids), hold=hold and hold.pk)
    for row in rows:
        row.seat.category = row.category
        row.seat_at.seat, row.seat_at.hold, row.seat_at.now = row.seat, row.hold, row.now
    return [row.seat_at for row in rows]
