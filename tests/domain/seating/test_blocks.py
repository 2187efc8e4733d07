"""The best seats for a party: cinema.domain.seating.blocks."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinema.domain.seating.blocks import SeatAlternatives, best_block, may_fit, nearest_blocks, togetherness
from cinema.domain.seating.places import LOVE, STANDARD, partners
from cinema.domain.seating.rows import free_beside
from tests.domain.seating.drawings import hall, names_of, pks
from tests.domain.seating.oracle import left_alone
from tests.domain.seating.test_singles import PROFILE


def best(drawing: str, party: int, **wish) -> str:
    return names_of(best_block(hall(*drawing.split()), party, **wish))


@pytest.mark.parametrize(
    ("drawing", "party", "seats"),
    [
        ("aaaaaaa " * 7, 3, "E3 E4 E5"),
        ("aaaaaaa " * 7, 2, "E3 E4"),
        ("aaaaaaa aaaaaaa aaaaaaa aaaaaaa AAAAAAA aaaaaaa aaaaaaa", 3, "F3 F4 F5"),
        ("aaaaaaa.aaaaaa", 4, "A4 A5 A6 A7"),
        ("aaAa.aaa aaAa.aaa", 4, "B4 B5 B6 B7"),
        ("aaA aaA", 4, "A1 A2 B1 B2"),
        ("aaa aaa aaa", 7, "A1 A2 B1 B2 C1 C2 C3"),
        ("aA aA", 2, "A1 B1"),
        ("aAAAAAAAAa", 2, "A1 A10"),
    ],
    ids=[
        "in the middle, two thirds back",
        "two of the middle",
        "the row behind rather than the one before",
        "together rather than central",
        "across an aisle",
        "one behind the other",
        "in three rows",
        "two behind each other",
        "as near as can be",
    ],
)
def test_a_party_gets_the_seats_a_good_box_office_would_give(drawing, party, seats):
    assert best(drawing, party) == seats


def test_no_single_seat_is_stranded_if_the_party_can_sit_elsewhere():
    assert best("aaaaa", 4) == "A1 A2 A3 A4"  # unavoidable
    assert best("aaaaa", 2) in {"A1 A2", "A4 A5"}
    assert best("aaaaa", 2, avoid_singles=False) == "A2 A3"


def test_in_a_party_of_four_or_more_nobody_sits_alone_in_a_row():
    assert best("aaaA aaaA", 5) in {"A1 A2 A3 B1 B2", "A1 A2 A3 B2 B3", "A1 A2 B1 B2 B3", "A2 A3 B1 B2 B3"}
    assert best("aaaA aaAA", 4) in {"A1 A2 B1 B2", "A2 A3 B1 B2"}


def test_the_seats_have_the_category_and_at_most_the_price_asked_for():
    assert best("aaaaaa bbbbbb", 2, category=2) == "B3 B4"
    assert best("aaaaaa bbbbbb", 2, ceiling=Decimal(300)) == "A3 A4"
    assert best("aaaaaa bbbbbb", 2, category=2, ceiling=Decimal(300)) == ""


def test_wheelchair_and_companion_places_are_not_given_to_a_party():
    assert best("wkaa", 2) == "A3 A4"
    assert best("wkaa", 3) == ""


def test_love_seats_are_given_whole_and_only_as_a_last_resort():
    assert best("aaaaaa llllll", 2) == "A3 A4"
    assert best("AAAA llll", 2) in {"B1 B2", "B3 B4"}
    assert best("AAAA llll", 1) == ""
    assert best("AAAA llll", 3) == ""
    assert best("AAAa llll", 3) == "A4 B3 B4"


def test_a_party_larger_than_the_free_seats_gets_none():
    assert best("aaA", 3) == ""
    assert best("A", 1) == ""


@pytest.mark.parametrize(
    ("drawing", "names", "how"),
    [
        ("aaaa", "A2 A3", "together"),
        ("aa.aa", "A2 A3", "aisle"),
        ("aaaa", "A1 A3", "aisle"),
        ("aaaa ,aaaa", "A1 A2 B1 B2", "rows"),
        ("aaaaaa aaaaaa", "A1 A2 B5 B6", "apart"),
        ("aa .. aa", "A1 C1", "apart"),
        ("aaa aaa", "A1 A3 B1", "apart"),
    ],
)
def test_togetherness_describes_how_a_party_sits(drawing, names, how):
    places = hall(*drawing.split())

    assert togetherness([place for place in places if place.pk in pks(places, names)]) == how


WISHES = st.tuples(st.integers(1, 8), st.sampled_from([None, 1, 2]), st.sampled_from([None, Decimal(300)]))
HALLS = st.lists(
    st.text(st.sampled_from("aaaaaAAAbb.,wl"), min_size=1, max_size=12).map(lambda row: row.replace("l", "ll")),
    min_size=1,
    max_size=6,
).map(lambda rows: hall(*rows))


@PROFILE
@given(HALLS, WISHES)
def test_a_party_that_fits_gets_seats_as_asked_for(places, wish):
    party, category, ceiling = wish
    suiting = [
        p
        for p in places
        if p.free
        and category in (None, p.category)
        and (ceiling is None or p.price <= ceiling)
        and p.kind != "WHEELCHAIR"
    ]
    ordinary = [p for p in suiting if p.kind == STANDARD]

    block = best_block(places, party, category, ceiling)

    if len(ordinary) >= party:
        assert block
    if block:
        assert len({place.pk for place in block}) == len(block) == party
        assert set(block) <= set(suiting)
        taken, halves = {place.pk for place in block}, partners(places)
        assert all(halves[place.pk] in taken for place in block if place.kind == LOVE)


@PROFILE
@given(HALLS, st.integers(1, 6))
def test_a_party_sits_together_if_that_is_possible(places, party):
    """Checked against every row, seat by seat."""
    spots = {(place.y, place.x) for place in places if place.free and place.kind == STANDARD}
    possible = any(all((y, x + 2 * n) in spots for n in range(party)) for y, x in spots)

    block = best_block(places, party)

    assert possible == bool(
        block and togetherness(block) == "together" and {place.kind for place in block} == {STANDARD}
    )


# Alternatives for seats that were taken


def test_alternatives_of_the_same_price_come_first_then_the_nearest():
    places = hall("aaaaaaaa", "aaAAaaaa", "bbbbbbbb")
    wanted = [place for place in places if place.pk in pks(places, "B3 B4")]

    assert sorted(map(names_of, nearest_blocks(places, wanted))) == ["A3 A4", "B1 B2", "B5 B6"]
    assert names_of(nearest_blocks(hall("AAAA", "bbbb"), wanted)[0]) == "B3 B4"


def test_alternatives_for_love_seats_are_love_seats():
    places = hall("aaaa", "LLll")
    wanted = [place for place in places if place.pk in pks(places, "B1 B2")]

    assert list(map(names_of, nearest_blocks(places, wanted))) == ["B3 B4"]


def test_ordinary_seats_are_no_alternative_to_a_wheelchair_space():
    places = hall("WKaaaa")
    wanted = [place for place in places if place.pk in pks(places, "A1 A2")]

    assert nearest_blocks(places, wanted) == []


@PROFILE
@given(HALLS, st.data())
def test_alternatives_are_free_together_and_strand_no_seat(places, data):
    seats = [place for place in places if place.kind == STANDARD]
    wanted = data.draw(st.sets(st.sampled_from(seats), min_size=1, max_size=5) if seats else st.just(set()))

    blocks = nearest_blocks(places, wanted) if wanted else []

    for block in blocks:
        assert len(block) == len(wanted)
        assert togetherness(block) == "together"
        assert all(place.free and place.kind == STANDARD for place in block)
        assert not left_alone(places, {place.pk for place in block})
    assert len({place for block in blocks for place in block}) == sum(map(len, blocks))


@pytest.mark.parametrize(
    ("row", "taken", "free"),
    [
        ("aaAaa.aaa", "A3", "A2 A4"),
        ("aaAAa.aaa", "A3 A4", "A2 A5"),
        ("Aaaaa.aaa", "A1", "A2"),
        ("aAAaa.aaa", "A3", "A4"),
        ("aAAAa.aaa", "A3", ""),
        ("aaaaA.aaa", "A5", "A4"),
    ],
    ids=["both sides", "of two together", "at the wall", "one side", "neither", "not across the aisle"],
)
def test_the_free_seats_beside_those_that_were_taken(row, taken, free):
    places = hall(row)

    assert names_of(free_beside(places, [place for place in places if place.pk in pks(places, taken)])) == free


@PROFILE
@given(HALLS, st.integers(1, 8))
def test_may_fit_is_false_only_if_no_block_can_be_found(places, party):
    if not may_fit(places, party):
        assert best_block(places, party, avoid_singles=False) is None


def test_a_party_of_odd_size_does_not_fit_in_love_seats_alone():
    assert not may_fit(hall("llll"), 3)
    assert may_fit(hall("llll"), 4)


def test_a_half_taken_love_seat_seats_nobody():
    assert not may_fit(hall("lllL"), 4)


def test_alternatives_found_once_are_those_found_anew_for_each_choice():
    places = hall("AAaA.AAAA", "bbbbBbbbb", "AAAAAAAA")
    kept = SeatAlternatives(places)
    for size in (1, 2, 3):
        for start in range(0, len(places) - size, 2):
            wanted = places[start : start + size]
            assert kept.near(wanted) == nearest_blocks(places, wanted)
