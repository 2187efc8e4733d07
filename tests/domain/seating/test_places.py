"""Wheelchair spaces, companion seats, love seats, prices and names: cinema.domain.seating.places, prices, names."""

from decimal import Decimal

import pytest

from cinema.domain.seating.names import rows_named, seat_codes, seat_names
from cinema.domain.seating.places import lone_companions, missing_halves, partners, wheelchairs_beside
from cinema.domain.seating.prices import agreed_prices
from tests.domain.seating.drawings import hall, names_of, pks


def chosen(row: str, names: str):
    places = hall(*row.split())
    return [place for place in places if place.pk in pks(places, names)]


@pytest.mark.parametrize(
    ("row", "names", "lone"),
    [
        ("wk", "A1 A2", ""),
        ("wk", "A2", "A2"),
        ("kwk", "A1 A2 A3", "A3"),
        ("kwwk", "A1 A2 A3 A4", ""),
        ("kwkw", "A1 A2 A3 A4", ""),
        ("wkw", "A2 A3", ""),
        ("w.k", "A1 A2", "A2"),
        ("wak", "A1 A3", "A3"),
        ("w k", "A1 B1", "B1"),
        ("wa", "A1", ""),
    ],
)
def test_each_companion_seat_needs_its_own_wheelchair_space_beside_it(row, names, lone):
    assert names_of(lone_companions(chosen(row, names))) == lone


def test_a_companion_may_sit_on_either_side_of_a_wheelchair_space():
    places = hall("wkwk")

    assert wheelchairs_beside(places) == {2: [1, 3], 4: [3]}


@pytest.mark.parametrize(
    ("rows", "pairs"),
    [
        ("ll", "A1A2"),
        ("llll", "A1A2 A3A4"),
        ("ll.ll", "A1A2 A3A4"),
        (",ll,ll", "A1A2 A3A4"),
        ("lall", "A3A4"),
        ("ll ll", "A1A2 B1B2"),
        ("lll", "A1A2"),
        ("l l", ""),
    ],
)
def test_love_seats_beside_each_other_pair_up_from_the_left(rows, pairs):
    places = hall(*rows.split())
    names = {place.pk: f"{place.row}{place.number}" for place in places}

    halves = partners(places)

    assert " ".join(names[pk] + names[other] for pk, other in halves.items() if pk < other) == pairs
    assert all(halves[other] == pk for pk, other in halves.items())


@pytest.mark.parametrize(
    ("row", "names", "missing"),
    [
        ("llll", "A1 A2", ""),
        ("llll", "A2 A3", "A1 A4"),
        ("llll", "A1", "A2"),
        ("lLll", "A1", ""),
        ("aall", "A1 A2", ""),
    ],
    ids=["whole", "two halves", "half", "the other half cannot be had", "no love seat"],
)
def test_the_other_half_of_a_love_seat_is_missing_if_it_is_free(row, names, missing):
    places = hall(row)

    assert names_of(other for _, other in missing_halves(places, pks(places, names))) == missing


def test_a_carer_comes_free_beside_a_wheelchair_space_if_set():
    places = chosen("wkkaa", "A1 A2 A3 A4")

    assert list(agreed_prices(places, carer_free=True).values()) == [250, 0, 250, 250]
    assert list(agreed_prices(places, carer_free=False).values()) == [250] * 4
    assert agreed_prices(chosen("wk", "A2"), carer_free=True) == {2: Decimal(250)}


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("A1", "row A, seat 1"),
        ("A1 A2", "row A, seats 1 and 2"),
        ("A1 A2 A3 A5", "row A, seats 1–3 and 5"),
        ("A5 B1 B2", "row A, seat 5 and row B, seats 1 and 2"),
    ],
)
def test_seats_are_named_row_by_row(names, words):
    assert seat_names(chosen("aaaaa aaaaa", names)) == words


def test_rows_are_named():
    assert rows_named(chosen("aa aa", "A1 A2")) == "row A"
    assert rows_named(chosen("aa aa", "B2 A1 A2")) == "rows A and B"


@pytest.mark.parametrize(
    ("names", "code"),
    [
        ("A1", "A 1"),
        ("A2 A1", "A 1–2"),
        ("A1 A2 A3 A5", "A 1–3, 5"),
        ("A5 B1 B2", "A 5 · B 1–2"),
    ],
)
def test_seat_codes_are_as_short_as_possible(names, code):
    assert seat_codes(chosen("aaaaa aaaaa", names)) == code
