"""Is there one order of events that explains every answer? The ledger's revisions are the witness.

Each show's ledger is replayed to how its seats stood at every revision. An answer is explained if what it says was so
at some revision between the last one that was certain when its request began (an answer given before shows it) and the
last one that was begun when it ended. A request whose connection broke says nothing.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf

from tests.chaos.books import Books, Waited
from tests.chaos.history import Answer
from tests.chaos.timeline import NEW, SLACK, Hall, Seat, Span, Timeline

LATELY = 0.5  # seconds for which a crowd that is refused shares one look at the hall: cinema.selectors.booking.recent
DONE = (302, 303)
FREE, HELD, SOLD = "free", "held", "sold"  # as a map for nobody in particular shows a seat
Lines = Mapping[int, Timeline]  # by show


def faults(answers: Sequence[Answer], books: Books) -> list[str]:
    """Every response that no order of events explains."""
    lines = {show: Timeline(events) for show, events in books.events.items()}
    found = [f"show {show}: {fault}" for show, line in lines.items() for fault in line.faults]
    seen: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for waited in _waited(answers, books):
        if waited.show in lines:
            lines[waited.show].waited.append(waited)
    blocked = _blocked(answers, books)
    for line in lines.values():
        line.blocked = blocked
    for answer in answers:
        if (shown := _shown(answer, books, lines.get(answer.show))) is not None:
            seen[answer.show].append((answer.end, shown))
    for show, moments in seen.items():
        if show in lines:
            lines[show].witness(moments)
    for answer in answers:
        if kind := kind_of(answer):
            for problem in JUDGES[kind](answer, books, lines):
                found.append(f"{answer.who}, {answer.what} at show {answer.show}: {problem}")
    return found


def kind_of(answer: Answer) -> str:
    """The kind of check for a response: a key of JUDGES; "" for one that shows nothing about seats."""
    if "states" in answer.saw:
        return "maps"
    if answer.saw.get("gone"):
        return "refusals"
    if answer.saw.get("full"):
        return "full"
    if answer.what in ("hold", "best seats", "taking an offer") and answer.saw.get("hold"):
        return "holds"
    if answer.what == "booking" and answer.status == 201:
        return "bookings"
    return "moves" if answer.what in ("other seats", "staff move") and answer.status == 303 else ""


def judged(answers: Sequence[Answer]) -> Counter[str]:
    """The number of checked responses by kind."""
    return Counter(filter(None, map(kind_of, answers)))


def _waited(answers: Sequence[Answer], books: Books) -> Iterator[Waited]:
    """Who waited, and until when; that an entry left the list is known from the response to its request."""
    left = {a.asked["waiting"]: a.end for a in answers if a.what == "leaving the list" and a.status == 303}
    for code, waited in books.waited.items():
        yield waited._replace(until=min(waited.until, left.get(code, waited.until)))


def _blocked(answers: Sequence[Answer], books: Books) -> Mapping[int, Sequence[Span]]:
    """When each seat was on a block, at most: from the request for the block until the answer that it is lifted.

    One whose answer broke off is taken as if it had always been there.
    """
    since = {a.saw["block"]: a.begin for a in reversed(answers) if a.what == "block" and a.saw.get("block")}
    until = {a.asked["block"]: a.end for a in answers if a.what == "unblock" and a.status in DONE}
    spans: dict[int, list[Span]] = defaultdict(list)
    for key, block in books.blocks.items():
        for seat in block.seats:
            spans[seat].append((since.get(key, 0.0), until.get(key, inf)))
    return spans


def _shown(answer: Answer, books: Books, line: Timeline | None) -> int | None:
    """The revision that the response proves to have existed when it was given."""
    if line is None:
        return None
    if "revision" in answer.saw:
        return answer.saw["revision"]
    hold = _hold_made(answer, books)
    if not hold:
        return None
    revisions = [
        event.revision
        for event in books.events[answer.show]
        if event.hold == hold and event.action == "HOLD" and event.at >= answer.begin - SLACK
    ]
    # A ledger without locks may lack revisions.
    known = revisions and revisions[0] < len(line.begun)
    return revisions[0] if known and line.begun[revisions[0]] <= answer.end + SLACK else None


def _hold_made(answer: Answer, books: Books) -> str:
    """The code of the hold that the response reports; "" for none."""
    if answer.status == 201:
        ticket = books.tickets.get(books.code_of(answer.saw["reference"]))
        return ticket.hold if ticket else ""
    return answer.saw.get("hold", "") if answer.what in ("hold", "best seats") else ""


def _hold_problems(answer: Answer, books: Books, lines: Lines) -> Iterator[str]:
    hold = answer.saw["hold"]

    def is_it(hall: Hall) -> bool:
        held = {pk for pk, seat in hall.items() if seat.hold == hold}
        return held == set(answer.asked["seats"]) if "seats" in answer.asked else len(held) == answer.asked["party"]

    if _line(answer, lines).first(answer, is_it) is None:
        yield f"hold {hold} had not those seats then"


def _booking_problems(answer: Answer, books: Books, lines: Lines) -> Iterator[str]:
    """The problems of a booking. A repeated one gets the first response, so only the first must fit its window."""
    ticket = books.tickets.get(books.code_of(answer.saw["reference"]))
    if ticket is None:
        yield f"there is no ticket {answer.saw['reference']}"
        return
    wanted, line = set(answer.asked["seats"]), _line(answer, lines)
    until = bisect_right(line.begun, answer.end + SLACK)
    if not any({pk for pk, seat in hall.items() if seat.hold == ticket.hold} == wanted for hall in line.halls[:until]):
        yield f"ticket {answer.saw['reference']} had not those seats by then"


def _move_problems(answer: Answer, books: Books, lines: Lines) -> Iterator[str]:
    ticket, wanted = answer.asked["ticket"], set(answer.asked["seats"])
    for line in lines.values():
        if line.first(answer, lambda hall: {pk for pk, seat in hall.items() if seat.ticket == ticket} == wanted):
            return
    yield f"ticket {ticket} had not those seats then"


def _refusal_problems(answer: Answer, books: Books, lines: Lines) -> Iterator[str]:
    """The problems of an error: all unavailable seats must have been unavailable at one revision."""
    line = _line(answer, lines)
    window = line.window(answer.begin - LATELY, answer.end)
    if not any(_are_gone(answer, revision, books, line) for revision in window):
        yield f"seats {answer.saw['gone']} are said to be gone, but were not all the while"


def _are_gone(answer: Answer, revision: int, books: Books, line: Timeline) -> bool:
    left = {pk for pk in answer.saw["gone"] if not _is_gone(pk, revision, books, answer, line)}
    if not left:
        return True
    free, wanted = line.goes_to_the_list(line.halls[revision], books, answer)
    return left <= free and len(left) <= wanted


def _is_gone(pk: int, revision: int, books: Books, answer: Answer, line: Timeline) -> bool:
    seat = line.halls[revision].get(pk, NEW)
    if seat.status != "HELD":
        return seat.status != "AVAILABLE"
    if line.lives(seat, books, answer.begin - LATELY - SLACK):
        return seat.hold != answer.asked.get("had", "")
    return line.is_off_sale(pk, answer.begin, answer.end)


def _full_problems(answer: Answer, books: Books, lines: Lines) -> Iterator[str]:
    line = _line(answer, lines)
    window = line.window(answer.begin - LATELY, answer.end)
    if not any(_is_full(answer, revision, books, line) for revision in window):
        yield "no seats are said to be left, but there were all the while"


def _is_full(answer: Answer, revision: int, books: Books, line: Timeline) -> bool:
    hall = line.halls[revision]
    left = sum(_is_left(pk, revision, books, answer, line) for pk in books.seats[answer.show])
    return left - line.goes_to_the_list(hall, books, answer)[1] < answer.asked["party"]


def _is_left(pk: int, revision: int, books: Books, answer: Answer, line: Timeline) -> bool:
    seat = line.halls[revision].get(pk, NEW)
    if seat.status != "HELD" or line.lives(seat, books, answer.begin - LATELY - SLACK):
        return seat.status == "AVAILABLE"
    return not line.is_off_sale(pk, answer.begin, answer.end)


def _map_problems(answer: Answer, books: Books, lines: Lines) -> Iterator[str]:
    """The problems of a map: it is the hall at its revision, or at a later one in its window, as seats are read after
    it.
    """
    line = _line(answer, lines)
    shown, window = answer.saw["revision"], line.window(answer.begin, answer.end)
    if shown not in window and not (shown == 0 and not window):
        yield f"the map shows revision {shown}; it can have seen {window.start} to {window.stop - 1}"
        return
    for revision in range(shown, window.stop):
        if all(_fits(state, line.halls[revision].get(pk, NEW), books, answer, line)
               for pk, state in answer.saw["states"].items()):  # fmt: skip
            return
    yield f"the map is not the hall at revision {shown}, nor at any until {window.stop - 1}"


def _fits(state: str, seat: Seat, books: Books, answer: Answer, line: Timeline) -> bool:
    """Whether a map may show the seat like this. An expired hold is shown as free, even if it was not released yet."""
    if seat.status == "HELD" and state == FREE:
        return books.holds[seat.hold].first_end <= answer.end + SLACK
    if seat.status == "HELD":
        return state == HELD and line.lives(seat, books, answer.begin - SLACK)
    return state == (FREE if seat.status == "AVAILABLE" else SOLD)


def _line(answer: Answer, lines: Lines) -> Timeline:
    return lines.get(answer.show) or Timeline([])


JUDGES: dict[str, Callable[[Answer, Books, Lines], Iterator[str]]] = {
    "maps": _map_problems,
    "refusals": _refusal_problems,
    "full": _full_problems,
    "holds": _hold_problems,
    "bookings": _booking_problems,
    "moves": _move_problems,
}
