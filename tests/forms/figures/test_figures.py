"""Choice of periods and film weeks: forms.figures.figures."""

from datetime import date, timedelta

import pytest
from django.utils.translation import override

from cinema.domain.periods import Period
from cinema.forms.figures.figures import FilmWeekForm, PeriodForm

TODAY = date(2026, 11, 24)  # a Tuesday


def form(**data: str) -> PeriodForm:
    return PeriodForm(data, today=TODAY)


def days(start: str, end: str) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("today", "2026-11-24", "2026-11-24"),
        ("week", "2026-11-23", "2026-11-29"),
        ("film-week", "2026-11-13", "2026-11-19"),
        ("4-weeks", "2026-10-28", "2026-11-24"),
        ("month", "2026-11-01", "2026-11-30"),
        ("year", "2025-11-25", "2026-11-24"),
        ("", "2026-10-28", "2026-11-24"),
    ],
)
def test_a_period_can_be_chosen_by_name(name, start, end):
    asked = form(period=name)
    assert asked.is_valid()
    assert asked.chosen == days(start, end)


def test_two_days_count_more_than_a_name():
    asked = form(start="2026-01-01", end="2026-01-03", period="year")
    assert asked.is_valid()
    assert (asked.chosen, asked.name) == (days("2026-01-01", "2026-01-03"), "")
    assert len(asked.chosen.days) == 3


@pytest.mark.parametrize(
    ("data", "field", "says"),
    [
        ({"start": "2026-02-30", "end": "2026-03-01"}, "start", "Please enter a day, such as"),
        ({"start": "yesterday", "end": "2026-03-01"}, "start", "Please enter a day, such as"),
        ({"start": "\x00", "end": "2026-03-01"}, "start", "Please enter a day, such as"),
        ({"start": "2026-03-02", "end": "2026-03-01"}, "end", "before the first"),
        ({"start": "2026-03-02"}, "end", "Please enter both days"),
        ({"end": "2026-03-02"}, "start", "Please enter both days"),
        ({"start": "0001-01-01", "end": "0001-01-02"}, "start", "between 2000"),
        ({"start": "9999-12-30", "end": "9999-12-31"}, "start", "between 2000"),
        ({"start": "2001-01-01", "end": "2026-01-01"}, "end", "three years"),
        ({"period": "century"}, "period", "does not exist"),
        ({"measure": "<b>"}, "measure", "does not exist"),
    ],
)
def test_an_invalid_period_is_refused(data, field, says):
    asked = form(**data)
    assert not asked.is_valid()
    assert says in asked.errors[field][0]


def test_a_film_week_contains_the_day_or_is_the_last_complete_one():
    for week, start in [("2026-11-20", "2026-11-20"), ("2026-11-26", "2026-11-20"), ("", "2026-11-13")]:
        asked = FilmWeekForm({"week": week}, today=TODAY)
        assert asked.is_valid()
        assert asked.chosen == Period(date.fromisoformat(start), date.fromisoformat(start) + timedelta(days=6))


@pytest.mark.parametrize(
    ("film_week", "week", "start"),
    [
        (2, "2026-12-31", "2026-12-30"),  # Wednesday to Tuesday, over a change of year
        (3, "2026-12-31", "2026-12-31"),
        (3, "2027-01-06", "2026-12-31"),
        (4, "2027-01-01", "2027-01-01"),
        (4, "2026-12-31", "2026-12-25"),
        (0, "", "2026-11-16"),
    ],
)
def test_a_film_week_begins_on_the_day_of_the_theatre(film_week, week, start):
    asked = FilmWeekForm({"week": week}, today=TODAY, film_week=film_week)
    assert asked.is_valid()
    assert asked.chosen == Period(date.fromisoformat(start), date.fromisoformat(start) + timedelta(days=6))
    if not week:
        named = PeriodForm({"period": "film-week"}, today=TODAY, film_week=film_week)
        assert named.is_valid()
        assert named.chosen == asked.chosen


@pytest.mark.parametrize(("language", "start"), [("de", "2026-11-23"), ("hi", "2026-11-22"), ("ar", "2026-11-21")])
def test_this_week_begins_where_weeks_do_in_the_language(language, start):
    with override(language):
        asked = form(period="week")
        assert asked.is_valid()
        assert asked.chosen == Period(date.fromisoformat(start), date.fromisoformat(start) + timedelta(days=6))


def test_periods_before_and_after_are_adjacent_and_as_long():
    period = days("2026-02-27", "2026-03-02")
    assert period.before == days("2026-02-23", "2026-02-26")
    assert period.after == days("2026-03-03", "2026-03-06")
