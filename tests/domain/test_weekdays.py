"""On which day a week begins, and the names of its days and months."""

from datetime import date

import pytest
from django.utils.translation import override

from cinema.domain.dates import shown_date
from cinema.domain.weekdays import first_weekday, short_weekday_choices, weekday_choices

MONDAY, SATURDAY, SUNDAY = 0, 5, 6


@pytest.mark.parametrize(
    ("language", "first"),
    [
        ("en", MONDAY),  # of Britain, as all our texts
        ("en-us", SUNDAY),
        ("de", MONDAY),
        ("fr", MONDAY),
        ("es", MONDAY),
        ("hi", SUNDAY),
        ("ne", SUNDAY),
        ("ar", SATURDAY),
    ],
)
def test_a_week_begins_where_it_does_in_the_language(language, first):
    with override(language):
        assert first_weekday() == first
        assert [day for day, _name in weekday_choices()] == [(first + n) % 7 for n in range(7)]
        assert sorted(day for day, _name in short_weekday_choices()) == list(range(7))


def test_a_weekday_keeps_its_number_in_every_order():
    with override("en-us"):
        assert weekday_choices()[:2] == [(SUNDAY, "Sunday"), (MONDAY, "Monday")]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Thursday 3 December 2026, Thu 3 Dec"),
        ("de", "Donnerstag, 3. Dezember 2026, Do, 3. Dez"),
        ("fr", "jeudi 3 décembre 2026, jeu. 3 déc."),
        ("hi", "गुरुवार, 3 दिसंबर 2026, गुरु, 3 दिस॰"),  # Django's own are misspelled
        ("ne", "बिहिबार, 3 डिसेम्बर 2026, बिहि, 3 डिसेम्बर"),
    ],
)
def test_days_and_months_are_spelled_as_people_do(language, words):
    day = date(2026, 12, 3)
    with override(language):
        assert f"{shown_date(day, 'l j F Y')}, {shown_date(day, 'D j M')}" == words
