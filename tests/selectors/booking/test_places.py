"""The hall of a show as SeatPlaces: selectors.booking.places."""

import pytest

from cinema.models import ShowSeat
from cinema.selectors.booking.places import place_of, places, prices_of
from tests.factories import ScreenFactory, ShowFactory, held, lapsed, seat, sold

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory()


def free(show, buyer="asha", **which) -> list[str]:
    return [f"{place.row}{place.number}" for place in places(show, buyer, **which) if place.free]


def test_a_seat_is_free_if_the_buyer_can_have_it(show):
    held(show, "A1", buyer="asha")
    held(show, "A2", buyer="ben")
    sold(show, "A3", buyer="cleo")
    lapsed(held(show, "A4", buyer="dora"))
    ShowSeat.objects.filter(pk=seat(show, "A5").pk).update(status=ShowSeat.Status.BLOCKED)

    assert free(show, rows={0}) == ["A1", "A4", "A6", "A7", "A8"]
    assert free(show, buyer="", rows={0}) == ["A4", "A6", "A7", "A8"]


def test_a_place_has_the_data_of_its_seat():
    show = ShowFactory(screen__plan="b.w")
    first, second = places(show, "")

    assert first == place_of(seat(show, "A1"))
    assert (second.x, second.y, second.kind, second.number) == (4, 0, "WHEELCHAIR", 2)


def test_only_the_rows_asked_for_are_read(show):
    assert {place.row for place in places(show, "", rows={1})} == {"B"}


def test_the_hall_is_one_statement_of_any_size(django_assert_num_queries):
    for rows in (1, 3, 30):
        show = ShowFactory(screen=ScreenFactory(rows=rows))
        with django_assert_num_queries(1):
            assert len(places(show, "")) == rows * 8


def test_a_setting_of_the_theatre_makes_carers_free():
    show = ShowFactory(screen__plan="wka", price=100)
    chosen = [seat(show, "A1"), seat(show, "A2")]

    assert list(prices_of(chosen, show.screen.theatre).values()) == [100, 100]
    show.screen.theatre.carer_free = True
    assert list(prices_of(chosen, show.screen.theatre).values()) == [100, 0]
