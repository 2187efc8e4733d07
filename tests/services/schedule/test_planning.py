"""Drafts: runs and copies, row by row, with a reason for every row that is impossible."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from cinema.exceptions import (
    AmbiguousLocalTime,
    FilmRetired,
    NeverOnSale,
    NonexistentLocalTime,
    Overlap,
    ScreenClosed,
    TimeInThePast,
)
from cinema.models import AuditEvent, Movie, Show
from cinema.services.schedule.copying import copy_rows
from cinema.services.schedule.plan_rows import run_days, run_rows
from cinema.services.schedule.planning import plan_rows
from cinema.services.schedule.schedule import ShowPlan
from cinema.services.schedule.showtimes import local_moment, showtime
from tests.factories import (
    LanguageFactory,
    MovieFactory,
    ScreenFactory,
    ShowFactory,
    TheatreFactory,
    cancelled,
    owner,
    price_card,
)

pytestmark = pytest.mark.django_db

FRIDAY = date(2083, 1, 8)  # to come for long
SPRING, AUTUMN = date(2083, 3, 27), date(2083, 10, 30)  # in Berlin the clocks change in the night after


@pytest.fixture
def theatre():
    return TheatreFactory(time_zone="Europe/Berlin")


@pytest.fixture
def screen(theatre):
    return ScreenFactory(theatre=theatre, name="One")


@pytest.fixture
def movie():
    return MovieFactory(title="Sholay", runtime=90)


def rows(theatre, screen, movie, *times, days=(FRIDAY,), fold=None, **fields):
    def plan(starts_at):
        return ShowPlan(movie=movie, screen=screen, starts_at=starts_at, language=LanguageFactory(), **fields)

    return run_rows(
        days=days, times=[time.fromisoformat(at) for at in times], fold=fold, plan=plan, theatre=theatre, film="Sholay"
    )


def planned(theatre, rows, user=None):
    return plan_rows(theatre=theatre, rows=rows, user=user, how="a run")


def copied(theatre, shows, days, **how):
    return planned(theatre, copy_rows(theatre=theatre, shows=shows, days=days, **how))


def clock(show):
    return f"{show.starts_at.astimezone(show.screen.theatre.tz):%a %d %b %H:%M}"


def test_a_run_becomes_drafts_without_seats_at_every_time_of_every_day(theatre, screen, movie):
    days = run_days(first=FRIDAY, last=FRIDAY + timedelta(days=13))

    done = planned(theatre, rows(theatre, screen, movie, "18:00", "21:00", days=days))

    assert [row.problem for row in done] == [None] * 28
    assert set(Show.objects.values_list("status", "seats_total")) == {(Show.Status.DRAFT, 0)}
    assert clock(done[-1].show) == "Thu 21 Jan 21:00"


def test_a_run_may_keep_to_some_weekdays():
    assert run_days(first=FRIDAY, last=FRIDAY + timedelta(days=9), weekdays=[4, 5]) == [
        FRIDAY,
        FRIDAY + timedelta(days=1),
        FRIDAY + timedelta(days=7),
        FRIDAY + timedelta(days=8),
    ]


def test_a_time_after_midnight_is_the_night_after_the_trading_day(theatre, screen, movie):
    first, second = planned(theatre, rows(theatre, screen, movie, "00:30", "21:00"))

    assert (clock(first.show), first.night) == ("Fri 08 Jan 21:00", None)
    assert (clock(second.show), second.night) == ("Sat 09 Jan 00:30", FRIDAY + timedelta(days=1))
    assert second.show.trading_day == FRIDAY


def test_a_run_keeps_its_time_on_the_clock_when_the_clocks_change(theatre, screen, movie):
    done = planned(theatre, rows(theatre, screen, movie, "18:00", days=[SPRING, SPRING + timedelta(days=1)]))

    assert [row.show.starts_at.hour for row in done] == [17, 16]


def test_a_time_the_clocks_leap_over_is_refused_and_the_rest_is_planned(theatre, screen, movie):
    evening, night = planned(theatre, rows(theatre, screen, movie, "02:30", "20:00", days=[SPRING]))

    assert evening.show
    assert isinstance(night.problem, NonexistentLocalTime)


def test_an_ambiguous_time_needs_a_choice(theatre, screen, movie):
    (row,) = planned(theatre, rows(theatre, screen, movie, "02:30", days=[AUTUMN]))

    assert row.twice
    assert isinstance(row.problem, AmbiguousLocalTime)
    assert (row.problem.first.hour, row.problem.second.hour) == (0, 1)
    assert "occurs twice. Please choose the first or the second" in str(row.problem)


@pytest.mark.parametrize(("fold", "hour"), [(0, 0), (1, 1)])
def test_of_a_time_that_comes_twice_the_one_that_was_chosen_is_meant(theatre, screen, movie, fold, hour):
    (row,) = planned(theatre, rows(theatre, screen, movie, "02:30", days=[AUTUMN], fold=fold))

    assert row.show.starts_at == datetime(2083, 10, 31, hour, 30, tzinfo=UTC)


def test_the_choice_changes_nothing_at_any_other_time(theatre):
    assert showtime(FRIDAY, time(18), theatre, fold=1) == showtime(FRIDAY, time(18), theatre)


def test_what_overlaps_another_show_is_refused_by_name_and_the_rest_is_planned(theatre, screen, movie):
    taken = ShowFactory(screen=screen, movie=movie, starts_at=local_moment(FRIDAY, time(18, 30), theatre))

    good, bad = planned(theatre, rows(theatre, screen, movie, "14:00", "18:00"))

    assert good.show
    assert isinstance(bad.problem, Overlap)
    assert bad.problem.show == taken
    assert str(bad.problem) == "“Sholay” is already on One from 18:30 to 20:30 on Friday 8 January 2083."


def test_rows_of_one_plan_keep_apart_too(theatre, screen, movie):
    first, second = planned(theatre, rows(theatre, screen, movie, "18:00", "19:00"))

    assert first.show
    assert isinstance(second.problem, Overlap)


def test_a_cancelled_show_does_not_overlap(theatre, screen, movie):
    cancelled(ShowFactory(screen=screen, movie=movie, starts_at=local_moment(FRIDAY, time(18), theatre)))

    assert planned(theatre, rows(theatre, screen, movie, "18:00"))[0].show


def test_planning_the_same_twice_plans_nothing_the_second_time(theatre, screen, movie):
    planned(theatre, rows(theatre, screen, movie, "18:00", "21:00"))
    again = planned(theatre, rows(theatre, screen, movie, "18:00", "21:00"))

    assert [type(row.problem) for row in again] == [Overlap, Overlap]
    assert Show.objects.count() == 2


def test_what_is_over_retired_or_closed_is_refused(theatre, screen, movie):
    now = timezone.now()
    gone, closed = MovieFactory(retired_at=now), ScreenFactory(theatre=theatre)
    closed.retired_at = now
    closed.save()

    problems = [
        planned(theatre, rows(theatre, screen, movie, "18:00", days=[date(2020, 1, 1)])),
        planned(theatre, rows(theatre, screen, gone, "18:00")),
        planned(theatre, rows(theatre, closed, movie, "18:00")),
        planned(theatre, rows(theatre, screen, movie, "18:00", sales_start_at=local_moment(FRIDAY, time(18), theatre))),
    ]

    assert [type(row.problem) for (row,) in problems] == [TimeInThePast, FilmRetired, ScreenClosed, NeverOnSale]
    assert not Show.objects.exists()


def test_planning_is_recorded_with_its_user(theatre, screen, movie):
    asha = owner()
    planned(theatre, rows(theatre, screen, movie, "18:00", "19:00", "21:00"), user=asha)

    event = AuditEvent.objects.get()
    assert (event.action, event.user, event.theatre) == ("SCHEDULE", asha, theatre)
    assert event.details == {"how": "a run", "shows": list(Show.objects.order_by("pk").values_list("pk", flat=True))}


# --- Copies --------------------------------------------------------------------------------------


def test_a_copy_has_all_but_the_day_and_is_a_draft(theatre, screen, movie):
    card = price_card(theatre)
    more = {"price_card": card, "format": "3D", "subtitles": LanguageFactory(code="en", name="English")}
    start = local_moment(FRIDAY - timedelta(days=2), time(9), theatre)
    more |= {"trailers": 5, "turnaround": 25, "sales_cutoff": 30, "sales_start_at": start}
    more |= {"labels": " open-captions ", "label_note": "In 35 mm", "label_note_translations": {"de": "Auf 35 mm"}}
    (row,) = planned(theatre, rows(theatre, screen, movie, "00:30", **more))

    (copy,) = copied(theatre, [row.show], 7)

    assert clock(copy.show) == "Sat 16 Jan 00:30"
    assert copy.show.status == Show.Status.DRAFT
    names = ("movie", "screen", "language", "subtitles", "format", "price_card", "trailers", "turnaround")
    for name in (*names, "labels", "label_note", "label_note_translations"):
        assert getattr(copy.show, name) == getattr(row.show, name)
    assert copy.show.starts_at - copy.show.sales_end_at == timedelta(minutes=30)
    assert copy.show.sales_start_at == start + timedelta(days=7)


def test_a_copy_keeps_the_time_on_the_clock_when_the_clocks_change(theatre, screen, movie):
    (row,) = planned(theatre, rows(theatre, screen, movie, "18:00", days=[SPRING]))

    (copy,) = copied(theatre, [row.show], 7)

    assert clock(copy.show) == "Sat 03 Apr 18:00"
    assert (row.show.starts_at.hour, copy.show.starts_at.hour) == (17, 16)


def test_a_copy_names_the_shows_that_could_not_be_copied(theatre, screen, movie):
    week_before = SPRING - timedelta(days=7)
    source = planned(theatre, rows(theatre, screen, movie, "02:30", "14:00", "20:00", days=[week_before]))
    ShowFactory(screen=screen, starts_at=local_moment(SPRING, time(13), theatre))

    copies = copied(theatre, [row.show for row in source], 7)

    assert [type(row.problem) for row in copies] == [Overlap, type(None), NonexistentLocalTime]


def test_a_retired_film_and_a_closed_screen_are_not_copied(theatre, screen, movie):
    other = ScreenFactory(theatre=theatre)
    a = planned(theatre, rows(theatre, screen, movie, "18:00")) + planned(theatre, rows(theatre, other, movie, "18:00"))
    other.retired_at = timezone.now()
    other.save()
    b = planned(theatre, rows(theatre, screen, MovieFactory(runtime=60), "21:00"))
    b[0].show.movie.retired_at = timezone.now()
    b[0].show.movie.save()
    shows = Show.objects.select_related("movie", "screen", "price_card").order_by("pk")

    copies = copied(theatre, shows.filter(pk__in=[row.show.pk for row in a + b]), 1)

    assert [type(row.problem) for row in copies] == [type(None), ScreenClosed, FilmRetired]


def test_a_card_is_given_to_copies_of_shows_without_one_or_with_a_retired_one(theatre, screen, movie):
    old, new = price_card(theatre, "Old"), price_card(theatre, "New")
    bare = planned(theatre, rows(theatre, screen, movie, "15:00"))
    carded = planned(theatre, rows(theatre, screen, movie, "18:00", price_card=old))
    old.retired_at = timezone.now()

    copies = copied(theatre, [bare[0].show, carded[0].show], 1, card=new)

    assert [(row.show.price_card, row.note) for row in copies] == [(new, ""), (new, "“Old” is retired.")]


@pytest.mark.parametrize("number", [1, 3, 29])  # of 34 values each, of which Django lets SQLite take 999 at once
def test_planning_takes_the_same_queries_for_any_number_of_rows(
    theatre, screen, movie, number, django_assert_max_num_queries
):
    plan = rows(theatre, screen, movie, "18:00", days=[FRIDAY + timedelta(days=n) for n in range(number)])
    with django_assert_max_num_queries(9):
        planned(theatre, plan)


def test_a_film_whose_runtime_was_changed_since_is_planned_as_long_as_it_is_now(theatre, screen, movie):
    plan = rows(theatre, screen, movie, "18:00")
    Movie.objects.filter(pk=movie.pk).update(runtime=150)

    (row,) = planned(theatre, plan)

    assert row.show.ends_at - row.show.starts_at == timedelta(minutes=150 + row.show.trailers + row.show.turnaround)
