"""The seats of a show with their orders, for staff."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models.functions import Now

from cinema.models import Show, Theatre, Ticket, TicketSeat, TicketType
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


class TypeCount(NamedTuple):
    """How many tickets of a type are sold, "" for those without one, and to how many of them somebody ``came``."""

    name: str
    sold: int
    came: int


class Audience(NamedTuple):
    """The rows of the hall as sold now, and the parties; ``by_seat`` maps keys of ShowSeat to parties, ``came`` has the
    keys of those to which somebody was admitted at the door."""

    rows: list[SeatRow]
    parties: list[Party]
    by_seat: dict[int, Party]
    counts: Counter[str]
    came: frozenset[int]

    @property
    def types(self) -> list[TypeCount]:
        """What is paid for, counted by ticket type."""
        kinds: dict[TicketType | None, Counter[bool]] = {}
        for line in (line for party in self.parties if party.paid for line in party.seats):
            kinds.setdefault(line.ticket_type, Counter())[line.show_seat_id in self.came] += 1
        ranked = sorted(kinds.items(), key=lambda item: (item[0] is None, item[0].rank if item[0] else 0))
        return [TypeCount(kind.name if kind else "", count.total(), count[True]) for kind, count in ranked]


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
    lines = (line for party in parties.values() for line in party.seats)
    came = frozenset(line.show_seat_id for line in lines if line.check_in_id is not None)
    return Audience(rows, list(parties.values()), by_seat, counts, came)


def _lines(show: Show) -> list[TicketSeat]:
    lines = TicketSeat.objects.filter(show_seat__show=show, active=True)
    lines = lines.select_related("ticket__order", "ticket_type", "show_seat__seat")
    return list(lines.order_by("show_seat__seat__y", "show_seat__seat__x"))


def _count_as(view: SeatView, by_seat: dict[int, Party]) -> str:
    return HELD if view.id in by_seat and not by_seat[view.id].paid else view.state
