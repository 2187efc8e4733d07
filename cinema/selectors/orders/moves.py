"""Reads about changes of seats for a ticket."""

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

OTHER = "other"  # state of a seat that is free, but not for this ticket


class SeatClass(NamedTuple):
    """What a seat must have in common with the one it replaces: the kind of seat, and the price with each ticket type.

    So a ticket cannot be moved to dearer seats. Prices are today's.
    """

    kind: str
    prices: tuple[Decimal, ...]


class Classes:
    """The classes of the seats of a show for the ticket types of one ticket, in one statement."""

    def __init__(self, show: Show, lines: Iterable[TicketSeat]) -> None:
        self.types = sorted({line.ticket_type_id or 0 for line in lines})
        prices = TariffPrice.objects.filter(tariff=show.tariff_id).order_by("-ticket_type__rank")
        rows = list(prices.values_list("category_id", "ticket_type_id", "amount")) if show.tariff_id else []
        self.table = {(category, kind): amount for category, kind, amount in rows}
        self.plain = {category: amount for category, _kind, amount in rows}  # the plainest comes last and wins

    def of(self, seat: ShowSeat) -> SeatClass:
        """The class of a seat loaded with its hall seat."""
        return self.of_category(seat.seat.category_id, seat.seat.kind, seat.price)

    def of_category(self, category_id: int, kind: str, price: Decimal) -> SeatClass:
        """The class of a seat of this category and kind; ``price`` counts if the show has no tariff."""
        plain = self.plain.get(category_id, price)
        return SeatClass(kind, tuple(self.table.get((category_id, ticket_type), plain) for ticket_type in self.types))


def can_move(ticket: Ticket, now: datetime, *, staff: bool = False) -> bool:
    """Whether the seats of ``ticket``, loaded with its show, can be changed: as long as it could be cancelled.

    Staff can change them until the film, loaded with the show, is over.
    """
    if ticket.status != Ticket.Status.CONFIRMED or ticket.show.status != Show.Status.SCHEDULED:
        return False
    return now < ticket.show.film_ends_at if staff else now <= cancel_until(ticket)


def move_map(
    ticket: Ticket, show: ShowNow, chosen: Collection[int] = (), *, staff: bool = False, buyer: str = ""
) -> SeatMap:
    """The map of ``show``, loaded by show_for_sale(), for a change of seats of ``ticket``, loaded with its seats.

    The ticket's seats are MINE, those it may have (for ``staff`` all free seats) FREE; the others name the reason.
    ``chosen`` seats are ticked; if empty, the ticket's own. What ``buyer`` holds can be chosen, too.
    """
    whole = seat_map(show, buyer=buyer, chosen=chosen)
    seats = [line.show_seat for line in ticket.seats.all()]
    classes = Classes(show, ticket.seats.all())
    own, had = {seat.pk for seat in seats}, {classes.of(seat) for seat in seats}
    for view in (view for row in whole.rows for view in row.seats):
        if view.id in own:
            _restate(view, MINE, _("yours"))
            view.checked = view.id in chosen if chosen else True
        elif view.state == MINE:
            view.checked = view.id in chosen
        elif not staff and view.state == FREE and (new := _class_of(view, classes)) not in had:
            same_price = new.prices in {known.prices for known in had}
            _restate(view, OTHER, _("another kind of seat") if same_price else _("another price"))
            view.checked = False
    whole.mine, whole.free = len(own), sum(view.state == FREE for row in whole.rows for view in row.seats)
    return whole


def suits(ticket: Ticket, seat_ids: Collection[int], whole: SeatMap) -> bool:
    """Whether these seats are as many as those of the ticket, loaded with its seats, and of the same classes."""
    lines = ticket.seats.all()
    classes = Classes(ticket.show, lines)
    known = {view.id: _class_of(view, classes) for row in whole.rows for view in row.seats}
    return Counter(map(known.get, seat_ids)) == Counter(classes.of(line.show_seat) for line in lines)


def _class_of(view: SeatView, classes: Classes) -> SeatClass:
    return classes.of_category(view.category_id, view.kind, view.price)


def _restate(view: SeatView, state: str, word: str) -> None:
    """Set the state of a seat, and replace the state at the end of its name."""
    view.state, view.name = state, f"{view.name.rpartition(', ')[0]}, {word}"
