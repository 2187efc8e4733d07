"""Start times of shows for display: shows after midnight, and times that occur twice."""

from datetime import UTC, datetime, time

import pytest
from django.utils.translation import override

from cinema.domain.clock import read_time, split_times, written_time
from cinema.models import Screen, Show, Theatre
from cinema.templatetags.cinema import clock_face, local_moment, local_time, night_note, show_when


def show(starts_at, timezone):
    """An unsaved show of a theatre in ``timezone``."""
    theatre = Theatre(time_zone=timezone)
    return Show(
        starts_at=starts_at, trading_day=theatre.trading_day(starts_at), screen=Screen(name="Screen 1", theatre=theatre)
    )


def test_an_evening_show_is_written_with_its_day_and_time():
    assert show_when(show(datetime(2026, 11, 27, 13, 0, tzinfo=UTC), "Asia/Kolkata")) == "Friday 27 November, 18:30"


def test_a_show_after_midnight_names_the_night_it_belongs_to():
    late = show(datetime(2026, 11, 27, 19, 0, tzinfo=UTC), "Asia/Kolkata")
    assert night_note(late) == "night from Friday to Saturday"
    assert show_when(late) == "Saturday 28 November, 00:30 (night from Friday to Saturday)"


@pytest.mark.parametrize(
    ("utc", "timezone", "expected"),
    [
        ((2026, 10, 25, 0, 30), "Europe/London", "01:30 (before the clocks go back)"),
        ((2026, 10, 25, 1, 30), "Europe/London", "01:30 (after the clocks go back)"),
        ((2026, 10, 25, 2, 0), "Europe/London", "02:00"),
        ((2026, 11, 1, 5, 30), "America/New_York", "01:30 (before the clocks go back)"),
        ((2026, 4, 4, 14, 45), "Australia/Lord_Howe", "01:45 (before the clocks go back)"),
        ((2026, 4, 4, 15, 15), "Australia/Lord_Howe", "01:45 (after the clocks go back)"),
        ((2026, 3, 29, 1, 0), "Europe/London", "02:00"),
    ],
)
def test_a_time_that_occurs_twice_says_before_or_after_the_change(utc, timezone, expected):
    moment, theatre = datetime(*utc, tzinfo=UTC), Theatre(time_zone=timezone)
    assert local_time(moment, theatre) == expected
    assert local_moment(moment, theatre).endswith(f", {expected}")
    assert clock_face(moment, theatre) == expected[:5]


def test_a_show_in_the_hour_that_comes_twice_is_told_from_the_other():
    before, after = (show_when(show(datetime(2026, 10, 25, hour, 30, tzinfo=UTC), "Europe/London")) for hour in (0, 1))
    assert before == "Sunday 25 October, 01:30 (night from Saturday to Sunday, before the clocks go back)"
    assert after == "Sunday 25 October, 01:30 (night from Saturday to Sunday, after the clocks go back)"


@pytest.mark.parametrize(
    ("language", "morning", "evening"),
    [
        ("en", "09:05", "18:30"),
        ("en-us", "9:05 AM", "6:30 PM"),
        ("de", "09:05", "18:30"),
        ("fr", "09:05", "18:30"),
        ("es", "9:05", "18:30"),
        ("hi", "9:05 am", "6:30 pm"),
        ("ne", "09:05", "18:30"),
        ("ar", "9:05 ص", "6:30 م"),
    ],
)
def test_a_time_is_written_as_the_language_does_and_can_be_typed_so(language, morning, evening):
    with override(language):
        written = [written_time(time(9, 5)), written_time(time(18, 30))]
    assert [text.replace("\u00a0", " ") for text in written] == [morning, evening]
    assert [read_time(text) for text in written] == [time(9, 5), time(18, 30)]
    assert [read_time(text) for text in split_times(", ".join(written))] == [time(9, 5), time(18, 30)]
