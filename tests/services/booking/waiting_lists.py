"""A sold-out hall, and what became of those who wait for its seats."""

from cinema.models import Show, ShowSeat, Ticket, WaitingEntry
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import (
    ShowFactory,
    sold,
)


def full_show() -> Show:
    """A sold-out hall of eight seats in two rows: asha has A1 and A2, ben the rest."""
    show = ShowFactory(screen__plan="aaaa\naaaa")
    sold(show, "A1 A2", buyer="asha")
    sold(show, "A3 A4 B1 B2 B3 B4", buyer="ben")
    return show


def free(show: Show, buyer: str = "asha") -> None:
    """Cancel the buyer's ticket."""
    cancel_ticket(code=Ticket.objects.get(show=show, hold__buyer=buyer, status="CONFIRMED").code)


def now_is(entry: WaitingEntry) -> str:
    entry.refresh_from_db()
    return entry.status


def kept_for(entry: WaitingEntry) -> str:
    entry.refresh_from_db()
    seats = ShowSeat.objects.filter(hold=entry.hold).select_related("seat") if entry.hold else []
    return " ".join(sorted(f"{s.seat.row}{s.seat.number}" for s in seats))
