"""Reads about moving a ticket to other seats."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from cinema.models import Show, ShowSeat, Ticket
from cinema.selectors.seat_map import FREE, MINE, SeatMap, SeatView, seat_map
from cinema.selectors.tickets import cancel_until

OTHER = "other"  # free, but not for this ticket


class SeatClass(NamedTuple):
    """What a seat must have in common with the one it takes the place of."""

    price: Decimal
    kind: str


def class_of(seat: ShowSeat) -> SeatClass:
    """The class of a seat loaded with its hall seat."""
    return SeatClass(seat.price, seat.seat.kind)


def can_move(ticket: Ticket, now: datetime, *, staff: bool = False) -> bool:
    """Whether ``ticket``, loaded with its show, can still change its seats: as long as it could be cancelled.

    Staff can move it until the show, loaded with its movie, is over.
    """
    if ticket.status != Ticket.Status.CONFIRMED or ticket.show.status != Show.Status.SCHEDULED:
        return False
    return now < ticket.show.film_ends_at if staff else now <= cancel_until(ticket)


def move_map(ticket: Ticket, show: Show, chosen: Collection[int] = (), *, staff: bool = False) -> SeatMap:
    """The map of ``show``, loaded by show_for_sale(), for a move of ``ticket``, loaded with its seats.

    The ticket's seats are mine, free seats it may go to (for ``staff`` all free ones) are free, and all others say
    why not. ``chosen`` are seats just picked, instead of those the ticket has.
    """
    whole = seat_map(show, buyer="", chosen=chosen)
    seats = [line.show_seat for line in ticket.seats.all()]
    own, classes = {seat.pk for seat in seats}, {class_of(seat) for seat in seats}
    for view in (view for row in whole.rows for view in row.seats):
        if view.id in own:
            _restate(view, MINE, _("yours"))
            view.checked = view.id in chosen if chosen else True
        elif not staff and view.state == FREE and SeatClass(view.price, view.kind) not in classes:
            same_price = view.price in {known.price for known in classes}
            _restate(view, OTHER, _("other kind of place") if same_price else _("other price"))
            view.checked = False
    whole.mine, whole.free = len(own), sum(view.state == FREE for row in whole.rows for view in row.seats)
    return whole


def suits(ticket: Ticket, seat_ids: Collection[int], whole: SeatMap) -> bool:
    """Whether a ticket, loaded with its seats, may have just these instead: as many, of the same classes."""
    classes = {view.id: SeatClass(view.price, view.kind) for row in whole.rows for view in row.seats}
    return Counter(map(classes.get, seat_ids)) == Counter(class_of(line.show_seat) for line in ticket.seats.all())


def _restate(view: SeatView, state: str, word: str) -> None:
    """A seat's name ends in how it stands."""
    view.state, view.name = state, f"{view.name.rpartition(', ')[0]}, {word}"
