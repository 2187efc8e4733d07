"""People at the door."""

from cinema.models import CheckIn, Ticket
from cinema.services.door.check_ins import Door, Scan, check_in
from tests.factories.booking import seat_ids
from tests.factories.people import MANAGER, staff


def admitted(ticket: Ticket, names: str = "") -> CheckIn:
    """Admit people to the seats “G8 G9” of the ticket, or to all, by hand, as the show may be tomorrow."""
    seats = frozenset(ticket.seats.filter(show_seat__in=seat_ids(ticket.show, names)).values_list("pk", flat=True))
    theatre = ticket.show.screen.theatre
    scan = Scan(ticket.code, f"{ticket.code} {names or 'all'}"[:64], seats=seats or None, reason="early")
    return check_in(door=Door(theatre, staff(theatre, MANAGER)), scan=scan)
