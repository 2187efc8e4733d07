"""Days of the week by number, 0 for Monday: their names, and their order in the language."""

from functools import cache
from typing import Literal

from babel import Locale
from babel.core import get_global

from cinema.domain.languages import current_locale, customs


def first_weekday() -> int:
    """The weekday on which a week begins: Monday in German, Sunday in Hindi, Saturday in Arabic, by CLDR."""
    return _first_weekday(customs())


def weekdays() -> list[int]:
    """The seven weekdays from first_weekday() on."""
    return [(first_weekday() + n) % 7 for n in range(7)]


def weekday_name(day: int) -> str:
    """“Monday” for 0, as CLDR writes it: Django has some misspelled, such as those of Hindi."""
    return _names(current_locale(), "wide")[day]


def short_weekday(day: int) -> str:
    """“Mon” for 0."""
    return _names(current_locale(), "abbreviated")[day]


def weekday_choices() -> list[tuple[int, str]]:
    """The weekdays in order, with their names."""
    return [(day, weekday_name(day)) for day in weekdays()]


def short_weekday_choices() -> list[tuple[int, str]]:
    """The weekdays in order, with their short names."""
    return [(day, short_weekday(day)) for day in weekdays()]


@cache
def _names(locale: str, width: Literal["wide", "abbreviated"]) -> list[str]:
    """The names on their own; those within a date have a full stop in German."""
    names = Locale.parse(locale).days["stand-alone"][width]
    return [names[day] for day in range(7)]


@cache
def _first_weekday(locale: str) -> int:
    """By the country of the locale, for a language alone the one where most people speak it."""
    return Locale.parse(get_global("likely_subtags").get(locale, locale)).first_week_day
