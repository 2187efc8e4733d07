"""Scans at the door that one order explains, and some that none does: a ticket for two seats, written by hand."""

import pytest

from tests.chaos import admissions
from tests.chaos.books import Books, Event, Scanned, Sold
from tests.chaos.history import BROKEN, Answer

TICKET, SHOW, TONES = "ticket", 1, {"ADMITTED": "go", "LEFT": "go", "UNDONE": "wait", "NOT_INSIDE": "wait"}


class Door:
    """A door whose scans take a second each, at the times of their numbers, and what was kept of them."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.books = Books()
        self.books.tickets[TICKET] = Sold(SHOW, "CONFIRMED", "hold", "REF", 0)

    def scan(
        self, outcome: str, seats: str = "1 2", direction: str = "IN", *, earlier: int = 0, show: int = SHOW
    ) -> int:
        """A scan that was answered with this outcome and kept; return its number."""
        pk = len(self.books.scans) + 1
        keys = list(map(int, seats.split()))
        self.books.scans.append(Scanned(pk, f"key {pk}", TICKET, show, direction, outcome, keys, earlier, float(pk)))
        self.answer(pk, TONES.get(outcome, "stop"), keys if outcome in admissions.MOVES else [])
        return pk

    def answer(self, pk: int, tone: str, seats: list[int], *, at: float | None = None, status: int = 200) -> None:
        begin = pk if at is None else at
        saw = {"tone": tone, "seats": seats} if status == 200 else {}
        self.answers.append(Answer("door", "scan", 0, begin, begin + 0.5, status, {"scan": f"key {pk}"}, saw))

    def faults(self, inside: str = "") -> list[str]:
        there = set(map(int, inside.split()))
        self.books.inside = {seat: seat in there for seat in (1, 2)}
        return list(admissions.faults(self.answers, self.books))


@pytest.fixture
def door() -> Door:
    return Door()


def test_a_party_comes_leaves_and_comes_again(door):
    for outcome, seats, direction in [
        ("ADMITTED", "1 2", "IN"),
        ("ALREADY", "1 2", "IN"),
        ("LEFT", "1 2", "OUT"),
        ("NOT_INSIDE", "1 2", "OUT"),
        ("ADMITTED", "1", "IN"),
        ("ADMITTED", "2", "IN"),
    ]:
        door.scan(outcome, seats, direction)

    assert door.faults(inside="1 2") == []
    assert len(door.faults(inside="1")) == 1


@pytest.mark.parametrize(("direction", "inside"), [("IN", ""), ("OUT", "1 2")])
def test_what_was_undone_is_as_it_was_before(door, direction, inside):
    if direction == "OUT":
        door.scan("ADMITTED")
    earlier = door.scan("ADMITTED" if direction == "IN" else "LEFT", direction=direction)
    door.scan("UNDONE", direction=direction, earlier=earlier)

    assert door.faults(inside) == []


@pytest.mark.parametrize("again", ["ADMITTED", "LEFT", "NOT_INSIDE"])
def test_a_scan_that_does_not_follow_from_those_before_is_found(door, again):
    door.scan("ADMITTED", "1")
    door.scan(again, "1" if again != "LEFT" else "2")

    assert door.faults(inside="1" if again != "LEFT" else "1 2")


def test_a_seat_is_not_refused_where_nobody_is(door):
    door.scan("ADMITTED", "1")
    door.scan("ALREADY", "1 2")

    assert door.faults(inside="1")


def test_only_the_last_scan_of_a_seat_is_undone(door):
    first = door.scan("ADMITTED")
    door.scan("LEFT", direction="OUT")
    door.scan("UNDONE", earlier=first)

    assert door.faults()


def test_nobody_is_inside_at_another_show(door):
    door.scan("ADMITTED")
    door.scan("ADMITTED", show=2)
    door.books.tickets[TICKET] = door.books.tickets[TICKET]._replace(show=2)

    assert door.faults(inside="1 2") == []


def test_a_scan_that_is_repeated_is_answered_alike_and_kept_once(door):
    door.scan("ADMITTED")
    door.answer(1, "go", [1, 2], at=5)
    assert door.faults(inside="1 2") == []

    door.answer(1, "stop", [], at=7)
    assert door.faults(inside="1 2")


def test_a_scan_without_an_answer_may_be_kept(door):
    door.scan("ADMITTED")
    door.answers = []
    door.answer(1, "", [], status=BROKEN)

    assert door.faults(inside="1 2") == []


@pytest.mark.parametrize("kept", [0, 2])
def test_a_scan_that_was_answered_is_kept_once(door, kept):
    door.scan("UNREADABLE", "")
    door.books.scans = door.books.scans * kept

    assert door.faults()


def test_nobody_keeps_a_scan_that_nobody_made(door):
    door.scan("ALREADY", "")
    door.answers = []

    assert door.faults()


def test_answers_are_in_the_order_in_which_their_scans_were_kept(door):
    door.scan("ADMITTED", "1")
    door.scan("ADMITTED", "2")
    early, late = door.answers
    door.answers = [early._replace(begin=late.begin, end=late.end), late._replace(begin=early.begin, end=early.end)]

    assert door.faults(inside="1 2")


@pytest.mark.parametrize(("at", "explained"), [(0.2, False), (0.8, True)])
@pytest.mark.parametrize("what", ["cancellation", "staff cancel", "cancellation at the till"])
def test_nobody_is_admitted_after_the_answer_that_the_ticket_is_cancelled(door, what, at, explained):
    door.scan("ADMITTED")
    asked = {"ticket": TICKET, "reference": "REF"}
    door.answers.append(Answer("somebody", what, SHOW, at - 0.1, at + 0.5, 303, asked, {}))

    assert (door.faults(inside="1 2") == []) is explained


@pytest.mark.parametrize(("shows", "is_judged"), [([], True), ([SHOW], True), ([SHOW, 2], False)])
def test_a_ticket_that_may_have_come_back_to_a_show_is_not_judged(door, shows, is_judged):
    door.scan("ADMITTED")
    door.scan("ADMITTED")
    for show in shows:
        door.books.events[show].append(Event(5, 11, "MOVE_OUT", "BOOKED", "AVAILABLE", "", TICKET, 1.5))

    assert (door.faults(inside="1 2") != []) is is_judged
