"""Move tickets from seats that have gone off sale to equal ones."""

from collections.abc import Sequence

from cinema.exceptions import BusinessRuleViolation, NoEqualSeats, SeatingRule, SeatsNotChangeable
from cinema.models import Ticket, User
from cinema.selectors.booking.blocks import off_sale
from cinema.selectors.booking.places import NOBODY, places
from cinema.selectors.orders.conflicts import equal_seats
from cinema.selectors.orders.moves import can_move
from cinema.services.booking.expiry import expire_due_holds
from cinema.services.booking.ledger import Actor, Author
from cinema.services.core.locking import lock_show, read_clock
from cinema.services.core.transactions import atomically
from cinema.services.orders.moves import change_seats


@atomically
def rehouse(*, code: str, user: User | None = None, reason: str = "") -> Ticket:
    """Move a ticket from its seats that are off sale to the best equal ones, and mail its buyer.

    Its old seats are blocked in the same transaction. Nothing happens if none of its seats is off sale.
    Raises SeatsNotChangeable, NoEqualSeats, and Show.DoesNotExist for an unknown code.
    """
    show = lock_show("movie", "screen__theatre", pk=Ticket.objects.filter(code=code).values("show")[:1])
    expire_due_holds(show=show)  # their seats may be available
    ticket, now = Ticket.objects.get(code=code), read_clock(show)
    ticket.show = show
    if not can_move(ticket, now, staff=True):
        raise SeatsNotChangeable(ticket, staff=True)
    had = dict(ticket.seats.filter(active=True).values_list("show_seat", "show_seat__seat"))
    off = off_sale([show], now, had.values())[show.pk].seats
    broken = {pk for pk, seat_id in had.items() if seat_id in off}
    if not broken:
        return ticket
    chosen = equal_seats(places(show, NOBODY, own=had.keys()), had.keys(), broken)
    if chosen is None:
        raise NoEqualSeats(ticket)
    try:
        return change_seats(code=code, seat_ids=chosen, by=Author(Actor.STAFF, user, reason))
    except SeatingRule as error:  # such as half a love seat
        raise NoEqualSeats(ticket) from error


def rehouse_each(
    *, tickets: Sequence[Ticket], user: User | None = None, reason: str = ""
) -> list[tuple[Ticket, BusinessRuleViolation | None]]:
    """Rehouse tickets, each in its own transaction; return each with the error that prevented it, or None."""
    outcomes: list[tuple[Ticket, BusinessRuleViolation | None]] = []
    for ticket in tickets:
        try:
            outcomes.append((rehouse(code=ticket.code, user=user, reason=reason), None))
        except BusinessRuleViolation as error:
            outcomes.append((ticket, error))
    return outcomes
