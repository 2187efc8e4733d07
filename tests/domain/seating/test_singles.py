"""No seat is left on its own: cinema.domain.seating.singles, beside a brute-force oracle.

HALLS=5000 .venv/bin/pytest -n0 --timeout 0 tests/domain/seating     many more random halls
"""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cinema.domain.seating.places import STANDARD
from cinema.domain.seating.singles import NEARLY_FULL, refusal, strays
from tests.domain.seating.drawings import hall, names_of, pks
from tests.domain.seating.oracle import can_be_avoided, left_alone, shape

EXAMPLES = int(os.environ.get("HALLS", 0))
PROFILE = settings(
    derandomize=not EXAMPLES,
    max_examples=EXAMPLES or 300,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
MARKS = st.sampled_from("aaaaaaAAAbb.,wk")
SMALL_HALLS = st.lists(st.text(MARKS, min_size=1, max_size=7), min_size=1, max_size=3).map(lambda rows: hall(*rows))
BIG_HALLS = st.lists(st.text(MARKS, min_size=4, max_size=14), min_size=2, max_size=5).map(lambda rows: hall(*rows))


def refused(drawing: str, names: str):
    places = hall(*drawing.split())
    return refusal(places, pks(places, names))


@pytest.mark.parametrize(
    ("row", "chosen", "left"),
    [
        ("aaaaa", "A2", "A1"),
        ("aaaaa", "A1", ""),
        ("aaaaa", "A2 A4", "A1 A3 A5"),
        ("aaaaa", "A3", ""),
        ("aaAaa", "A4", "A5"),
        ("aAaaa", "A3", ""),
        ("aa.aa", "A2", "A1"),
        ("a.aaa", "A2", ""),
        ("waaa", "A3", "A2 A4"),
        ("aabb", "A3", "A4"),
        ("aal", "A2", "A1"),
        ("kaa", "A1", ""),
    ],
    ids=[
        "one at the wall",
        "the seat at the wall itself",
        "several",
        "two are left",
        "beside a taken one",
        "alone before",
        "beside an aisle",
        "alone at an aisle before",
        "beside a wheelchair space",
        "of another category",
        "beside a love seat",
        "a special place strands nobody",
    ],
)
def test_a_choice_strands_seats_whose_last_free_neighbour_it_takes(row, chosen, left):
    places = hall(row)

    assert names_of(strays(places, pks(places, chosen))) == left


def test_the_nearest_choices_are_in_the_same_row_if_it_has_any():
    found = refused("aaaaaaaa aaaaaaaa", "A2 A3")

    assert sorted(map(names_of, found.choices)) == ["A1 A2", "A3 A4", "A4 A5"]


def test_another_row_is_offered_when_the_row_has_none():
    assert names_of(refused("aaa aaaa", "A2 A3").choices[0])[0] == "B"


def test_alternatives_have_the_same_category_and_price():
    found = refused("aaaa bbbbbb", "A2 A3")

    assert {place.category for choice in found.choices for place in choice} == {1}


def test_parts_of_a_choice_that_strand_no_seat_stay():
    found = refused("aaaaaaaa aaaaaaaa", "A1 A2 B2 B3")

    assert all(names_of(choice).startswith("A1 A2") for choice in found.choices[:2])


def test_seats_of_other_kinds_stay_in_every_alternative():
    found = refused("wkaaaaaa", "A1 A2 A4")

    assert found.choices
    assert all(names_of(choice).startswith("A1 A2") for choice in found.choices)


def test_a_choice_without_alternatives_is_allowed():
    assert refused("aaa aaa aaa", "A1 A2") is None


def test_in_a_nearly_full_hall_every_choice_is_allowed():
    full = "A" * 8 + "aaaa" + "A" * 28

    assert len(hall(full)) * NEARLY_FULL == 4
    assert refused(full, "A10") is None
    assert refused(full[:-1], "A10")


# Properties of any hall and any choice


@PROFILE
@given(SMALL_HALLS, st.data())
def test_a_choice_is_refused_if_it_strands_a_seat_and_another_does_not(places, data):
    free = [place.pk for place in places if place.free]
    chosen = data.draw(st.sets(st.sampled_from(free), max_size=5) if free else st.just(set()))
    nearly_full = len(free) <= NEARLY_FULL * len(places)

    found = refusal(places, chosen)

    assert {place.pk for place in strays(places, chosen)} == left_alone(places, chosen)
    wrong = bool(left_alone(places, chosen)) and not nearly_full
    assert bool(found) == (wrong and can_be_avoided(places, chosen))
    if found:
        assert {place.pk for place in found.seats} == left_alone(places, chosen)


@PROFILE
@given(BIG_HALLS, st.data())
def test_alternatives_are_always_free_similar_and_accepted(places, data):
    free = [place.pk for place in places if place.free]
    chosen = data.draw(st.sets(st.sampled_from(free), max_size=8) if free else st.just(set()))
    by_pk = {place.pk: place for place in places}

    found = refusal(places, chosen)

    for choice in found.choices if found else ():
        offered = {place.pk for place in choice}
        assert refusal(places, offered) is None
        assert not left_alone(places, offered)
        assert offered <= set(free)
        assert len(choice) == len(offered) == len(chosen)
        for describe in (
            lambda pk: (by_pk[pk].category, by_pk[pk].price),
            lambda pk: by_pk[pk].kind != STANDARD and pk,
        ):
            assert sorted(map(describe, offered)) == sorted(map(describe, chosen))
    if found:
        assert 1 <= len(found.choices) <= 3


@PROFILE
@given(BIG_HALLS, st.randoms(use_true_random=False))
def test_buyers_who_take_the_alternatives_sell_out_the_hall(places, random):
    """Nobody meets a dead end: an offer is always accepted, and every free seat finds its buyer."""
    places = [place for place in places if place.kind == STANDARD]
    while free := [place for place in places if place.free]:
        party = random.sample(free, min(len(free), random.choice([1, 1, 2, 2, 3, 4])))
        chosen = {place.pk for place in party}
        if found := refusal(places, chosen):
            chosen = {place.pk for place in random.choice(found.choices)}
            assert refusal(places, chosen) is None
        places = [place._replace(free=place.free and place.pk not in chosen) for place in places]


def test_the_oracle_finds_the_shape_of_a_choice():
    places = hall("aabb.a", "aa")

    assert sorted(shape(places, pks(places, "A1 A2 A3 A5 B1")).values()) == [1, 1, 2]
