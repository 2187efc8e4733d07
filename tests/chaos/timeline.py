"""How the seats of a show stood at each revision, by the ledger, and what was certain when."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from tests.chaos.books import Books, Event, Waited
from tests.chaos.history import Answer

SLACK = 0.05  # seconds; SQLite's clock shows milliseconds
STEP = 30  # seconds; within one transaction a hold may be dated before the expiry that made room for it
CARRIED_OUT = 30  # seconds after which a block has what came free, if nobody came by


class Seat(NamedTuple):
    """How a seat stands at a revision."""

    status: str = "AVAILABLE"
    hold: str = ""
    ticket: str = ""


Hall = Mapping[int, Seat]
NEW = Seat()


class Timeline:
    """A show from its first revision to its last, and what was certain when."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.halls: list[dict[int, Seat]] = [{}]
        self.begun: list[float] = [0.0]  # not before this was a revision to be seen
        self.faults: list[str] = []
        self.ended_by: dict[str, str] = {}  # the last action about each hold
        self.waited: list[Waited] = []
        for event in events:
            if event.revision == len(self.halls):
                self.halls.append(dict(self.halls[-1]))
                self.begun.append(max(self.begun[-1], event.at))
                if event.at < self.begun[-2] - STEP:
                    self.faults.append(f"revision {event.revision} is older than the one before")
            elif event.revision != len(self.halls) - 1:
                self.faults.append(f"revision {event.revision} comes after {len(self.halls) - 1}")
                continue
            self._apply(event)
        self._certain: list[tuple[float, int]] = []

    def _apply(self, event: Event) -> None:
        self.ended_by[event.hold] = event.action
        hall = self.halls[-1]
        before = hall.get(event.seat, NEW).status
        if before != event.from_status:
            self.faults.append(f"revision {event.revision}: seat {event.seat} was {before}, not {event.from_status}")
        held, booked = event.to_status == "HELD", event.to_status == "BOOKED"
        hall[event.seat] = Seat(event.to_status, event.hold if held else "", event.ticket if booked else "")

    def witness(self, seen: Iterable[tuple[float, int]]) -> None:
        """Note that at those moments answers had shown those revisions."""
        best = 0
        self._certain = []
        for end, revision in sorted(seen):
            best = max(best, revision)
            self._certain.append((end, best))

    def certain(self, moment: float) -> int:
        """The last revision that an answer given before ``moment`` shows."""
        at = bisect_left(self._certain, (moment, 0))
        return self._certain[at - 1][1] if at else 0

    def window(self, begin: float, end: float) -> range:
        """The revisions that can have been seen between these moments."""
        return range(self.certain(begin), bisect_right(self.begun, end + SLACK))

    def waits_for(self, pk: int, revision: int, moment: float) -> bool:
        """Whether a block waits for a seat that is held: in the step after the one that frees it, the seat is off sale.
        Whoever wanted the seat at that moment was told so, and their own steps were taken back."""
        later = enumerate((hall.get(pk, NEW).status for hall in self.halls[revision:]), start=revision)
        states = [(at, status) for at, status in later if status != "HELD"][:2]
        if [status for _, status in states] != ["AVAILABLE", "BLOCKED"]:
            return False
        blocked = states[1][0]
        return blocked == states[0][0] + 1 and self.begun[blocked] < moment + CARRIED_OUT

    def goes_to_the_line(self, hall: Hall, books: Books, answer: Answer) -> tuple[set[int], int]:
        """Where a hold has run out, its seats, and free ones with them, are for the waiting list: those seats, and how
        many of
        them who waited then wanted at most. Who asked for them was refused, and what was done for the line on the way
        was taken back with it."""
        all_seats = {pk: hall.get(pk, NEW) for pk in books.seats[answer.show]}
        lapsed = {
            pk
            for pk, seat in all_seats.items()
            if seat.status == "HELD" and not self.lives(seat, books, answer.end + SLACK)
        }
        if not lapsed:
            return set(), 0
        free = lapsed | {pk for pk, seat in all_seats.items() if seat.status == "AVAILABLE"}
        then = (w for w in self.waited if w.since <= answer.end + SLACK and w.until >= answer.begin - SLACK)
        return free, sum(waited.party for waited in then if waited.party <= len(free))

    def lives(self, seat: Seat, books: Books, moment: float) -> bool:
        """Whether the hold of a held seat has not run out. One that was released lived until then: its end is the clock
        of that transaction, which others see some time later."""
        return self.ended_by[seat.hold] == "RELEASE" or books.holds[seat.hold].end > moment

    def first(self, answer: Answer, is_it: Callable[[Hall], bool]) -> int | None:
        """The first revision within the answer's window at which ``is_it`` so; None for none."""
        return next((r for r in self.window(answer.begin, answer.end) if is_it(self.halls[r])), None)
