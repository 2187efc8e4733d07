"""What a door shows after a scan."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils import timezone

from cinema.domain.certificates import Certificate, certificate
from cinema.domain.languages import foreign_language
from cinema.models import CheckIn, Theatre, TicketSeat
from cinema.models.annotated import TicketSeatAtDoor
from cinema.selectors.door.shows import PartyAtDoor, right_party

Outcome = CheckIn.Outcome

GO, WAIT, STOP = "go", "wait", "stop"
TONES = {
    Outcome.ADMITTED: GO,
    Outcome.LEFT: GO,
    Outcome.UNDONE: WAIT,
    Outcome.WRONG_SHOW: WAIT,
    Outcome.TOO_EARLY: WAIT,
    Outcome.NOT_INSIDE: WAIT,
}  # all others: STOP
BY_HAND = (Outcome.WRONG_SHOW, Outcome.TOO_EARLY, Outcome.OVER, Outcome.ALREADY)  # what a supervisor may overrule


@dataclass
class ScanAnswer:
    """The answer to a scan: the seats that it concerned, and all seats that its ticket has now. If the ticket is for
    another show, ``right`` is the one of the same order for this one, if there is any. ``language`` is the own name of
    the buyer's, "" for the site's."""

    check: CheckIn
    theatre: Theatre
    seats: Sequence[TicketSeat]
    party: Sequence[TicketSeat]
    right: PartyAtDoor | None = None
    language: str = ""

    @property
    def tone(self) -> str:
        return TONES.get(Outcome(self.check.outcome), STOP)

    @property
    def is_here(self) -> bool:
        """Whether the ticket is for a show at this theatre."""
        return self.check.show is not None and self.check.show.screen.theatre_id == self.theatre.pk

    @property
    def moved_to(self) -> str | None:
        """Where people are now, as a list for a phone has it (see domain.door_lists); None if nobody moved."""
        was_inside = self.check.direction == CheckIn.Direction.OUT
        states = {Outcome.ADMITTED: "i", Outcome.LEFT: "o", Outcome.UNDONE: "i" if was_inside else ""}
        return states.get(Outcome(self.check.outcome))

    @property
    def can_undo(self) -> bool:
        """Whether the scan moved anybody. Whether it is too late is judged when somebody tries."""
        return self.check.outcome in (Outcome.ADMITTED, Outcome.LEFT)

    @property
    def can_overrule(self) -> bool:
        return self.check.outcome in BY_HAND and self.is_here

    @property
    def types(self) -> list[tuple[str, int]]:
        """The concerned seats counted by ticket type."""
        return list(Counter(line.ticket_type.name for line in self.seats if line.ticket_type).items())

    @property
    def inside(self) -> int:
        return sum(line.inside for line in self.party)

    @property
    def age(self) -> Certificate | None:
        """The film's certificate, if it asks for a look at somebody's age."""
        show = self.check.show
        rule = certificate(show.certificate) if show else None
        return rule if rule and rule.limits else None


def answer_to(check: CheckIn, theatre: Theatre, shows: Collection[int] | None = None) -> ScanAnswer:
    """The answer to a scan at a door for ``shows`` (keys; None: all of today); at most three statements for a scan read
    from the database, and one more if the ticket is for another show."""
    lines: Sequence[TicketSeatAtDoor] = getattr(check, "lines", [])
    language = lines[0].language if lines else ""
    found: Sequence[TicketSeat] = lines
    if check.ticket_id and not lines:
        check, found, language = _read(check)
    keys = set(check.seats)
    seats, party = [line for line in found if line.pk in keys], [line for line in found if line.active]
    answer = ScanAnswer(check, theatre, seats, party, language=foreign_language(language) if language else "")
    if check.outcome == Outcome.WRONG_SHOW and check.ticket:
        answer.right = right_party(check.ticket, theatre, shows, timezone.now())
    return answer


def _read(check: CheckIn) -> tuple[CheckIn, list[TicketSeat], str]:
    """The check-in with its show, the seats of its ticket from the front left, and the buyer's language."""
    seats = TicketSeat.objects.select_related("show_seat__seat", "ticket_type")
    seats = seats.order_by("show_seat__seat__y", "show_seat__seat__x")
    found = CheckIn.objects.select_related("ticket__order", "earlier", "show__movie", "show__screen__theatre")
    read = found.prefetch_related(Prefetch("ticket__seats", seats)).get(pk=check.pk)
    return (read, list(read.ticket.seats.all()), read.ticket.order.language) if read.ticket else (read, [], "")
