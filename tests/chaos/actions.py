"""Every confirmed action is in the ledger, at the time of its response, and in the database."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from tests.chaos.books import Books, Event
from tests.chaos.history import Answer
from tests.chaos.timeline import SLACK

DONE = (302, 303)


class Actions:
    """The books, and the ledger by hold and by ticket."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.of_hold: dict[str, list[Event]] = defaultdict(list)
        self.of_ticket: dict[str, dict[int, list[Event]]] = defaultdict(lambda: defaultdict(list))  # and by show
        for show, events in books.events.items():
            for event in events:
                self.of_hold[event.hold].append(event)
                self.of_ticket[event.ticket][show].append(event)

    def is_released(self, answer: Answer) -> bool:
        events = self.of_hold[answer.asked["hold"]]
        return any(event.action == "RELEASE" and event.at <= answer.end + SLACK for event in events)

    def is_extended(self, answer: Answer) -> bool:
        """Whether the hold was extended, or had reached its limit, or was released or its booking cancelled since."""
        code = answer.asked["hold"]
        hold, tickets = self.books.holds[code], self.books.tickets.values()
        ended = any(event.action == "RELEASE" for event in self.of_hold[code])
        cancelled = any(ticket.hold == code and ticket.status == "CANCELLED" for ticket in tickets)
        return hold.end > hold.first_end or ended or cancelled

    def is_cancelled(self, answer: Answer) -> bool:
        return self.books.tickets[answer.asked["ticket"]].status == "CANCELLED" and self._has(answer, "CANCEL")

    def is_cancelled_at_till(self, answer: Answer) -> bool:
        return self.is_cancelled(
            answer._replace(asked={"ticket": self.books.code_of(answer.asked["reference"])}),
        )

    def is_paid_out(self, answer: Answer) -> bool:
        return any(refund.code == answer.asked["refund"] and refund.status == "DONE" for refund in self.books.refunds)

    def has_returned_seats(self, answer: Answer) -> bool:
        return all(self._has(answer, "CANCEL", seat=seat) for seat in answer.asked["seats"])

    def is_exchanged(self, answer: Answer) -> bool:
        return self._has(answer, "MOVE_IN", show=answer.asked["to"])

    def _has(self, answer: Answer, action: str, *, seat: int | None = None, show: int | None = None) -> bool:
        """Whether the ledger has this action on the ticket by then, for that seat and show, or any."""
        return any(
            event.action == action and event.at <= answer.end + SLACK and seat in (None, event.seat)
            for at, events in self.of_ticket[answer.asked["ticket"]].items()
            for event in events
            if show in (None, at)
        )

    def is_blocked(self, answer: Answer) -> bool:
        return answer.saw["block"] in self.books.blocks

    def is_unblocked(self, answer: Answer) -> bool:
        block = self.books.blocks.get(answer.asked["block"])
        return bool(block and block.lifted)

    def is_show_cancelled(self, answer: Answer) -> bool:
        return answer.show in self.books.cancelled_shows

    def has_left(self, answer: Answer) -> bool:
        return self.books.waited[answer.asked["waiting"]].status not in ("WAITING", "OFFERED")


JUDGES: dict[str, Callable[[Actions, Answer], bool]] = {
    "release": Actions.is_released,
    "extension": Actions.is_extended,
    "cancellation": Actions.is_cancelled,
    "staff cancel": Actions.is_cancelled,
    "cancellation at the till": Actions.is_cancelled_at_till,
    "paying out": Actions.is_paid_out,
    "staff refund of a seat": Actions.has_returned_seats,
    "staff exchange": Actions.is_exchanged,
    "block": Actions.is_blocked,
    "unblock": Actions.is_unblocked,
    "cancelling": Actions.is_show_cancelled,
    "leaving the list": Actions.has_left,
}


def faults(answers: Sequence[Answer], books: Books) -> Iterator[str]:
    """Every confirmed action that is missing."""
    actions = Actions(books)
    for answer in answers:
        if answer.what in JUDGES and answer.status in DONE and not JUDGES[answer.what](actions, answer):
            yield f"{answer.who}, {answer.what} at show {answer.show}: that was done, it is said, but was not"
        if (payment := answer.saw.get("payment")) and payment not in books.payments:
            yield f"{answer.who}, {answer.what} at show {answer.show}: there is no payment {payment}"
    yield from _goodwill_forgotten(answers, books)


def judged(answers: Sequence[Answer]) -> Counter[str]:
    """The number of checked responses by kind."""
    return Counter(answer.what for answer in answers if answer.what in JUDGES and answer.status in DONE)


def _goodwill_forgotten(answers: Sequence[Answer], books: Books) -> Iterator[str]:
    """Confirmed goodwill refunds that are missing; an action that was repeated counts once."""
    said: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for answer in answers:
        if answer.what == "staff goodwill" and answer.status in DONE:
            said[answer.asked["ticket"]][answer.asked["action"]] = Decimal(answer.asked["amount"])
    given: dict[str, Decimal] = defaultdict(Decimal)
    for refund in books.refunds:
        given[books.payments[refund.payment].ticket] += refund.amount if refund.reason == "GOODWILL" else 0
    for ticket, amounts in said.items():
        if given[ticket] < sum(amounts.values()):
            yield f"{sum(amounts.values())} was to go back for ticket {ticket}, but {given[ticket]} did"
