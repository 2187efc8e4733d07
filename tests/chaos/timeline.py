"""The state of a show's seats at each revision, by the ledger, and the times of the revisions."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from tests.chaos.books import Books, Event, Waited
from tests.chaos.history import Answer

SLACK = 0.05  # seconds; SQLite's clock shows milliseconds
STEP = 30  # seconds; within one transaction a hold may be dated before the expiry that made room for it


class Seat(NamedTuple):
    """The state of a seat at a revision."""

    status: str = "AVAILABLE"
    hold: str = ""
    ticket: str = ""


Hall = Mapping[int, Seat]
Span = tuple[float, float]
NEW = Seat()


class Timeline:
    """A show from its first revision to its last, and which revisions are proven at which times."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.halls: list[dict[int, Seat]] = [{}]
        self.begun: list[float] = [0.0]  # not before this was a revision to be seen
        self.faults: list[str] = []
        self.ended_by: dict[str, str] = {}  # the last action about each hold
        self.waited: list[Waited] = []
        self.blocked: Mapping[int, Sequence[Span]] = {}  # by seat: when it was on a block
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
        """Record that responses proved these revisions at these times."""
        best = 0
        self._certain = []
        for end, revision in sorted(seen):
            best = max(best, revision)
            self._certain.append((end, best))

    def certain(self, moment: float) -> int:
        """The last revision that a response before ``moment`` proves."""
        at = bisect_left(self._certain, (moment, 0))
        return self._certain[at - 1][1] if at else 0

    def window(self, begin: float, end: float) -> range:
        """The revisions that can have been seen between these moments."""
        return range(self.certain(begin), bisect_right(self.begun, end + SLACK))

    def is_off_sale(self, pk: int, begin: float, end: float) -> bool:
        """Whether a block may have kept the seat off sale between these moments.

        A request for a seat of an expired hold was rejected then: its transaction, which released the seat and blocked
        it, was rolled back.
        """
        return any(since <= end + SLACK and until >= begin - SLACK for since, until in self.blocked.get(pk, ()))

    def goes_to_the_list(self, hall: Hall, books: Books, answer: Answer) -> tuple[set[int], int]:
        """The seats of an expired hold, with free ones, that were reserved for the waiting list, and their largest
        number.

        A request for them was rejected, and offers made in its transaction were rolled back.
        """
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
        """Whether the hold of a held seat has not expired.

        A released one was active until its transaction, whose clock others see a little later.
        """
        return self.ended_by[seat.hold] == "RELEASE" or books.holds[seat.hold].end > moment

    def first(self, answer: Answer, is_it: Callable[[Hall], bool]) -> int | None:
        """The first revision in the response's window for which ``is_it`` is true, or None."""
        return next((r for r in self.window(answer.begin, answer.end) if is_it(self.halls[r])), None)
