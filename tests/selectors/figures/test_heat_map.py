"""Sales of each seat: selectors.figures.heat_map."""

from datetime import timedelta

import pytest

from cinema.domain.periods import Period
from cinema.models import Ticket
from cinema.selectors.figures.heat_map import heat_map
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import ScreenFactory, ShowFactory, cancelled, sold

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shows():
    """Two shows on one screen of four seats, on one day."""
    screen = ScreenFactory(rows=1, columns=4, theatre__cancel_cutoff=60)
    first = ShowFactory(screen=screen)
    return [first, ShowFactory(screen=screen, starts_at=first.starts_at + timedelta(hours=3))]


def ahead(ticket: Ticket, hours: int) -> Ticket:
    Ticket.objects.filter(pk=ticket.pk).update(confirmed_at=ticket.show.starts_at - timedelta(hours=hours))
    return ticket


def seats(show, period: Period | None = None) -> dict:
    found = heat_map(show.screen, period or Period(show.trading_day, show.trading_day))
    return {f"{one.seat.row}{one.seat.number}": one for one in found}


def test_the_share_of_a_seat_is_how_often_it_is_sold(shows):
    first, second = shows
    sold(first, "A1 A2")
    sold(second, "A2")
    found = seats(first)
    assert {name: (one.sold, one.shows, one.share) for name, one in found.items()} == {
        "A1": (1, 2, 50),
        "A2": (2, 2, 100),
        "A3": (0, 2, 0),
        "A4": (0, 2, 0),
    }


def test_the_lead_is_the_average_time_before_the_show(shows):
    first, second = shows
    ahead(sold(first, "A1"), 10)
    ahead(sold(second, "A1"), 20)
    found = seats(first)
    assert found["A1"].lead == timedelta(hours=15)
    assert found["A2"].lead is None


def test_returned_seats_and_cancelled_shows_do_not_count(shows):
    first, second = shows
    cancel_ticket(code=sold(first, "A1").code)
    sold(second, "A2")
    cancelled(second)
    found = seats(first)
    assert {name: (one.sold, one.shows) for name, one in found.items()} == dict.fromkeys(found, (0, 1))


def test_other_days_and_other_screens_do_not_count(shows):
    first, _ = shows
    sold(first, "A1")
    sold(ShowFactory(screen=ScreenFactory(theatre=first.screen.theatre), starts_at=first.starts_at), "A1")
    before = first.trading_day - timedelta(days=1)
    assert seats(first)["A1"].sold == 1
    nothing = seats(first, Period(before, before))["A1"]
    assert (nothing.sold, nothing.shows, nothing.share) == (0, 0, 0)


def test_it_takes_three_statements(shows, django_assert_num_queries):
    with django_assert_num_queries(3):
        heat_map(shows[0].screen, Period(shows[0].trading_day, shows[0].trading_day))
