from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from cinema.exceptions import NonexistentLocalTime, Overlap, PriceMissing, ScreenClosed
from cinema.models import Language, Movie, Screen, SeatCategory, Show, ShowSeat, Theatre
from cinema.services.halls.halls import build_screen
from cinema.services.schedule.schedule import ShowPlan, schedule_shows
from cinema.services.schedule.showtimes import local_moment

pytestmark = pytest.mark.django_db

EVENING = datetime(2026, 5, 8, 13, 0, tzinfo=UTC)  # 18:30 in Kolkata


@pytest.fixture
def theatre() -> Theatre:
    return Theatre.objects.create(name="Regal", slug="regal", city="Pune", address="1 Road", time_zone="Asia/Kolkata")


@pytest.fixture
def categories(theatre: Theatre) -> list[SeatCategory]:
    return [
        SeatCategory.objects.create(theatre=theatre, name=name, rank=rank)
        for rank, name in enumerate(["Classic", "Premium"], start=1)
    ]


@pytest.fixture
def screen(theatre: Theatre, categories: list[SeatCategory]) -> Screen:
    return build_screen(
        theatre=theatre, name="One", plan="ccc\npp", categories=dict(zip("cp", categories, strict=True))
    )


@pytest.fixture
def plan(screen: Screen, categories: list[SeatCategory]) -> ShowPlan:
    return ShowPlan(
        movie=Movie.objects.create(title="Sholay", slug="sholay", runtime=100),
        screen=screen,
        starts_at=EVENING,
        prices={categories[0].pk: Decimal("200"), categories[1].pk: Decimal("250.26")},
        language=Language.objects.create(code="hi", name="Hindi"),
    )


def test_a_show_has_every_seat_of_its_screen_at_the_price_of_its_category(plan):
    [show] = schedule_shows(plans=[plan])
    assert list(show.seats.order_by("seat__y", "seat__x").values_list("seat__row", "price", "status")) == [
        ("A", Decimal("200.00"), ShowSeat.Status.AVAILABLE),
        ("A", Decimal("200.00"), ShowSeat.Status.AVAILABLE),
        ("A", Decimal("200.00"), ShowSeat.Status.AVAILABLE),
        ("B", Decimal("250.26"), ShowSeat.Status.AVAILABLE),
        ("B", Decimal("250.26"), ShowSeat.Status.AVAILABLE),
    ]
    assert (show.seats_total, show.seats_free, show.revision) == (5, 5, 0)


def test_a_show_keeps_the_screen_for_trailers_film_and_cleaning(plan):
    [show] = schedule_shows(plans=[plan])
    assert show.ends_at == EVENING + timedelta(minutes=15 + 100 + 15)


@pytest.mark.parametrize(
    ("local", "day"),
    [("2026-05-08 05:00", "2026-05-08"), ("2026-05-09 00:30", "2026-05-08"), ("2026-05-09 04:59", "2026-05-08")],
)
def test_a_show_before_five_belongs_to_the_evening_before(theatre, local, day):
    moment = datetime.fromisoformat(local)
    assert theatre.trading_day(local_moment(moment.date(), moment.time(), theatre)) == date.fromisoformat(day)


def test_a_theatre_has_its_own_day():
    kathmandu, new_york = Theatre(time_zone="Asia/Kathmandu"), Theatre(time_zone="America/New_York")
    moment = datetime(2026, 5, 8, 23, 30, tzinfo=UTC)
    assert kathmandu.trading_day(moment) == date(2026, 5, 9)  # 05:15
    assert new_york.trading_day(moment) == date(2026, 5, 8)  # 19:30


def test_a_second_show_at_the_same_time_is_refused_and_names_the_first(plan):
    [first] = schedule_shows(plans=[plan])
    with pytest.raises(Overlap, match="“Sholay” is already on One from 18:30 to 20:40 on Friday 8 May 2026") as caught:
        schedule_shows(plans=[replace(plan, starts_at=first.ends_at - timedelta(minutes=1))])
    assert caught.value.show == first
    assert Show.objects.get() == first


def test_a_show_may_start_the_moment_the_screen_is_free_and_end_as_the_next_starts(plan):
    [first] = schedule_shows(plans=[plan])
    length = first.ends_at - first.starts_at
    schedule_shows(plans=[replace(plan, starts_at=first.ends_at)])
    schedule_shows(plans=[replace(plan, starts_at=first.starts_at - length)])
    assert Show.objects.count() == 3


def test_a_cancelled_show_leaves_its_screen_free(plan):
    schedule_shows(plans=[plan])
    Show.objects.update(status=Show.Status.CANCELLED)
    schedule_shows(plans=[plan])


def test_another_screen_is_free_at_the_same_time(plan, theatre, categories):
    other = build_screen(theatre=theatre, name="Two", plan="c", categories={"c": categories[0]})
    schedule_shows(plans=[plan, replace(plan, screen=other)])


def test_one_overlap_among_many_plans_leaves_none_of_them(plan):
    later = replace(plan, starts_at=EVENING + timedelta(hours=5))
    with pytest.raises(Overlap):
        schedule_shows(plans=[plan, later, replace(later, starts_at=later.starts_at + timedelta(minutes=5))])
    assert not Show.objects.exists()


def test_a_category_without_a_price_is_named(plan, categories):
    with pytest.raises(PriceMissing, match="There is no price for Premium") as caught:
        schedule_shows(plans=[replace(plan, prices={categories[0].pk: Decimal(200)})])
    assert caught.value.categories == ["Premium"]
    assert not Show.objects.exists()


def test_a_start_without_a_time_zone_is_refused(plan):
    with pytest.raises(ValueError, match="time zone"):
        schedule_shows(plans=[replace(plan, starts_at=EVENING.replace(tzinfo=None))])


def test_a_time_the_clocks_leap_over_is_refused():
    berlin = Theatre(time_zone="Europe/Berlin")
    with pytest.raises(NonexistentLocalTime, match="There is no 02:30 on Sunday 29 March 2026"):
        local_moment(date(2026, 3, 29), time(2, 30), berlin)
    assert local_moment(date(2026, 3, 29), time(3, 30), berlin) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_of_a_time_that_comes_twice_the_first_is_meant():
    berlin = Theatre(time_zone="Europe/Berlin")
    assert local_moment(date(2026, 10, 25), time(2, 30), berlin) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("number", [1, 3, 29])  # as many as SQLite takes in one statement
def test_scheduling_takes_the_same_queries_for_any_number_of_shows(plan, number, django_assert_max_num_queries):
    plans = [replace(plan, starts_at=EVENING + timedelta(days=day)) for day in range(number)]
    with django_assert_max_num_queries(11):
        schedule_shows(plans=plans)


def test_nothing_to_schedule_is_nothing_done():
    assert schedule_shows(plans=[]) == []


def test_no_show_is_scheduled_on_a_screen_closed_since(plan):
    Screen.objects.update(retired_at=EVENING)

    with pytest.raises(ScreenClosed):
        schedule_shows(plans=[plan])


def test_a_show_lasts_as_long_as_its_film_does_now(plan):
    Movie.objects.update(runtime=150)

    [show] = schedule_shows(plans=[plan])

    assert show.ends_at - show.starts_at == timedelta(minutes=150 + show.trailers + show.turnaround)
