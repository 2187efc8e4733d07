"""Days of the week by number, 0 for Monday, in the order of the language."""

from functools import cache

from babel import Locale
from babel.core import get_global
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR

from cinema.domain.languages import customs


def first_weekday() -> int:
    """The weekday on which a week begins: Monday in German, Sunday in Hindi, Saturday in Arabic, by CLDR."""
    return _first_weekday(customs())


def weekdays() -> list[int]:
    """The seven weekdays from first_weekday() on."""
    return [(first_weekday() + n) % 7 for n in range(7)]


def weekday_choices() -> list[tuple[int, str]]:
    """The weekdays in order, with their names."""
    return [(day, str(WEEKDAYS[day])) for day in weekdays()]


def short_weekday_choices() -> list[tuple[int, str]]:
    """The weekdays in order, with their short names."""
    return [(day, str(WEEKDAYS_ABBR[day])) for day in weekdays()]


@cache
def _first_weekday(locale: str) -> int:
    """By the country of the locale, for a language alone the one where most people speak it."""
    return Locale.parse(get_global("likely_subtags").get(locale, locale)).first_week_day
