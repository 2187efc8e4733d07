"""Reads about moving a ticket to other seats."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from cinema.models import Show, ShowSeat, TariffPrice, Ticket, TicketSeat
from cinema.models.annotated import ShowNow
from cinema.selectors.booking.seat_map import FREE, MINE, SeatMap, SeatView, seat_map
from cinema.selectors.booking.tickets import cancel_until

OTHER = "other"  # free, but not for this ticket


class SeatClass(NamedTuple):
    """What a seat must have in common with the one it takes the place of: the kind of seat, and what it costs today
    with each ticket type on the ticket, so that nobody is moved to a dearer seat."""

    kind: str
    prices: tuple[Decimal, ...]


class Classes:
    """The classes of the seats of a show, for the ticket types of some ticket; in one statement."""

    def __init__(self, show: Show, lines: Iterable[TicketSeat]) -> None:
        self.types = sorted({line.ticket_type_id or 0 for line in lines})
        prices = TariffPrice.objects.filter(tariff=show.tariff_id).order_by("-ticket_type__rank")
        rows = list(prices.values_list("category_id", "ticket_type_id", "amount")) if show.tariff_id else []
        self.table = {(category, kind): amount for category, kind, amount in rows}
        self.plain = {category: amount for category, _kind, amount in rows}  # the plainest comes last, and stands

    def of(self, seat: ShowSeat) -> SeatClass:
        """The class of a seat loaded with its hall seat."""
        return self.of_category(seat.seat.category_id, seat.seat.kind, seat.price)

    def of_category(self, category_id: int, kind: str, price: Decimal) -> SeatClass:
        """The class of a seat of that category and kind; ``price`` is what counts where the show has no tariff."""
        plain = self.plain.get(category_id, price)
        return SeatClass(kind, tuple(self.table.get((category_id, ticket_type), plain) for ticket_type in self.types))


def can_move(ticket: Ticket, now: datetime, *, staff: bool = False) -> bool:
    """Whether ``ticket``, loaded with its show, can still change its seats: as long as it could be cancelled.

    Staff can move it until the show, loaded with its movie, is over.
    """
    if ticket.status != Ticket.Status.CONFIRMED or ticket.show.status != Show.Status.SCHEDULED:
        return False
    return now < ticket.show.film_ends_at if staff else now <= cancel_until(ticket)


def move_map(ticket: Ticket, show: ShowNow, chosen: Collection[int] = (), *, staff: bool = False) -> SeatMap:
    """The map of ``show``, loaded by show_for_sale(), for a move of ``ticket``, loaded with its seats.

    The ticket's seats are mine, free seats it may go to (for ``staff`` all free ones) are free, and all others say
    why not. ``chosen`` are seats just picked, instead of those the ticket has.
    """
    whole = seat_map(show, buyer="", chosen=chosen)
    seats = [line.show_seat for line in ticket.seats.all()]
    classes = Classes(show, ticket.seats.all())
    own, had = {seat.pk for seat in seats}, {classes.of(seat) for seat in seats}
    for view in (view for row in whole.rows for view in row.seats):
        if view.id in own:
            _restate(view, MINE, _("yours"))
            view.checked = view.id in chosen if chosen else True
        elif not staff and view.state == FREE and (new := _class_of(view, classes)) not in had:
            same_price = new.prices in {known.prices for known in had}
            _restate(view, OTHER, _("another kind of seat") if same_price else _("another price"))
            view.checked = False
    whole.mine, whole.free = len(own), sum(view.state == FREE for row in whole.rows for view in row.seats)
    return whole


def suits(ticket: Ticket, seat_ids: Collection[int], whole: SeatMap) -> bool:
    """Whether a ticket, loaded with its seats, may have just these instead: as many, of the same classes."""
    lines = ticket.seats.all()
    classes = Classes(ticket.show, lines)
    known = {view.id: _class_of(view, classes) for row in whole.rows for view in row.seats}
    return Counter(map(known.get, seat_ids)) == Counter(classes.of(line.show_seat) for line in lines)


def _class_of(view: SeatView, classes: Classes) -> SeatClass:
    return classes.of_category(view.category_id, view.kind, view.price)


def _restate(view: SeatView, state: str, word: str) -> None:
    """A seat's name ends in how it stands."""
    view.state, view.name = state, f"{view.name.rpartition(', ')[0]}, {word}"
