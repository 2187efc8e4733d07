"""Is there one order of scans that explains every answer of the door? What was kept of them is the witness.

The scans of a ticket are replayed in the order in which they were kept: who is inside then decides what each must have
answered. That order must be one in which the answers can have been given.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import inf

from tests.chaos.actions import DONE
from tests.chaos.books import Books, Scanned
from tests.chaos.history import Answer

TONES = {"go": ("ADMITTED", "LEFT"), "wait": ("UNDONE", "WRONG_SHOW", "TOO_EARLY", "NOT_INSIDE")}  # “stop” for others
MOVES = ("ADMITTED", "LEFT", "UNDONE")  # the answers to these name their seats
CANCELLATIONS = ("cancellation", "staff cancel")


def faults(answers: Sequence[Answer], books: Books) -> Iterator[str]:
    """Every answer of the door that is wrong, and every seat that was admitted twice."""
    asked: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        if "scan" in answer.asked:
            asked[answer.asked["scan"]].append(answer)
    yield from _kept_wrongly(asked, books)
    by_ticket: dict[str, list[Scanned]] = defaultdict(list)
    for scan in books.scans:
        by_ticket[scan.ticket].append(scan)
    ended, unjudged = _ended(answers, books), unplaced(books)
    for ticket, scans in by_ticket.items():
        if not ticket:
            continue
        yield from _out_of_order(scans, asked, ended.get(ticket, inf))
        if ticket not in unjudged:
            yield from replay(scans, books)


def judged(answers: Sequence[Answer]) -> Counter[str]:
    """The number of answers of the door by tone."""
    return Counter(answer.saw["tone"] for answer in answers if answer.saw.get("tone"))


def _kept_wrongly(asked: dict[str, list[Answer]], books: Books) -> Iterator[str]:
    """Scans that were answered and not kept once, or otherwise than they were answered."""
    kept: dict[str, list[Scanned]] = defaultdict(list)
    for scan in books.scans:
        kept[scan.key].append(scan)
    yield from (f"scan {key} was kept, and nobody made it" for key in kept.keys() - asked.keys())
    for key, its in asked.items():
        said = [answer for answer in its if answer.saw.get("tone")]
        if said and len(kept[key]) != 1:
            yield f"{said[0].who}: scan {key} was answered, and kept {len(kept[key])} times"
            continue
        for answer in said:
            scan = kept[key][0]
            seats = list(scan.seats) if scan.outcome in MOVES else []
            if _tone(scan.outcome) != answer.saw["tone"] or answer.saw["seats"] != seats:
                yield f"{answer.who}: scan {key} was kept as {scan.outcome}, and answered with {dict(answer.saw)}"


def _tone(outcome: str) -> str:
    return next((tone for tone, outcomes in TONES.items() if outcome in outcomes), "stop")


def _ended(answers: Sequence[Answer], books: Books) -> dict[str, float]:
    """When it was certain, by an answer, that a ticket is cancelled."""
    ended: dict[str, float] = {}
    for answer in answers:
        if answer.status in DONE and answer.what in CANCELLATIONS:
            ended.setdefault(answer.asked["ticket"], answer.end)
        elif answer.status in DONE and answer.what == "cancellation at the till":
            ended.setdefault(books.code_of(answer.asked["reference"]), answer.end)
    return ended


def unplaced(books: Books) -> set[str]:
    """Tickets whose scans are not judged: they left two shows, and may have come back to the first.

    An exchange empties the seats of a ticket, and a scan knows its show, but not whether it was left in between.
    """
    left: dict[str, set[int]] = defaultdict(set)
    for show, events in books.events.items():
        for event in events:
            if event.action == "MOVE_OUT":
                left[event.ticket].add(show)
    return {ticket for ticket, shows in left.items() if len(shows) > 1}


def _out_of_order(scans: Sequence[Scanned], asked: dict[str, list[Answer]], ended: float) -> Iterator[str]:
    """Scans that were answered before one began that was kept earlier; admissions after a cancellation."""
    latest = 0.0
    for scan in scans:
        its = asked.get(scan.key, [])
        begin = min((answer.begin for answer in its), default=0.0)
        end = min((answer.end for answer in its if answer.saw.get("tone")), default=inf)
        if end < latest:
            yield f"scan {scan.key} was answered before one that was kept earlier"
        if scan.outcome == "ADMITTED" and begin > ended:
            yield f"scan {scan.key} admitted somebody whose ticket was cancelled"
        latest = max(latest, begin)


def replay(scans: Sequence[Scanned], books: Books) -> Iterator[str]:
    """What does not follow from the earlier scans of a ticket, or is not so in the end."""
    inside: set[int] = set()
    moved: dict[int, int] = {}  # the last scan of each seat that moved somebody
    show = 0
    for scan in scans:
        if scan.show != show:  # the ticket was exchanged
            inside, moved, show = set(), {}, scan.show
        seats = set(scan.seats)
        there = seats & inside
        match scan.outcome:
            case "ADMITTED" if there:
                yield f"scan {scan.key} admitted somebody to seats {sorted(there)}, where somebody was"
            case "LEFT" if there != seats:
                yield f"scan {scan.key} let somebody out of seats {sorted(seats - inside)}, where nobody was"
            case "ALREADY" if there != seats:
                yield f"scan {scan.key} refused seats {sorted(seats - inside)}, where nobody was"
            case "NOT_INSIDE" if there:
                yield f"scan {scan.key} let nobody out of seats {sorted(there)}, where somebody was"
            case "UNDONE" if any(moved.get(seat) != scan.earlier for seat in seats):
                yield f"scan {scan.key} undid {scan.earlier}, which was not the last for seats {sorted(seats)}"
        if scan.outcome in MOVES:  # an undone scan has the direction of that one
            comes = scan.outcome == "ADMITTED" or (scan.outcome == "UNDONE" and scan.direction == "OUT")
            inside = inside | seats if comes else inside - seats
            moved |= dict.fromkeys(seats, scan.pk)
    if scans and books.tickets[scans[0].ticket].show == show:
        for seat in moved:
            if books.inside.get(seat) != (seat in inside):
                yield f"seat {seat} is {'not ' if seat in inside else ''}inside, by its scans it is otherwise"
