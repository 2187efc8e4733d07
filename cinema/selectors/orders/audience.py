"""The seats of a show with their orders, for staff."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models.functions import Now

from cinema.models import Show, Theatre, Ticket, TicketSeat
from cinema.models.annotated import ShowNow
from cinema.selectors.booking.seat_map import FREE, HELD, SOLD, SeatRow, SeatView, seat_map

BLOCKED = "blocked"


@dataclass(slots=True)
class Party:
    """A ticket and its seats at the show, from the front left.

    ``types`` counts its tickets by type. Every other party is ``odd``, to tell neighbours apart.
    """

    ticket: Ticket
    odd: bool
    seats: list[TicketSeat] = field(default_factory=list)

    @property
    def types(self) -> list[tuple[str, int]]:
        return list(Counter(line.ticket_type.name for line in self.seats if line.ticket_type).items())

    @property
    def came(self) -> int:
        """For how many of its seats somebody was admitted."""
        return sum(line.check_in_id is not None for line in self.seats)

    @property
    def paid(self) -> bool:
        return self.ticket.status == Ticket.Status.CONFIRMED


class Audience(NamedTuple):
    """The rows of the hall as sold now, and the parties; ``by_seat`` maps keys of ShowSeat to parties."""

    rows: list[SeatRow]
    parties: list[Party]
    by_seat: dict[int, Party]
    counts: Counter[str]

    @property
    def came(self) -> int:
        """How many seats somebody was admitted to at the door."""
        return sum(party.came for party in self.parties)


def show_at(theatre: Theatre, pk: int) -> ShowNow | None:
    """A show of the theatre (drafts included) with everything its page shows, and ``now``, the database's clock."""
    shows = Show.objects.filter(screen__theatre=theatre).annotate(now=Now())
    return shows.select_related("movie", "screen__theatre", "language", "subtitles").filter(pk=pk).first()


def audience(show: ShowNow) -> Audience:
    """The audience of a show loaded by show_at(), in two statements. A taken seat without an order is blocked."""
    rows = seat_map(show, buyer="").rows
    views = {view.id: view for row in rows for view in row.seats}
    parties: dict[int, Party] = {}
    by_seat: dict[int, Party] = {}
    for line in _lines(show):
        view = views.get(line.show_seat_id)
        if view is None or view.state == FREE:  # its order was not paid in time
            continue
        party = parties.setdefault(line.ticket_id, Party(line.ticket, odd=len(parties) % 2 == 1))
        party.seats.append(line)
        by_seat[view.id] = party
    for view in views.values():
        if view.state == SOLD and view.id not in by_seat:
            view.state = BLOCKED
    counts = Counter(_count_as(view, by_seat) for view in views.values())
    counts[FREE] += show.seats_dropped or 0
    return Audience(rows, list(parties.values()), by_seat, counts)


def _lines(show: Show) -> list[TicketSeat]:
    lines = TicketSeat.objects.filter(show_seat__show=show, active=True)
    lines = lines.select_related("ticket__order", "ticket_type", "show_seat__seat")
    return list(lines.order_by("show_seat__seat__y", "show_seat__seat__x"))


def _count_as(view: SeatView, by_seat: dict[int, Party]) -> str:
    return HELD if view.id in by_seat and not by_seat[view.id].paid else view.state
