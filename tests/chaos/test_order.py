"""Responses that an order of events explains, and some that none does: a hall of three seats, written by hand."""

import pytest

from tests.chaos import order
from tests.chaos.books import Blocked, Books, Event, Held, Waited
from tests.chaos.history import Answer

SHOW, SEATS = 1, (11, 12, 13)
HELD, LAPSED, EXPIRED = 110.0, 125.0, 140.0  # seconds; seats 11 and 12 are held, run out, and are found to have


@pytest.fixture
def books() -> Books:
    """Seat 13 is sold from the beginning, the others are held once."""
    books = Books()
    books.seats[SHOW] = dict.fromkeys(SEATS, "AVAILABLE") | {13: "BOOKED"}
    books.events[SHOW] = [
        Event(1, 13, "HOLD", "AVAILABLE", "HELD", "bought", "", 50.0),
        Event(2, 13, "BOOK", "HELD", "BOOKED", "bought", "ticket", 55.0),
        *(Event(3, seat, "HOLD", "AVAILABLE", "HELD", "hold", "", HELD) for seat in (11, 12)),
        *(Event(4, seat, "EXPIRE", "HELD", "AVAILABLE", "hold", "", EXPIRED) for seat in (11, 12)),
    ]
    books.holds = {"bought": Held(SHOW, 65.0, 65.0), "hold": Held(SHOW, LAPSED, LAPSED)}
    return books


def answer(what: str, at: float, asked: dict | None = None, **saw: object) -> Answer:
    return Answer("somebody", what, SHOW, at, at + 1, 409 if "gone" in saw or "full" in saw else 200, asked or {}, saw)


def witness(at: float, revision: int) -> Answer:
    """A response that proves a revision of the ledger."""
    states = dict.fromkeys(SEATS, "free") | {13: "sold"} | (dict.fromkeys((11, 12), "held") if revision == 3 else {})
    return answer("seat map", at, revision=revision, states=states)


def is_explained(books: Books, *answers: Answer) -> bool:
    return not order.faults([witness(100, 2), witness(112, 3), witness(142, 4), *answers], books)


@pytest.mark.parametrize(
    ("at", "seat", "explained"),
    [(105, 11, False), (115, 11, True), (130, 11, False), (105, 13, True), (145, 11, False)],
    ids=["free", "held", "held, but its time is over", "sold", "free again"],
)
def test_a_seat_is_refused_only_while_somebody_has_it(books, at, seat, explained):
    assert is_explained(books, answer("hold", at, {"seats": [seat]}, gone=[seat])) is explained


def test_all_seats_of_a_refusal_were_gone_at_the_same_time(books):
    books.events[SHOW] += [
        Event(5, 11, "BLOCK", "AVAILABLE", "BLOCKED", "", "", 150.0),
        Event(6, 11, "UNBLOCK", "BLOCKED", "AVAILABLE", "", "", 150.2),
        Event(7, 12, "BLOCK", "AVAILABLE", "BLOCKED", "", "", 150.4),
    ]

    assert is_explained(books, answer("hold", 149.9, {"seats": [11]}, gone=[11]))
    assert is_explained(books, answer("hold", 149.9, {"seats": [12]}, gone=[12]))
    assert not is_explained(books, answer("hold", 149.9, {"seats": [11, 12]}, gone=[11, 12]))


@pytest.mark.parametrize(
    ("at", "party", "explained"),
    [(105, 2, False), (105, 3, True), (115, 1, True), (130, 1, False), (130, 2, False), (130, 3, True)],
    ids=["two are free", "two of three", "all held", "held, but over", "both over", "both over, of three"],
)
def test_a_hall_is_full_while_fewer_seats_are_left_than_the_party(books, at, party, explained):
    assert is_explained(books, answer("best seats", at, {"party": party}, full=True)) is explained


@pytest.mark.parametrize(
    ("waited", "explained"),
    [
        (Waited(SHOW, 2, "WAITING", 120.0), True),
        (Waited(SHOW, 2, "OFFERED", 120.0, 140.0), True),
        (Waited(SHOW, 2, "OFFERED", 20.0, 40.0), False),
        (Waited(SHOW, 2, "WAITING", 135.0), False),
        (Waited(SHOW, 1, "WAITING", 120.0), False),
        (Waited(SHOW, 3, "WAITING", 120.0), False),
        (Waited(2, 2, "WAITING", 120.0), False),
    ],
    ids=["waits", "until it has them", "no more", "not yet", "wants but one", "too many", "for another show"],
)
def test_seats_of_an_expired_hold_go_to_a_request_that_waits_for_them(books, waited, explained):
    books.waited["code"] = waited

    assert is_explained(books, answer("hold", 130, {"seats": [11, 12]}, gone=[11, 12])) is explained
    assert is_explained(books, answer("best seats", 130, {"party": 1}, full=True)) is explained


def block_of(seat: int, books: Books, *, lifted: float) -> list[Answer]:
    """A block that was asked for at 116 and lifted at a certain time."""
    books.blocks["7"] = Blocked(frozenset([seat]), True)
    lift = answer("unblock", lifted, {"block": "7"})._replace(status=303)
    return [answer("block", 116, block="7")._replace(status=303), lift]


@pytest.mark.parametrize(
    ("at", "seat", "lifted", "explained"),
    [
        (130, 11, 135, True),
        (130, 11, 130.5, True),
        (130, 11, 127, False),
        (130, 12, 135, False),
        (145, 11, 150, False),
    ],
    ids=["on it", "lifted meanwhile", "lifted", "another seat", "free"],
)
def test_a_seat_of_an_expired_hold_is_refused_while_a_block_waits_for_it(books, at, seat, lifted, explained):
    """The block may be lifted before anybody has released the hold: then the ledger never shows it."""
    blocked = block_of(seat=11, books=books, lifted=lifted)

    assert is_explained(books, *blocked, answer("hold", at, {"seats": [seat]}, gone=[seat])) is explained


@pytest.mark.parametrize(("party", "explained"), [(1, False), (2, True)])
def test_a_hall_is_full_without_the_seats_that_a_block_waits_for(books, party, explained):
    blocked = block_of(seat=11, books=books, lifted=135)

    assert is_explained(books, *blocked, answer("best seats", 130, {"party": party}, full=True)) is explained


def test_an_entry_that_left_the_list_waits_no_more(books):
    books.waited["code"] = Waited(SHOW, 2, "LEFT", 20.0)
    refusal = answer("hold", 130, {"seats": [11]}, gone=[11])
    left = answer("leaving the list", 60, {"waiting": "code"})._replace(status=303)

    assert is_explained(books, refusal)
    assert not is_explained(books, refusal, left)


def test_free_seats_are_offered_only_if_a_hold_has_expired(books):
    books.waited["code"] = Waited(SHOW, 2, "WAITING", 20.0)

    assert not is_explained(books, answer("hold", 105, {"seats": [11]}, gone=[11]))


@pytest.mark.parametrize(
    ("at", "seat", "state", "explained"),
    [
        (115, 11, "held", True),
        (115, 11, "mine", False),
        (115, 11, "free", False),
        (130, 11, "free", True),
        (130, 11, "held", False),
        (115, 13, "sold", True),
        (115, 13, "held", False),
        (115, 13, "blocked", False),
        (105, 11, "free", True),
        (105, 11, "sold", False),
    ],
)
def test_a_map_shows_each_seat_as_it_stands(books, at, seat, state, explained):
    shown = witness(at, 2 if at < HELD else 3)
    shown.saw["states"] |= dict.fromkeys((11, 12), "free") if at > LAPSED else {}
    shown.saw["states"][seat] = state

    assert is_explained(books, shown) is explained
